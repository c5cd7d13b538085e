package analytics

import (
	"slices"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Tally is the sum of one measure over the units that have reported; Complete of them have done all of it.
type Tally struct {
	Units    int64
	Planned  int64
	Earned   int64
	Complete int64
}

// tallyOf gives the tally of one unit.
func tallyOf(planned, earned plan.Fraction) Tally {
	return Tally{1, int64(planned), int64(earned), one(earned == plan.One)}
}

func (t Tally) plus(other Tally) Tally {
	return Tally{t.Units + other.Units, t.Planned + other.Planned, t.Earned + other.Earned, t.Complete + other.Complete}
}

// Sum is counts and sums over units of one batch and type (or over several, once added up); it adds
// up exactly: the sum of a division is the sum of its units and of the divisions below it.
type Sum struct {
	Expected  int64
	Submitted int64
	OnTime    int64
	Accepted  int64
	Reported  int64
	Planned   int64
	Earned    int64
	Overdue   int64
	Lights    [lightKinds][2]int64 // in the order of Lights: units that submitted, or whose light is set by hand, and units that did not
	Locked    [lightKinds]int64    // units by their light at the end of the lock day
	Measures  map[string]Tally     // by workstream and milestone key
}

// Add adds another sum.
func (s *Sum) Add(other Sum) {
	s.Expected += other.Expected
	s.Submitted += other.Submitted
	s.OnTime += other.OnTime
	s.Accepted += other.Accepted
	s.Reported += other.Reported
	s.Planned += other.Planned
	s.Earned += other.Earned
	s.Overdue += other.Overdue
	for i := range s.Lights {
		s.Lights[i][0] += other.Lights[i][0]
		s.Lights[i][1] += other.Lights[i][1]
		s.Locked[i] += other.Locked[i]
	}
	for key, t := range other.Measures {
		if s.Measures == nil {
			s.Measures = map[string]Tally{}
		}
		s.Measures[key] = s.Measures[key].plus(t)
	}
}

// LightsOn counts the units by the light they show on a day; due is the period's due date.
func (s Sum) LightsOn(due, today period.Date) map[Light]int64 {
	counts := map[Light]int64{}
	for i, light := range Lights {
		if n := s.Lights[i][0]; n > 0 {
			counts[light] += n
		}
		if n := s.Lights[i][1]; n > 0 {
			counts[light.onDay(false, due, today)] += n
		}
	}
	return counts
}

// LightsLocked counts the units by the light they showed at the end of the lock day.
func (s Sum) LightsLocked() map[Light]int64 {
	counts := map[Light]int64{}
	for i, light := range Lights {
		if n := s.Locked[i]; n > 0 {
			counts[light] = n
		}
	}
	return counts
}

// Mean gives the mean planned and earned over the units that have reported; ok is false when none has.
func (t Tally) Mean() (planned, earned plan.Fraction, ok bool) {
	if t.Units == 0 {
		return 0, 0, false
	}
	return mean(t.Planned, t.Units), mean(t.Earned, t.Units), true
}

// Total gives the sums over the whole plan as a tally.
func (s Sum) Total() Tally { return Tally{Units: s.Reported, Planned: s.Planned, Earned: s.Earned} }

// mean rounds half-up; sums are never negative.
func mean(sum, n int64) plan.Fraction { return plan.Fraction((2*sum + n) / (2 * n)) }

// countLights counts units that have the same lights: by the rules, set by hand if any, and locked.
func (s *Sum) countLights(light, overridden, locked Light, submitted bool, units int64) {
	if light == "" {
		return
	}
	s.Locked[locked.index()] += units
	switch {
	case overridden != "":
		s.Lights[overridden.index()][0] += units
	case submitted:
		s.Lights[light.index()][0] += units
	default:
		s.Lights[light.index()][1] += units
	}
}

// sumOf gives the sum of one unit.
func sumOf(p *plan.Plan, f unitFigure) (Sum, error) {
	s := totalOf(f)
	if !f.Reported {
		return s, nil
	}
	actual, err := f.fractions()
	if err != nil {
		return Sum{}, err
	}
	s.Measures = measures(p, f.Batch, f.UnitType, f.Period, actual)
	return s, nil
}

// totalOf is sumOf without the workstreams and milestones.
func totalOf(f unitFigure) Sum {
	s := Sum{Expected: 1, Submitted: one(f.Submitted), OnTime: one(f.OnTime), Accepted: one(f.Accepted)}
	s.countLights(f.Light, f.Overridden, f.Locked, f.Submitted, 1)
	if f.Reported {
		s.Reported, s.Planned, s.Earned, s.Overdue = 1, int64(f.Planned), int64(f.Earned), f.Overdue
	}
	return s
}

// measures gives the tallies of the workstreams and milestones that apply to one unit.
func measures(p *plan.Plan, batch, unitType string, q period.Quarter, actual map[string]plan.Fraction) map[string]Tally {
	m := newMeasurer(p, batch, unitType, q)
	m.add(actual)
	return m.tallies()
}

// measurer adds up the workstreams and milestones of units of one kind in one quarter.
type measurer struct {
	milestones, workstreams []measure
}

// measure is a milestone, or a workstream with those of its milestones that apply to the kind of unit.
type measure struct {
	key     string
	of      []plan.Milestone
	planned plan.Fraction
	Tally
}

func newMeasurer(p *plan.Plan, batch, unitType string, q period.Quarter) *measurer {
	m, all := &measurer{}, p.Milestones(batch, unitType)
	planned := func(one plan.Milestone) plan.Fraction { return one.Planned(batch, q) }
	for i, one := range all {
		m.milestones = append(m.milestones, measure{key: one.Key, planned: planned(one)})
		if i == 0 || all[i-1].Workstream != one.Workstream { // those of one follow each other
			m.workstreams = append(m.workstreams, measure{key: one.Workstream})
		}
		last := &m.workstreams[len(m.workstreams)-1]
		last.of = all[i-len(last.of) : i+1]
	}
	for i, w := range m.workstreams {
		m.workstreams[i].planned = plan.Weighted(w.of, planned)
	}
	return m
}

// add adds a unit by its actual fractions.
func (m *measurer) add(actual map[string]plan.Fraction) {
	for i := range m.milestones {
		one := &m.milestones[i]
		one.Tally = one.plus(tallyOf(one.planned, actual[one.key]))
	}
	for i := range m.workstreams {
		w := &m.workstreams[i]
		earned := plan.Weighted(w.of, func(one plan.Milestone) plan.Fraction { return actual[one.Key] })
		w.Tally = w.plus(tallyOf(w.planned, earned))
	}
}

// tallies gives the sums by workstream and milestone key.
func (m *measurer) tallies() map[string]Tally {
	all := make(map[string]Tally, len(m.milestones)+len(m.workstreams))
	for _, one := range slices.Concat(m.milestones, m.workstreams) {
		all[one.key] = one.Tally
	}
	return all
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
