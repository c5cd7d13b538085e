package analytics

import (
	"testing"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

func TestPace(t *testing.T) {
	p := &plan.Plan{First: period.MustParse("2019Q1"), Last: period.MustParse("2019Q4")}
	promised := map[string]int64{"2019Q1": 10, "2019Q2": 30, "2019Q3": 30, "2019Q4": 100}
	curve := func(q period.Quarter) plan.Fraction { return percent(promised[q.String()]) }
	cases := []struct {
		name   string
		earned int64
		at     string
		ahead  float64
		doneBy string
		needed float64
	}{
		{"exactly as promised", 10, "2019Q1", 0, "2019Q4", 30},
		{"half way to the second quarter", 20, "2019Q2", -0.5, "2020Q2", 40},
		{"what a flat stretch promises counts as its end", 30, "2019Q2", 1, "2019Q3", 35},
		{"half way through the last", 65, "2019Q3", 0.5, "2019Q4", 35},
		{"all done early", 100, "2019Q2", 2, "2019Q2", 0},
		{"nothing earned is never done", 0, "2019Q2", -2, "", 50},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := pace(p, curve, percent(c.earned), period.MustParse(c.at))
			if got.QuartersAhead != c.ahead || got.DoneBy.String() != c.doneBy || got.NeededPerQuarter != c.needed || !got.HasNeeded {
				t.Errorf("got %+v (done by %s)", got, got.DoneBy)
			}
		})
	}
	late := func(q period.Quarter) plan.Fraction { return plan.Ratio(int64(q-p.First), 3) } // nothing is promised for the first quarter
	if got := pace(p, late, 0, p.First+1); got.DoneBy != 0 {
		t.Errorf("nothing earned after a flat start, yet done by %s", got.DoneBy)
	}
	if last := pace(p, curve, percent(80), p.Last); last.HasNeeded {
		t.Errorf("no quarter is left, yet %+v", last)
	}
}
