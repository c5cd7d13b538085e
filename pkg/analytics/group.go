package analytics

import (
	"context"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// kind is a batch and a unit type: units of one kind share a planned path.
type kind struct{ batch, unitType string }

// group is the units behind one row of an answer, summed by kind.
type group struct {
	division int64
	period   period.Quarter
	kinds    map[kind]Sum
}

func (g *group) add(k kind, s Sum) {
	if g.kinds == nil {
		g.kinds = map[kind]Sum{}
	}
	sum := g.kinds[k]
	sum.Add(s)
	g.kinds[k] = sum
}

func (g group) total() Sum {
	var total Sum
	for _, s := range g.kinds {
		total.Add(s)
	}
	return total
}

// curve gives the mean planned fraction of the group's reported units at the end of any quarter.
func (g group) curve(p *plan.Plan) func(period.Quarter) plan.Fraction {
	return func(q period.Quarter) plan.Fraction {
		var t Tally
		for k, s := range g.kinds {
			t.Units += s.Reported
			t.Planned += s.Reported * int64(p.Planned(k.batch, k.unitType, q))
		}
		planned, _, _ := t.Mean()
		return planned
	}
}

// groups keeps groups in the order in which they were first met.
type groups struct {
	order []string
	byKey map[string]*group
}

func (g *groups) at(key string) *group {
	if g.byKey == nil {
		g.byKey = map[string]*group{}
	}
	if g.byKey[key] == nil {
		g.byKey[key] = &group{}
		g.order = append(g.order, key)
	}
	return g.byKey[key]
}

// own gives the question's whole scope in one quarter.
func (s *Service) own(ctx context.Context, q question) (group, error) {
	parts, err := s.ownSums(ctx, q, "period = ?", q.Period)
	return q.groupOf(parts), err
}

// groupOf adds up parts of the question's quarter.
func (q question) groupOf(parts []part) group {
	g := group{period: q.Period}
	for _, part := range parts {
		g.add(part.kind, part.Sum)
	}
	return g
}

// ownByPeriod gives the question's whole scope in each quarter that the condition chooses.
func (s *Service) ownByPeriod(ctx context.Context, q question, condition string, args ...any) (groups, error) {
	parts, err := s.ownSums(ctx, q, condition, args...)
	return byPeriod(parts), err
}

// byPeriod adds up parts by quarter.
func byPeriod(parts []part) groups {
	var all groups
	for _, part := range parts {
		g := all.at(part.Period.String())
		g.period = part.Period
		g.add(part.kind, part.Sum)
	}
	return all
}
