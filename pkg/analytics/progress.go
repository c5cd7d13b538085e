package analytics

import (
	"context"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Row is one line of an answer: a group of units or one unit. Planned and Earned are means over the
// reported units and mean nothing when HasFigures is false. Gap is planned − earned in millionths.
// Key is a division code, a unit, batch, type, workstream or milestone key, or a quarter; the key of
// units that lie directly in the scope, in none of its rows, is Direct. Memory is that of one unit's
// light; a group has none.
type Row struct {
	Key         string
	Name        string
	Planned     plan.Fraction
	Earned      plan.Fraction
	HasFigures  bool
	Gap         int64
	Light       Light
	Overdue     int64
	Expected    int64
	Submitted   int64
	OnTime      int64
	Accepted    int64
	Reported    int64
	Pace        *Pace
	Lights      map[Light]int64
	Placeholder bool
	Batch       string
	Type        string
	Memory
}

// Direct is the key of the row of units that lie in no division of the asked level.
const Direct = "direct"

// SPI gives earned ÷ planned in hundredths, half-up; ok is false while nothing is planned.
func (r Row) SPI() (hundredths int64, ok bool) {
	if !r.HasFigures || r.Planned == 0 {
		return 0, false
	}
	return (200*int64(r.Earned) + int64(r.Planned)) / (2 * int64(r.Planned)), true
}

// Completeness gives submitted ÷ expected (method.md §6); ok is false when nothing is expected.
func (r Row) Completeness() (plan.Fraction, bool) { return r.share(r.Submitted) }

// Timeliness gives first submitted on or before the due date ÷ expected.
func (r Row) Timeliness() (plan.Fraction, bool) { return r.share(r.OnTime) }

// Acceptance gives accepted ÷ expected.
func (r Row) Acceptance() (plan.Fraction, bool) { return r.share(r.Accepted) }

// Share gives the units that show the light ÷ expected.
func (r Row) Share(light Light) (plan.Fraction, bool) { return r.share(r.Lights[light]) }

// Missing gives the number of reports that are expected and not in.
func (r Row) Missing() int64 { return r.Expected - r.Submitted }

// BehindUnits gives the number of units that are behind or severely behind.
func (r Row) BehindUnits() int64 { return r.Lights[Behind] + r.Lights[Severe] }

func (r Row) share(n int64) (plan.Fraction, bool) {
	if r.Expected == 0 {
		return 0, false
	}
	return plan.Ratio(n, r.Expected), true
}

// Answer is what Progress gives: the rows, the whole scope as Total, and how fresh it is. Plan is the one in
// force at the moment of knowledge; Basis and Tree are those of the question, AsOf is zero for what is
// known now. Next is the cursor of the following page of
// units.
type Answer struct {
	Plan      *plan.Plan
	Basis     Basis
	AsOf      time.Time
	Tree      Tree
	Scope     Scope
	Period    period.Quarter
	Due       period.Date
	Rows      []Row
	Total     Row
	Next      string
	Freshness Freshness
}

// Progress answers a query about planned and earned (method.md §4, §5). The
// number of statements does not depend on the number of units.
func (s *Service) Progress(ctx context.Context, actor accounts.Actor, query Query) (Answer, error) {
	q, own, answer, err := s.head(ctx, actor, query)
	if err != nil {
		return Answer{}, err
	}
	answer.Rows, answer.Next, err = s.rows(ctx, q, own)
	return answer, err
}

// Head is Progress without its rows: what a question is about, the whole scope, and how fresh it is.
func (s *Service) Head(ctx context.Context, actor accounts.Actor, query Query) (Answer, error) {
	query.By = ByPeriod
	_, _, answer, err := s.head(ctx, actor, query)
	return answer, err
}

func (s *Service) head(ctx context.Context, actor accounts.Actor, query Query) (q question, own group, answer Answer, err error) {
	if q, err = s.ask(ctx, actor, query); err != nil {
		return q, own, answer, err
	}
	answer = Answer{Plan: q.plan, Basis: q.Basis, AsOf: q.AsOf, Tree: q.Tree, Scope: q.scope, Period: q.Period, Due: q.calendar[q.Period]}
	if answer.Freshness, err = s.Freshness(ctx); err != nil {
		return q, own, answer, err
	}
	parts, below, err := s.sums(ctx, q, "period = ?", q.Period)
	if err != nil {
		return q, own, answer, err
	}
	q.below, own = below, q.groupOf(parts)
	answer.Total = q.row("", "", own)
	return q, own, answer, nil
}

// split gives the level of the divisions into which the question splits its scope; 0 for none.
func (q question) split() int {
	if level := divisionLevels[q.By]; q.scope.Unit == nil && q.scope.Division.Level < level {
		return level
	}
	return 0
}

// rows splits the scope as the question asks.
func (s *Service) rows(ctx context.Context, q question, own group) (rows []Row, next string, err error) {
	switch q.By {
	case ByUnit:
		rows, _, _, next, err = s.unitRows(ctx, q)
	case ByPeriod:
		rows, err = s.periodRows(ctx, q)
	case ByBatch, ByType:
		rows = q.kindRows(own)
	case ByWorkstream, ByMilestone:
		rows = q.measureRows(own)
	default:
		rows, err = s.divisionRows(ctx, q, own)
	}
	return rows, next, err
}

// row gives the figures of a group in the question's own quarter.
func (q question) row(key, name string, g group) Row {
	sum := g.total()
	at := g.period
	if at == 0 {
		at = q.Period
	}
	r := Row{
		Key: key, Name: name, Overdue: sum.Overdue, Expected: sum.Expected, Submitted: sum.Submitted,
		OnTime: sum.OnTime, Accepted: sum.Accepted, Reported: sum.Reported, Lights: q.lights(sum, at),
	}
	r.Planned, r.Earned, r.HasFigures = sum.Total().Mean()
	r.Gap = Gap(r.Planned, r.Earned)
	r.Light = q.groupLight(r, at)
	if r.HasFigures {
		p := pace(q.plan, g.curve(q.plan), r.Earned, at)
		r.Pace = &p
	}
	return r
}

// lights counts the units of a group by the light they show: in a frozen quarter the one of its lock date.
func (q question) lights(sum Sum, at period.Quarter) map[Light]int64 {
	if !q.frozen(at) {
		return sum.LightsOn(q.calendar[at], q.today)
	}
	return sum.LightsLocked()
}

// groupLight gives the light of a row. One unit keeps its own; a group is done when all its units are, not reported when none of them has
// any figure, else by the gap of its means. A group has no due quarter of its own.
func (q question) groupLight(r Row, at period.Quarter) Light {
	switch {
	case r.Expected == 0:
		return ""
	case q.scope.Unit != nil:
		return onlyLight(r.Lights)
	case r.Lights[Done] == r.Expected:
		return Done
	case !r.HasFigures:
		return q.withoutFigures(at)
	}
	light, _ := byGap(q.plan, r.Gap)
	return light
}

// withoutFigures is the light of units of which none has any figure at the end of a quarter: not
// reported once the due date has passed, before that none.
func (q question) withoutFigures(at period.Quarter) Light {
	if q.today.After(q.calendar[at]) {
		return NotReported
	}
	return ""
}

// onlyLight gives the light of the one unit that was counted.
func onlyLight(lights map[Light]int64) Light {
	for light, units := range lights {
		if units > 0 {
			return light
		}
	}
	return ""
}

func (s *Service) periodRows(ctx context.Context, q question) ([]Row, error) {
	all, err := s.ownByPeriod(ctx, q, "period <= ?", q.Period)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, 0, len(all.order))
	for _, key := range all.order {
		rows = append(rows, q.row(key, key, *all.byKey[key]))
	}
	sortRows(rows)
	return rows, nil
}

// kindRows splits the scope by batch or by type, in the plan's order.
func (q question) kindRows(own group) []Row {
	var all groups
	for k, sum := range own.kinds {
		key := k.batch
		if q.By == ByType {
			key = k.unitType
		}
		all.at(key).add(k, sum)
	}
	var rows []Row
	add := func(key, name string) {
		if g := all.byKey[key]; g != nil {
			rows = append(rows, q.row(key, name, *g))
		}
	}
	if q.By == ByBatch {
		for _, b := range q.plan.Batches {
			add(b.Key, b.Title)
		}
		return rows
	}
	for _, t := range plan.Types {
		add(t, t)
	}
	return rows
}

// measureRows gives the scope's units workstream by workstream or milestone by milestone.
func (q question) measureRows(own group) []Row {
	var rows []Row
	add := func(workstream, key, name string) {
		r := q.measureRow(own, workstream, key, name)
		r.Row.Overdue = r.Overdue
		rows = append(rows, r.Row)
	}
	for _, w := range q.plan.Workstreams {
		if q.By == ByWorkstream {
			add(w.Key, w.Key, w.Title)
			continue
		}
		for _, m := range w.Milestones {
			add(w.Key, m.Key, m.Title)
		}
	}
	return rows
}
