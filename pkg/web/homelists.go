package web

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// owed is how many reports have still to be filed, or filed again.
func (b homeBuilder) owed() int64 { return b.unfinished.OpenCount + b.unfinished.ReturnedCount }

// overdue warns while reports are to be filed after their due date.
func (b homeBuilder) overdue() string {
	if b.owed() == 0 || !pastDue(b.today, b.answer.Due) {
		return ""
	}
	return b.words.T("home.overdue", b.answer.Period, b.answer.Due, b.unfinished.OpenCount, b.unfinished.ReturnedCount)
}

// pastDue tells whether a due date, where there is one, has passed.
func pastDue(today, due period.Date) bool { return !due.IsZero() && today.After(due) }

func (b homeBuilder) cards() []figureCard {
	t, words := b.answer.Total, b.words
	severe := t.Lights[analytics.Severe]
	onTime, anyDue := t.Timeliness()
	acceptance, _ := t.Acceptance()
	submitted := figureCard{
		Name: words.T("home.submitted"), Value: strconv.FormatInt(t.Submitted, 10), Unit: words.T("home.of", t.Expected),
		Note: words.T("home.submitted_note", countText(t.OnTime, t.Expected), rateText(words, onTime, anyDue)), URL: b.asked.list(b.plan.Reporting.Form, "", ""),
	}
	accepted := figureCard{
		Name: words.T("home.accepted"), Value: strconv.FormatInt(t.Accepted, 10), Unit: words.T("home.of", t.Expected),
		Note: words.T("home.accepted_note", rateText(words, acceptance, anyDue)), Tone: "done", URL: b.asked.list(b.plan.Reporting.Form, "status", string(reporting.Accepted)),
	}
	late := figureCard{
		Name: words.T("home.lagging"), Value: strconv.FormatInt(t.BehindUnits(), 10), Unit: words.T("home.units"),
		Note: words.T("home.lagging_note", severe, t.Lights[analytics.NotReported]), Tone: "behind", URL: "#behind",
	}
	if severe > 0 {
		late.Tone = "severe"
	}
	earned := figureCard{Name: words.T("home.earned"), Value: noFigure, Note: words.T("home.no_figures"), URL: b.asked.from("").with(dashboardsPath+"/trace", nil)}
	if t.HasFigures {
		f := figuresOf(words, t)
		earned.Value = f.Earned
		earned.Note = words.T("home.earned_note", f.Planned, gapText(words, t.Gap), f.SPI)
	}
	return []figureCard{submitted, accepted, late, earned}
}

// dueList is who has still to file, or to file again.
type dueList struct {
	Sample             bool // whether some of it is of a demonstration
	Rows               []dueRow
	Missing, ToCorrect int64    // reports not in, and reports returned
	More               []option // addresses of the whole list, when it is longer
	Urging             urging
}

type dueRow struct {
	unitName
	State           state
	Late, ReportURL string
	Supervise       string // address for issuing an order about it
	Urge            urgeButton
}

// unitName is a unit as lists name it.
type unitName struct {
	Name, URL, About string
	Placeholder      bool
}

func (b homeBuilder) unitName(key, name, batch, unitTypeKey string, placeholder bool) unitName {
	return unitName{
		Name: name, URL: b.asked.onto(unitURL(key, b.answer.Period)), Placeholder: placeholder,
		About: b.plan.BatchTitle(batch) + " · " + b.words.UnitType(unitTypeKey),
	}
}

func (b homeBuilder) dueList() dueList {
	list := dueList{Missing: b.unfinished.OpenCount, ToCorrect: b.unfinished.ReturnedCount, Urging: b.urging}
	shown := append(slices.Clone(b.unfinished.Open), b.unfinished.Returned...)
	for _, r := range shown[:min(len(shown), longestList)] {
		row := dueRow{
			unitName:  b.unitName(r.Unit.Key, r.Unit.Name, r.Batch, r.UnitType, r.Unit.Placeholder),
			State:     stateOf(r.Status, r.Late(b.today)),
			Late:      daysLeft(b.words, b.today, r.Due),
			ReportURL: reportURL(r.Unit.Key, r.Form, r.Period),
			Supervise: superviseReport(b.actor, b.today, r),
			Urge:      list.Urging.add(b.actor, r, b.today),
		}
		list.Rows = append(list.Rows, row)
		list.Sample = list.Sample || r.Sample
	}
	if int64(len(list.Rows)) < b.owed() {
		list.More = b.wholeLists()
	}
	return list
}

// wholeLists gives the lists of reports that hold what dueList counts: after the due date one, of what
// is late; before it nothing is, and there are two.
func (b homeBuilder) wholeLists() []option {
	if pastDue(b.today, b.answer.Due) {
		return []option{{Name: b.words.T("home.whole_list"), Value: b.asked.list(b.plan.Reporting.Form, "status", "late")}}
	}
	var lists []option
	if b.unfinished.OpenCount > 0 {
		lists = append(lists, option{Name: b.words.T("home.missing_list"), Value: b.asked.list(b.plan.Reporting.Form, "status", string(reporting.Open))})
	}
	if b.unfinished.ReturnedCount > 0 {
		lists = append(lists, option{Name: b.words.T("home.returned_list"), Value: b.asked.list(b.plan.Reporting.Form, "status", string(reporting.Returned))})
	}
	return lists
}

// behindRow is a unit that lies behind its plan.
type behindRow struct {
	unitName
	figureRow
	Overdue string // milestones whose due quarter has passed
	of      analytics.MatrixRow
}

