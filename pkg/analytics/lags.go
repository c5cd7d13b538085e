package analytics

import (
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Lags tells whether a milestone is behind by accepted figures at the end of q, its due quarter passed
// or its gap too wide; that the unit's report for q is missing does not hide it.
func Lags(p *plan.Plan, m MilestoneState, q period.Quarter) bool {
	light, _ := milestoneLight(p, m.Planned, m.Actual, m.Due, q)
	return light == Behind || light == Severe
}
