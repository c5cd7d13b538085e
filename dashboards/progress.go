package dashboards

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
)

// noFigure stands where there is nothing to show; missing is never 0.
const noFigure = "—"

// Progress draws planned against actual (the S-curve): the planned path of each batch over the whole
// plan, what was earned up to the asked quarter, and a line for today.
func Progress(id string, curves []analytics.Curve, asked period.Quarter, r Reader) (Chart, error) {
	return progressWithin(id, curves, asked, 0, r)
}

// progressWithin is Progress with a band below each planned path, a number of percentage points high; 0 draws
// none.
func progressWithin(id string, curves []analytics.Curve, asked period.Quarter, tolerance int, r Reader) (Chart, error) {
	line := charts.NewLine()
	var names []string
	if tolerance > 0 {
		names = append(names, r.Printer.T("scurve.band"))
	}
	for i, curve := range curves {
		look := lookOf(i, len(curves))
		if tolerance > 0 {
			addBand(line, i, curve, tolerance, look, r)
		}
		planned, actual := seriesNames(curve, len(curves), r)
		names = append(names, planned, actual)
		line.AddSeries(planned, nil, plannedSeries(curve, look, r)...)
		line.AddSeries(actual, nil, actualSeries(curve, asked, look, len(curves), r)...)
	}
	quarters := quartersOf(curves)
	addAxes(line, names, quarters, r)
	return newChart(id, line, progressTable(curves, quarters, r))
}

// addAxes draws quarters against percent, the legend above them, and the line for today.
func addAxes(line *charts.Line, names []string, quarters []period.Quarter, r Reader) {
	line.SetXAxis(texts(quarters))
	line.SetGlobalOptions(base(names,
		opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", Formatter: "fn:tooltipPercent1"},
		opts.Grid{Left: "46", Right: "20", Top: legendHeight(len(names)), Bottom: "28"})...)
	line.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{
			Type: "category", AxisLine: axisLine(), AxisLabel: &opts.AxisLabel{Color: inkSoft, HideOverlap: opts.Bool(true)},
		}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: "value", Min: 0, Max: 100, AxisLine: &opts.AxisLine{Show: opts.Bool(false), OnZero: opts.Bool(false)},
			AxisLabel: &opts.AxisLabel{Color: inkSoft, Formatter: "{value}%"},
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: rule}},
		}))
	if place, ok := placeOf(r.Today, quarters); ok {
		addToday(line, place, len(quarters), r)
	}
}

// lines tells how the two lines of a batch look.
type lines struct{ planned, actual, symbol string }

func lookOf(i, of int) lines {
	if of == 1 {
		return lines{inkSoft, accent, batchSymbols[0]}
	}
	n := i % len(batchColours)
	return lines{batchColours[n], batchColours[n], batchSymbols[n]}
}

func seriesNames(c analytics.Curve, of int, r Reader) (planned, actual string) {
	if of == 1 {
		return r.Printer.T("dashboards.planned"), r.Printer.T("dashboards.actual")
	}
	name := plain.Replace(c.Name)
	return r.Printer.T("dashboards.planned_of", name), r.Printer.T("dashboards.actual_of", name)
}

func plannedSeries(c analytics.Curve, look lines, r Reader) []charts.SeriesOpts {
	list := make([]point, len(c.Points))
	for i, at := range c.Points {
		list[i] = point{Value: height(at.Planned), Tip: percentText(r.Printer, at.Planned)}
	}
	return append(seriesLook(look.planned, "dashed", "emptyCircle", 5), points(list))
}

func actualSeries(c analytics.Curve, asked period.Quarter, look lines, of int, r Reader) []charts.SeriesOpts {
	list := make([]point, len(c.Points))
	last := -1
	for i, at := range c.Points {
		if !at.HasFigures || at.Period > asked {
			continue
		}
		last = i
		tip := r.Printer.T("dashboards.actual_tip", percentText(r.Printer, at.Earned), at.Reported, at.Expected)
		list[i] = point{Value: height(at.Earned), Tip: tip, URL: r.link(at.Period)}
	}
	if last >= 0 {
		list[last].Label = endLabel(c, last, look, of, r)
	}
	return append(seriesLook(look.actual, "solid", look.symbol, 9), points(list))
}

