package analytics

import (
	"testing"

	"pgregory.net/rapid"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

var thresholds = &plan.Plan{Behind: 10, Severe: 30}

func percent(n int64) plan.Fraction { return plan.Ratio(n, 100) }

func TestMilestoneLight(t *testing.T) {
	due := period.MustParse("2019Q2")
	cases := []struct {
		name            string
		planned, actual plan.Fraction
		at              string
		light           Light
		reason          Reason
	}{
		{"complete before it is due", 0, plan.One, "2018Q4", Done, ReasonDone},
		{"complete and long past due", plan.One, plan.One, "2020Q4", Done, ReasonDone},
		{"nothing planned, nothing done", 0, 0, "2018Q4", OnTrack, ReasonOnTrack},
		{"ahead", percent(20), percent(50), "2018Q4", OnTrack, ReasonOnTrack},
		{"exactly as planned", percent(50), percent(50), "2019Q1", OnTrack, ReasonOnTrack},
		{"a little behind", percent(50), percent(49), "2019Q1", Watch, ReasonSmallGap},
		{"ten points are still watch", percent(50), percent(40), "2019Q1", Watch, ReasonSmallGap},
		{"just over ten", percent(50), percent(50) - percent(10) - 1000, "2019Q1", Behind, ReasonBehindGap},
		{"thirty points are still behind", percent(50), percent(20), "2019Q1", Behind, ReasonBehindGap},
		{"just over thirty", percent(50), percent(20) - 1000, "2019Q1", Severe, ReasonSevereGap},
		{"not complete in the due quarter itself goes by the gap", plan.One, percent(95), "2019Q2", Watch, ReasonSmallGap},
		{"not complete a quarter later is severe whatever the gap", plan.One, percent(95), "2019Q3", Severe, ReasonPastDue},
		{"what rounding thirds leaves is no gap", plan.Ratio(1, 3) + 1, plan.Ratio(1, 3), "2019Q1", OnTrack, ReasonOnTrack},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			light, reason := milestoneLight(thresholds, c.planned, c.actual, due, period.MustParse(c.at))
			if light != c.light || reason != c.reason {
				t.Errorf("got %s by %s, want %s by %s", light, reason, c.light, c.reason)
			}
		})
	}
}

func TestUnitLight(t *testing.T) {
	q := period.MustParse("2019Q3")
	done := MilestoneState{Due: q - 4, Actual: plan.One}
	open := func(due period.Quarter) MilestoneState { return MilestoneState{Due: due, Actual: percent(99)} }
	cases := []struct {
		name            string
		planned, earned plan.Fraction
		milestones      []MilestoneState
		light           Light
		reason          Reason
	}{
		{"all milestones complete", plan.One, plan.One, []MilestoneState{done, done}, Done, ReasonDone},
		{"no milestone at all", 0, 0, nil, OnTrack, ReasonOnTrack},
		{"overdue by one quarter goes by the gap", percent(60), percent(59), []MilestoneState{done, open(q - 1)}, Watch, ReasonSmallGap},
		{"overdue by two quarters", percent(60), percent(59), []MilestoneState{done, open(q - 2)}, Severe, ReasonLongOverdue},
		{"on track but for one long overdue", percent(60), percent(70), []MilestoneState{open(q - 2)}, Severe, ReasonLongOverdue},
		{"gap over thirty comes first", percent(60), percent(20), []MilestoneState{open(q - 2)}, Severe, ReasonSevereGap},
		{"gap of twenty", percent(60), percent(40), []MilestoneState{open(q)}, Behind, ReasonBehindGap},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			light, reason := unitLight(thresholds, c.planned, c.earned, c.milestones, q)
			if light != c.light || reason != c.reason {
				t.Errorf("got %s by %s, want %s by %s", light, reason, c.light, c.reason)
			}
		})
	}
}

func TestLightOnDay(t *testing.T) {
	due := period.MustParseDate("2019-10-10")
	cases := []struct {
		name      string
		light     Light
		submitted bool
		today     string
		want      Light
	}{
		{"missing on the due day", Behind, false, "2019-10-10", Behind},
		{"missing the day after", Behind, false, "2019-10-11", NotReported},
		{"in, the day after", Behind, true, "2019-10-11", Behind},
		{"done goes before missing", Done, false, "2019-10-11", Done},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.light.onDay(c.submitted, due, period.MustParseDate(c.today)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// The rules of lights leave no gap and no light twice: whatever the figures, one of the six.
func TestEveryGapHasALight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		planned := plan.Fraction(rapid.Int64Range(0, int64(plan.One)).Draw(t, "planned"))
		actual := plan.Fraction(rapid.Int64Range(0, int64(plan.One)).Draw(t, "actual"))
		q := period.Quarter(rapid.IntRange(8072, 8083).Draw(t, "q"))
		light, reason := milestoneLight(thresholds, planned, actual, period.MustParse("2019Q2"), q)
		gap := float64(planned-actual) / float64(plan.One) * 100
		switch light {
		case Done:
			if actual != plan.One {
				t.Fatalf("done at %d", actual)
			}
		case OnTrack:
			if gap > 0.0001 {
				t.Fatalf("on track at a gap of %f", gap)
			}
		case Watch, Behind:
			if gap < 0 || gap > 30.0001 {
				t.Fatalf("%s at a gap of %f", light, gap)
			}
		case Severe:
			if gap < 29.9999 && q <= period.MustParse("2019Q2") {
				t.Fatalf("severe at a gap of %f before the due quarter has passed", gap)
			}
		default:
			t.Fatalf("light %q by %q", light, reason)
		}
	})
}

func TestGapIsHalfUpInMillionths(t *testing.T) {
	cases := []struct {
		planned, actual plan.Fraction
		want            int64
	}{
		{plan.One, 0, 1_000_000}, {0, plan.One, -1_000_000}, {500, 0, 1}, {499, 0, 0}, {0, 500, -1}, {0, 499, 0},
	}
	for _, c := range cases {
		if got := Gap(c.planned, c.actual); got != c.want {
			t.Errorf("Gap(%d, %d) = %d, want %d", c.planned, c.actual, got, c.want)
		}
	}
}

func TestSPIRoundsHalfUp(t *testing.T) {
	cases := []struct {
		earned, planned plan.Fraction
		want            int64
	}{{29, 200, 15}, {5, 8, 63}, {201, 200, 101}, {2, 3, 67}, {0, 1, 0}, {1, 1, 100}}
	for _, c := range cases {
		if got, ok := (Row{HasFigures: true, Earned: c.earned, Planned: c.planned}).SPI(); !ok || got != c.want {
			t.Errorf("%d ÷ %d is %d, want %d", c.earned, c.planned, got, c.want)
		}
	}
	if _, ok := (Row{HasFigures: true, Earned: 1}).SPI(); ok {
		t.Error("nothing is planned, yet there is an SPI")
	}
}
