package dashboards

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
)

// pair is one workstream or milestone of both sides; has tells on which it stands for any unit.
type pair struct {
	a, b       analytics.MeasureRow
	hasA, hasB bool
}

// pairsOf puts the rows of both sides side by side: workstreams, or milestones.
func pairsOf(a, b side, workstreams bool) []pair {
	other := map[string]analytics.MeasureRow{}
	for _, r := range b.rows {
		other[r.Key] = r
	}
	on := map[string]bool{}
	var pairs []pair
	for _, r := range a.rows {
		on[r.Key] = true
		if (r.Key == r.Workstream) != workstreams {
			continue
		}
		p := pair{a: r, b: other[r.Key], hasA: r.Expected > 0, hasB: other[r.Key].Expected > 0}
		if p.hasA || p.hasB {
			pairs = append(pairs, p)
		}
	}
	for _, r := range b.rows { // the plan may have come by them in between
		if _, there := on[r.Key]; !there && (r.Key == r.Workstream) == workstreams && r.Expected > 0 {
			before := analytics.MeasureRow{Workstream: r.Workstream}
			before.Key, before.Name = r.Key, r.Name
			pairs = append(pairs, pair{a: before, b: r, hasB: true})
		}
	}
	return pairs
}

// compareChart draws what both sides have done, of every workstream or milestone, with the plan in the words
// of each bar.
func compareChart(id string, a, b side, workstreams bool, ask Ask) (Chart, error) {
	pairs := pairsOf(a, b, workstreams)
	bar := charts.NewBar()
	nameA, nameB := ask.T("compare.bar_a", plain.Replace(a.name)), ask.T("compare.bar_b", plain.Replace(b.name))
	titles := make([]string, len(pairs))
	var ofA, ofB []point
	for i, p := range pairs {
		titles[i] = plain.Replace(p.a.Key + " " + p.a.Name)
		ofA, ofB = append(ofA, comparedPoint(p.a, nameA, ask)), append(ofB, comparedPoint(p.b, nameB, ask))
	}
	bar.AddSeries(nameA, nil, points(ofA), charts.WithBarChartOpts(opts.BarChart{BarGap: "10%", BarCategoryGap: "30%"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: batchColours[0]}))
	bar.AddSeries(nameB, nil, points(ofB), charts.WithItemStyleOpts(opts.ItemStyle{Color: "#c98500"}))
	bar.SetGlobalOptions(base([]string{nameA, nameB}, opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "fn:tip"},
		opts.Grid{Left: "8", Right: "24", Top: "48", Bottom: "8", ContainLabel: opts.Bool(true)})...)
	bar.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{
			Type: "value", Min: 0, Max: 100, AxisLine: axisLine(), AxisLabel: &opts.AxisLabel{Color: inkSoft, Formatter: "{value}%", HideOverlap: opts.Bool(true)},
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: rule}},
		}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Inverse: opts.Bool(true), Data: titles, AxisLabel: &opts.AxisLabel{Color: ink, Formatter: "fn:row"}}))
	return newChart(id, bar, compareTable(a, b, pairs, ask))
}

func comparedPoint(r analytics.MeasureRow, name string, ask Ask) point {
	if !r.HasFigures {
		return point{}
	}
	tip := name + " " + plain.Replace(r.Key+" "+r.Name) + "\n" + ask.T("compare.tip", percentText(ask.Printer, r.Earned), percentText(ask.Printer, r.Planned))
	return point{Value: height(r.Earned), Tip: tip, URL: measureURL(r, ask)}
}

func compareTable(a, b side, pairs []pair, ask Ask) Table {
	table := Table{
		Groups: []Heading{{Text: ask.T("measure.name"), Columns: 1}, {Text: ask.T("compare.bar_a", a.name), Columns: 4}, {Text: ask.T("compare.bar_b", b.name), Columns: 4}, {Text: ask.T("compare.difference"), Columns: 2}},
		Head:   append([]string{ask.T("measure.name")}, append(sideHead(ask), append(sideHead(ask), ask.T("compare.actual_points"), ask.T("compare.gap_points"))...)...),
	}
	for _, p := range pairs {
		row := append([]Cell{{Text: p.a.Key + " " + p.a.Name, URL: measureURL(p.a, ask)}}, sideCells(p.a.Row, p.hasA, ask)...)
		row = append(row, sideCells(p.b.Row, p.hasB, ask)...)
		table.Rows = append(table.Rows, append(row, differences(p.a.Row, p.b.Row)...))
	}
	return table
}

func sideHead(ask Ask) []string {
	return []string{ask.T("measure.planned"), ask.T("measure.actual"), ask.T("dashboards.gap_column"), ask.T("measure.light")}
}

// sideCells gives planned, actual, gap and light of one side.
func sideCells(r analytics.Row, applies bool, ask Ask) []Cell {
	if !applies {
		return words(noFigure, noFigure, noFigure, noFigure)
	}
	gap := Cell{Text: noFigure}
	if r.HasFigures {
		gap = Cell{Text: pointsText(r.Gap)}
	}
	light := lightCell(r.Light)
	light.Text = light.Text + cornerOf(ask, r.Memory)
	return []Cell{{Text: ask.heldText(r.Planned, r.HasFigures)}, {Text: ask.heldText(r.Earned, r.HasFigures)}, gap, light}
}

// differences gives what the second side has more of, in percentage points: of the actual and of the gap.
func differences(a, b analytics.Row) []Cell {
	if !a.HasFigures || !b.HasFigures {
		return words(noFigure, noFigure)
	}
	return words(signed(analytics.Gap(b.Earned, a.Earned)), signed(b.Gap-a.Gap))
}

// signed gives a number of percentage points with its sign.
func signed(points int64) string {
	text := pointsText(points)
	if points > 0 && text != "0.0" {
		return "+" + text
	}
	return text
}

func totalTable(a, b side, ask Ask) Table {
	head := append([]string{ask.T("compare.side")}, append(sideHead(ask), ask.T("compare.overdue"), ask.T("dashboards.reported_column"))...)
	table := Table{Head: head}
	for _, s := range []struct {
		name string
		side side
	}{{ask.T("compare.bar_a", a.name), a}, {ask.T("compare.bar_b", b.name), b}} {
		row := append(words(s.name), sideCells(s.side.total, s.side.total.Expected > 0, ask)...)
		table.Rows = append(table.Rows, append(row, words(number(s.side.total.Overdue), ask.T("dashboards.of", s.side.total.Reported, s.side.total.Expected))...))
	}
	more := differences(a.total, b.total)
	table.Rows = append(table.Rows, append(append(words(ask.T("compare.difference"), noFigure), more...),
		words(noFigure, signedCount(b.total.Overdue-a.total.Overdue), signedCount(b.total.Reported-a.total.Reported))...))
	return table
}

func signedCount(n int64) string {
	if n > 0 {
		return "+" + number(n)
	}
	return number(n)
}
