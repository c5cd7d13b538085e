package analytics

import (
	"slices"

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

// reported gives the state with the light that it has when the unit's report is overdue, unless it is in:
// the rule holds for milestones as for the unit.
func (m MilestoneState) reported(in bool) MilestoneState {
	if !in && m.Light != Done {
		m.Light, m.Reason = NotReported, ReasonNotReported
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

// actuals gives the actual fractions by filings, which are in order of period: of each milestone from the
// latest one in which its measure has a value.
func actuals(p *plan.Plan, batch, unitType string, filings []filing) map[string]plan.Fraction {
	actual := map[string]plan.Fraction{}
	milestones := p.Milestones(batch, unitType)
	for _, f := range slices.Backward(filings) {
		if len(actual) == len(milestones) {
			break
		}
		for _, m := range milestones {
			if _, has := actual[m.Key]; has {
				continue
			}
			if fraction, ok := reporting.Actual(m, unitType, f.Values); ok {
				actual[m.Key] = fraction
			}
		}
	}
	return actual
}
