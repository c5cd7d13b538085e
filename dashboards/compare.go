package dashboards

import (
	"context"
	"errors"
	"strconv"
	"time"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

func init() {
	add(Dashboard{
		Key: "compare", Title: "compare.title", About: "compare.about", Group: Monitoring, Order: 9,
		Options: []Option{
			{Name: "kind", Label: "compare.kind", Choices: compareKinds},
			{Name: "a", Label: "compare.a", Hints: compareHints},
			{Name: "b", Label: "compare.b", Hints: compareHints},
		},
		Draw: drawCompare,
	})
}

// What can be compared.
const (
	twoPeriods = "periods"
	twoUnits   = "units"
	twoDates   = "dates"
)

func compareKinds(ask Ask) []Choice {
	return []Choice{{twoPeriods, ask.T("compare.periods")}, {twoUnits, ask.T("compare.units")}, {twoDates, ask.T("compare.dates")}}
}

// compareHints offers what a and b may be: quarters, or days at which much was known.
func compareHints(ask Ask) []Choice {
	var list []Choice
	for q := ask.Head.Period; q >= ask.Plan.First; q-- {
		switch ask.Values["kind"] {
		case twoPeriods:
			list = append(list, Choice{q.String(), ask.Printer.Quarter(q)})
		case twoDates:
			list = append(list, Choice{q.Last().String(), ask.Printer.Date(q.Last())})
		}
	}
	return list
}

// drawCompare puts two answers side by side. What cannot be compared is said where the figures would stand.
func drawCompare(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	cards, err := compareCards(ctx, figures, ask)
	var wrong *fault.Fault
	if errors.As(err, &wrong) && wrong.Kind != fault.Internal {
		cards, err = []Card{{Key: "wrong", Title: ask.T("compare.wrong"), Alert: ask.Printer.Fault(wrong)}}, nil
	}
	if err != nil || ask.Values["kind"] != twoUnits {
		return cards, err
	}
	choose, err := chooseCard(ctx, figures, ask)
	return append(cards, choose), err
}

func compareCards(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	a, b, err := comparedSides(ctx, figures, ask)
	if err != nil {
		return nil, err
	}
	for _, s := range []*side{&a, &b} {
		if err := s.fill(ctx, figures, ask); err != nil {
			return nil, err
		}
	}
	workstreams, err := compareChart("compare-workstreams", a, b, true, ask)
	if err != nil {
		return nil, err
	}
	milestones, err := compareChart("compare-milestones", a, b, false, ask)
	if err != nil {
		return nil, err
	}
	counts := ask.T("compare.counts", ask.T("dashboards.of", a.total.Reported, a.total.Expected), ask.T("dashboards.of", b.total.Reported, b.total.Expected))
	cards := []Card{
		{Key: "total", Title: ask.T("compare.total"), About: ask.T("compare.about_sides", a.name, b.name), Table: totalTable(a, b, ask), Counts: counts},
		{Key: "workstreams", Title: ask.T("compare.workstreams"), Chart: &workstreams, Bars: len(ask.Plan.Workstreams), Label: ask.T("compare.label", a.name, b.name), Counts: counts},
		{Key: "milestones", Title: ask.T("compare.milestones"), Chart: &milestones, Bars: len(pairsOf(a, b, false)), Label: ask.T("compare.label", a.name, b.name), Counts: counts},
	}
	if ask.Values["kind"] != twoDates {
		return cards, nil
	}
	restated, err := restatedCard(ctx, figures, a, b, ask)
	return append(cards, restated), err
}

// side is one of the two that are compared: what it is called, what is asked for it, and what was answered.
type side struct {
	name  string
	query analytics.Query
	total analytics.Row
	rows  []analytics.MeasureRow // workstreams, each followed by its milestones
}

// comparedSides reads a and b; each has a usual value.
func comparedSides(ctx context.Context, figures *analytics.Service, ask Ask) (a, b side, err error) {
	read := comparedPeriod
	usual := [2]string{(ask.Head.Period - 1).String(), ask.Head.Period.String()}
	switch ask.Values["kind"] {
	case twoDates:
		read = comparedDate
		usual = [2]string{ask.Head.Period.Last().String(), ask.Today.String()}
	case twoUnits:
		read = comparedUnit
		if usual, err = usualUnits(ctx, figures, ask); err != nil {
			return a, b, err
		}
	}
	for i, name := range []string{"a", "b"} {
		if ask.Values[name] == "" || ofAnotherKind(ask.Values["kind"], ask.Values[name]) {
			ask.Values[name] = usual[i]
		}
	}
	if a, err = read(ask, ask.Values["a"]); err != nil {
		return a, b, err
	}
	b, err = read(ask, ask.Values["b"])
	return a, b, err
}

// ofAnotherKind tells whether a text is a quarter or a day left over from another kind of comparison.
func ofAnotherKind(kind, text string) bool {
	_, noQuarter := period.Parse(text)
	_, noDay := period.ParseDate(text)
	return (noQuarter == nil && kind != twoPeriods) || (noDay == nil && kind != twoDates)
}

func comparedPeriod(ask Ask, text string) (side, error) {
	q, err := period.Parse(text)
	if err != nil {
		return side{}, err
	}
	s := side{name: ask.Printer.Quarter(q), query: ask.Query}
	s.query.Period = q
	return s, nil
}

func comparedDate(ask Ask, text string) (side, error) {
	day, err := period.ParseDate(text)
	if err != nil {
		return side{}, err
	}
	s := side{name: ask.T("compare.known_on", day), query: ask.Query}
	s.query.AsOf = day.End().Add(-time.Microsecond)
	return s, nil
}

func comparedUnit(ask Ask, text string) (side, error) {
	if text == "" {
		return side{}, fault.New(fault.Invalid, "compare.no_units")
	}
	s := side{name: text, query: ask.Query}
	s.query.Scope, s.query.Unit, s.query.Batch, s.query.Type = "", text, "", ""
	return s, nil
}

// usualUnits gives the two units that are furthest behind.
func usualUnits(ctx context.Context, figures *analytics.Service, ask Ask) (keys [2]string, err error) {
	query := ask.By(analytics.ByUnit)
	query.Limit, query.After = len(keys), ""
	answer, err := figures.Progress(ctx, ask.Actor, query)
	for i, r := range answer.Rows {
		keys[i] = r.Key
	}
	if len(answer.Rows) == 1 {
		keys[1] = keys[0]
	}
	return keys, err
}

// fill asks for the figures of a side. The lights of one unit are its own, of more those of the means.
func (s *side) fill(ctx context.Context, figures *analytics.Service, ask Ask) error {
	s.query.After = ""
	head, err := figures.Head(ctx, ask.Actor, s.query)
	if err != nil {
		return err
	}
	s.total = head.Total
	if s.rows, err = figures.Measures(ctx, ask.Actor, s.query); err != nil || head.Scope.Unit == nil {
		return err
	}
	if s.query.Unit != "" {
		s.name = head.Scope.Unit.Name
	}
	matrix, err := figures.Matrix(ctx, ask.Actor, s.query)
	if err != nil || len(matrix.Rows) == 0 {
		return err
	}
	s.total.Light, s.total.Memory = matrix.Rows[0].Light, matrix.Rows[0].Memory
	own := map[string]*analytics.MilestoneState{}
	for _, w := range head.Plan.Workstreams {
		own[w.Key] = analytics.WorkstreamState(head.Plan, matrix.Milestones, onlyIn(w.Key, matrix))
	}
	for i, m := range matrix.Milestones {
		own[m.Key] = matrix.Rows[0].States[i]
	}
	for i := range s.rows {
		if state := own[s.rows[i].Key]; state != nil {
			s.rows[i].Light, s.rows[i].Memory = state.Light, state.Memory
		}
	}
	return nil
}

// onlyIn gives the states of the only row, without those of other workstreams.
func onlyIn(workstream string, matrix analytics.Matrix) []*analytics.MilestoneState {
	states := make([]*analytics.MilestoneState, len(matrix.Milestones))
	for i, m := range matrix.Milestones {
		if m.Workstream == workstream {
			states[i] = matrix.Rows[0].States[i]
		}
	}
	return states
}

// chooseCard lists the units in the scope, with links that compare them.
func chooseCard(ctx context.Context, figures *analytics.Service, ask Ask) (Card, error) {
	query := ask.By(analytics.ByUnit)
	query.Limit = milestonePage
	answer, err := figures.Progress(ctx, ask.Actor, query)
	if err != nil {
		return Card{}, err
	}
	table := Table{Names: 4, Head: []string{
		ask.T("lights.unit"), ask.T("compare.unit_key"), ask.T("compare.as_a"), ask.T("compare.as_b"), ask.T("measure.light"), ask.T("dashboards.gap_column"),
	}}
	for _, r := range answer.Rows {
		gap := Cell{Text: noFigure}
		if r.HasFigures {
			gap = Cell{Text: pointsText(r.Gap)}
		}
		table.Rows = append(table.Rows, []Cell{
			unitCell(ask, r.Key, r.Name, r.Type, r.Placeholder), {Text: r.Key},
			{Text: ask.T("compare.take"), URL: ask.Links.Self("a", r.Key), Title: ask.T("compare.take_a", r.Name)},
			{Text: ask.T("compare.take"), URL: ask.Links.Self("b", r.Key), Title: ask.T("compare.take_b", r.Name)},
			lightCell(r.Light), gap,
		})
	}
	return Card{Key: "units", Title: ask.T("compare.choose"), About: ask.T("compare.choose_about"), Table: table, Paged: true, Next: answer.Next}, nil
}

// restatedCard lists the corrections that became known between two days.
func restatedCard(ctx context.Context, figures *analytics.Service, a, b side, ask Ask) (Card, error) {
	since, until := a.query.AsOf, b.query.AsOf
	if until.Before(since) {
		since, until = until, since
	}
	list, more, err := figures.Restated(ctx, ask.Actor, ask.Query, since, until)
	if err != nil {
		return Card{}, err
	}
	table := Table{Names: 5, Head: []string{
		ask.T("lights.unit"), ask.T("dashboards.quarter"), ask.T("compare.accepted_at"), ask.T("compare.revision"), ask.T("compare.reason"), ask.T("compare.cells"),
	}}
	for _, r := range list {
		table.Rows = append(table.Rows, []Cell{
			{Text: r.Unit.Name, URL: ask.Links.Report(r.Unit.Key, r.Form, r.Period)},
			{Text: ask.Printer.Quarter(r.Period), Sort: r.Period.String()}, {Text: ask.Printer.Time(r.AcceptedAt), Sort: r.AcceptedAt.Format(time.RFC3339)},
			{Text: ask.T("compare.revisions", r.No, r.BeforeRevision, r.Revision)}, {Text: r.Reason}, {Text: strconv.Itoa(len(r.Changes))},
		})
	}
	card := Card{Key: "restated", Title: ask.T("compare.restated"), About: ask.T("compare.restated_about"), Table: table}
	if len(list) == 0 {
		card.Table, card.Notes = Table{}, []string{ask.T("compare.none_restated")}
	}
	if more {
		card.Notes = append(card.Notes, ask.T("compare.more_restated", analytics.MaxPage))
	}
	return card, nil
}
