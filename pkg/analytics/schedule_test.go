package analytics_test

import (
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting/reportingtest"
)

// scheduleText writes a milestone as `M1.1 start-due was start-due complete/units first last`.
func scheduleText(m analytics.Scheduled) string {
	text := fmt.Sprintf("%s %s-%s", m.Milestone.Key, m.Current.Start, m.Current.Due)
	if m.HasBaseline {
		text += fmt.Sprintf(" was %s-%s", m.Baseline.Start, m.Baseline.Due)
	}
	return strings.TrimSpace(text + fmt.Sprintf(" %d/%d %s %s", m.Complete, m.Units, m.First, m.Last))
}

func TestSchedules(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		moved := strings.Replace(string(reportingtest.PlanFile()), `due: {"2018": 2018Q4, "2019": 2019Q4}`, `due: {"2018": 2019Q1, "2019": 2019Q4}`, 1)
		if _, err := b.Plans.Import(t.Context(), accounts.System("test"), "plan.yaml", []byte(moved), "推迟一个季度", false); err != nil {
			t.Fatal(err)
		}
		b.refresh(t)
		got, err := b.figures.Schedules(t.Context(), b.Actor(t, "monitor"), analytics.Query{Period: q3})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{
			"2018": {
				"M1.1 2019Q1-2019Q1 was 2018Q4-2018Q4 2/2 2019Q2 2019Q2",
				"M1.2 2019Q1-2019Q4 was 2019Q1-2019Q4 0/2",
				"M1.3 2019Q2-2020Q2 was 2019Q2-2020Q2 0/2",
				"M2.1 2019Q2-2019Q2 was 2019Q2-2019Q2 1/2 2019Q2",
				"M2.2 2020Q2-2020Q2 was 2020Q2-2020Q2 0/2",
			},
			"2019": {
				"M1.1 2019Q4-2019Q4 was 2019Q4-2019Q4 0/3",
				"M1.2 2019Q3-2020Q4 was 2019Q3-2020Q4 0/3",
				"M2.1 2020Q1-2020Q1 was 2020Q1-2020Q1 0/2", // not asked of the street
				"M2.2 2020Q4-2020Q4 was 2020Q4-2020Q4 0/1",
			},
		}
		if len(got) != len(want) {
			t.Fatalf("%d schedules", len(got))
		}
		for _, s := range got {
			for i, m := range s.Milestones {
				if text := scheduleText(m); i >= len(want[s.Batch]) || text != want[s.Batch][i] {
					t.Errorf("batch %s: got %s", s.Batch, text)
				}
			}
		}
		if m := got[0].Milestones[0]; m.Moved() != 1 || m.Share() != plan.One {
			t.Errorf("moved %d, share %v", m.Moved(), m.Share())
		}
	})
}

func TestMilestone(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		monitor := b.Actor(t, "monitor")
		got, err := b.figures.Milestone(t.Context(), monitor, analytics.Query{Period: q3, Limit: 2}, "M2.1")
		if err != nil {
			t.Fatal(err)
		}
		if got.Units != 4 || got.Complete != 1 || got.Overdue != 1 || got.Reported != 3 || got.Next != "2" {
			t.Errorf("got %+v", got)
		}
		first := got.Rows[0]
		if first.Unit.Key != "community-01" || first.Light != analytics.Severe || first.DaysLate != 92 || first.Source == nil || first.Source.Text != "58" || first.Form != "progress" {
			t.Errorf("got %+v, source %+v", first, first.Source)
		}
		rest, err := b.figures.Milestone(t.Context(), monitor, analytics.Query{Period: q3, Limit: 2, After: got.Next}, "M2.1")
		if err != nil {
			t.Fatal(err)
		}
		last := rest.Rows[len(rest.Rows)-1]
		if len(rest.Rows) != 2 || rest.Next != "" || last.Unit.Key != "community-02" || last.Light != analytics.Done {
			t.Errorf("got %+v", rest)
		}
		if total := got.Lights[analytics.Severe] + got.Lights[analytics.NotReported] + got.Lights[analytics.OnTrack] + got.Lights[analytics.Done]; total != 4 {
			t.Errorf("lights %v", got.Lights)
		}
	})
}

