package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
)

// reportPage is a report as a page shows it: to be filed, to be reviewed, or to be read.
type reportPage struct {
	reportHead
	around
	Ref          reporting.Ref
	Sections     []sectionView
	Given, Asked int
	History      []historyEntry
	HistoryMost  int // how many entries a history has at most, when there are so many
	Revisions    []reporting.Revision
	Filed        *reporting.Revision // an older revision, shown in place of the report
	FindingViews []findingView
	Filling      bool   // shown as the form
	OnBehalf     string // who answers for the figures, as typed
	HashIs       string // of Filed, compared with the one in the address: right, wrong, or empty
	All          bool   // the whole report although a second look would do

	Message      string // what went wrong
	Problems     []problem
	MyNote       string // what the reader typed before it went wrong
	MyReason     string
	MyUntil      string
	MyWords      string
	MyBehalf     string
	PostsVersion int64 // the version that the reader's changes are based on
}

// problem is something to mend; Anchor leads to its cell or field.
type problem struct {
	Anchor, Label, Text string
}

// showReport shows a report: the form to whoever may file it now, else what was reported.
func (s *Server) showReport(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	page, err := s.reportPage(c, ref)
	if err != nil {
		return err
	}
	page.Filling = page.Own || c.QueryParam("behalf") != ""
	if text := c.QueryParam("revision"); text != "" {
		no, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fault.New(fault.Invalid, "error.bad_request")
		}
		if err := s.showFiled(c, &page, no); err != nil {
			return err
		}
		page.HashIs = compareHash(page.Filed.Hash, c.QueryParam("hash"))
	}
	if actor, _ := actorOf(c); c.Request().Method == get && page.Filed == nil {
		if err := s.Reports.Look(c.Request().Context(), actor, page.Report); err != nil {
			return err
		}
	}
	return s.renderReport(c, http.StatusOK, page)
}

func (s *Server) renderReport(c echo.Context, status int, page reportPage) error {
	words := s.words(c)
	v := view{Title: page.Unit.Name + " " + words.Quarter(page.Period), Section: sectionReports, Crumbs: reportCrumbs(words, page.Report), Data: page}
	if actor, _ := actorOf(c); actor.Role == accounts.Clerk {
		v.Section = sectionTasks
	} else if page.Review {
		v.Section = sectionReview
	}
	if page.MayEdit && page.Filling && page.Filed == nil {
		v.Filing = true
		return s.render(c, status, "filing.html", v)
	}
	return s.render(c, status, "report.html", v)
}

// reportPage reads everything that stands on the page of a report.
func (s *Server) reportPage(c echo.Context, ref reporting.Ref) (reportPage, error) {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	report, err := s.Reports.Report(ctx, actor, ref)
	if err != nil {
		return reportPage{}, err
	}
	page := reportPage{
		reportHead: s.reportHead(words, actor, report), Ref: ref, PostsVersion: report.Version, FindingViews: findingsOf(words, report),
		All: c.FormValue("all") == "1",
	}
	if page.Revisions, err = s.Reports.Revisions(ctx, actor, ref); err != nil {
		return reportPage{}, err
	}
	if len(page.Revisions) > 0 {
		page.OnBehalf = page.Revisions[0].OnBehalf
	}
	if page.History, err = s.history(ctx, words, actor, ref, report.Form); err != nil {
		return reportPage{}, err
	}
	if len(page.History) == reporting.MaxHistory {
		page.HistoryMost = reporting.MaxHistory
	}
	return page, s.fillCells(c, &page, page.before())
}

// before gives the revision that the report is compared with: the one that was returned, else the one
// before the latest.
func (p *reportPage) before() *reporting.Revision {
	switch {
	case p.Status == reporting.Open || len(p.Revisions) < 2:
		return nil
	case p.Returned != nil && p.Returned.Revision < p.Revision:
		return p.revision(p.Returned.Revision)
	}
	return &p.Revisions[1]
}

// fillCells makes the sections of page, compared with the revision before.
func (s *Server) fillCells(c echo.Context, page *reportPage, before *reporting.Revision) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	earlier, err := s.Reports.Earlier(ctx, actor, page.Ref, earlierMost)
	if err != nil {
		return err
	}
	form, err := s.formView(ctx, words, page.Report, earlier)
	if err != nil {
		return err
	}
	if before != nil {
		form.before = &filedForm{*before, before.Form}
	}
	page.Sections, page.Given, page.Asked = form.sections(), 0, 0
	for _, section := range page.Sections {
		page.Given += section.Given
		page.Asked += section.Asked
	}
	return s.surroundCells(ctx, words, actor, page)
}

// showFiled puts a revision in the place of the report, to be read only.
func (s *Server) showFiled(c echo.Context, page *reportPage, no int64) error {
	actor, _ := actorOf(c)
	revision, err := s.Reports.Filed(c.Request().Context(), actor, page.Ref, no)
	if err != nil {
		return err
	}
	page.Filed = &revision
	page.Form = revision.Form.For(page.Batch, page.UnitType)
	page.Content, page.Remarks, page.Prefilled, page.Unchanged, page.Risks = revision.Content, nil, false, nil, nil
	page.MayEdit, page.MaySubmit, page.Withdraw, page.Review, page.Reopen, page.Draft = false, false, false, false, false, false
	var before *reporting.Revision
	for i, r := range page.Revisions {
		if r.No == no && i+1 < len(page.Revisions) {
			before = &page.Revisions[i+1]
		}
	}
	return s.fillCells(c, page, before)
}

// ToConfirm is how many blocks wait for the clerk's word that nothing has changed.
func (p reportPage) ToConfirm() int {
	n := 0
	for _, section := range p.Sections {
		if section.ToConfirm() {
			n++
		}
	}
	return n
}

// cell finds the cell of an item.
func (p *reportPage) cell(item string) *cellView {
	for i := range p.Sections {
		for j := range p.Sections[i].Cells {
			if p.Sections[i].Cells[j].Key == item {
				return &p.Sections[i].Cells[j]
			}
		}
	}
	return nil
}

// reviewFields are the fields of acts that are not cells, by the id they have on the page, with their
// names' keys.
var reviewFields = map[string]string{"note": "review.note", "reason": "review.reason", "until": "review.until", "words": "review.words", "on_behalf": "filing.on_behalf"}

// refuse shows the report again with what a service said against the act, and with what fill puts back
// of what the reader had typed. Faults that are not about the act go on.
func (s *Server) refuse(c echo.Context, ref reporting.Ref, err error, fill func(*reportPage)) error {
	f, ok := fault.As(err)
	if !ok || (f.Kind != fault.Invalid && f.Kind != fault.Conflict) {
		return err
	}
	page, readErr := s.reportPage(c, ref)
	if readErr != nil {
		return readErr
	}
	if fill != nil {
		fill(&page)
	}
	words := s.words(c)
	page.Message = words.Fault(f)
	for _, field := range f.Fields {
		p := page.fieldProblem(words, field)
		if cell := page.cell(field.Name); cell != nil {
			p.Anchor, p.Label = "cell-"+cell.Key, cell.Label
			cell.Wrong = p.Text
		}
		page.Problems = append(page.Problems, p)
	}
	status := http.StatusConflict
	if f.Kind == fault.Invalid {
		status = http.StatusUnprocessableEntity
	}
	return s.renderReport(c, status, page)
}
