package dashboards

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
)

// Status draws how many units of a row show which light, as one stacked bar in the fixed order of the
// lights, and their shares of all that are expected to report.
func Status(id string, row analytics.Row, r Reader) (Chart, error) {
	bar := charts.NewBar()
	var names []string
	table := Table{Head: []string{r.Printer.T("dashboards.light"), r.Printer.T("dashboards.units"), r.Printer.T("dashboards.share")}}
	for _, light := range analytics.Lights {
		n := row.Lights[light]
		share := noFigure
		if f, ok := row.Share(light); ok {
			share = percentText(r.Printer, f)
		}
		named := LightLabel(light, r.Printer)
		name := r.Printer.T("dashboards.light_count", named, n)
		names = append(names, name)
		table.Rows = append(table.Rows, words(named, strconv.FormatInt(n, 10), share))
		bar.AddSeries(name, nil, segment(n, looks[light], r.Printer.T("dashboards.light_tip", named, n, share))...)
	}
	bar.SetGlobalOptions(base(names,
		opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "fn:tip"},
		opts.Grid{Left: "0", Right: "0", Top: "84", Bottom: "16"})...)
	hidden := opts.Bool(false)
	bar.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: hidden, Min: 0, Max: max(row.Expected, 1)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Show: hidden, Data: []string{""}}))
	return newChart(id, bar, table)
}

func segment(n int64, look look, tip string) []charts.SeriesOpts {
	value := float64(n)
	own := point{Value: &value, Tip: tip}
	if n > 0 {
		own.Label = &label{Show: true, Position: "inside", Formatter: strconv.FormatInt(n, 10), Color: look.text, FontWeight: "bold"}
	}
	return []charts.SeriesOpts{
		points([]point{own}),
		charts.WithBarChartOpts(opts.BarChart{Stack: "units", BarWidth: "44"}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: look.colour, BorderColor: white, BorderWidth: 1}),
		charts.WithLabelLayoutOpts(opts.LabelLayout{HideOverlap: opts.Bool(true)}),
	}
}
