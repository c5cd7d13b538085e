package analytics

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
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

// Explained is a milestone's state with all that its light explains itself by.
type Explained struct {
	MilestoneState
	Milestone plan.Milestone
	Gap       int64 // millionths
	DaysLate  int   // from the due quarter's last day to that of the asked quarter, 0 when not overdue
	Source    *Source
}

// UnitAnswer is one unit at the end of a quarter: its figures and light, every milestone explained,
// and its figures quarter by quarter.
type UnitAnswer struct {
	Scope      Scope
	Period     period.Quarter
	Due        period.Date
	Owes       bool // whether the unit owes a report for the quarter
	Batch      string
	UnitType   string // both as in the quarter
	Row        Row
	Reason     Reason
	Milestones []Explained
	Periods    []Row
	Freshness  Freshness
}

// Unit answers for one unit.
func (s *Service) Unit(ctx context.Context, actor accounts.Actor, key string, at period.Quarter) (UnitAnswer, error) {
	q, err := s.ask(ctx, actor, Query{Unit: key, Period: at, By: ByPeriod})
	if err != nil {
		return UnitAnswer{}, err
	}
	if q.scope.Unit == nil {
		return UnitAnswer{}, fault.New(fault.NotFound, "unit.unknown", key)
	}
	answer := UnitAnswer{Scope: q.scope, Period: q.Period, Due: q.calendar[q.Period]}
	if answer.Freshness, err = s.Freshness(ctx); err != nil {
		return UnitAnswer{}, err
	}
	if answer.Periods, err = s.periodRows(ctx, q); err != nil {
		return UnitAnswer{}, err
	}
	figures, err := s.figures(ctx, q, "period = ?", q.Period)
	if err != nil || len(figures) == 0 {
		return answer, err
	}
	return s.explain(ctx, q, answer, figures[0])
}

func (s *Service) explain(ctx context.Context, q question, answer UnitAnswer, f unitFigure) (UnitAnswer, error) {
	row, err := q.unitRow(*q.scope.Unit, f)
	if err != nil {
		return answer, err
	}
	answer.Owes, answer.Due, answer.Row = true, f.Due, row
	answer.Batch, answer.UnitType = f.Batch, f.UnitType
	actual, err := f.fractions()
	if err != nil {
		return answer, err
	}
	a := Assess(q.plan, f.Batch, f.UnitType, f.Period, actual)
	answer.Reason = a.Reason
	if row.Light == NotReported {
		answer.Reason = ReasonNotReported
	}
	filings, err := readFilings(s.db.Read(ctx), q.plan.Reporting.Form, []int64{f.UnitID})
	if err != nil {
		return answer, err
	}
	sources := sourcesOf(q.plan, f.Batch, f.UnitType, filings[f.UnitID], f.Period)
	milestones := q.plan.Milestones(f.Batch, f.UnitType)
	for i, state := range a.Milestones {
		state = state.onDay(f.Submitted, f.Due, q.today)
		e := Explained{MilestoneState: state, Milestone: milestones[i], Gap: Gap(state.Planned, state.Actual)}
		if state.Overdue(f.Period) {
			e.DaysLate = f.Period.Last().DaysSince(state.Due.Last())
		}
		if source, ok := sources[state.Key]; ok {
			e.Source = &source
		}
		answer.Milestones = append(answer.Milestones, e)
	}
	return answer, nil
}

// sourcesOf gives the filing that each milestone's actual fraction comes from; it follows the same
// rule as actuals.
func sourcesOf(p *plan.Plan, batch, unitType string, filings []filing, q period.Quarter) map[string]Source {
	sources := map[string]Source{}
	for _, f := range filings {
		if f.Period > q {
			break
		}
		for _, m := range p.Milestones(batch, unitType) {
			if _, ok := reporting.Actual(m, unitType, f.Values); ok {
				item, _ := forms.ItemOf(m, unitType)
				sources[m.Key] = Source{Period: f.Period, Revision: f.Revision, Item: item.Key, Text: item.Format(f.Values[item.Key])}
			}
		}
	}
	return sources
}
