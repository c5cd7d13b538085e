package analytics

import (
	"encoding/json"
	"fmt"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Tally is the sum of one measure over the units that have reported.
type Tally struct {
	Units   int64
	Planned int64
	Earned  int64
}

// MarshalJSON writes [units, planned, earned].
func (t Tally) MarshalJSON() ([]byte, error) {
	return json.Marshal([3]int64{t.Units, t.Planned, t.Earned})
}

// UnmarshalJSON reads [units, planned, earned].
func (t *Tally) UnmarshalJSON(text []byte) error {
	var n [3]int64
	if err := json.Unmarshal(text, &n); err != nil {
		return err
	}
	*t = Tally{n[0], n[1], n[2]}
	return nil
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
	Lights    map[Light][2]int64 // units that submitted, or whose light is set by hand, and units that did not
	Locked    map[Light]int64    // units by their light at the end of the lock day
	Measures  map[string]Tally   // by workstream and milestone key
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
	for light, units := range other.Lights {
		if s.Lights == nil {
			s.Lights = map[Light][2]int64{}
		}
		mine := s.Lights[light]
		s.Lights[light] = [2]int64{mine[0] + units[0], mine[1] + units[1]}
	}
	for light, units := range other.Locked {
		if s.Locked == nil {
			s.Locked = map[Light]int64{}
		}
		s.Locked[light] += units
	}
	for key, t := range other.Measures {
		if s.Measures == nil {
			s.Measures = map[string]Tally{}
		}
		mine := s.Measures[key]
		s.Measures[key] = Tally{mine.Units + t.Units, mine.Planned + t.Planned, mine.Earned + t.Earned}
	}
}

// LightsOn counts the units by the light they show on a day; due is the period's due date.
func (s Sum) LightsOn(due, today period.Date) map[Light]int64 {
	counts := map[Light]int64{}
	for light, units := range s.Lights {
		counts[light] += units[0]
		counts[light.onDay(false, due, today)] += units[1]
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
func (s Sum) Total() Tally { return Tally{s.Reported, s.Planned, s.Earned} }

// mean rounds half-up; sums are never negative.
func mean(sum, n int64) plan.Fraction { return plan.Fraction((2*sum + n) / (2 * n)) }

// countLights counts units that have the same lights: by the rules, set by hand if any, and locked.
func (s *Sum) countLights(light, overridden, locked Light, submitted bool, units int64) {
	if light == "" {
		return
	}
	s.Lights, s.Locked = map[Light][2]int64{light: {0, units}}, map[Light]int64{locked: units}
	switch {
	case overridden != "":
		s.Lights = map[Light][2]int64{overridden: {units, 0}}
	case submitted:
		s.Lights[light] = [2]int64{units, 0}
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
		tallies[m.Key] = Tally{1, int64(m.Planned(batch, q)), int64(actual[m.Key])}
		byWorkstream[m.Workstream] = append(byWorkstream[m.Workstream], m)
	}
	for key, ms := range byWorkstream {
		planned := plan.Weighted(ms, func(m plan.Milestone) plan.Fraction { return m.Planned(batch, q) })
		earned := plan.Weighted(ms, func(m plan.Milestone) plan.Fraction { return actual[m.Key] })
		tallies[key] = Tally{1, int64(planned), int64(earned)}
	}
	return tallies
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func encode(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("write a sum: %w", err)
	}
	return string(text), nil
}
