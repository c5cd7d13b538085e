package dashboards

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

func init() {
	add(Dashboard{
		Key: "scurve", Title: "scurve.title", About: "scurve.about", Group: Monitoring, Order: 1,
		Options: []Option{{Name: "by", Label: "scurve.by", Choices: curveGroups}},
		Draw:    drawSCurve,
	})
}

// mostLines is how many groups are drawn at once; the table has all of them.
const mostLines = 6

func curveGroups(ask Ask) []Choice {
	return []Choice{
		{string(analytics.ByBatch), ask.T("scurve.by_batch")}, {string(analytics.ByCity), ask.T("scurve.by_city")},
		{string(analytics.ByCounty), ask.T("scurve.by_county")}, {string(analytics.ByType), ask.T("scurve.by_type")},
		{string(analytics.ByWorkstream), ask.T("scurve.by_workstream")}, {string(analytics.ByProvince), ask.T("scurve.by_whole")},
	}
}

// drawSCurve is planned against actual over the whole plan, for each group that is asked for.
func drawSCurve(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	by := analytics.By(ask.Values["by"])
	curves, err := figures.Paths(ctx, ask.Actor, ask.By(by))
	if err != nil {
		return nil, err
	}
	for i, c := range curves {
		curves[i].Name = groupName(ask, by, c.Key, c.Name)
	}
	curves = byGap(curves, ask.Query.Period, by)
	link := func(key string) string { return within(ask, by, key, "by") }
	card := Card{Key: "curve", Title: ask.T("scurve.title"), Label: ask.T("scurve.label")}
	var chart Chart
	if len(curves) <= 2 {
		chart, err = progressWithin("scurve", curves, ask.Query.Period, ask.Plan.Behind, ask.Reader)
		if by != analytics.ByBatch && by != analytics.ByProvince {
			chart.Table = curvesTable(curves, ask.Query.Period, quartersOf(curves), ask.Reader, link)
		}
		card.Notes = append(card.Notes, ask.T("scurve.band_note", ask.Plan.Behind))
	} else {
		chart, err = Curves("scurve", curves, ask.Query.Period, ask.Reader, link)
		card.Tall = true
	}
	if by != analytics.ByBatch {
		card.Notes = append(card.Notes, ask.T("scurve.joined_note"))
	}
	if n := len(curves); n > mostLines {
		card.Notes = append(card.Notes, ask.T("scurve.most", mostLines, n))
	}
	card.Chart = &chart
	return []Card{card}, err
}

// byGap puts the curves with the greatest gap in the asked quarter first, those without figures last; batches
// stay in their order.
func byGap(curves []analytics.Curve, asked period.Quarter, by analytics.By) []analytics.Curve {
	if by == analytics.ByBatch {
		return curves
	}
	gap := func(c analytics.Curve) int64 {
		at, ok := pointAt(c, asked)
		if !ok || !at.HasFigures {
			return -int64(plan.One)
		}
		return analytics.Gap(at.Planned, at.Earned)
	}
	sorted := slices.Clone(curves)
	slices.SortStableFunc(sorted, func(a, b analytics.Curve) int { return cmp.Compare(gap(b), gap(a)) })
	return sorted
}

func pointAt(c analytics.Curve, q period.Quarter) (analytics.CurvePoint, bool) {
	for _, at := range c.Points {
		if at.Period == q {
			return at, true
		}
	}
	return analytics.CurvePoint{}, false
}

