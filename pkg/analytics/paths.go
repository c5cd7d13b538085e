package analytics

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// path is a group of units quarter by quarter.
type path struct {
	key, name string
	at        map[period.Quarter]group
}

// measured is a part of the plan: what units of a kind were to have done of it, ok being false for a kind
// that has no part in it, and what they did.
type measured struct {
	planned func(k kind, q period.Quarter) (f plan.Fraction, ok bool)
	tally   func(s Sum) Tally
}

// Paths gives one curve, like those of Curves, for each group that the query's By names: batch, type,
// workstream, city, county, or province for the whole scope as one. Groups without units in the asked
// quarter are left out; units of the scope that lie in no division of the asked level are the group Direct.
// The number of statements does not depend on the number of units. Invalid `query.by_unknown` for any
// other By.
func (s *Service) Paths(ctx context.Context, actor accounts.Actor, query Query) ([]Curve, error) {
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, err
	}
	whole := q.wholePlan()
	switch q.By {
	case ByCity, ByCounty:
		if level := divisionLevels[q.By]; q.scope.Unit == nil && q.scope.Division.Level < level {
			paths, err := s.divisionPaths(ctx, q, level)
			return q.curves(paths, whole), err
		}
		fallthrough
	case ByProvince, ByBatch, ByType, ByWorkstream:
		own, err := s.ownPath(ctx, q)
		if err != nil {
			return nil, err
		}
		switch q.By {
		case ByBatch, ByType:
			return q.curves(q.kindPaths(own), whole), nil
		case ByWorkstream:
			return q.workstreamCurves(own), nil
		}
		return q.curves([]path{own}, whole), nil
	}
	return nil, fault.New(fault.Invalid, "query.by_unknown", string(query.By))
}

// ownPath gives the whole scope, up to the asked quarter.
func (s *Service) ownPath(ctx context.Context, q question) (path, error) {
	all, err := s.ownByPeriod(ctx, q, "period <= ?", q.Period)
	own := path{key: q.scope.Division.Code, name: q.scope.Division.Name, at: map[period.Quarter]group{}}
	if q.scope.Unit != nil {
		own.key, own.name = q.scope.Unit.Key, q.scope.Unit.Name
	}
	for _, g := range all.byKey {
		own.at[g.period] = *g
	}
	return own, err
}

// kindPaths splits a path by batch or by type, in the plan's order.
func (q question) kindPaths(own path) []path {
	var paths []path
	add := func(key, name string, in func(kind) bool) {
		part := path{key: key, name: name, at: map[period.Quarter]group{}}
		for at, g := range own.at {
			chosen := group{period: at}
			for k, sum := range g.kinds {
				if in(k) {
					chosen.add(k, sum)
				}
			}
			part.at[at] = chosen
		}
		paths = append(paths, part)
	}
	if q.By == ByBatch {
		for _, b := range q.plan.Batches {
			add(b.Key, b.Title, func(k kind) bool { return k.batch == b.Key })
		}
		return paths
	}
	for _, t := range plan.Types {
		add(t, t, func(k kind) bool { return k.unitType == t })
	}
	return paths
}

// divisionPaths splits the scope by city or county, by code; Direct comes last.
func (s *Service) divisionPaths(ctx context.Context, q question, level int) ([]path, error) {
	parts, err := s.sumsUpTo(ctx, q, level)
	if err != nil {
		return nil, err
	}
	byDivision := map[int64]map[period.Quarter]group{}
	for _, part := range parts {
		at := byDivision[part.division]
		if at == nil {
			at = map[period.Quarter]group{}
			byDivision[part.division] = at
		}
		g := at[part.Period]
		g.division, g.period = part.division, part.Period
		g.add(part.kind, part.Sum)
		at[part.Period] = g
	}
	names, err := s.tree.Names(ctx, slices.Sorted(maps.Keys(byDivision)), q.treeDay)
	if err != nil {
		return nil, err
	}
	return namedPaths(byDivision, names), nil
}

// sumsUpTo is sumsBelow in every quarter up to the question's.
func (s *Service) sumsUpTo(ctx context.Context, q question, level int) ([]part, error) {
	if !q.rolledUp() {
		return s.sumUnits(ctx, q, level, "period <= ?", q.Period)
	}
	children := s.db.Read(ctx).Model(&rollup{}).Select("division_id").
		Where("form = ? AND period <= ? AND parent_id = ?", q.Form, q.Period, q.scope.Division.ID)
	list, err := s.sumRollups(ctx, q, "period <= ? AND level = ? AND (parent_id = ? OR parent_id IN (?))", q.Period, level, q.scope.Division.ID, children)
	if err != nil {
		return nil, err
	}
	all, err := s.ownSums(ctx, q, "period <= ?", q.Period)
	return append(list, left(all, list)...), err
}

