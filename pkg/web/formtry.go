package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

// lastField names the field in which the value of the quarter before is made up; the item's key follows.
const lastField = "last."

// tryPage is the draft as units of a type would be asked, to be filled in without anything being kept.
type tryPage struct {
	draftPage
	Types, Batches []option
	Type, Batch    string
	Sections       []trySection
	Tried          bool
	Errors, Warns  int
	Findings       []tryFinding
}

type trySection struct {
	Code, Title string
	Cells       []tryCell
}

// tryCell is a cell with what was typed, and what came of it.
type tryCell struct {
	itemView
	Typed, Last string
	Result      shown // of a computed cell
	Wrong       []string
	Findings    []tryFinding
	Inputs      [2]tryInput // for this quarter and the one before
}

// tryInput is a field to be typed into.
type tryInput struct {
	ID, Name, Typed, State string
	Choices                []option
}

// tryFinding is what a check says.
type tryFinding struct {
	Severity       forms.Severity
	SeverityName   string
	Text           string
	Anchor, Labels string
}

// showTry shows the draft as a form to be filled in.
func (s *Server) showTry(c echo.Context) error { return s.try(c, c.QueryParams(), false) }

// tryForm evaluates what was typed into the draft; nothing of it is kept.
func (s *Server) tryForm(c echo.Context) error {
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	return s.try(c, fields, true)
}

func (s *Server) try(c echo.Context, fields url.Values, tried bool) error {
	ctx, words := c.Request().Context(), s.words(c)
	p, err := s.draftPage(c, tabTry)
	if err != nil {
		return err
	}
	page := tryPage{draftPage: p, Tried: tried}
	if p.draft.Form == nil {
		return s.renderDraft(c, http.StatusOK, "formtry.html", p, page)
	}
	form := *p.draft.Form
	if page.Type = fields.Get("type"); !slices.Contains(form.FilledBy, page.Type) {
		page.Type = form.FilledBy[0]
	}
	for _, t := range form.FilledBy {
		page.Types = append(page.Types, option{t, fileWord(words, t), t == page.Type})
	}
	if form.PlanNo != 0 {
		plan, err := s.Plans.Current(ctx)
		if err != nil {
			return err
		}
		if page.Batch = fields.Get("batch"); !plan.HasBatch(page.Batch) {
			page.Batch = plan.Batches[0].Key
		}
		for _, b := range plan.Batches {
			page.Batches = append(page.Batches, option{b.Key, b.Title, b.Key == page.Batch})
		}
	}
	page.fill(words, form.For(page.Batch, page.Type), fields)
	return s.renderDraft(c, http.StatusOK, "formtry.html", p, page)
}

// fill makes the cells of the form with what was typed, and asks the checks when it was tried.
func (p *tryPage) fill(words locale.Printer, form forms.Form, fields url.Values) {
	values, last := forms.Values{}, forms.Values{}
	for _, section := range form.Sections {
		s := trySection{Title: section.Name(words)}
		for _, item := range section.Items {
			cell := tryCell{itemView: newItemView(words, item, nil)}
			if item.Milestone != "" {
				s.Code = section.Key
			}
			if item.Typed() {
				cell.Typed = oneNewline(fields.Get(cellField + item.Key))
				cell.read(words, values, cell.Typed)
			}
			cell.Last = oneNewline(fields.Get(lastField + item.Key))
			cell.read(words, last, cell.Last)
			cell.Inputs = [2]tryInput{
				cell.input(words, "in-", cellField, cell.Typed), cell.input(words, "last-", lastField, cell.Last),
			}
			s.Cells = append(s.Cells, cell)
		}
		p.Sections = append(p.Sections, s)
	}
	if !p.Tried {
		return
	}
	values = form.Compute(values)
	around := forms.Around{}
	if len(last) > 0 {
		around.Last = &forms.Filed{Form: form, Values: last}
	}
	for i := range p.Sections {
		for j := range p.Sections[i].Cells {
			if cell := &p.Sections[i].Cells[j]; !cell.Item.Typed() {
				cell.Result = show(words, cell.Item, values[cell.Key])
			}
		}
	}
	for _, f := range form.Evaluate(p.Type, values, around) {
		p.found(words, form, f)
	}
}

// read takes what was typed into a cell.
func (cell *tryCell) read(words locale.Printer, values forms.Values, typed string) {
	v, wrong := cell.Item.Parse(typed)
	switch {
	case wrong != nil:
		cell.Wrong = append(cell.Wrong, words.Message(*wrong))
	case v.State == forms.Given:
		values[cell.Key] = v
	}
}

func (cell *tryCell) input(words locale.Printer, id, field, typed string) tryInput {
	in := tryInput{ID: id + cell.Key, Name: field + cell.Key, Typed: typed, State: "state-" + cell.Key}
	add := func(value, name string) { in.Choices = append(in.Choices, option{value, name, value == typed}) }
	switch cell.Type {
	case forms.YesNo:
		add("", words.T("value.blank"))
		add("true", words.T("value.yes"))
		add("false", words.T("value.no"))
	case forms.Option:
		add("", words.T("value.blank"))
		for _, choice := range cell.Options {
			add(choice.Key, choice.Title)
		}
	}
	return in
}

// found adds a finding to the list and to its cells.
func (p *tryPage) found(words locale.Printer, form forms.Form, f forms.Finding) {
	view := tryFinding{Severity: f.Severity, SeverityName: fileWord(words, string(f.Severity)), Text: words.Message(f.Message)}
	if f.Severity == forms.Error {
		p.Errors++
	} else {
		p.Warns++
	}
	for _, key := range f.Items {
		item, _ := form.Item(key)
		if view.Anchor == "" {
			view.Anchor = "cell-" + key
		} else {
			view.Labels += comma(words)
		}
		view.Labels += item.Name(words)
	}
	p.Findings = append(p.Findings, view)
	for i := range p.Sections {
		for j := range p.Sections[i].Cells {
			if cell := &p.Sections[i].Cells[j]; slices.Contains(f.Items, cell.Key) {
				cell.Findings = append(cell.Findings, view)
			}
		}
	}
}
