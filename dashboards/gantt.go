package dashboards

import (
	"context"
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
)

func init() {
	add(Dashboard{
		Key: "gantt", Title: "gantt.title", About: "gantt.about", Group: Monitoring, Order: 6,
		Draw: drawGantt,
	})
}

// drawGantt is a schedule for each batch: as first planned, as planned now, as it came about.
func drawGantt(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	schedules, err := figures.Schedules(ctx, ask.Actor, ask.Query)
	if err != nil {
		return nil, err
	}
	cards := make([]Card, 0, len(schedules))
	for _, s := range schedules {
		chart, err := Gantt("gantt-"+strconv.Itoa(len(cards)), s, ask)
		if err != nil {
			return nil, err
		}
		cards = append(cards, Card{
			Key: "batch-" + s.Batch, Title: s.Name, About: ask.T("gantt.card_about"), Chart: &chart, Bars: len(s.Milestones),
			Label: ask.T("gantt.label", s.Name), Notes: []string{ask.T("gantt.baseline_note")},
			Counts: ask.T("dashboards.counted", s.Reported, s.Expected),
		})
	}
	return cards, nil
}

// barred is one sort of bar of a Gantt chart: of a milestone, its span of quarters and the words for it.
type barred struct {
	name, colour string
	span         func(analytics.Scheduled) (first, last period.Quarter, tip string)
	text         func(analytics.Scheduled) string
}

// Gantt draws a schedule as bars over the quarters of the plan. A bar stands on an unseen one that reaches
// from the axis to its first quarter.
func Gantt(id string, s analytics.Schedule, ask Ask) (Chart, error) {
	bar := charts.NewBar()
	kinds := ask.ganttBars()
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
		stack := "bar" + strconv.Itoa(i)
		unseen, seen := ganttPoints(s, k, ask)
		bar.AddSeries("", nil, points(unseen), charts.WithBarChartOpts(opts.BarChart{Stack: stack, BarGap: "8%", BarCategoryGap: "24%"}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: "transparent"}))
		bar.AddSeries(k.name, nil, points(seen), charts.WithBarChartOpts(opts.BarChart{Stack: stack}), charts.WithItemStyleOpts(opts.ItemStyle{Color: k.colour}))
	}
	titles := make([]string, len(s.Milestones))
	for i, m := range s.Milestones {
		titles[i] = plain.Replace(m.Milestone.Key + " " + m.Milestone.Title)
	}
	if place, ok := todayIndex(ask); ok {
		todayLine(bar, place, ask.Reader)
	}
	bar.SetGlobalOptions(base(names, opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "fn:tip"},
		opts.Grid{Left: "8", Right: "24", Top: "64", Bottom: "8", ContainLabel: opts.Bool(true)})...)
	bar.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{
			Type: "value", Min: int(ask.Plan.First), Max: int(ask.Plan.Last) + 1, MinInterval: 4, MaxInterval: 4, AxisLine: axisLine(),
			AxisLabel: &opts.AxisLabel{Color: inkSoft, Formatter: "fn:year", HideOverlap: opts.Bool(true)},
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: rule}},
		}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Inverse: opts.Bool(true), Data: titles, AxisLabel: &opts.AxisLabel{Color: ink, Formatter: "fn:row"}}))
	return newChart(id, bar, ganttTable(s, ask))
}

// ganttBars gives the sorts of bars, the topmost first.
func (a Ask) ganttBars() []barred {
	return []barred{
		{a.T("gantt.baseline"), "#b4bdca", func(m analytics.Scheduled) (period.Quarter, period.Quarter, string) {
			if !m.HasBaseline {
				return 0, 0, ""
			}
			return m.Baseline.Start, m.Baseline.Due, a.spanText(m.Baseline)
		}, nil},
		{a.T("gantt.current"), "#7fb0e3", func(m analytics.Scheduled) (period.Quarter, period.Quarter, string) {
			return m.Current.Start, m.Current.Due, a.spanText(m.Current)
		}, nil},
		{a.T("gantt.actual"), "#123f73", func(m analytics.Scheduled) (period.Quarter, period.Quarter, string) {
			last := m.Last
			if last == 0 {
				last = a.Query.Period
			}
			return m.First, last, a.T("gantt.complete_tip", m.Complete, m.Units, percentText(a.Printer, m.Share()), m.First)
		}, func(m analytics.Scheduled) string { return a.T("dashboards.of", m.Complete, m.Units) }},
	}
}