// behind ranks the units furthest behind; a unit without any report is missing, not behind.
func (b homeBuilder) behind() []behindRow {
	var rows []behindRow
	for _, r := range b.worst.Rows {
		if !r.HasFigures || r.Gap <= 0 || len(rows) == longestList {
			continue
		}
		row := behindRow{unitName: b.unitName(r.Key, r.Name, r.Batch, r.Type, r.Placeholder), figureRow: figuresOf(b.words, r.Row), of: r}
		row.Overdue = b.overdueText(r)
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(x, y behindRow) int { return cmp.Compare(severity(y.Light), severity(x.Light)) })
	return rows
}

// overdueText names up to two overdue milestones of a unit and counts the others.
func (b homeBuilder) overdueText(r analytics.MatrixRow) string {
	var names []string
	for i, state := range r.States {
		if state != nil && state.Overdue(b.answer.Period) {
			names = append(names, state.Key+" "+b.worst.Milestones[i].Title)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return b.words.T("home.overdue_one", names[0])
	case 2:
		return b.words.T("home.overdue_two", names[0], names[1])
	}
	return b.words.T("home.overdue_more", names[0], names[1], len(names)-2)
}

func severity(l analytics.Light) int {
	if l == analytics.NotReported {
		return slices.Index(analytics.Lights, analytics.Behind)
	}
	return slices.Index(analytics.Lights, l)
}

// placeTable compares the divisions below the scope.
type placeTable struct {
	Title, Column string
	Rows          []placeRow
	Total         placeRow
}

type placeRow struct {
	figureRow
	Name, URL                               string
	Submitted, Accepted, Behind, Unreported string
	IsTotal                                 bool
}

// places is empty below county level, where there is nothing left to compare.
func (b homeBuilder) places() placeTable {
	level := b.answer.Scope.Division.Level
	if b.answer.Scope.Unit != nil || level >= divisions.County {
		return placeTable{}
	}
	table := placeTable{Title: b.words.T("home.by_city"), Column: b.words.T("home.city"), Total: b.placeRow(b.answer.Total)}
	direct := "home.direct_province"
	if level == divisions.City {
		table.Title, table.Column, direct = b.words.T("home.by_county"), b.words.T("home.county"), "home.direct_city"
	}
	table.Total.Name, table.Total.IsTotal = b.words.T("home.total"), true
	for _, r := range b.answer.Rows {
		row := b.placeRow(r)
		if r.Key == analytics.Direct {
			row.Name = b.words.T(direct)
		} else {
			row.Name, row.URL = r.Name, b.asked.within(r.Key).url()
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func (b homeBuilder) placeRow(r analytics.Row) placeRow {
	return placeRow{
		figureRow: figuresOf(b.words, r), Submitted: countText(r.Submitted, r.Expected), Accepted: countText(r.Accepted, r.Expected),
		Behind:     b.words.T("home.behind_of", r.BehindUnits(), r.Lights[analytics.Severe]),
		Unreported: strconv.FormatInt(r.Lights[analytics.NotReported], 10),
	}
}

// matrixTable is units by milestones.
type matrixTable struct {
	Workstreams []plan.Workstream
	Milestones  []plan.Milestone
	Lights      []analytics.Light
	Rows        []matrixRow
	First, Next string // addresses of pages
}

type matrixRow struct {
	unitName
	Light analytics.Light
	Marks []string
	Cells []template.HTML
}

func (b homeBuilder) matrixTable() matrixTable {
	table := matrixTable{Workstreams: b.plan.Workstreams, Milestones: b.matrix.Milestones, Lights: analytics.Lights}
	if b.asked.After != "" {
		table.First = b.asked.from("").url() + "#matrix-card"
	}
	if b.matrix.Next != "" {
		table.Next = b.asked.from(b.matrix.Next).url() + "#matrix-card"
	}
	for _, r := range b.matrix.Rows {
		row := matrixRow{unitName: b.unitName(r.Key, r.Name, r.Batch, r.Type, r.Placeholder), Light: r.Light, Marks: marksOf(b.words, r.Memory)}
		for i, state := range r.States {
			row.Cells = append(row.Cells, b.cell(row.unitName, b.matrix.Milestones[i], state))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// cell draws one light; without one the milestone does not apply to the unit. There are hundreds on a page,
// for each of which a template takes many times as long.
func (b homeBuilder) cell(unit unitName, m plan.Milestone, state *analytics.MilestoneState) template.HTML {
	escaped := template.HTMLEscapeString
	if state == nil {
		title := b.words.T("home.cell_none", m.Key, m.Title)
		return template.HTML(`<span class="light light-none" title="` + escaped(title) + `">—</span>`) // #nosec G203: escaped
	}
	actual := noFigure
	if state.HasValue {
		actual = percentText(b.words, state.Actual)
	}
	light := b.words.Light(string(state.Light))
	title := b.words.T("home.cell", unit.Name, m.Key+" "+m.Title, light, percentText(b.words, state.Planned), actual)
	drawn := `<a class="light light-` + escaped(string(state.Light)) + `" href="` + escaped(unit.URL+"#"+state.Key) +
		`" title="` + escaped(title) + `">` + escaped(light) + `</a>`
	for _, mark := range marksOf(b.words, state.Memory) {
		drawn += `<small class="light-mark">` + escaped(mark) + `</small>`
	}
	return template.HTML(drawn) // #nosec G203: escaped
}
