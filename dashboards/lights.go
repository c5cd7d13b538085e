package dashboards

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/plan"
)

func init() {
	add(Dashboard{
		Key: "lights", Title: "lights.title", About: "lights.about", Group: Monitoring, Order: 2,
		Options: []Option{
			{Name: "group", Label: "lights.group", Choices: lightGroups},
			{Name: "sort", Label: "lights.sort", Choices: lightOrders},
		},
		Draw: drawLights,
	})
}

// The ways to group and to sort.
const (
	byMilestone  = "milestone"
	byWorkstream = "workstream"

	sortGap   = "gap"
	sortName  = "name"
	sortBatch = "batch"
	sortLight = "light"
)

func lightGroups(ask Ask) []Choice {
	return []Choice{{byMilestone, ask.T("lights.by_milestone")}, {byWorkstream, ask.T("lights.by_workstream")}}
}

func lightOrders(ask Ask) []Choice {
	return []Choice{
		{sortGap, ask.T("lights.sort_gap")}, {sortName, ask.T("lights.sort_name")},
		{sortBatch, ask.T("lights.sort_batch")}, {sortLight, ask.T("lights.sort_light")},
	}
}

// drawLights is the matrix of units by milestones or workstreams, and what its headings stand for.
func drawLights(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	query := ask.Query
	query.Limit = analytics.MaxPage
	matrix, err := figures.Matrix(ctx, ask.Actor, query)
	if err != nil {
		return nil, err
	}
	measures, err := figures.Measures(ctx, ask.Actor, ask.Query)
	if err != nil {
		return nil, err
	}
	paged := matrix.Next != "" || ask.Query.After != ""
	return []Card{
		lightsCard(matrix, paged, ask),
		{Key: "measures", Title: ask.T("lights.measures"), About: ask.T("lights.measures_about"), Table: measureTable(measures, ask)},
	}, nil
}

func lightsCard(matrix analytics.Matrix, paged bool, ask Ask) Card {
	l := lightMatrix{Ask: ask, counts: map[analytics.Light]int64{}}
	sortMatrix(matrix.Rows, ask)
	table := l.byMilestone(matrix)
	if ask.Values["group"] == byWorkstream {
		table = l.byWorkstream(matrix)
	}
	card := Card{Key: "lights", Title: ask.T("lights.title"), About: ask.T("lights.card_about"), Table: table, Paged: true, Next: matrix.Next, Legend: lightLegend(l.counts, ask.T)}
	if l.madeUp || l.byHand {
		card.Notes = append(card.Notes, ask.T("lights.corners", ask.T("lights.corner_made_up"), ask.T("lights.corner_override")))
	}
	if l.frozen {
		card.Notes = append(card.Notes, ask.T("lights.frozen_note", ask.Query.Period))
	}
	if paged {
		card.Notes = append(card.Notes, ask.T("lights.paged", analytics.MaxPage))
	}
	return card
}

// lightLegend names every light with the number of those that show it.
func lightLegend(counts map[analytics.Light]int64, t func(string, ...any) string) []Cell {
	legend := make([]Cell, 0, len(analytics.Lights))
	for _, light := range analytics.Lights {
		legend = append(legend, Cell{Light: light, Text: t("lights.count", counts[light])})
	}
	return legend
}

// lightMatrix makes the table, counts the lights in it and notes what they remember.
type lightMatrix struct {
	Ask
	counts                 map[analytics.Light]int64
	frozen, madeUp, byHand bool
}

// unitColumns is the number of columns before the lights.
const unitColumns = 4

func (l *lightMatrix) table() Table {
	return Table{
		Dense:  true,
		Groups: []Heading{{Text: l.T("lights.unit"), Columns: unitColumns}},
		Head:   []string{l.T("lights.name"), l.T("lights.batch"), l.T("lights.gap"), l.T("lights.overall")},
		About:  []string{l.T("lights.name"), l.T("lights.batch"), l.T("dashboards.gap_column"), l.T("lights.overall_about")},
	}
}

