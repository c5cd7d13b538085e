package dashboards

import (
	"context"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

func init() {
	add(Dashboard{
		Key: "completeness", Title: "completeness.title", About: "completeness.about", Group: Filing, Order: 1,
		Options: []Option{
			{Name: "form", Label: "completeness.form", Choices: plannedFormFirst},
			{Name: "by", Label: "completeness.by", Choices: filingRows},
		},
		Draw: drawCompleteness,
	})
}

// plannedFormFirst offers every form, the plan's own first.
func plannedFormFirst(ask Ask) []Choice {
	var first, others []Choice
	for _, choice := range formChoices(ask) {
		if choice.Value == ask.Plan.Reporting.Form {
			first = append(first, choice)
		} else {
			others = append(others, choice)
		}
	}
	return append(first, others...)
}

// byPlace asks for a row for each city or, within one, county.
const byPlace = "place"

func filingRows(ask Ask) []Choice {
	return []Choice{{string(analytics.ByUnit), ask.T("completeness.by_unit")}, {byPlace, ask.T("completeness.by_place")}}
}

// drawCompleteness is which reports on a form are in: the rates of every quarter, and who by quarters.
func drawCompleteness(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	ask.Query.Form = ask.Values["form"]
	query := ask.By(analytics.ByPeriod)
	query.After = ""
	answer, err := figures.Progress(ctx, ask.Actor, query)
	if err != nil {
		return nil, err
	}
	chart, err := Rates("rates", answer.Rows, ask.Reader, ask.Link)
	if err != nil {
		return nil, err
	}
	matrix, err := filingCard(ctx, figures, ask, ask.Today.After(answer.Due))
	if err != nil {
		return nil, err
	}
	counts := ask.T("dashboards.filed", answer.Total.Submitted, answer.Total.Expected)
	matrix.Counts = counts
	return []Card{
		{Key: "rates", Title: ask.T("completeness.rates"), Chart: &chart, Label: ask.T("completeness.rates_label"), Counts: counts, Notes: []string{ask.T("completeness.rates_note")}},
		matrix,
	}, nil
}

// rate is one of the three rates: how it looks, and how it is read from a row. The first ones are drawn
// larger, since lines often lie on each other.
type rate struct {
	key, colour, symbol, stroke string
	size                        int
	of                          func(analytics.Row) (plan.Fraction, bool)
	reports                     func(analytics.Row) int64
}

var rates = []rate{
	{"completeness.filed", accent, "circle", "solid", 15, analytics.Row.Completeness, func(row analytics.Row) int64 { return row.Submitted }},
	{"completeness.on_time", "#7b3fa0", "rect", "dashed", 10, analytics.Row.Timeliness, func(row analytics.Row) int64 { return row.OnTime }},
	{"completeness.accepted", "#00796b", "triangle", "solid", 6, analytics.Row.Acceptance, func(row analytics.Row) int64 { return row.Accepted }},
}

// Rates draws completeness, timeliness and acceptance quarter by quarter, given as the keys of the rows.
func Rates(id string, rows []analytics.Row, r Reader, link func(period.Quarter) string) (Chart, error) {
	p := r.Printer
	line := charts.NewLine()
	var names, quarters []string
	table := Table{Head: []string{p.T("dashboards.quarter")}}
	for _, row := range rows {
		quarters = append(quarters, row.Key)
		cell := Cell{Text: row.Key}
		if q, err := period.Parse(row.Key); err == nil {
			cell.URL = link(q)
		}
		table.Rows = append(table.Rows, []Cell{cell})
	}
	for _, rate := range rates {
		name := p.T(rate.key)
		names, table.Head = append(names, name), append(table.Head, name)
		list := make([]point, len(rows))
		for i, row := range rows {
			cell := Cell{Text: noFigure}
			if f, ok := rate.of(row); ok {
				cell = Cell{Text: p.T("completeness.rate", percentText(p, f), rate.reports(row), row.Expected), Sort: f.Percent(2)}
				list[i] = point{Value: height(f), Tip: cell.Text, URL: table.Rows[i][0].URL}
			}
			table.Rows[i] = append(table.Rows[i], cell)
		}
		line.AddSeries(name, nil, append(seriesLook(rate.colour, rate.stroke, rate.symbol, rate.size), points(list))...)
	}
	line.SetXAxis(quarters)
	line.SetGlobalOptions(base(names, opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", Formatter: "fn:tooltipPercent1"},
		opts.Grid{Left: "46", Right: "20", Top: legendHeight(len(names)), Bottom: "28"})...)
	line.SetGlobalOptions(percentByQuarter()...)
	return newChart(id, line, table)
}

// percentByQuarter is quarters along the bottom and percent up the side.
func percentByQuarter() []charts.GlobalOpts {
	return []charts.GlobalOpts{
		charts.WithXAxisOpts(opts.XAxis{Type: "category", AxisLine: axisLine(), AxisLabel: &opts.AxisLabel{Color: inkSoft, HideOverlap: opts.Bool(true)}}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: "value", Min: 0, Max: 100, AxisLabel: &opts.AxisLabel{Color: inkSoft, Formatter: "{value}%"},
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: rule}},
		}),
	}
}