// ganttPoints gives the bars of one sort and the unseen ones that they stand on.
func ganttPoints(s analytics.Schedule, k barred, ask Ask) (unseen, seen []point) {
	for _, m := range s.Milestones {
		first, last, tip := k.span(m)
		if first == 0 {
			unseen, seen = append(unseen, point{}), append(seen, point{})
			continue
		}
		before, long := float64(first), float64(last-first)+1
		own := point{Value: &long, Tip: k.name + " " + plain.Replace(m.Milestone.Key+" "+m.Milestone.Title) + "\n" + tip, URL: ask.Links.Board("milestone", "milestone", m.Milestone.Key)}
		if k.text != nil {
			own.Label = &label{Show: true, Position: "right", Formatter: k.text(m), Color: ink}
		}
		unseen, seen = append(unseen, point{Value: &before}), append(seen, own)
	}
	return unseen, seen
}

func (a Ask) spanText(s analytics.Planned) string {
	if s.Start == s.Due {
		return a.Printer.Quarter(s.Due)
	}
	return a.T("gantt.span", s.Start, s.Due)
}

// todayIndex gives where today lies among quarters that begin at their indexes.
func todayIndex(ask Ask) (float64, bool) {
	var quarters []period.Quarter
	for q := ask.Plan.First; q <= ask.Plan.Last; q++ {
		quarters = append(quarters, q)
	}
	place, ok := placeOf(ask.Today, quarters)
	return place + float64(ask.Plan.First) + 1, ok
}

func todayLine(bar *charts.Bar, place float64, r Reader) {
	bar.AddSeries("", nil, points([]point{}), charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: r.dayName(), XAxis: place}),
		charts.WithMarkLineStyleOpts(opts.MarkLineStyle{
			Symbol: []string{"none", "none"}, LineStyle: &opts.LineStyle{Color: red, Type: "solid", Width: 1.25},
			Label: &opts.Label{Show: opts.Bool(true), Formatter: "{b}", Color: red, Position: "start"},
		}))
}

func ganttTable(s analytics.Schedule, ask Ask) Table {
	table := Table{Names: 3, Head: []string{
		ask.T("milestone.title"), ask.T("gantt.baseline"), ask.T("gantt.current"), ask.T("gantt.moved"), ask.T("measure.complete"), ask.T("dashboards.share"),
		ask.T("gantt.first"), ask.T("gantt.last"),
	}}
	for _, m := range s.Milestones {
		baseline := noFigure
		if m.HasBaseline {
			baseline = ask.spanText(m.Baseline)
		}
		name := Cell{Text: m.Milestone.Key + " " + m.Milestone.Title, URL: ask.Links.Board("milestone", "milestone", m.Milestone.Key)}
		table.Rows = append(table.Rows, slices.Concat([]Cell{name}, words(baseline, ask.spanText(m.Current), movedText(m, ask),
			ask.T("dashboards.of", m.Complete, m.Units), percentText(ask.Printer, m.Share()), orNone(ask.Printer.Quarter(m.First)), orNone(ask.Printer.Quarter(m.Last)))))
	}
	return table
}

// movedText says by how many quarters the plan has put a milestone off or brought it forward.
func movedText(m analytics.Scheduled, ask Ask) string {
	switch n := m.Moved(); {
	case n > 0:
		return ask.T("gantt.later", n)
	case n < 0:
		return ask.T("gantt.earlier", -n)
	}
	return noFigure
}
