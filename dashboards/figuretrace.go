package dashboards

import (
	"context"
	"slices"
	"strconv"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/forms"
)

// indicatorOf finds an indicator.
func indicatorOf(id string) (analytics.Indicator, bool) {
	list := analytics.Indicators()
	at := slices.IndexFunc(list, func(i analytics.Indicator) bool { return i.ID == id })
	if at < 0 {
		return analytics.Indicator{}, false
	}
	return list[at], true
}

// tracedIndicators offers every indicator by its title.
func tracedIndicators(ask Ask) []Choice {
	var choices []Choice
	for _, i := range analytics.Indicators() {
		choices = append(choices, Choice{i.ID, ask.T("themes.indicators") + " · " + i.Title(ask.Printer)})
	}
	return choices
}

// drawFigureTrace lists the reports that an indicator was computed from.
func drawFigureTrace(ctx context.Context, figures *analytics.Service, ask Ask, of analytics.Indicator) ([]Card, error) {
	query := analytics.FigureQuery{Query: ask.Query, IDs: []string{of.ID}, Span: analytics.FigureSpan(ask.Values["span"])}
	query.By, query.After = analytics.ByProvince, ""
	answer, err := figures.Figures(ctx, ask.Actor, query)
	if err != nil {
		return nil, err
	}
	query.After = ask.Query.After
	rows, next, err := figures.TraceFigure(ctx, ask.Actor, query)
	if err != nil {
		return nil, err
	}
	table := Table{Names: 3, Head: []string{ask.T("trace.unit"), ask.T("themes.item"), ask.T("trace.report"), ask.T("trace.value")}}
	for _, r := range rows {
		table.Rows = append(table.Rows, sourceRow(ask, r))
	}
	card := Card{
		Key: "trace", Title: ask.T("trace.behind"), Table: table, Next: next, Paged: true, Counts: countsOf(answer.Rows, ask),
		Notes: []string{ask.T("themes.source_rule"), ask.T("themes.formula", of.Formula, of.Definition)},
	}
	for _, f := range answer.Rows {
		card.Tiles = append(card.Tiles, Tile{Name: f.Title(ask.Printer), Value: figureText(f, ask), Note: ask.T("themes.tile", f.Reported, f.Expected)})
	}
	return []Card{card}, nil
}

func sourceRow(ask Ask, r analytics.FigureSource) []Cell {
	item := r.Item
	value := r.Text
	for _, form := range ask.Forms {
		if form.Key != r.Form {
			continue
		}
		if known, ok := form.Item(r.Item); ok {
			item, value = known.Name(ask.Printer), sourceText(ask, known, r)
		}
	}
	return []Cell{
		{Text: r.Name, URL: ask.Links.Unit(r.Unit)}, {Text: item},
		{Text: ask.T("trace.revision", r.Period, r.Revision), URL: ask.Links.Report(r.Unit, r.Form, r.Period) + "?revision=" + strconv.FormatInt(r.Revision, 10)},
		{Text: value},
	}
}

// sourceText writes a value with its unit.
func sourceText(ask Ask, item forms.Item, r analytics.FigureSource) string {
	switch {
	case item.Type == forms.YesNo && r.Number == 1:
		return ask.T("value.yes")
	case item.Type == forms.YesNo:
		return ask.T("value.no")
	case item.Type == forms.Option:
		choice, _ := item.Chosen(forms.Value{State: forms.Given, Number: r.Number})
		return choice.Title
	}
	return r.Text + item.Unit
}