// Curves draws planned (dashed) and actual (solid) of up to six groups, the first ones, each under one name;
// the table has all groups, a row each. Link gives where a group leads, or the empty text.
func Curves(id string, curves []analytics.Curve, asked period.Quarter, r Reader, link func(key string) string) (Chart, error) {
	line := charts.NewLine()
	var names []string
	for i, c := range curves[:min(len(curves), mostLines)] {
		name, look := plain.Replace(c.Name), lookOf(i, mostLines)
		names = append(names, name)
		planned, actual := groupPoints(c, asked, r, link(c.Key))
		line.AddSeries(name, nil, append(seriesLook(look.actual, "solid", look.symbol, 8), points(actual))...)
		line.AddSeries(name, nil, append(seriesLook(look.planned, "dashed", "none", 0), points(planned),
			charts.WithLineStyleOpts(opts.LineStyle{Color: look.planned, Type: "dashed", Width: 1, Opacity: opts.Float(0.7)}))...)
	}
	quarters := quartersOf(curves)
	addAxes(line, names, quarters, r)
	return newChart(id, line, curvesTable(curves, asked, quarters, r, link))
}

// groupPoints gives the points of both lines of a group. Where it has figures, one line of the tooltip says
// both.
func groupPoints(c analytics.Curve, asked period.Quarter, r Reader, url string) (planned, actual []point) {
	for _, at := range c.Points {
		promised := percentText(r.Printer, at.Planned)
		if !at.HasFigures || at.Period > asked {
			planned = append(planned, point{Value: height(at.Planned), Tip: r.Printer.T("scurve.planned_tip", promised)})
			actual = append(actual, point{Quiet: true})
			continue
		}
		tip := r.Printer.T("scurve.both_tip", percentText(r.Printer, at.Earned), promised, r.Printer.T("dashboards.of", at.Reported, at.Expected))
		planned = append(planned, point{Value: height(at.Planned), Quiet: true})
		actual = append(actual, point{Value: height(at.Earned), Tip: tip, URL: cmp.Or(url, r.link(at.Period))})
	}
	return planned, actual
}

// curvesTable has a row for each group: how it stands, then planned and actual of every quarter.
func curvesTable(curves []analytics.Curve, asked period.Quarter, quarters []period.Quarter, r Reader, link func(key string) string) Table {
	p := r.Printer
	table := Table{Head: []string{p.T("scurve.group"), p.T("dashboards.gap_column"), p.T("dashboards.reported_column")}}
	for _, q := range quarters {
		table.Head = append(table.Head, p.T("scurve.planned_in", q.String()), p.T("scurve.actual_in", q.String()))
	}
	for _, c := range curves {
		gap := noFigure
		at, _ := pointAt(c, asked)
		if at.HasFigures {
			gap = pointsText(analytics.Gap(at.Planned, at.Earned))
		}
		row := append([]Cell{{Text: c.Name, URL: link(c.Key)}}, words(gap, p.T("dashboards.of", at.Reported, at.Expected))...)
		for _, at := range c.Points {
			actual := noFigure
			if at.HasFigures && at.Period <= asked {
				actual = percentText(p, at.Earned)
			}
			row = append(row, words(percentText(p, at.Planned), actual)...)
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// addBand shades what lies less than tolerance percentage points below a planned path: an invisible line,
// and on top of it the height of the band.
func addBand(line *charts.Line, i int, c analytics.Curve, tolerance int, look lines, r Reader) {
	low, high := make([]point, len(c.Points)), make([]point, len(c.Points))
	for i, at := range c.Points {
		least := max(0, at.Planned-plan.Fraction(tolerance)*plan.One/100)
		low[i] = point{Value: height(least), Quiet: true}
		high[i] = point{Value: height(at.Planned - least), Quiet: true}
	}
	stack := charts.WithLineChartOpts(opts.LineChart{Stack: "band" + strconv.Itoa(i), Symbol: "none"})
	unseen := charts.WithLineStyleOpts(opts.LineStyle{Opacity: opts.Float(0), Color: look.planned})
	line.AddSeries("", nil, points(low), stack, unseen)
	line.AddSeries(r.Printer.T("scurve.band"), nil, points(high), stack, unseen,
		charts.WithItemStyleOpts(opts.ItemStyle{Color: look.planned, Opacity: opts.Float(0.3)}),
		charts.WithAreaStyleOpts(opts.AreaStyle{Color: look.planned, Opacity: opts.Float(0.14)}))
}
