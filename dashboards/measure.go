package dashboards

import (
	"strconv"

	"pilotboard/pkg/analytics"
)

// measureTable lists workstreams and milestones over the units of a scope, each leading to its page.
func measureTable(rows []analytics.MeasureRow, ask Ask) Table {
	table := Table{Head: []string{
		ask.T("measure.name"), ask.T("measure.planned"), ask.T("measure.actual"), ask.T("dashboards.gap_column"), ask.T("measure.light"),
		ask.T("measure.complete"), ask.T("measure.overdue"), ask.T("dashboards.reported_column"),
	}}
	for _, r := range rows {
		if r.Expected == 0 {
			continue
		}
		table.Rows = append(table.Rows, measureCells(r, ask))
	}
	return table
}

func measureCells(r analytics.MeasureRow, ask Ask) []Cell {
	name := Cell{Text: r.Key + " " + r.Name, URL: measureURL(r, ask), Sort: r.Workstream + " " + r.Key}
	overdue := Cell{Text: number(r.Overdue)}
	if r.Key == r.Workstream {
		name.Sort, overdue = r.Workstream, Cell{Text: noFigure}
	}
	gap := Cell{Text: noFigure}
	if r.HasFigures {
		gap = Cell{Text: pointsText(r.Gap)}
	}
	planned := Cell{Text: ask.heldText(r.Planned, r.HasFigures)}
	return []Cell{
		name, planned, {Text: ask.heldText(r.Earned, r.HasFigures), URL: ask.Links.Board("trace", "figure", r.Key)}, gap, lightCell(r.Light),
		{Text: ask.T("dashboards.of", r.Complete, r.Expected), Sort: number(r.Complete)},
		overdue, {Text: ask.T("dashboards.of", r.Reported, r.Expected)},
	}
}

// measureURL gives the address of the page of a workstream or a milestone.
func measureURL(r analytics.MeasureRow, ask Ask) string {
	if r.Key == r.Workstream {
		return ask.Links.Board("workstream", "workstream", r.Key)
	}
	return ask.Links.Board("milestone", "milestone", r.Key)
}

// lightCell shows a light by its mark and word; without one a dash.
func lightCell(light analytics.Light) Cell {
	if light == "" {
		return Cell{Text: noFigure}
	}
	return Cell{Light: light, Sort: strconv.Itoa(light.Severity())}
}