// endLabel says beside a batch's last actual point where it stands and where it should: on the right, and in the
// last third of the plan, where the chart ends too soon for it, on the left.
func endLabel(c analytics.Curve, last int, look lines, of int, r Reader) *label {
	at := c.Points[last]
	earned, planned := percentText(r.Printer, at.Earned), percentText(r.Printer, at.Planned)
	text := r.Printer.T("dashboards.end", earned, planned)
	if of > 1 {
		text = r.Printer.T("dashboards.end_of", plain.Replace(c.Name), earned, planned)
	}
	align := ""
	switch h := *height(at.Earned); {
	case h > 90:
		align = "top" // below the point: the name of today's line stands above it
	case h < 10:
		align = "bottom" // above the point: quarters stand below it
	}
	position := "right"
	if 3*last >= 2*len(c.Points) {
		position = "left"
	}
	return &label{
		Show: true, Position: position, VerticalAlign: align, Formatter: text, Color: look.actual, Distance: 10,
		BackgroundColor: "rgba(255,255,255,0.85)", Padding: []int{1, 3}, LineHeight: 16,
	}
}

func seriesLook(colour, stroke, symbol string, size int) []charts.SeriesOpts {
	width := float32(2.5)
	if stroke == "dashed" {
		width = 1.75
	}
	return []charts.SeriesOpts{
		charts.WithLineChartOpts(opts.LineChart{Symbol: symbol, SymbolSize: size, ShowSymbol: opts.Bool(true)}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: colour, Type: stroke, Width: width}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}),
		charts.WithLabelLayoutOpts(opts.LabelLayout{MoveOverlap: "shiftY"}),
	}
}

// addToday draws the line for today. Quarters stand at their ends, so today lies between two of them;
// it needs a hidden axis of its own, because an axis of names knows no places in between.
func addToday(line *charts.Line, place float64, quarters int, r Reader) {
	line.ExtendXAxis(opts.XAxis{
		Type: "value", Show: opts.Bool(false), Min: -0.5, Max: float64(quarters) - 0.5,
		AxisPointer: &opts.AxisPointer{Show: opts.Bool(false)},
	})
	line.AddSeries("", nil, points([]point{}),
		charts.WithLineChartOpts(opts.LineChart{XAxisIndex: 1}),
		charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: r.dayName(), XAxis: place}),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
			Symbol:    []string{"none", "none"},
			LineStyle: &opts.LineStyle{Color: red, Type: "solid", Width: 1.25},
			Label:     &opts.Label{Show: opts.Bool(true), Formatter: "{b}", Color: red, Position: "end"},
		}))
}

// placeOf gives where a day lies among quarters that stand at their last days, the first at 0.
func placeOf(day period.Date, quarters []period.Quarter) (float64, bool) {
	if len(quarters) == 0 || day.IsZero() {
		return 0, false
	}
	q := period.QuarterOf(day)
	length := q.Last().DaysSince(q.First()) + 1
	place := float64(q-1-quarters[0]) + float64(day.DaysSince(q.First())+1)/float64(length)
	return place, place >= -0.5 && place <= float64(len(quarters))-0.5
}

func quartersOf(curves []analytics.Curve) []period.Quarter {
	var quarters []period.Quarter
	if len(curves) > 0 {
		for _, at := range curves[0].Points {
			quarters = append(quarters, at.Period)
		}
	}
	return quarters
}

func texts(quarters []period.Quarter) []string {
	list := make([]string, len(quarters))
	for i, q := range quarters {
		list[i] = q.String()
	}
	return list
}

// legendHeight leaves room for two entries a line, as many as a phone shows.
func legendHeight(names int) string { return strconv.Itoa(24 + 20*max(1, (names+1)/2)) }

func progressTable(curves []analytics.Curve, quarters []period.Quarter, r Reader) Table {
	p := r.Printer
	table := Table{Head: []string{p.T("dashboards.quarter")}}
	for _, c := range curves {
		planned, actual := seriesNames(c, len(curves), r)
		table.Head = append(table.Head, planned, actual, p.T("dashboards.gap_column"), p.T("dashboards.reported_column"))
	}
	for i, q := range quarters {
		row := []string{q.String()}
		for _, c := range curves {
			at := c.Points[i]
			row = append(row, percentText(p, at.Planned))
			if !at.HasFigures {
				row = append(row, noFigure, noFigure, noFigure)
				continue
			}
			row = append(row, percentText(p, at.Earned), pointsText(analytics.Gap(at.Planned, at.Earned)),
				p.T("dashboards.of", at.Reported, at.Expected))
		}
		table.Rows = append(table.Rows, words(row...))
	}
	return table
}
