package plan_test

import (
	"testing"

	"pgregory.net/rapid"

	"pilotboard/pkg/plan"
)

func TestFraction(t *testing.T) {
	target := func(kind plan.MeasureType, baseline, target int64) plan.Measure {
		return plan.Measure{Type: kind, HasTarget: true, Baseline: baseline, Target: target}
	}
	cases := []struct {
		name    string
		measure plan.Measure
		value   int64
		want    plan.Fraction
	}{
		{"no", plan.Measure{Type: plan.YesNo}, 0, 0},
		{"yes", plan.Measure{Type: plan.YesNo}, 1, plan.One},
		{"plain percent", plan.Measure{Type: plan.Percent, Decimals: 1}, 685, 685_000_000},
		{"plain percent, all", plan.Measure{Type: plan.Percent}, 100, plan.One},
		{"plain percent, too much", plan.Measure{Type: plan.Percent}, 130, plan.One},
		{"percent at its target", target(plan.Percent, 0, 80), 80, plan.One},
		{"percent on its way", target(plan.Percent, 0, 80), 60, 750_000_000},
		{"percent above its target", target(plan.Percent, 0, 80), 95, plan.One},
		{"percent from a baseline", target(plan.Percent, 40, 80), 50, 250_000_000},
		{"count", target(plan.Count, 0, 3), 1, 333_333_333},
		{"count, two thirds", target(plan.Count, 0, 3), 2, 666_666_667},
		{"below the baseline", target(plan.Number, 10, 30), 5, 0},
		{"falling, at its baseline", target(plan.Number, 100, 40), 100, 0},
		{"falling, half way", target(plan.Number, 100, 40), 70, 500_000_000},
		{"falling, at its target", target(plan.Number, 100, 40), 40, plan.One},
		{"falling, below its target", target(plan.Number, 100, 40), 10, plan.One},
		{"falling, worse than before", target(plan.Number, 100, 40), 130, 0},
		{"falling to nothing", target(plan.Count, 8, 0), 2, 750_000_000},
		{"level held", target(plan.Percent, 95, 95), 95, plan.One},
		{"level more than held", target(plan.Percent, 95, 95), 97, plan.One},
		{"level not held", target(plan.Percent, 95, 95), 94, 0},
		{"nothing stays nothing", target(plan.Count, 0, 0), 0, plan.One},
		{"nothing became something", target(plan.Count, 0, 0), 3, 0},
	}
	for _, c := range cases {
		if got := c.measure.Fraction(c.value); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestCoverage(t *testing.T) {
	cases := []struct{ covered, inScope, want int64 }{
		{0, 9, 0}, {1, 9, 111_111_111}, {9, 9, int64(plan.One)}, {10, 9, int64(plan.One)}, {0, 0, 0}, {3, 0, 0},
	}
	for _, c := range cases {
		if got := plan.Coverage(c.covered, c.inScope); got != plan.Fraction(c.want) {
			t.Errorf("%d of %d: %d, want %d", c.covered, c.inScope, got, c.want)
		}
	}
}

// Whatever the measure and the value, the fraction is one, and moving towards the target never
// makes it smaller.
func TestFractionStaysWithinAndFollowsTheTarget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(0, 1_000_000_000_000)
		m := plan.Measure{
			Type: rapid.SampledFrom(plan.MeasureTypes).Draw(t, "type"), HasTarget: rapid.Bool().Draw(t, "has target"),
			Baseline: amount.Draw(t, "baseline"), Target: amount.Draw(t, "target"), Decimals: rapid.IntRange(0, 4).Draw(t, "decimals"),
		}
		a, b := amount.Draw(t, "value"), amount.Draw(t, "other value")
		low, high := m.Fraction(min(a, b)), m.Fraction(max(a, b))
		if low < 0 || low > plan.One || high < 0 || high > plan.One {
			t.Fatalf("%+v: %d and %d", m, low, high)
		}
		if m.HasTarget && m.Type != plan.YesNo && m.Target != m.Baseline {
			if m.Target < m.Baseline {
				low, high = high, low
			}
			if low > high {
				t.Fatalf("%+v: %d towards the target, %d away from it", m, high, low)
			}
			if m.Fraction(m.Target) != plan.One || m.Fraction(m.Baseline) != 0 {
				t.Fatalf("%+v: at the ends", m)
			}
		}
	})
}
