package dashboards

import (
	"encoding/json"
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
)

func screenProgress(t *testing.T, curves ...analytics.Curve) Chart {
	t.Helper()
	chart, err := ScreenProgress("curve", curves, period.Of(2019, 3), day)
	if err != nil {
		t.Fatal(err)
	}
	return chart
}

func screenStatus(t *testing.T, counts map[analytics.Light]int64) Chart {
	t.Helper()
	row := analytics.Row{Lights: counts}
	for _, n := range counts {
		row.Expected += n
	}
	chart, err := ScreenStatus("lights", row, day)
	if err != nil {
		t.Fatal(err)
	}
	return chart
}

// TestScreenChartsSayTheirMeasure: without it the drawing script would leave them at the size of a desk.
func TestScreenChartsSayTheirMeasure(t *testing.T) {
	for _, chart := range []Chart{screenProgress(t, firstBatch("首批")), screenStatus(t, nil)} {
		var option struct {
			TextStyle struct{ FontSize int }
		}
		if err := json.Unmarshal(chart.Option, &option); err != nil {
			t.Fatal(err)
		}
		if option.TextStyle.FontSize != screenText {
			t.Errorf("%s has text of %d", chart.ID, option.TextStyle.FontSize)
		}
	}
}

// TestScreenActualEndsAtTheAskedQuarter: a later quarter than the one on the screen is not shown.
func TestScreenActualEndsAtTheAskedQuarter(t *testing.T) {
	c := firstBatch("首批")
	list := screenEarned(c, period.Of(2019, 1), lines{}, 1, day)
	for i, at := range list {
		if shown := i == 3 || i == 4; (at.Value != nil) != shown || (at.Label != nil) != (i == 4) {
			t.Errorf("%s: %+v", c.Points[i].Period, at)
		}
	}
}