// filingCard is the matrix; due tells whether the reports of the asked quarter are.
func filingCard(ctx context.Context, figures *analytics.Service, ask Ask, due bool) (Card, error) {
	card := Card{Key: "matrix", Title: ask.T("completeness.matrix"), About: ask.T("completeness.legend")}
	if ask.Values["by"] == byPlace {
		by := placesBelow(ask)
		query := ask.By(by)
		query.After = ""
		periods, places, err := figures.FilingByPlace(ctx, ask.Actor, query)
		card.About, card.Table = ask.T("completeness.place_legend"), placeFilingTable(ask, by, periods, places, due)
		return card, err
	}
	filing, err := figures.Filing(ctx, ask.Actor, ask.Query)
	card.Table, card.Paged, card.Next = filingTable(ask, filing), true, filing.Next
	return card, err
}

// standings says each standing in a mark and a word, so that it can be told without its colour.
var standings = map[analytics.Standing]struct{ mark, word string }{
	analytics.StandingAccepted: {"●", "standing.accepted"}, analytics.StandingInReview: {"◐", "standing.in_review"},
	analytics.StandingReturned: {"↩", "standing.returned"}, analytics.StandingLate: {"▲", "standing.late"},
	analytics.StandingMissing: {"■", "standing.missing"}, analytics.StandingDue: {"○", "standing.due"},
	analytics.StandingNotOwed: {"—", "standing.not_owed"},
}

func filingTable(ask Ask, filing analytics.Filing) Table {
	table := Table{Names: 2, Head: []string{ask.T("ranking.unit"), ask.T("completeness.city")}}
	for _, q := range filing.Periods {
		table.Head = append(table.Head, q.String())
	}
	for _, row := range filing.Rows {
		cells := []Cell{{Text: row.Unit.Name, URL: ask.Links.Unit(row.Unit.Key)}, {Text: orNone(row.City.Name)}}
		if row.City.ID != 0 {
			cells[1].URL = ask.Links.Self("scope", row.City.Code, "after", "")
		}
		for i, filed := range row.Cells {
			cell := Cell{Text: noFigure, Tone: "not_owed", Title: ask.T(standings[analytics.StandingNotOwed].word)}
			if filed.Standing != analytics.StandingNotOwed {
				cell = Cell{
					Text: standings[filed.Standing].mark + " " + standingWord(ask, filed), Tone: string(filed.Standing),
					URL: ask.Links.Report(row.Unit.Key, ask.Query.Form, filing.Periods[i]),
				}
			}
			cells = append(cells, cell)
		}
		table.Rows = append(table.Rows, cells)
	}
	return table
}

func standingWord(ask Ask, filed analytics.Filed) string {
	word := ask.T(standings[filed.Standing].word)
	if filed.AfterDue {
		word = ask.T("completeness.after_due", word)
	}
	return word
}

func placeFilingTable(ask Ask, by analytics.By, periods []period.Quarter, places []analytics.PlaceFiling, due bool) Table {
	table := Table{Head: []string{ask.T("ranking.place")}}
	for _, q := range periods {
		table.Head = append(table.Head, q.String())
	}
	for _, place := range places {
		cells := []Cell{{Text: groupName(ask, by, place.Key, place.Name)}}
		if place.Key != analytics.Direct {
			cells[0].URL = ask.Links.Self("scope", place.Key, "by", "", "after", "")
		}
		for i, row := range place.Rows {
			if row == nil {
				cells = append(cells, Cell{Text: noFigure, Tone: "not_owed"})
				continue
			}
			cells = append(cells, placeCell(ask, *row, due || periods[i] < ask.Query.Period))
		}
		table.Rows = append(table.Rows, cells)
	}
	return table
}

// placeCell says how many reports are in out of how many; all accepted, all in, or some missing.
func placeCell(ask Ask, row analytics.Row, due bool) Cell {
	standing := analytics.StandingInReview
	switch {
	case row.Missing() > 0 && due:
		standing = analytics.StandingLate
	case row.Missing() > 0:
		standing = analytics.StandingDue
	case row.Accepted == row.Expected:
		standing = analytics.StandingAccepted
	}
	share, _ := row.Completeness()
	return Cell{
		Text: standings[standing].mark + " " + ask.T("dashboards.of", row.Submitted, row.Expected), Tone: string(standing), Sort: share.Percent(2),
		Title: ask.T("completeness.place_title", row.Submitted, row.OnTime, row.Accepted, row.Expected),
	}
}