// left gives what is left of sums without some parts of them: the units that lie in none.
func left(all, parts []part) []part {
	type at struct {
		period period.Quarter
		kind   kind
	}
	inside := map[at]*Sum{}
	for _, p := range parts {
		key := at{p.Period, p.kind}
		if inside[key] == nil {
			inside[key] = &Sum{}
		}
		inside[key].Add(p.Sum)
	}
	var list []part
	for _, p := range all {
		sum := p.Sum
		sum.Measures = nil
		sum.Add(Sum{Measures: p.Measures})
		if in := inside[at{p.Period, p.kind}]; in != nil {
			sum.Add(in.negative())
		}
		if sum.Expected > 0 {
			list = append(list, part{Period: p.Period, kind: p.kind, Sum: sum.trimmed()})
		}
	}
	return list
}

// namedPaths names each division, by code, and what lies in none Direct; a division that has ended by the
// asked quarter has no name there and is left out.
func namedPaths(byDivision map[int64]map[period.Quarter]group, names map[int64]divisions.Division) []path {
	var paths []path
	for id, at := range byDivision {
		if division, there := names[id]; there {
			paths = append(paths, path{key: division.Code, name: division.Name, at: at})
		}
	}
	slices.SortFunc(paths, func(a, b path) int { return cmp.Compare(a.key, b.key) })
	if at := byDivision[0]; at != nil {
		paths = append(paths, path{key: Direct, name: Direct, at: at})
	}
	return paths
}

// wholePlan measures units against all of the plan.
func (q question) wholePlan() measured {
	return measured{
		planned: func(k kind, at period.Quarter) (plan.Fraction, bool) {
			return q.plan.Planned(k.batch, k.unitType, at), true
		},
		tally: Sum.Total,
	}
}

// workstreamCurves gives the curve of each workstream that units of the path take part in.
func (q question) workstreamCurves(own path) []Curve {
	var curves []Curve
	for _, w := range q.plan.Workstreams {
		own.key, own.name = w.Key, w.Title
		curves = append(curves, q.curves([]path{own}, measured{
			planned: func(k kind, at period.Quarter) (plan.Fraction, bool) {
				var mine []plan.Milestone
				for _, m := range q.plan.Milestones(k.batch, k.unitType) {
					if m.Workstream == w.Key {
						mine = append(mine, m)
					}
				}
				return plan.Weighted(mine, func(m plan.Milestone) plan.Fraction { return m.Planned(k.batch, at) }), len(mine) > 0
			},
			tally: func(s Sum) Tally { return s.Measures[w.Key] },
		})...)
	}
	return curves
}

// curves draws each path from the plan's first quarter to its last.
func (q question) curves(paths []path, of measured) []Curve {
	var curves []Curve
	for _, p := range paths {
		now := p.at[q.Period]
		if !of.concerns(now) {
			continue
		}
		curve := Curve{Key: p.key, Name: p.name}
		for at := q.plan.First; at <= q.plan.Last; at++ {
			sum := p.at[at].total()
			point := CurvePoint{Period: at, Planned: of.promised(now, at), Expected: sum.Expected}
			tally := of.tally(sum)
			point.Reported = tally.Units
			if planned, earned, ok := tally.Mean(); ok {
				point.Planned, point.Earned, point.HasFigures = planned, earned, true
			}
			curve.Points = append(curve.Points, point)
		}
		curves = append(curves, curve)
	}
	return curves
}

// concerns tells whether any unit of the group has a part in what is measured.
func (m measured) concerns(g group) bool {
	for k, s := range g.kinds {
		if _, ok := m.planned(k, g.period); ok && s.Expected > 0 {
			return true
		}
	}
	return false
}

// promised gives the mean planned fraction of the group's units at the end of any quarter: of those that
// have reported or, while none has, of all.
func (m measured) promised(g group, at period.Quarter) plan.Fraction {
	reported := false
	for k, s := range g.kinds {
		_, ok := m.planned(k, at)
		reported = reported || ok && s.Reported > 0
	}
	var t Tally
	for k, s := range g.kinds {
		planned, ok := m.planned(k, at)
		if !ok {
			continue
		}
		units := s.Expected
		if reported {
			units = s.Reported
		}
		t.Units += units
		t.Planned += units * int64(planned)
	}
	planned, _, _ := t.Mean()
	return planned
}
