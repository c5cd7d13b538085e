package dashboards

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
)

// heightOf gives a figure in the scale in which it is shown; nil for none. Words are made from the exact
// value.
func heightOf(f analytics.Figure) *float64 {
	if f.Value == nil {
		return nil
	}
	value, _ := f.Value.Float64()
	value /= float64(max(f.Scale, 1))
	return &value
}

// bar is one bar of a chart.
type bar struct {
	name, url string
	figure    analytics.Figure
}

// lyingBars draws bars from top to bottom, with their words beside them.
func lyingBars(id, head string, list []bar, ask Ask) (Chart, error) {
	drawn := charts.NewBar()
	table := Table{Head: []string{head, ask.T("themes.value"), ask.T("themes.reported")}}
	names, values := make([]string, len(list)), make([]point, len(list))
	for i, b := range list {
		text := figureText(b.figure, ask)
		tip := ask.T("themes.tip", text, b.figure.Reported, b.figure.Expected)
		at := len(list) - 1 - i // the first stands on top
		names[at] = plain.Replace(b.name)
		values[at] = point{Value: heightOf(b.figure), Tip: tip, URL: b.url, Label: &label{Show: true, Position: "right", Formatter: plain.Replace(text), Color: ink}}
		row := words(b.name, text, ask.T("dashboards.of", b.figure.Reported, b.figure.Expected))
		row[0].URL, row[1].Sort = b.url, sortOf(b.figure)
		table.Rows = append(table.Rows, row)
	}
	drawn.AddSeries("", nil, points(values), charts.WithBarChartOpts(opts.BarChart{BarWidth: "60%"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: accent}))
	drawn.SetGlobalOptions(base(nil, opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "fn:tip"},
		opts.Grid{Left: "8", Right: "84", Top: "8", Bottom: "8", ContainLabel: opts.Bool(true)})...)
	drawn.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: opts.Bool(false), Min: 0}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: names, AxisLabel: &opts.AxisLabel{Color: ink}}))
	return newChart(id, drawn, table)
}

// Places draws a figure place by place, by code; a city leads to its counties.
func Places(id string, rows []analytics.Figure, ask Ask) (Chart, error) {
	list := make([]bar, len(rows))
	for i, f := range rows {
		list[i] = bar{placeName(f, ask), figureURL(f, ask), f}
	}
	return lyingBars(id, ask.T("themes.place"), list, ask)
}

// card draws the parts one under the other.
func (p parts) card(ask Ask, whole analytics.FigureAnswer) (Card, error) {
	var list []bar
	for _, id := range p.ids {
		for _, f := range whole.Of(id) {
			list = append(list, bar{f.Title(ask.Printer), "", f})
		}
	}
	chart, err := lyingBars(p.key, ask.T("themes.figure"), list, ask)
	counts := ask.T("dashboards.of", 0, 0)
	if len(list) > 0 {
		counts = countsOf([]analytics.Figure{list[0].figure}, ask)
	}
	return Card{Key: p.key, Title: ask.T(p.title), Chart: &chart, Columns: 6, Counts: counts}, err
}

// Series draws a figure quarter by quarter. Where its definition changes a new line begins, and a mark
// says so: the two are not joined.
func Series(id string, rows []analytics.Figure, r Reader) (Chart, error) {
	rows = begun(rows)
	line := charts.NewLine()
	quarters := make([]string, len(rows))
	ask := Ask{Reader: r}
	table := Table{Head: []string{r.Printer.T("dashboards.quarter"), r.Printer.T("themes.value"), r.Printer.T("themes.reported"), r.Printer.T("themes.definition")}}
	for i, f := range rows {
		quarters[i] = f.Key
		definition := noFigure
		if f.Break {
			definition = r.Printer.T("themes.changed")
		}
		table.Rows = append(table.Rows, words(f.Key, figureText(f, ask), r.Printer.T("dashboards.of", f.Reported, f.Expected), definition))
	}
	for n, from := range starts(rows) {
		line.AddSeries("", nil, stretch(rows, from, n, ask)...)
	}
	line.SetXAxis(quarters)
	line.SetGlobalOptions(base(nil, opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "fn:tip"},
		opts.Grid{Left: "8", Right: "28", Top: "36", Bottom: "8", ContainLabel: opts.Bool(true)})...)
	line.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{
			Type: "category", AxisLine: axisLine(), AxisLabel: &opts.AxisLabel{Color: inkSoft, HideOverlap: opts.Bool(true)},
		}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: "value", Min: 0, AxisLabel: &opts.AxisLabel{Color: inkSoft},
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: rule}},
		}))
	return newChart(id, line, table)
}

// begun leaves out the quarters before the first in which anything was expected.
func begun(rows []analytics.Figure) []analytics.Figure {
	for i, f := range rows {
		if f.Expected > 0 || f.Value != nil {
			return rows[i:]
		}
	}
	return rows[max(len(rows)-1, 0):]
}

// starts gives where lines begin: at the start and at every break.
func starts(rows []analytics.Figure) []int {
	list := []int{0}
	for i, f := range rows {
		if f.Break && i > 0 {
			list = append(list, i)
		}
	}
	return list
}

// stretch is the line from one break up to the next.
func stretch(rows []analytics.Figure, from, n int, ask Ask) []charts.SeriesOpts {
	list := make([]point, len(rows))
	last := -1
	for i := from; i < len(rows) && (i == from || !rows[i].Break); i++ {
		f := rows[i]
		tip := f.Key + "\n" + ask.T("themes.tip", figureText(f, ask), f.Reported, f.Expected)
		list[i] = point{Value: heightOf(f), Tip: tip}
		if f.Value != nil {
			last = i
		}
	}
	if last >= 0 {
		list[last].Label = &label{Show: true, Position: "top", Formatter: plain.Replace(figureText(rows[last], ask)), Color: ink}
	}
	look := append(seriesLook(batchColours[n%len(batchColours)], "solid", batchSymbols[n%len(batchSymbols)], 9), points(list))
	if from == 0 {
		return look
	}
	return append(look,
		charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: ask.T("themes.changed"), XAxis: rows[from].Key}),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
			Symbol: []string{"none", "none"}, LineStyle: &opts.LineStyle{Color: red, Type: "dashed", Width: 1.25},
			Label: &opts.Label{Show: opts.Bool(true), Formatter: "{b}", Color: red, Position: "end"},
		}))
}
