package analytics_test

import (
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
)

// curveText writes a curve as `quarter planned/earned (reported/expected)`; an en dash stands for no
// figures.
func curveText(c analytics.Curve) string {
	var points []string
	for _, p := range c.Points {
		earned := "–"
		if p.HasFigures {
			earned = p.Earned.Percent(2)
		}
		points = append(points, fmt.Sprintf("%s %s/%s (%d/%d)", p.Period, p.Planned.Percent(2), earned, p.Reported, p.Expected))
	}
	return strings.Join(points[2:], ", ") // the first two are nothing in this plan
}

func TestCurvesKeepBatchesApart(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		curves, err := b.figures.Curves(t.Context(), b.Actor(t, "monitor"), analytics.Query{Period: q3})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"2018Q3 0.00/– (0/0), 2018Q4 20.00/– (0/2), 2019Q1 27.50/– (0/2), 2019Q2 62.00/47.50 (2/2), 2019Q3 69.50/50.00 (2/2), " +
				"2019Q4 81.00/– (0/0), 2020Q1 81.00/– (0/0), 2020Q2 100.00/– (0/0), 2020Q3 100.00/– (0/0), 2020Q4 100.00/– (0/0)",
			// district-01 alone has reported; it has M1.1, M1.2 and M2.1
			"2018Q3 0.00/– (0/0), 2018Q4 0.00/– (0/0), 2019Q1 0.00/– (0/0), 2019Q2 0.00/– (0/0), 2019Q3 6.67/20.00 (1/3), " +
				"2019Q4 40.00/– (0/0), 2020Q1 80.00/– (0/0), 2020Q2 86.67/– (0/0), 2020Q3 93.33/– (0/0), 2020Q4 100.00/– (0/0)",
		}
		if len(curves) != 2 || curves[0].Name != "首批" || curves[1].Key != "2019" {
			t.Fatalf("got %+v", curves)
		}
		for i, c := range curves {
			if got := curveText(c); got != want[i] {
				t.Errorf("batch %s: got\n%s\nwant\n%s", c.Key, got, want[i])
			}
		}
	})
}

func TestCurvesBeforeAnyReportPromiseForAllUnits(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.refresh(t)
		curves, err := b.figures.Curves(t.Context(), b.Actor(t, "reviewer-340700"), analytics.Query{Period: q3, Batch: "2019"})
		if err != nil {
			t.Fatal(err)
		}
		if len(curves) != 1 { // street-01, which has M1.1 and M1.2
			t.Fatalf("%d curves", len(curves))
		}
		got := curveText(curves[0])
		if !strings.HasSuffix(got, "2019Q3 10.00/– (0/1), 2019Q4 60.00/– (0/0), 2020Q1 70.00/– (0/0), 2020Q2 80.00/– (0/0), 2020Q3 90.00/– (0/0), 2020Q4 100.00/– (0/0)") {
			t.Errorf("got %s", got)
		}
	})
}

func TestCurvesKeepToTheScope(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		_, err := b.figures.Curves(t.Context(), b.Actor(t, "reviewer-340100"), analytics.Query{Scope: "340700"})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("got %v", err)
		}
		_, err = b.figures.Curves(t.Context(), b.Actor(t, "clerk-community-01"), analytics.Query{Unit: "community-02"})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("got %v", err)
		}
	})
}

// A report that is due and not in hides the lights of its milestones too, except of those done.
func TestMilestonesOfAMissingReportAreNotReported(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		matrix, err := b.figures.Matrix(t.Context(), b.Actor(t, "monitor"), analytics.Query{Period: q3, Scope: "340705"})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range matrix.Rows {
			if (r.Light == analytics.NotReported) != (r.Reason == analytics.ReasonNotReported) {
				t.Errorf("%s: %s because %s", r.Key, r.Light, r.Reason)
			}
			for _, state := range r.States {
				if state == nil {
					continue
				}
				want := analytics.NotReported
				if state.HasValue && state.Actual.Percent(0) == "100" {
					want = analytics.Done
				}
				if state.Light != want {
					t.Errorf("%s %s: %s (%s), want %s", r.Key, state.Key, state.Light, state.Reason, want)
				}
			}
		}
		unit, err := b.figures.Unit(t.Context(), b.Actor(t, "monitor"), "community-02", q3)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range unit.Milestones {
			if m.Light == analytics.NotReported && m.Reason != analytics.ReasonNotReported {
				t.Errorf("%s is not reported because %s", m.Key, m.Reason)
			}
		}
	})
}
