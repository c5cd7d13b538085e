package analytics_test

import (
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

func TestLags(t *testing.T) {
	p, q := &plan.Plan{Behind: 10, Severe: 30}, period.MustParse("2019Q3")
	for name, c := range map[string]struct {
		state analytics.MilestoneState
		want  bool
	}{
		"complete after its due quarter": {analytics.MilestoneState{Due: q - 1, Planned: plan.One, Actual: plan.One}, false},
		"nearly complete and overdue":    {analytics.MilestoneState{Due: q - 1, Planned: plan.One, Actual: plan.One - 1}, true},
		"ten points behind":              {analytics.MilestoneState{Due: q, Planned: plan.One, Actual: plan.Ratio(9, 10)}, false},
		"eleven points behind":           {analytics.MilestoneState{Due: q, Planned: plan.One, Actual: plan.Ratio(89, 100)}, true},
		"behind while not reported":      {analytics.MilestoneState{Due: q, Planned: plan.One, Light: analytics.NotReported}, true},
		"ahead":                          {analytics.MilestoneState{Due: q + 2, Actual: plan.Ratio(1, 2)}, false},
	} {
		if got := analytics.Lags(p, c.state, q); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
