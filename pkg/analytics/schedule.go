package analytics

import (
	"context"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Schedule is when the milestones of one batch were first planned to come about, are planned to by the plan
// of the question, and did.
type Schedule struct {
	Batch      string
	Name       string
	Reported   int64
	Expected   int64
	Milestones []Scheduled
}

// Scheduled is a milestone of a schedule. HasBaseline is false where the first plan did not have it for the
// batch. Units is the number of units it applies to, Complete of which have it behind them: the first of
// them did in First, 0 for none, and the last of all in Last, 0 while one is missing.
type Scheduled struct {
	Milestone   plan.Milestone
	Baseline    Planned
	HasBaseline bool
	Current     Planned
	Units       int64
	Complete    int64
	First, Last period.Quarter
}

// Planned goes from the quarter in which a milestone begins to the one at whose end it is due: the same where it
// is to come about in one step.
type Planned struct{ Start, Due period.Quarter }

// Share gives the units that have the milestone behind them ÷ those it applies to.
func (m Scheduled) Share() plan.Fraction { return plan.Ratio(m.Complete, m.Units) }

// Moved tells by how many quarters the plan has put the milestone off since its first version.
func (m Scheduled) Moved() int {
	if !m.HasBaseline {
		return 0
	}
	return int(m.Current.Due - m.Baseline.Due)
}

// Schedules gives one schedule for each batch that has units in the query's scope and quarter, in the
// plan's order. By is not asked for.
func (s *Service) Schedules(ctx context.Context, actor accounts.Actor, query Query) ([]Schedule, error) {
	query.By = ByMilestone
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, err
	}
	first, err := s.plans.Version(ctx, 1)
	if err != nil {
		return nil, err
	}
	all, err := s.ownByPeriod(ctx, q, "period <= ?", q.Period)
	if err != nil {
		return nil, err
	}
	now := all.at(q.Period.String())
	var schedules []Schedule
	for _, b := range q.plan.Batches {
		total := now.batch(b.Key).total()
		if total.Expected == 0 {
			continue
		}
		one := Schedule{Batch: b.Key, Name: b.Title, Reported: total.Reported, Expected: total.Expected}
		for _, w := range q.plan.Workstreams {
			for _, m := range w.Milestones {
				units := now.applying(q.plan, b.Key, m.Key).total().Expected
				if units > 0 {
					one.Milestones = append(one.Milestones, scheduled(q, all, first, m, b.Key, units))
				}
			}
		}
		schedules = append(schedules, one)
	}
	return schedules, nil
}

func scheduled(q question, all groups, first *plan.Plan, m plan.Milestone, batch string, units int64) Scheduled {
	row := Scheduled{Milestone: m, Current: spanOf(m, batch), Units: units}
	if was, ok := first.Milestone(m.Key); ok && slices.Contains(was.Batches(), batch) {
		row.Baseline, row.HasBaseline = spanOf(was, batch), true
	}
	for at := q.plan.First; at <= q.Period; at++ {
		g := all.byKey[at.String()]
		if g == nil {
			continue
		}
		row.Complete = g.applying(q.plan, batch, m.Key).total().Measures[m.Key].Complete
		if row.Complete == 0 {
			row.First = 0
		} else if row.First == 0 {
			row.First = at
		}
		if row.Complete < units {
			row.Last = 0
		} else if row.Last == 0 {
			row.Last = at
		}
	}
	return row
}

// spanOf gives when a batch is to begin and to reach a milestone.
func spanOf(m plan.Milestone, batch string) Planned {
	span := Planned{m.Due(batch), m.Due(batch)}
	switch m.Path.Kind {
	case plan.Even:
		span.Start = m.Path.Start[batch]
	case plan.Custom:
		for _, point := range m.Path.Points[batch] {
			if point.Fraction > 0 {
				span.Start = min(point.Quarter, span.Due)
				break
			}
		}
	}
	return span
}
