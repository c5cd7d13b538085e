package web

import (
	"strconv"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// workstreamTable is the milestones of one workstream that apply to the unit.
type workstreamTable struct {
	Key, Title string
	Weight     int
	Rows       []milestoneRow
}

// milestoneRow is one milestone; its light opens.
type milestoneRow struct {
	lightWhy
	Due, Planned, Actual, Gap string
	Weight                    int
	Sample                    bool
	Supervise                 string // address for issuing an order about it
}

func (b unitBuilder) workstreams() []workstreamTable {
	byKey := map[string][]analytics.Explained{}
	for _, e := range b.answer.Milestones {
		byKey[e.Milestone.Workstream] = append(byKey[e.Milestone.Workstream], e)
	}
	var tables []workstreamTable
	for _, w := range b.plan.Workstreams {
		if len(byKey[w.Key]) == 0 {
			continue
		}
		table := workstreamTable{Key: w.Key, Title: w.Title}
		for _, e := range byKey[w.Key] {
			table.Weight += e.Milestone.Weight
			table.Rows = append(table.Rows, b.milestoneRow(e))
		}
		tables = append(tables, table)
	}
	return tables
}

func (b unitBuilder) milestoneRow(e analytics.Explained) milestoneRow {
	row := milestoneRow{
		lightWhy: b.milestoneLight(e), Due: e.Due.String(), Weight: e.Milestone.Weight, Sample: e.Milestone.Sample,
		Planned: percentText(b.words, e.Planned), Actual: b.actualText(e.HasValue, e.Actual), Gap: gapColumn(b.words, e.Gap),
	}
	latest := min(period.QuarterOf(b.today)-1, b.plan.Last)
	if b.known.usual() && b.actor.Can(accounts.ReviewReports) && b.answer.Period == latest && analytics.Lags(b.plan, e.MilestoneState, latest) {
		row.Supervise = superviseMilestone(b.unit.Key, e.Key)
	}
	return row
}

// ownLight explains the light of the unit as a whole.
func (b unitBuilder) ownLight() lightWhy {
	row, then := b.answer.Row, b.answer.Then
	why := lightWhy{Title: b.unit.Name, Light: row.Light, Why: b.reason(b.answer.Reason, then.Gap, 0)}
	why.Facts = b.standFacts(then)
	return b.explained(why, row.Memory)
}

// standFacts says what a light follows from.
func (b unitBuilder) standFacts(then analytics.Stand) []labelled {
	return []labelled{
		{b.words.T("home.planned"), percentText(b.words, then.Planned)}, {b.words.T("home.actual"), b.actualText(then.HasValue, then.Actual)},
		{b.words.T("home.gap"), gapText(b.words, then.Gap)}, {b.words.T("unit.limits"), b.words.T("unit.limits_are", b.plan.Behind, b.plan.Severe)},
	}
}

// milestoneLight explains the light of a milestone by what it follows from.
func (b unitBuilder) milestoneLight(e analytics.Explained) lightWhy {
	then := e.Then
	why := lightWhy{Key: e.Key, Title: e.Milestone.Title, Light: e.Light, Why: b.reason(e.Reason, then.Gap, e.Due)}
	why.Facts = b.standFacts(then)
	if then.DaysLate > 0 {
		why.Facts = append(why.Facts, labelled{b.words.T("unit.days_late"), b.words.T("unit.days", then.DaysLate)})
	}
	if then.Source != nil {
		why.Source = b.words.T("unit.source_is", then.Source.Period, then.Source.Revision, b.valueText(e.Milestone, then.Source.Text))
		why.SourceURL = reportURL(b.unit.Key, b.plan.Reporting.Form, then.Source.Period) + "?revision=" + strconv.FormatInt(then.Source.Revision, 10)
	}
	return b.explained(why, e.Memory)
}

// actualText gives an actual fraction; without a value there is none.
func (b unitBuilder) actualText(has bool, actual plan.Fraction) string {
	if !has {
		return noFigure
	}
	return percentText(b.words, actual)
}

// valueText gives the value that a milestone's actual fraction comes from, as people read it.
func (b unitBuilder) valueText(m plan.Milestone, text string) string {
	item, _ := forms.ItemOf(m, b.answer.UnitType)
	switch item.Type {
	case forms.YesNo:
		if text == "true" {
			return b.words.T("value.yes")
		}
		return b.words.T("value.no")
	case forms.Percent:
		return b.words.Percent(text)
	}
	if item.Unit != "" {
		text += " " + item.Unit
	}
	return text
}

// filedRow is one report of the unit.
type filedRow struct {
	Title, Period, URL, Due, Submitted, Accepted string
	State                                        state
	Revision                                     int64
	Supervise                                    string // address for issuing an order about it
}

func (b unitBuilder) filedRows() []filedRow {
	var rows []filedRow
	for _, r := range b.reports {
		row := filedRow{
			Title: b.titles[r.Form], Period: b.words.Quarter(r.Period), URL: reportURL(b.unit.Key, r.Form, r.Period), State: stateOf(r.Status, r.Late(b.today)),
			Due: b.words.Date(r.Due), Submitted: noFigure, Accepted: noFigure, Revision: r.Revision,
			Supervise: superviseReport(b.actor, b.today, r),
		}
		if !r.SubmittedAt.IsZero() {
			row.Submitted = b.words.Time(r.SubmittedAt)
		}
		if !r.AcceptedAt.IsZero() {
			row.Accepted = b.words.Time(r.AcceptedAt)
		}
		rows = append(rows, row)
	}
	return rows
}
