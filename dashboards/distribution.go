package dashboards

import (
	"context"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
)

func init() {
	add(Dashboard{
		Key: "distribution", Title: "distribution.title", About: "distribution.about", Group: Monitoring, Order: 4,
		Draw: drawDistribution,
	})
}

// drawDistribution is how many units show which light, quarter by quarter.
func drawDistribution(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	answer, err := figures.Progress(ctx, ask.Actor, ask.By(analytics.ByPeriod))
	if err != nil {
		return nil, err
	}
	chart, err := Distribution("distribution", answer.Rows, ask.Reader, func(q period.Quarter) string {
		if _, there := Find("lights"); there {
			return ask.Links.Board("lights", "period", q.String())
		}
		return ask.Link(q)
	})
	if err != nil {
		return nil, err
	}
	return []Card{{
		Key: "lights", Title: ask.T("distribution.title"), Chart: &chart, Label: ask.T("distribution.label"), Notes: []string{ask.T("distribution.note")},
	}}, nil
}

// Distribution draws for each quarter, given as the key of its row, the share of the expected units that
// show each light, stacked in the fixed order. Link gives where a quarter leads.
func Distribution(id string, rows []analytics.Row, r Reader, link func(period.Quarter) string) (Chart, error) {
	p := r.Printer
	table := Table{Head: []string{p.T("dashboards.quarter")}}
	var names, quarters []string
	lists := make([][]point, len(analytics.Lights))
	for _, light := range analytics.Lights {
		names = append(names, LightLabel(light, p))
	}
	table.Head = append(append(table.Head, names...), p.T("distribution.units"), p.T("distribution.filed"))
	for _, row := range rows {
		q, err := period.Parse(row.Key)
		if err != nil {
			return Chart{}, err
		}
		quarters = append(quarters, row.Key)
		cells := []Cell{{Text: row.Key, URL: link(q)}}
		for i, light := range analytics.Lights {
			at, text := lightShare(row, light, p.T)
			if at.Tip != "" {
				at.URL = link(q)
			}
			lists[i] = append(lists[i], at)
			cells = append(cells, Cell{Text: text, Sort: number(row.Lights[light])})
		}
		table.Rows = append(table.Rows, append(cells, Cell{Text: number(row.Expected)}, Cell{Text: p.T("dashboards.of", row.Submitted, row.Expected)}))
	}
	bar := charts.NewBar()
	for i, light := range analytics.Lights {
		bar.AddSeries(names[i], nil, points(lists[i]), charts.WithBarChartOpts(opts.BarChart{Stack: "units", BarCategoryGap: "25%"}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: looks[light].colour, BorderColor: white, BorderWidth: 1}))
	}
	bar.SetXAxis(quarters)
	bar.SetGlobalOptions(base(names, opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", Formatter: "fn:tooltipPercent1", AxisPointer: &opts.AxisPointer{Type: "shadow"}},
		opts.Grid{Left: "46", Right: "12", Top: legendHeight(len(names)), Bottom: "28"})...)
	bar.SetGlobalOptions(percentByQuarter()...)
	return newChart(id, bar, table)
}

// lightShare gives the part of one quarter's bar that a light takes, with its number where there is room
// for it, and the words for the table. No unit is no part.
func lightShare(row analytics.Row, light analytics.Light, t func(string, ...any) string) (point, string) {
	n := row.Lights[light]
	share, ok := row.Share(light)
	if !ok {
		return point{Quiet: true}, noFigure
	}
	if n == 0 {
		return point{Quiet: true}, "0"
	}
	text := t("distribution.share", n, share.Percent(1))
	at := point{Value: height(share), Tip: text}
	if *at.Value >= 8 {
		at.Label = &label{Show: true, Position: "inside", Formatter: number(n), Color: looks[light].text}
	}
	return at, text
}