func (l *lightMatrix) byMilestone(matrix analytics.Matrix) Table {
	table := l.table()
	for _, w := range l.Plan.Workstreams {
		if len(w.Milestones) > 0 {
			table.Groups = append(table.Groups, l.workstreamHeading(w, len(w.Milestones)))
		}
	}
	for _, m := range matrix.Milestones {
		table.Head, table.About = append(table.Head, m.Key), append(table.About, m.Title)
	}
	for _, r := range matrix.Rows {
		row := l.unit(r.Row)
		for i, state := range r.States {
			m := matrix.Milestones[i]
			row = append(row, l.cell(r.Row, m.Key, m.Title, l.Links.Unit(r.Key)+"#"+m.Key, state))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func (l *lightMatrix) byWorkstream(matrix analytics.Matrix) Table {
	table := l.table()
	for _, w := range l.Plan.Workstreams {
		table.Groups = append(table.Groups, l.workstreamHeading(w, 1))
		table.Head, table.About = append(table.Head, w.Key), append(table.About, w.Title)
	}
	for _, r := range matrix.Rows {
		row := l.unit(r.Row)
		for _, w := range l.Plan.Workstreams {
			milestones, states := statesOf(w, matrix.Milestones, r.States)
			address := l.Links.Unit(r.Key)
			if len(milestones) > 0 {
				address += "#" + milestones[0].Key
			}
			row = append(row, l.cell(r.Row, w.Key, w.Title, address, analytics.WorkstreamState(l.Plan, milestones, states)))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// statesOf gives the milestones of a workstream, with their states.
func statesOf(w plan.Workstream, milestones []plan.Milestone, states []*analytics.MilestoneState) (ms []plan.Milestone, of []*analytics.MilestoneState) {
	for i, m := range milestones {
		if m.Workstream == w.Key {
			ms, of = append(ms, m), append(of, states[i])
		}
	}
	return ms, of
}

func (l *lightMatrix) workstreamHeading(w plan.Workstream, columns int) Heading {
	return Heading{Text: w.Key + " " + w.Title, Columns: columns, URL: l.Links.Board("workstream", "workstream", w.Key), Title: w.Title}
}

// unit gives the first columns of a row.
func (l *lightMatrix) unit(r analytics.Row) []Cell {
	gap := Cell{Text: noFigure, Sort: noFigure}
	if r.HasFigures {
		gap = Cell{Text: pointsText(r.Gap)}
	}
	overall := Cell{Text: noFigure}
	if r.Light != "" {
		title := l.T("lights.overall_cell", r.Name, l.Printer.Light(string(r.Light)), percentText(l.Printer, r.Planned), l.heldText(r.Earned, r.HasFigures))
		overall = l.mark(r.Light, r.Memory, l.Links.Unit(r.Key), title)
	}
	return []Cell{unitCell(l.Ask, r.Key, r.Name, r.Type, r.Placeholder), {Text: l.Plan.BatchTitle(r.Batch)}, gap, overall}
}

// unitCell names a unit, and says what else lists say of it.
func unitCell(ask Ask, key, name, unitType string, placeholder bool) Cell {
	cell := Cell{Text: name, URL: ask.Links.Unit(key), Title: ask.Printer.UnitType(unitType)}
	if placeholder {
		cell.Text = ask.T("lights.placeholder", name)
	}
	return cell
}

// cell gives one light of the matrix.
func (l *lightMatrix) cell(r analytics.Row, key, title, url string, state *analytics.MilestoneState) Cell {
	if state == nil {
		return Cell{Text: noFigure, Title: l.T("lights.not_asked", key, title)}
	}
	l.counts[state.Light]++
	words := l.T("lights.cell", r.Name, key+" "+title, l.Printer.Light(string(state.Light)), percentText(l.Printer, state.Planned), l.heldText(state.Actual, state.HasValue))
	return l.mark(state.Light, state.Memory, url, words)
}

func (l *lightMatrix) mark(light analytics.Light, m analytics.Memory, url, title string) Cell {
	l.frozen = l.frozen || m.Frozen
	l.madeUp = l.madeUp || m.MadeUp != 0
	l.byHand = l.byHand || m.Override != nil
	return Cell{
		Mark: true, Light: light, URL: url, Sort: strconv.Itoa(light.Severity()),
		Text: cornerOf(l.Ask, m), Title: strings.Join(append([]string{title}, remembered(l.Ask, m)...), "；"),
	}
}

// cornerOf gives the short mark at the corner of a light that remembers something.
func cornerOf(ask Ask, m analytics.Memory) string {
	switch {
	case m.Override != nil:
		return ask.T("lights.corner_override")
	case m.MadeUp != 0:
		return ask.T("lights.corner_made_up")
	}
	return ""
}

// remembered says what a light remembers.
func remembered(ask Ask, m analytics.Memory) []string {
	var list []string
	if m.MadeUp != 0 {
		list = append(list, ask.T("lights.cell_made_up", m.MadeUp))
	}
	if o := m.Override; o != nil {
		list = append(list, ask.T("lights.cell_override", ask.Printer.Light(string(o.Computed)), o.Reason, o.By, o.At))
	}
	if m.Frozen {
		list = append(list, ask.T("lights.cell_frozen"))
	}
	return list
}

// heldText gives a percentage, and a dash where there is no value.
func (a Ask) heldText(f plan.Fraction, has bool) string {
	if !has {
		return noFigure
	}
	return percentText(a.Printer, f)
}

// sortMatrix sorts a page that comes with the greatest gap first.
func sortMatrix(rows []analytics.MatrixRow, ask Ask) {
	batches := map[string]int{}
	for i, b := range ask.Plan.Batches {
		batches[b.Key] = i
	}
	names := collate.New(language.Make(ask.Printer.Language()))
	order := map[string]func(a, b analytics.MatrixRow) int{
		sortName:  func(a, b analytics.MatrixRow) int { return names.CompareString(a.Name, b.Name) },
		sortBatch: func(a, b analytics.MatrixRow) int { return cmp.Compare(batches[a.Batch], batches[b.Batch]) },
		sortLight: func(a, b analytics.MatrixRow) int { return cmp.Compare(a.Light.Severity(), b.Light.Severity()) },
	}[ask.Values["sort"]]
	if order != nil {
		slices.SortStableFunc(rows, order)
	}
}
