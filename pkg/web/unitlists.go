package web

import (
	"strconv"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// workstreamTable is the milestones of one workstream that apply to the unit.
type workstreamTable struct {
	Key, Title string
	Weight     int
	Rows       []milestoneRow
}

// milestoneRow is one milestone; its light opens into Why and Facts. Source leads to the report that
// the actual value comes from.
type milestoneRow struct {
	Key, Title, Due, Planned, Actual, Gap string
	Weight                                int
	Sample                                bool
	Light                                 analytics.Light
	Why                                   string
	Facts                                 []labelled
	Source, SourceURL                     string
	Supervise                             string // address for issuing an order about it
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
		Key: e.Key, Title: e.Milestone.Title, Due: e.Due.String(), Weight: e.Milestone.Weight, Sample: e.Milestone.Sample,
		Planned: percentText(b.words, e.Planned), Actual: noFigure, Gap: gapColumn(b.words, e.Gap), Light: e.Light, Why: b.reason(e.Reason, e.Gap, e.Due),
	}
	latest := min(period.QuarterOf(b.today)-1, b.plan.Last)
	if b.actor.Can(accounts.ReviewReports) && b.answer.Period == latest && analytics.Lags(b.plan, e.MilestoneState, latest) {
		row.Supervise = superviseMilestone(b.unit.Key, e.Key)
	}
	if e.HasValue {
		row.Actual = percentText(b.words, e.Actual)
	}
	row.Facts = []labelled{
		{b.words.T("home.planned"), row.Planned}, {b.words.T("home.actual"), row.Actual}, {b.words.T("home.gap"), gapText(b.words, e.Gap)},
		{b.words.T("unit.limits"), b.words.T("unit.limits_are", b.plan.Behind, b.plan.Severe)},
	}
	if e.DaysLate > 0 {
		row.Facts = append(row.Facts, labelled{b.words.T("unit.days_late"), b.words.T("unit.days", e.DaysLate)})
	}
	if e.Source != nil {
		row.Source = b.words.T("unit.source_is", e.Source.Period, e.Source.Revision, b.valueText(e))
		row.SourceURL = reportURL(b.unit.Key, b.plan.Reporting.Form, e.Source.Period) + "?revision=" + strconv.FormatInt(e.Source.Revision, 10)
	}
	return row
}

// valueText gives the value that a milestone's actual fraction comes from, as people read it.
func (b unitBuilder) valueText(e analytics.Explained) string {
	item, _ := forms.ItemOf(e.Milestone, b.answer.UnitType)
	text := e.Source.Text
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
	Period, URL, Due, Submitted, Accepted string
	State                                 state
	Revision                              int64
	Supervise                             string // address for issuing an order about it
}

func (b unitBuilder) filedRows() []filedRow {
	var rows []filedRow
	for _, r := range b.reports {
		row := filedRow{
			Period: b.words.Quarter(r.Period), URL: reportURL(b.unit.Key, r.Form, r.Period), State: stateOf(r.Status, r.Late(b.today)),
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
