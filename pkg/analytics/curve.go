package analytics

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Curve is the planned path of one batch of a scope over the whole plan, with what was earned up to
// the asked quarter. Batches are kept apart because units that join later would make the mean of all
// fall.
type Curve struct {
	Key    string
	Name   string
	Points []CurvePoint
}

// CurvePoint is one quarter of a curve. Where HasFigures is true, Planned and Earned are the means over
// the units that had reported by then; elsewhere Planned is the mean over the units of the asked quarter.
type CurvePoint struct {
	Period     period.Quarter
	Planned    plan.Fraction
	Earned     plan.Fraction
	HasFigures bool
	Reported   int64
	Expected   int64
}

// Curves gives one curve for each batch that has units in the query's scope and quarter, in the plan's
// order, from the plan's first quarter to its last. By is not asked for.
func (s *Service) Curves(ctx context.Context, actor accounts.Actor, query Query) ([]Curve, error) {
	query.By = ByPeriod
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, err
	}
	all, err := s.ownByPeriod(ctx, q, "period <= ?", q.Period)
	if err != nil {
		return nil, err
	}
	return q.curvesByBatch(all), nil
}

// curvesByBatch draws the curves from the question's whole scope in each quarter up to its own.
func (q question) curvesByBatch(all groups) []Curve {
	var curves []Curve
	for _, b := range q.plan.Batches {
		now := all.at(q.Period.String()).batch(b.Key)
		if now.total().Expected == 0 {
			continue
		}
		curve := Curve{Key: b.Key, Name: b.Title}
		for at := q.plan.First; at <= q.plan.Last; at++ {
			point := CurvePoint{Period: at, Planned: now.promised(q.plan, at)}
			if g := all.byKey[at.String()]; g != nil {
				point.add(g.batch(b.Key).total())
			}
			curve.Points = append(curve.Points, point)
		}
		curves = append(curves, curve)
	}
	return curves
}

func (c *CurvePoint) add(sum Sum) {
	c.Reported, c.Expected = sum.Reported, sum.Expected
	if planned, earned, ok := sum.Total().Mean(); ok {
		c.Planned, c.Earned, c.HasFigures = planned, earned, true
	}
}

// batch gives the part of the group that belongs to one batch.
func (g group) batch(key string) group {
	part := group{division: g.division, period: g.period}
	for k, s := range g.kinds {
		if k.batch == key {
			part.add(k, s)
		}
	}
	return part
}

// promised gives the mean planned fraction of the group's units at the end of any quarter: of those
// that have reported or, while none has, of all.
func (g group) promised(p *plan.Plan, q period.Quarter) plan.Fraction {
	if g.total().Reported > 0 {
		return g.curve(p)(q)
	}
	var t Tally
	for k, s := range g.kinds {
		t.Units += s.Expected
		t.Planned += s.Expected * int64(p.Planned(k.batch, k.unitType, q))
	}
	planned, _, _ := t.Mean()
	return planned
}
