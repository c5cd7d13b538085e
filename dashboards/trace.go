package dashboards

import (
	"context"
	"strconv"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

func init() {
	add(Dashboard{
		Key: "trace", Title: "trace.title", About: "trace.about", Group: Monitoring, Order: 10,
		Options: []Option{{Name: "figure", Label: "trace.figure", Choices: tracedFigures}, {Name: "span", Label: "themes.span", Choices: spans}},
		Draw:    drawTrace,
	})
}

// tracePage is the number of units on a page; each may have a row for every milestone.
const tracePage = 50

// wholePlan is the figure of all milestones together.
const wholePlan = "progress"

// tracedFigures offers the whole plan, its workstreams and its milestones.
func tracedFigures(ask Ask) []Choice {
	choices := []Choice{{wholePlan, ask.T("trace.whole")}}
	for _, w := range ask.Plan.Workstreams {
		choices = append(choices, Choice{w.Key, w.Key + " " + w.Title})
		for _, m := range w.Milestones {
			choices = append(choices, Choice{m.Key, "　" + m.Key + " " + m.Title})
		}
	}
	return append(choices, tracedIndicators(ask)...)
}

// drawTrace lists the accepted reports that a figure was computed from.
func drawTrace(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	figure := ask.Values["figure"]
	if indicator, ok := indicatorOf(figure); ok {
		return drawFigureTrace(ctx, figures, ask, indicator)
	}
	row, err := tracedRow(ctx, figures, ask, figure)
	if err != nil {
		return nil, err
	}
	query := ask.Query
	query.Limit = tracePage
	rows, next, err := figures.Trace(ctx, ask.Actor, query, figure)
	if err != nil {
		return nil, err
	}
	table := Table{Names: 4, Head: []string{
		ask.T("trace.unit"), ask.T("trace.milestone"), ask.T("trace.report"), ask.T("trace.value"), ask.T("trace.fraction"), ask.T("trace.weight"),
	}}
	for _, r := range rows {
		table.Rows = append(table.Rows, traceRow(ask, r))
	}
	value := noFigure
	if row.HasFigures {
		value = percentText(ask.Printer, row.Earned)
	}
	return []Card{{
		Key: "trace", Title: ask.T("trace.behind"), Table: table, Next: next, Paged: true,
		Tiles: []Tile{{Name: ask.T("trace.is"), Value: value, Note: ask.T("trace.mean", row.Reported)}},
		Notes: []string{ask.T("trace.rule")},
	}}, nil
}

// tracedRow gives the figure itself, as every other page shows it.
func tracedRow(ctx context.Context, figures *analytics.Service, ask Ask, figure string) (analytics.Row, error) {
	if figure == wholePlan {
		return ask.Head.Total, nil
	}
	by := analytics.ByWorkstream
	if _, ok := ask.Plan.Milestone(figure); ok {
		by = analytics.ByMilestone
	}
	query := ask.By(by)
	query.After = ""
	answer, err := figures.Progress(ctx, ask.Actor, query)
	if err != nil {
		return analytics.Row{}, err
	}
	for _, row := range answer.Rows {
		if row.Key == figure {
			return row, nil
		}
	}
	return analytics.Row{}, nil
}

func traceRow(ask Ask, r analytics.TraceRow) []Cell {
	row := []Cell{{Text: r.Name, URL: ask.Links.Unit(r.Unit)}}
	if r.Revision == 0 {
		return append(row, words(noFigure, ask.T("trace.no_value"), noFigure, percentText(ask.Printer, 0), noFigure)...)
	}
	m, _ := ask.Plan.Milestone(r.Milestone)
	report := ask.T("trace.revision", r.Period, r.Revision)
	return append(row,
		Cell{Text: m.Key + " " + m.Title},
		Cell{Text: report, URL: ask.Links.Report(r.Unit, r.Form, r.Period) + "?revision=" + strconv.FormatInt(r.Revision, 10)},
		Cell{Text: measured(ask, m, r)},
		Cell{Text: percentText(ask.Printer, r.Fraction)},
		Cell{Text: ask.T("dashboards.of", r.Weight, r.Weights)})
}

// measured gives the value that a fraction was read from, with its unit: that of the measure, or covered
// communities.
func measured(ask Ask, m plan.Milestone, r analytics.TraceRow) string {
	for _, unitType := range plan.Types {
		item, ok := forms.ItemOf(m, unitType)
		if !ok || item.Key != r.Item {
			continue
		}
		switch {
		case item.Type == forms.YesNo && r.Value == "true":
			return ask.T("value.yes")
		case item.Type == forms.YesNo:
			return ask.T("value.no")
		case item.Type == forms.Percent:
			return ask.Printer.Percent(r.Value)
		case item.Unit != "":
			return r.Value + " " + item.Unit
		}
	}
	return r.Value
}
