package dashboards

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
)

// Colours of the big screen, as in its style sheet (pkg/web/static/screen.css): light on dark blue.
const (
	screenBack   = "#081a33"
	screenInk    = "#eef4fc"
	screenSoft   = "#b4c4dc"
	screenRule   = "#2b4a75"
	screenPlan   = "#ffffff"
	screenActual = "#4fc3ff"
	screenToday  = "#ff8a7e"
)

// screenText is the size of a screen chart's text in pixels. The drawing script takes it as the measure
// of all lengths in the option and draws them larger or smaller as the text of the chart's box is.
const screenText = 28

// screenBatches and screenLights are batchColours and the colours of looks on a dark ground.
var (
	screenBatches = []string{screenActual, "#d9a5ff", "#3ddbc0", "#f0d060"}
	screenLights  = map[analytics.Light]string{
		analytics.Done: "#2fb673", analytics.OnTrack: "#8adcae", analytics.Watch: "#7db8ff",
		analytics.Behind: "#ffc233", analytics.Severe: "#ff7468", analytics.NotReported: "#9fb0c6",
	}
)

// onScreen is a chart of the library in the screen's text.
type onScreen struct{ drawable }

func (o onScreen) JSON() map[string]any {
	option := o.drawable.JSON()
	option["textStyle"] = map[string]any{"color": screenInk, "fontSize": screenText}
	return option
}

// ScreenProgress draws what Progress draws for a screen that is read from afar: large, light on dark,
// and without what only a mouse would show.
func ScreenProgress(id string, curves []analytics.Curve, asked period.Quarter, r Reader) (Chart, error) {
	line := charts.NewLine()
	var names []string
	for i, curve := range curves {
		look := lines{screenPlan, screenActual, batchSymbols[0]}
		if len(curves) > 1 {
			n := i % len(screenBatches)
			look = lines{screenBatches[n], screenBatches[n], batchSymbols[n]}
		}
		planned, actual := seriesNames(curve, len(curves), r)
		names = append(names, planned, actual)
		line.AddSeries(planned, nil, screenLine(screenPlanned(curve), look.planned, "dashed", "none", 4)...)
		line.AddSeries(actual, nil, screenLine(screenEarned(curve, asked, look, len(curves), r), look.actual, "solid", look.symbol, 7)...)
	}
	quarters := quartersOf(curves)
	line.SetXAxis(texts(quarters))
	line.SetGlobalOptions(base(names, opts.Tooltip{Show: opts.Bool(false)}, opts.Grid{Left: "110", Right: "70", Top: "90", Bottom: "60"})...)
	line.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{
			Show: opts.Bool(true), Left: "0", Top: "0", ItemWidth: 60, ItemHeight: 24, Data: names,
			TextStyle: &opts.TextStyle{Color: screenInk, FontSize: screenText},
		}),
		charts.WithXAxisOpts(opts.XAxis{
			Type: "category", AxisLine: &opts.AxisLine{LineStyle: &opts.LineStyle{Color: screenSoft, Width: 2}},
			AxisLabel: &opts.AxisLabel{Color: screenSoft, FontSize: screenText, HideOverlap: opts.Bool(true), Margin: 16},
		}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: "value", Min: 0, Max: 100, AxisLine: &opts.AxisLine{Show: opts.Bool(false), OnZero: opts.Bool(false)},
			AxisLabel: &opts.AxisLabel{Color: screenSoft, FontSize: screenText, Formatter: "{value}%", Margin: 16},
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: screenRule}},
		}))
	if place, ok := placeOf(r.Today, quarters); ok {
		addScreenToday(line, place, len(quarters), r)
	}
	return newChart(id, onScreen{line}, progressTable(curves, quarters, r))
}

func screenPlanned(c analytics.Curve) []point {
	list := make([]point, len(c.Points))
	for i, at := range c.Points {
		list[i] = point{Value: height(at.Planned)}
	}
	return list
}

// screenEarned gives what was earned up to the asked quarter, with the figures beside the last of it.
func screenEarned(c analytics.Curve, asked period.Quarter, look lines, of int, r Reader) []point {
	list := make([]point, len(c.Points))
	last := -1
	for i, at := range c.Points {
		if at.HasFigures && at.Period <= asked {
			last, list[i] = i, point{Value: height(at.Earned)}
		}
	}
	if last < 0 {
		return list
	}
	own := endLabel(c, last, look, of, r)
	own.FontSize, own.LineHeight, own.FontWeight, own.Distance = 32, 42, "bold", 22
	own.BackgroundColor, own.Padding = screenBack, []int{6, 12}
	list[last].Label = own
	return list
}

func screenLine(list []point, colour, stroke, symbol string, width float32) []charts.SeriesOpts {
	return []charts.SeriesOpts{
		points(list),
		charts.WithLineChartOpts(opts.LineChart{Symbol: symbol, SymbolSize: 22, ShowSymbol: opts.Bool(symbol != "none")}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: colour, Type: stroke, Width: width}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}),
		charts.WithLabelLayoutOpts(opts.LabelLayout{MoveOverlap: "shiftY"}),
	}
}

// addScreenToday is addToday in the screen's size.
func addScreenToday(line *charts.Line, place float64, quarters int, r Reader) {
	line.ExtendXAxis(opts.XAxis{Type: "value", Show: opts.Bool(false), Min: -0.5, Max: float64(quarters) - 0.5})
	line.AddSeries("", nil, points([]point{}),
		charts.WithLineChartOpts(opts.LineChart{XAxisIndex: 1}),
		charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: r.Printer.T("dashboards.today"), XAxis: place}),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
			Symbol:    []string{"none", "none"},
			LineStyle: &opts.LineStyle{Color: screenToday, Type: "solid", Width: 3},
			Label:     &opts.Label{Show: opts.Bool(true), Formatter: "{b}", Color: screenToday, Position: "end", FontSize: screenText},
		}))
}

// ScreenStatus draws what Status draws for a screen: the stacked bar alone, since the page beside it
// names the lights and their numbers.
func ScreenStatus(id string, row analytics.Row, r Reader) (Chart, error) {
	bar := charts.NewBar()
	table := Table{Head: []string{r.Printer.T("dashboards.light"), r.Printer.T("dashboards.units")}}
	for _, light := range analytics.Lights {
		n := row.Lights[light]
		named := LightLabel(light, r.Printer)
		table.Rows = append(table.Rows, words(named, strconv.FormatInt(n, 10)))
		value := float64(n)
		own := point{Value: &value}
		if n > 0 {
			own.Label = &label{Show: true, Position: "inside", Formatter: strconv.FormatInt(n, 10), Color: screenBack, FontWeight: "bold", FontSize: 48}
		}
		bar.AddSeries(named, nil, points([]point{own}),
			charts.WithBarChartOpts(opts.BarChart{Stack: "units", BarWidth: "100%"}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: screenLights[light], BorderColor: screenBack, BorderWidth: 3}),
			charts.WithLabelLayoutOpts(opts.LabelLayout{HideOverlap: opts.Bool(true)}))
	}
	bar.SetGlobalOptions(base(nil, opts.Tooltip{Show: opts.Bool(false)}, opts.Grid{Left: "0", Right: "0", Top: "0", Bottom: "0"})...)
	hidden := opts.Bool(false)
	bar.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: hidden}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: hidden, Min: 0, Max: max(row.Expected, 1)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Show: hidden, Data: []string{""}}))
	return newChart(id, onScreen{bar}, table)
}