func TestMeasures(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		monitor := b.Actor(t, "monitor")
		rows, err := b.figures.Measures(t.Context(), monitor, analytics.Query{Period: q3})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, r := range rows {
			got[r.Key] = fmt.Sprintf("%s %d/%d complete %d overdue %d %s", r.Earned.Percent(1), r.Reported, r.Expected, r.Complete, r.Overdue, r.Light)
		}
		want := map[string]string{
			"W1":   "41.9 3/5 complete 0 overdue 0 behind",
			"M1.1": "91.7 3/5 complete 2 overdue 0 on_track",
			"M2.1": "56.7 3/4 complete 1 overdue 1 watch",
			"M1.3": "12.5 2/2 complete 0 overdue 0 watch",
		}
		for key, text := range want {
			if got[key] != text {
				t.Errorf("%s: got %s, want %s", key, got[key], text)
			}
		}
		curves, err := b.figures.MeasureCurves(t.Context(), monitor, analytics.Query{Period: q3}, "M1.3")
		if err != nil {
			t.Fatal(err)
		}
		if len(curves) != 1 { // only of communities of the first batch
			t.Fatalf("%d curves", len(curves))
		}
		wantCurve := "2018Q3 0.00/– (0/0), 2018Q4 0.00/– (0/2), 2019Q1 0.00/– (0/2), 2019Q2 20.00/12.50 (2/2), 2019Q3 20.00/12.50 (2/2), " +
			"2019Q4 60.00/– (0/0), 2020Q1 60.00/– (0/0), 2020Q2 100.00/– (0/0), 2020Q3 100.00/– (0/0), 2020Q4 100.00/– (0/0)"
		if text := curveText(curves[0]); text != wantCurve {
			t.Errorf("got %s", text)
		}
	})
}

func TestWorkstreamState(t *testing.T) {
	p := &plan.Plan{Behind: 10, Severe: 30}
	milestones := []plan.Milestone{{Key: "M1", Workstream: "W", Weight: 1}, {Key: "M2", Workstream: "W", Weight: 3}}
	state := func(key string, planned, actual plan.Fraction, light analytics.Light) *analytics.MilestoneState {
		return &analytics.MilestoneState{Key: key, Planned: planned, Actual: actual, Light: light, HasValue: true}
	}
	cases := []struct {
		name   string
		states []*analytics.MilestoneState
		light  analytics.Light
		actual plan.Fraction
	}{
		{"nothing applies", []*analytics.MilestoneState{nil, nil}, "", 0},
		{"all done", []*analytics.MilestoneState{state("M1", plan.One, plan.One, analytics.Done), state("M2", 0, plan.One, analytics.Done)}, analytics.Done, plan.One},
		{"weighted", []*analytics.MilestoneState{state("M1", plan.One, 0, analytics.Severe), state("M2", 0, 0, analytics.OnTrack)}, analytics.Behind, 0},
		{"the other weight", []*analytics.MilestoneState{state("M1", 0, 0, analytics.OnTrack), state("M2", plan.One, 0, analytics.Severe)}, analytics.Severe, 0},
		{"only one applies", []*analytics.MilestoneState{nil, state("M2", plan.One/2, plan.One/2, analytics.OnTrack)}, analytics.OnTrack, plan.One / 2},
		{"not in", []*analytics.MilestoneState{state("M1", 0, plan.One, analytics.Done), state("M2", 0, 0, analytics.NotReported)}, analytics.NotReported, plan.One / 4},
	}
	for _, c := range cases {
		got := analytics.WorkstreamState(p, milestones, c.states)
		if c.light == "" {
			if got != nil {
				t.Errorf("%s: got %+v", c.name, got)
			}
			continue
		}
		if got.Light != c.light || got.Actual != c.actual || got.Key != "W" {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}

func TestMeasuresKeepToTheScope(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		reviewer, outside := b.Actor(t, "reviewer-340100"), analytics.Query{Scope: "340700"}
		ask := func(q analytics.Query, key string) map[string]error {
			ctx := t.Context()
			asked := map[string]error{}
			_, asked["schedules"] = b.figures.Schedules(ctx, reviewer, q)
			_, asked["milestone"] = b.figures.Milestone(ctx, reviewer, q, key)
			_, asked["measures"] = b.figures.Measures(ctx, reviewer, q)
			_, asked["curves"] = b.figures.MeasureCurves(ctx, reviewer, q, key)
			_, _, asked["restated"] = b.figures.Restated(ctx, reviewer, q, b.Clock.Now(), b.Clock.Now())
			return asked
		}
		for name, err := range ask(outside, "M1.1") {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s of another city: %v", name, err)
			}
		}
		for name, err := range ask(analytics.Query{Unit: "community-02"}, "M1.1") {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s of another unit: %v", name, err)
			}
		}
		for name, err := range ask(analytics.Query{}, "M9.9") {
			if known := name == "milestone" || name == "curves"; known != fault.Is(err, fault.NotFound) {
				t.Errorf("%s of no milestone: %v", name, err)
			}
		}
	})
}
