package analytics

import (
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

// measures gives a unit's tally for each workstream and milestone that applies to it.
func measures(p *plan.Plan, batch, unitType string, q period.Quarter, actual map[string]plan.Fraction) map[string]Tally {
	tallies := map[string]Tally{}
	byWorkstream := map[string][]plan.Milestone{}
	for _, m := range p.Milestones(batch, unitType) {
		tallies[m.Key] = tallyOf(m.Planned(batch, q), actual[m.Key])
		byWorkstream[m.Workstream] = append(byWorkstream[m.Workstream], m)
	}
	for key, ms := range byWorkstream {
		planned := plan.Weighted(ms, func(m plan.Milestone) plan.Fraction { return m.Planned(batch, q) })
		earned := plan.Weighted(ms, func(m plan.Milestone) plan.Fraction { return actual[m.Key] })
		tallies[key] = tallyOf(planned, earned)
	}
	return tallies
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
