package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// queueData is the list of what waits for the reader's review.
type queueData struct {
	reportsData
	Forms     []option
	Waiting   []waitingRow
	Usual     int64  // of Total, those with nothing unusual about them
	PageUsual int    // of the rows on this page
	AcceptURL string // with the filters
	Result    *bulkResult
}

type waitingRow struct {
	reportRow
	FormTitle string
	Stage     string   // who reviews, in words
	Marks     []string // what is unusual, in words
	Ref       string   // as the form posts it; empty where there is something unusual
}

// bulkResult says what became of the reports that were accepted together.
type bulkResult struct {
	Accepted int
	Refused  []problem
}

// showReview lists what waits for the reader's review, the most unusual first.
func (s *Server) showReview(c echo.Context) error { return s.renderQueue(c, nil) }

func (s *Server) renderQueue(c echo.Context, result *bulkResult) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	filter.Form = c.QueryParam("form")
	data := queueData{reportsData: reportsData{Action: "/review"}, AcceptURL: "/review/accept", Result: result}
	if query := c.QueryParams().Encode(); query != "" {
		data.AcceptURL += "?" + query
	}
	if err := s.fillQueue(ctx, words, actor, filter, &data); err != nil {
		return err
	}
	data.page(c.QueryParams(), filter.After)
	return s.render(c, http.StatusOK, "review.html", view{Title: words.T("menu.review"), Section: sectionReview, Data: data})
}

func (s *Server) fillQueue(ctx context.Context, words locale.Printer, actor accounts.Actor, f reporting.Filter, data *queueData) error {
	list, next, err := s.Reports.Queue(ctx, actor, f)
	if err != nil {
		return err
	}
	data.Next = next
	if data.Total, data.Usual, err = s.Reports.CountQueue(ctx, actor, f); err != nil {
		return err
	}
	p, err := s.Plans.Current(ctx)
	if err != nil {
		return err
	}
	titles, err := s.titlesOfForms(ctx)
	if err != nil {
		return err
	}
	summaries := make([]reporting.Summary, len(list))
	for i, one := range list {
		summaries[i] = one.Summary
	}
	rows, err := s.reportRows(ctx, words, actor, p, summaries)
	if err != nil {
		return err
	}
	for i, one := range list {
		row := waitingRow{reportRow: rows[i], FormTitle: titles[one.Form], Stage: stageText(words, one.Stage), Marks: riskTexts(words, one.Risks)}
		if one.Risk == 0 {
			row.Ref = refText(reporting.Ref{Unit: one.Unit.Key, Form: one.Form, Period: one.Period})
			data.PageUsual++
		}
		data.Waiting = append(data.Waiting, row)
	}
	data.Forms = formOptions(titles, f.Form)
	return s.fillChoices(ctx, words, actor, p, f, &data.reportsData)
}

// titlesOfForms gives the titles of all forms by their keys.
func (s *Server) titlesOfForms(ctx context.Context) (map[string]string, error) {
	all, err := s.Forms.Forms(ctx)
	if err != nil {
		return nil, err
	}
	return titlesOf(all), nil
}

// formOptions gives the forms to choose from; none where there is only one.
func formOptions(titles map[string]string, chosen string) []option {
	if len(titles) < 2 {
		return nil
	}
	var options []option
	for key, title := range titles {
		options = append(options, option{key, title, key == chosen})
	}
	slices.SortFunc(options, func(a, b option) int { return cmp.Compare(a.Value, b.Value) })
	return options
}

// stageText says who reviews at a level, or that whoever reviews may.
func stageText(words locale.Printer, stage int) string {
	if stage == 0 {
		return words.T("status.submitted")
	}
	return words.T("review.at_stage", words.T(reporting.LevelKey(stage)))
}

func riskTexts(words locale.Printer, risks []reporting.Risk) []string {
	texts := make([]string, len(risks))
	for i, risk := range risks {
		texts[i] = words.Message(risk.Message)
	}
	return texts
}

func refText(ref reporting.Ref) string { return ref.Unit + "/" + ref.Form + "/" + ref.Period.String() }

func parseRef(text string) (reporting.Ref, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return reporting.Ref{}, fault.New(fault.Invalid, "error.bad_request")
	}
	q, err := period.Parse(parts[2])
	return reporting.Ref{Unit: parts[0], Form: parts[1], Period: q}, err
}

// acceptUsual accepts the posted reports that have nothing unusual about them: the chosen ones, or with
// which=page all of the page. It answers with the queue and what became of each.
func (s *Server) acceptUsual(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	chosen := fields["report"]
	if fields.Get("which") == "page" {
		chosen = fields["usual"]
	}
	if len(chosen) > reporting.MaxPage {
		return fault.New(fault.Invalid, "error.bad_request")
	}
	slices.Sort(chosen)
	var refs []reporting.Ref
	for _, text := range slices.Compact(chosen) {
		ref, err := parseRef(text)
		if err != nil {
			return err
		}
		refs = append(refs, ref)
	}
	accepted, refused, err := s.Reports.AcceptUsual(ctx, actor, refs)
	if accepted > 0 {
		s.options.Nudge()
	}
	if err != nil {
		return err
	}
	result := &bulkResult{Accepted: accepted}
	for _, ref := range refs {
		if f := refused[ref]; f != nil {
			result.Refused = append(result.Refused, problem{
				Anchor: reportURL(ref.Unit, ref.Form, ref.Period), Label: s.reportName(ctx, words, actor, ref), Text: words.Fault(f),
			})
		}
	}
	return s.renderQueue(c, result)
}

// reportName names a report by its unit, where the reader may know it, and period.
func (s *Server) reportName(ctx context.Context, words locale.Printer, actor accounts.Actor, ref reporting.Ref) string {
	name := ref.Unit
	if unit, err := s.Plans.Unit(ctx, actor, ref.Unit); err == nil {
		name = unit.Name
	}
	return name + " " + words.Quarter(ref.Period)
}
