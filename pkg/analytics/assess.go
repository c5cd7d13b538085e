package analytics

import (
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// MilestoneState is one milestone of one unit at the end of a quarter.
type MilestoneState struct {
	Key      string
	Due      period.Quarter
	Planned  plan.Fraction
	Actual   plan.Fraction
	HasValue bool
	Light    Light
	Reason   Reason
	Memory
}

// Overdue tells whether the due quarter has passed and the milestone is not complete.
func (m MilestoneState) Overdue(q period.Quarter) bool { return q > m.Due && m.Actual < plan.One }

// onDay shows that the unit's report for the quarter was due before today and is not in; the rule
// holds for its milestones as for the unit.
func (m MilestoneState) onDay(submitted bool, due, today period.Date) MilestoneState {
	if light := m.Light.onDay(submitted, due, today); light != m.Light {
		m.Light, m.Reason = light, ReasonNotReported
	}
	return m
}

// Assessment is one unit against its plan at the end of a quarter (method.md §4, §5), leaving out
// the rule for missing reports.
type Assessment struct {
	Planned    plan.Fraction
	Earned     plan.Fraction
	Light      Light
	Reason     Reason
	Overdue    int64
	Milestones []MilestoneState
}

// Assess holds the actual fractions of a unit's milestones against its plan at the end of q. A
// milestone without a value has earned nothing.
func Assess(p *plan.Plan, batch, unitType string, q period.Quarter, actual map[string]plan.Fraction) Assessment {
	var a Assessment
	applicable := p.Milestones(batch, unitType)
	for _, m := range applicable {
		fraction, has := actual[m.Key]
		state := MilestoneState{Key: m.Key, Due: m.Due(batch), Planned: m.Planned(batch, q), Actual: fraction, HasValue: has}
		state.Light, state.Reason = milestoneLight(p, state.Planned, state.Actual, state.Due, q)
		if state.Overdue(q) {
			a.Overdue++
		}
		a.Milestones = append(a.Milestones, state)
	}
	a.Planned = plan.Weighted(applicable, func(m plan.Milestone) plan.Fraction { return m.Planned(batch, q) })
	a.Earned = plan.Weighted(applicable, func(m plan.Milestone) plan.Fraction { return actual[m.Key] })
	a.Light, a.Reason = unitLight(p, a.Planned, a.Earned, a.Milestones, q)
	return a
}

// filing is the latest accepted revision of one period, as facts.
type filing struct {
	Period   period.Quarter
	Revision int64
	Values   forms.Values
}

// actuals gives the actual fractions at the end of q: of each milestone from the latest filing for a
// period ≤ q in which its measure has a value. filings are in order of period.
func actuals(p *plan.Plan, batch, unitType string, filings []filing, q period.Quarter) map[string]plan.Fraction {
	actual := map[string]plan.Fraction{}
	milestones := p.Milestones(batch, unitType)
	for _, f := range filings {
		if f.Period > q {
			break
		}
		for _, m := range milestones {
			if fraction, ok := reporting.Actual(m, unitType, f.Values); ok {
				actual[m.Key] = fraction
			}
		}
	}
	return actual
}
