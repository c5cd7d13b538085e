package analytics

import (
	"context"
	"slices"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// Source is the accepted revision that a milestone's actual fraction was read from.
type Source struct {
	Period   period.Quarter
	Revision int64
	Item     string
	Text     string // the value as it was typed in
}

// Explained is a milestone's state with all that its light explains itself by. Then is what the light
// follows from: in a frozen quarter what was known at its lock date, else what is known.
type Explained struct {
	MilestoneState
	Milestone plan.Milestone
	Gap       int64 // millionths
	DaysLate  int   // from the due quarter's last day to that of the asked quarter, 0 when not overdue
	Source    *Source
	Then      Stand
}

// Stand is how far a milestone, or a unit, had come at the end of a quarter, by what was known at some moment.
type Stand struct {
	Planned  plan.Fraction
	Actual   plan.Fraction
	HasValue bool
	Gap      int64
	DaysLate int
	Source   *Source
}

// UnitAnswer is one unit at the end of a quarter: its figures and light, every milestone explained,
// and its figures quarter by quarter. Then is what its light follows from. Overrides are the acts by
// which lights of the quarter were set by hand, in order; Lock is the last day on which they can be.
type UnitAnswer struct {
	Plan       *plan.Plan // in force at the moment of knowledge
	AsOf       time.Time  // zero for what is known now
	Scope      Scope
	Period     period.Quarter
	Due        period.Date
	Lock       period.Date
	Owes       bool // whether the unit owes a report for the quarter
	Batch      string
	UnitType   string // both as in the quarter
	Row        Row
	Reason     Reason
	Then       Stand
	Milestones []Explained
	Overrides  []override.Entry
	Periods    []Row
	Freshness  Freshness
}

// Unit answers for one unit as it is known now.
func (s *Service) Unit(ctx context.Context, actor accounts.Actor, key string, at period.Quarter) (UnitAnswer, error) {
	return s.Explain(ctx, actor, Query{Unit: key, Period: at})
}

// Explain answers for the unit of a query; By is not asked for. NotFound `unit.unknown` without one.
func (s *Service) Explain(ctx context.Context, actor accounts.Actor, query Query) (UnitAnswer, error) {
	query.By = ByPeriod
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return UnitAnswer{}, err
	}
	if q.scope.Unit == nil {
		return UnitAnswer{}, fault.New(fault.NotFound, "unit.unknown", query.Unit)
	}
	answer := UnitAnswer{Plan: q.plan, AsOf: q.AsOf, Scope: q.scope, Period: q.Period, Due: q.calendar[q.Period], Lock: q.locks[q.Period]}
	if answer.Freshness, err = s.Freshness(ctx); err != nil {
		return UnitAnswer{}, err
	}
	if answer.Periods, err = s.periodRows(ctx, q); err != nil {
		return UnitAnswer{}, err
	}
	unit := q.scope.Unit.ID
	known, err := q.read(s.db.Read(ctx).Where("unit_id = ? AND form = ? AND since <= ?", unit, q.Form, q.moment()).Order("period, since"))
	if err != nil {
		return UnitAnswer{}, err
	}
	pasts, err := s.pasts(ctx, []int64{unit}, known)
	if err != nil {
		return UnitAnswer{}, err
	}
	own := pasts[unit]
	if err := q.recall(answer.Periods, own); err != nil {
		return UnitAnswer{}, err
	}
	rows := own.rows[q.Period]
	if len(rows) == 0 || !rows[len(rows)-1].knownAt(q.moment()) {
		return answer, nil
	}
	return s.explain(ctx, q, answer, own, rows[len(rows)-1])
}

// recall fills in what the lights of the unit's quarters remember.
func (q question) recall(periods []Row, own past) error {
	byPeriod := map[string]unitFigure{}
	for at, rows := range own.rows {
		byPeriod[at.String()] = rows[len(rows)-1]
	}
	for i, row := range periods {
		light, err := q.remember(own, byPeriod[row.Key])
		if err != nil {
			return err
		}
		periods[i].Memory = light.Memory
	}
	return nil
}

func (s *Service) explain(ctx context.Context, q question, answer UnitAnswer, own past, f unitFigure) (UnitAnswer, error) {
	light, err := q.remember(own, f)
	if err != nil {
		return answer, err
	}
	answer.Owes, answer.Due, answer.Row = true, f.Due, q.unitRow(*q.scope.Unit, f, light)
	answer.Batch, answer.UnitType, answer.Reason, answer.Then = f.Batch, f.UnitType, light.reason, light.then
	for _, entry := range own.overrides {
		if entry.Period == q.Period && !entry.At.After(q.moment()) {
			answer.Overrides = append(answer.Overrides, entry)
		}
	}
	actual, err := f.fractions()
	if err != nil {
		return answer, err
	}
	stories, err := s.stories(s.db.Read(ctx), q.plan.Reporting.Form, []int64{f.UnitID})
	if err != nil {
		return answer, err
	}
	sources := sourcesOf(q.plan, f, stories[f.UnitID].filings(f.Period, q.moment(), q.Basis))
	then := sources
	if light.Frozen {
		at := lastMoment(q.locks[f.Period])
		p, _ := q.plans.At(at)
		then = sourcesOf(p, f, stories[f.UnitID].filings(f.Period, at, q.Basis))
	}
	milestones := q.plan.Milestones(f.Batch, f.UnitType)
	for i, state := range Assess(q.plan, f.Batch, f.UnitType, f.Period, actual).Milestones {
		now := standOf(state, f.Period, sources)
		e := Explained{Milestone: milestones[i], Gap: now.Gap, DaysLate: now.DaysLate, Source: now.Source, Then: now}
		e.MilestoneState = light.onto(state, f.missing(q.today))
		for _, fixed := range light.states {
			if fixed.Key == state.Key {
				e.Then = standOf(fixed, f.Period, then)
			}
		}
		answer.Milestones = append(answer.Milestones, e)
	}
	return answer, nil
}

func standOf(state MilestoneState, q period.Quarter, sources map[string]Source) Stand {
	stand := Stand{Planned: state.Planned, Actual: state.Actual, HasValue: state.HasValue, Gap: Gap(state.Planned, state.Actual)}
	if state.Overdue(q) {
		stand.DaysLate = q.Last().DaysSince(state.Due.Last())
	}
	if source, ok := sources[state.Key]; ok {
		stand.Source = &source
	}
	return stand
}

// sourcesOf gives the filing that each milestone's actual fraction comes from; it follows the same
// rule as actuals.
func sourcesOf(p *plan.Plan, of unitFigure, filings []filing) map[string]Source {
	sources := map[string]Source{}
	for _, m := range p.Milestones(of.Batch, of.UnitType) {
		for _, f := range slices.Backward(filings) {
			if _, ok := reporting.Actual(m, of.UnitType, f.Values); ok {
				item, _ := forms.ItemOf(m, of.UnitType)
				sources[m.Key] = Source{Period: f.Period, Revision: f.Revision, Item: item.Key, Text: item.Format(f.Values[item.Key])}
				break
			}
		}
	}
	return sources
}
