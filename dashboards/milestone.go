package dashboards

import (
	"context"
	"strconv"
	"strings"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/plan"
)

func init() {
	add(Dashboard{
		Key: "milestone", Title: "milestone.title", About: "milestone.about", Group: Monitoring, Order: 8,
		Options: []Option{{Name: "milestone", Label: "milestone.title", Choices: milestoneChoices}},
		Draw:    drawMilestone,
	})
}

// milestonePage is the number of units on a page.
const milestonePage = 50

func milestoneChoices(ask Ask) []Choice {
	var list []Choice
	for _, w := range ask.Plan.Workstreams {
		for _, m := range w.Milestones {
			list = append(list, Choice{m.Key, m.Key + " " + m.Title})
		}
	}
	return list
}

// drawMilestone is one milestone: who has it behind them, who is late, and by how much.
func drawMilestone(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	key, query := ask.Values["milestone"], ask.Query
	query.Limit = milestonePage
	answer, err := figures.Milestone(ctx, ask.Actor, query, key)
	if err != nil {
		return nil, err
	}
	curves, err := figures.MeasureCurves(ctx, ask.Actor, ask.Query, key)
	if err != nil {
		return nil, err
	}
	status, err := Status("milestone-lights", analytics.Row{Lights: answer.Lights, Expected: answer.Units}, ask.Reader)
	if err != nil {
		return nil, err
	}
	progress, err := Progress("milestone-curve", curves, ask.Query.Period, ask.Reader)
	if err != nil {
		return nil, err
	}
	name := key + " " + answer.Milestone.Title
	counts := ask.T("dashboards.counted", answer.Reported, answer.Units)
	return []Card{
		{Key: "summary", Title: name, About: milestoneAbout(answer.Milestone, ask), Tiles: milestoneTiles(answer, ask), Counts: counts},
		{Key: "lights", Title: ask.T("milestone.lights"), Chart: &status, Short: true, Label: ask.T("milestone.lights_label", name), Columns: 4, Counts: counts},
		{Key: "curve", Title: ask.T("milestone.curve"), Chart: &progress, Label: ask.T("milestone.curve_label", name), Columns: 8, Counts: counts},
		{
			Key: "units", Title: ask.T("milestone.units"), About: ask.T("milestone.units_about"), Table: milestoneTable(answer, ask),
			Notes: []string{ask.T("milestone.late_note"), ask.T("milestone.files_note")}, Counts: counts, Paged: true, Next: answer.Next,
		},
	}, nil
}

// milestoneAbout says which workstream a milestone belongs to, and when it is due.
func milestoneAbout(m plan.Milestone, ask Ask) string {
	var dues []string
	for _, b := range m.Batches() {
		dues = append(dues, ask.T("milestone.due_of", ask.Plan.BatchTitle(b), m.Due(b)))
	}
	return ask.T("milestone.of", workstreamTitle(ask.Plan, m.Workstream), m.Weight, strings.Join(dues, " · "))
}

func workstreamTitle(p *plan.Plan, key string) string {
	for _, w := range p.Workstreams {
		if w.Key == key {
			return key + " " + w.Title
		}
	}
	return key
}

func milestoneTiles(a analytics.MilestoneAnswer, ask Ask) []Tile {
	share := noFigure
	if a.Units > 0 {
		share = percentText(ask.Printer, plan.Ratio(a.Complete, a.Units))
	}
	late := Tile{Name: ask.T("milestone.overdue"), Value: number(a.Overdue), Unit: ask.T("home.units"), Note: ask.T("milestone.overdue_note"), URL: "#card-units"}
	if a.Overdue > 0 {
		late.Tone = "severe"
	}
	return []Tile{
		{Name: ask.T("milestone.complete"), Value: number(a.Complete), Unit: ask.T("home.of", a.Units), Note: ask.T("milestone.complete_note", share), Tone: "done"},
		late,
		{Name: ask.T("milestone.reported"), Value: number(a.Reported), Unit: ask.T("home.of", a.Units), Note: ask.T("milestone.reported_note")},
		{
			Name: ask.T("milestone.workstream"), Value: a.Milestone.Workstream, Note: ask.T("milestone.workstream_note"),
			URL: ask.Links.Board("workstream", "workstream", a.Milestone.Workstream),
		},
	}
}

func milestoneTable(a analytics.MilestoneAnswer, ask Ask) Table {
	table := Table{Names: 3, Head: []string{
		ask.T("lights.unit"), ask.T("lights.batch"), ask.T("measure.light"), ask.T("measure.actual"), ask.T("milestone.value"), ask.T("milestone.due"),
		ask.T("milestone.days_late"), ask.T("milestone.made_up"), ask.T("milestone.source"), ask.T("milestone.files"),
	}}
	for _, r := range a.Rows {
		table.Rows = append(table.Rows, milestoneCells(a, r, ask))
	}
	return table
}

func milestoneCells(a analytics.MilestoneAnswer, r analytics.MilestoneUnit, ask Ask) []Cell {
	unit := unitCell(ask, r.Unit.Key, r.Unit.Name, r.Type, r.Unit.Placeholder)
	unit.URL += "#" + r.Key
	light := lightCell(r.Light)
	light.Text, light.Title = cornerOf(ask, r.Memory), strings.Join(remembered(ask, r.Memory), "；")
	late, madeUp := Cell{Text: noFigure, Sort: "0"}, Cell{Text: noFigure}
	if r.DaysLate > 0 {
		late = Cell{Text: ask.T("milestone.days", r.DaysLate), Sort: strconv.Itoa(r.DaysLate)}
	}
	if r.MadeUp != 0 {
		madeUp = Cell{Text: ask.Printer.Quarter(r.MadeUp), Sort: r.MadeUp.String()}
	}
	value, source, files := Cell{Text: noFigure}, Cell{Text: noFigure}, Cell{Text: noFigure, Sort: "0"}
	if s := r.Source; s != nil {
		address := ask.Links.Report(r.Unit.Key, r.Form, s.Period)
		value = Cell{Text: measured(ask, a.Milestone, analytics.TraceRow{Item: s.Item, Value: s.Text})}
		source = Cell{Text: ask.T("milestone.source_is", s.Period, s.Revision), URL: address, Sort: s.Period.String()}
		if r.Files > 0 {
			files = Cell{Text: number(r.Files), URL: address}
		}
	}
	return []Cell{
		unit, {Text: ask.Plan.BatchTitle(r.Batch)}, light, {Text: ask.heldText(r.Actual, r.HasValue)}, value,
		{Text: ask.Printer.Quarter(r.Due), Sort: r.Due.String()}, late, madeUp, source, files,
	}
}
