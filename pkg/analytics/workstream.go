package analytics

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// WorkstreamState gives how one unit stands in a workstream from the states of the workstream's milestones,
// in the order of milestones and nil where one does not apply; nil when none applies. The light is that of
// the gap of the workstream's own planned and actual, done when all of it is done, and not reported when
// that is what its milestones show.
func WorkstreamState(p *plan.Plan, milestones []plan.Milestone, states []*MilestoneState) *MilestoneState {
	of := map[string]*MilestoneState{}
	var applicable []plan.Milestone
	w := MilestoneState{Light: Done, Reason: ReasonDone}
	missing := false
	for i, state := range states {
		if state == nil {
			continue
		}
		of[milestones[i].Key] = state
		applicable = append(applicable, milestones[i])
		w.Key = milestones[i].Workstream
		w.Due = max(w.Due, state.Due)
		w.HasValue = w.HasValue || state.HasValue
		missing = missing || state.Light == NotReported
	}
	if len(applicable) == 0 {
		return nil
	}
	w.Planned = plan.Weighted(applicable, func(m plan.Milestone) plan.Fraction { return of[m.Key].Planned })
	w.Actual = plan.Weighted(applicable, func(m plan.Milestone) plan.Fraction { return of[m.Key].Actual })
	switch {
	case w.Actual == plan.One:
	case missing:
		w.Light, w.Reason = NotReported, ReasonNotReported
	default:
		w.Light, w.Reason = byGap(p, Gap(w.Planned, w.Actual))
	}
	return &w
}

// MeasureRow is a workstream or a milestone over the units of a scope that it applies to: Expected of them,
// Reported with figures. Complete have done all of it. Overdue counts those, of a milestone alone, whose due
// quarter has passed without; units that never reported are among them.
type MeasureRow struct {
	Row
	Workstream string
	Complete   int64
	Overdue    int64
}

// Measures gives every workstream, each followed by its milestones, over the query's scope and quarter.
func (s *Service) Measures(ctx context.Context, actor accounts.Actor, query Query) ([]MeasureRow, error) {
	query.By = ByMilestone
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, err
	}
	own, err := s.own(ctx, q)
	if err != nil {
		return nil, err
	}
	var rows []MeasureRow
	for _, w := range q.plan.Workstreams {
		rows = append(rows, q.measureRow(own, w.Key, w.Key, w.Title))
		for _, m := range w.Milestones {
			rows = append(rows, q.measureRow(own, w.Key, m.Key, m.Title))
		}
	}
	return rows, nil
}

// measureRow adds up one measure over the kinds of units that it applies to.
func (q question) measureRow(own group, workstream, key, name string) MeasureRow {
	r := MeasureRow{Row: Row{Key: key, Name: name}, Workstream: workstream}
	var tally Tally
	for k, sum := range own.kinds {
		due, applies := dueOf(q.plan, k, key)
		if !applies {
			continue
		}
		t := sum.Measures[key]
		tally = tally.plus(t)
		r.Expected += sum.Expected
		if due != 0 && q.Period > due {
			r.Overdue += sum.Expected - t.Complete
		}
	}
	r.Reported, r.Complete = tally.Units, tally.Complete
	r.Planned, r.Earned, r.HasFigures = tally.Mean()
	r.Gap = Gap(r.Planned, r.Earned)
	switch {
	case r.Expected == 0:
	case r.Complete == r.Expected:
		r.Light = Done
	case !r.HasFigures:
		r.Light = q.withoutFigures(q.Period)
	default:
		r.Light, _ = byGap(q.plan, r.Gap)
	}
	return r
}

// dueOf tells whether a workstream or a milestone applies to units of a kind, and when a milestone is due.
func dueOf(p *plan.Plan, k kind, key string) (due period.Quarter, applies bool) {
	for _, m := range p.Milestones(k.batch, k.unitType) {
		if m.Key == key {
			return m.Due(k.batch), true
		}
		applies = applies || m.Workstream == key
	}
	return 0, applies
}

// MeasureCurves is Curves for one workstream or milestone, by its key: batches without units that it
// applies to are left out. NotFound `figure.unknown`.
func (s *Service) MeasureCurves(ctx context.Context, actor accounts.Actor, query Query, key string) ([]Curve, error) {
	query.By = ByMilestone
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, err
	}
	if !figureKnown(q.plan, key) {
		return nil, fault.New(fault.NotFound, "figure.unknown", key)
	}
	all, err := s.ownByPeriod(ctx, q, "period <= ?", q.Period)
	if err != nil {
		return nil, err
	}
	var curves []Curve
	for _, b := range q.plan.Batches {
		curve := Curve{Key: b.Key, Name: b.Title}
		now := all.at(q.Period.String()).applying(q.plan, b.Key, key)
		if now.total().Expected == 0 {
			continue
		}
		for at := q.plan.First; at <= q.plan.Last; at++ {
			point := CurvePoint{Period: at, Planned: now.promisedOf(q.plan, key, at)}
			if g := all.byKey[at.String()]; g != nil {
				point.addMeasure(g.applying(q.plan, b.Key, key).total(), key)
			}
			curve.Points = append(curve.Points, point)
		}
		curves = append(curves, curve)
	}
	return curves, nil
}

// applying gives the part of the group that belongs to one batch and that a measure applies to.
func (g group) applying(p *plan.Plan, batch, key string) group {
	part := group{period: g.period}
	for k, s := range g.kinds {
		if _, applies := dueOf(p, k, key); applies && k.batch == batch {
			part.add(k, s)
		}
	}
	return part
}

// promisedOf gives the mean planned fraction of a measure over the group's units: those that have reported
// or, while none has, all.
func (g group) promisedOf(p *plan.Plan, key string, q period.Quarter) plan.Fraction {
	reported := g.total().Reported > 0
	var t Tally
	for k, s := range g.kinds {
		units := s.Expected
		if reported {
			units = s.Reported
		}
		t.Units += units
		t.Planned += units * int64(measures(p, k.batch, k.unitType, q, nil)[key].Planned)
	}
	planned, _, _ := t.Mean()
	return planned
}

func (c *CurvePoint) addMeasure(sum Sum, key string) {
	tally := sum.Measures[key]
	c.Reported, c.Expected = tally.Units, sum.Expected
	if planned, earned, ok := tally.Mean(); ok {
		c.Planned, c.Earned, c.HasFigures = planned, earned, true
	}
}
