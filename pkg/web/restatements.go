package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// restatementsData is the list of corrections of accepted reports.
type restatementsData struct {
	reportsData
	Forms []option
	List  []restatementView
}

// restatementView is one correction with the cells it changed, in words.
type restatementView struct {
	reporting.Restatement
	URL, FormTitle string
	Cells          []cellChange
}

type cellChange struct {
	Label, Code   string
	Before, After shown
	Words         bool
}

// showRestatements lists the corrections of accepted reports by the filters in the address.
func (s *Server) showRestatements(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	filter.Form = c.QueryParam("form")
	data := restatementsData{reportsData: reportsData{Action: "/restatements"}}
	if data.List, data.Next, err = s.restatements(ctx, words, actor, filter); err != nil {
		return err
	}
	data.page(c.QueryParams(), filter.After)
	titles, err := s.titlesOfForms(ctx)
	if err != nil {
		return err
	}
	data.Forms = formOptions(titles, filter.Form)
	if filter.Unit != "" {
		unit, err := s.Plans.Unit(ctx, actor, filter.Unit)
		if err != nil {
			return err
		}
		data.Unit = &unit
	}
	p, err := s.Plans.Current(ctx)
	if err != nil {
		return err
	}
	if err := s.fillChoices(ctx, words, actor, p, filter, &data.reportsData); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "restatements.html", view{Title: words.T("menu.restatements"), Section: sectionRestatements, Data: data})
}

// restatements reads a page of corrections and puts their cells into words.
func (s *Server) restatements(ctx context.Context, words locale.Printer, actor accounts.Actor, f reporting.Filter) ([]restatementView, string, error) {
	list, next, err := s.Reports.Restatements(ctx, actor, f)
	if err != nil {
		return nil, "", err
	}
	views, err := s.restatementViews(ctx, words, actor, list)
	return views, next, err
}

func (s *Server) restatementViews(ctx context.Context, words locale.Printer, actor accounts.Actor, list []reporting.Restatement) (_ []restatementView, err error) {
	known := map[string]forms.Form{}
	views := make([]restatementView, len(list))
	for i, one := range list {
		form, ok := known[one.Form]
		if !ok {
			if form, err = s.Forms.Form(ctx, actor, one.Form); err != nil {
				return nil, err
			}
			known[one.Form] = form
		}
		views[i] = restatementView{
			Restatement: one, URL: reportURL(one.Unit.Key, one.Form, one.Period), FormTitle: form.Title, Cells: cellChanges(words, form, one.Changes),
		}
	}
	return views, nil
}

// restated is the newest corrections of the figures of a page, and the address of all.
type restated struct {
	Restated    []restatementView
	RestatedURL string
}

// newestRestatements is how many corrections stand beside the figures.
const newestRestatements = 5

// restated gives the newest corrections of reports that the figures of a page rest on.
func (s *Server) restated(ctx context.Context, b homeBuilder) (restated, error) {
	if !b.asked.ofToday() {
		return restated{}, nil
	}
	filter := reporting.Filter{Scope: b.asked.Scope, UpTo: b.answer.Period, Limit: newestRestatements}
	if unit := b.answer.Scope.Unit; unit != nil {
		filter.Unit = unit.Key
	}
	list, _, err := s.Reports.Restatements(ctx, b.actor, filter)
	if err != nil {
		return restated{}, err
	}
	return s.restatedOf(ctx, b, list)
}

// restatedOf puts the newest corrections into words.
func (s *Server) restatedOf(ctx context.Context, b homeBuilder, list []reporting.Restatement) (r restated, err error) {
	if !b.asked.ofToday() {
		return r, nil
	}
	r.RestatedURL = "/restatements" + queryText(homeQuery{Scope: b.asked.Scope}.values())
	r.Restated, err = s.restatementViews(ctx, b.words, b.actor, list)
	return r, err
}

// cellChanges puts changes into words, in the order of the form. Of an item that the form no longer has,
// the contents are shown as they were kept.
func cellChanges(words locale.Printer, form forms.Form, changes map[string][2]any) []cellChange {
	var cells []cellChange
	for _, section := range form.Sections {
		for _, item := range section.Items {
			change, ok := changes[item.Key]
			if !ok {
				continue
			}
			cells = append(cells, cellChange{
				Label: item.Name(words), Code: item.Milestone, Words: item.Type == forms.Text,
				Before: showKept(words, item, change[0]), After: showKept(words, item, change[1]),
			})
		}
	}
	return cells
}

// showKept shows a content as the ledger of corrections keeps it: as typed, or N/A.
func showKept(words locale.Printer, item forms.Item, kept any) shown {
	if kept == "N/A" {
		return show(words, item, forms.Value{State: forms.NotApplicable})
	}
	value, wrong := item.Parse(kept)
	if text, ok := kept.(string); ok && wrong != nil {
		return shown{Text: text, Kind: "given"} // what the item no longer lets in
	}
	return show(words, item, value)
}
