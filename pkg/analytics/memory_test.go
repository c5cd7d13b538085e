package analytics_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

// recall is what a light says of itself.
type recall struct {
	Light  analytics.Light
	Frozen bool
	MadeUp string
	Set    analytics.Light // by hand
}

func recallOf(light analytics.Light, m analytics.Memory) recall {
	r := recall{Light: light, Frozen: m.Frozen, MadeUp: m.MadeUp.String()}
	if m.Override != nil {
		r.Set = m.Override.Light
	}
	return r
}

// lights gives a unit's lights in a quarter by the matrix, by milestone; under "" its own.
func (b board) lights(t *testing.T, unit, quarter string) map[string]recall {
	t.Helper()
	b.refresh(t)
	matrix, err := b.figures.Matrix(t.Context(), b.Actor(t, "monitor"), analytics.Query{Unit: unit, Period: period.MustParse(quarter)})
	if err != nil || len(matrix.Rows) != 1 {
		t.Fatalf("%d rows, %v", len(matrix.Rows), err)
	}
	row := matrix.Rows[0]
	got := map[string]recall{"": recallOf(row.Light, row.Memory)}
	for _, state := range row.States {
		if state != nil {
			got[state.Key] = recallOf(state.Light, state.Memory)
		}
	}
	b.sameOnUnitPage(t, unit, quarter, got)
	return got
}

// sameOnUnitPage holds what the unit itself answers against the matrix.
func (b board) sameOnUnitPage(t *testing.T, unit, quarter string, want map[string]recall) {
	t.Helper()
	answer, err := b.figures.Unit(t.Context(), b.Actor(t, "monitor"), unit, period.MustParse(quarter))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]recall{"": recallOf(answer.Row.Light, answer.Row.Memory)}
	for _, e := range answer.Milestones {
		got[e.Key] = recallOf(e.Light, e.Memory)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the unit answers otherwise than the matrix (-matrix +unit)\n%s", diff)
	}
	own := row(t, answer.Periods, quarter)
	if recallOf(own.Light, own.Memory) != want[""] {
		t.Errorf("among the unit's quarters: %+v, want %+v", recallOf(own.Light, own.Memory), want[""])
	}
}

// The light of a past quarter stays as it was at its lock date; what was made up later is said beside it.
func TestLightsOfAPastQuarterStay(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.Past(t, "community-01", "2019Q2", reportingtest.Community)
		ok := recall{Light: analytics.OnTrack, Frozen: true}
		want := map[string]recall{
			"": {Light: analytics.Behind, Frozen: true}, "M1.1": {Light: analytics.Done, Frozen: true}, "M1.2": ok, "M1.3": ok, "M2.2": ok,
			"M2.1": {Light: analytics.Severe, Frozen: true},
		}
		if diff := cmp.Diff(want, b.lights(t, "community-01", "2019Q2")); diff != "" {
			t.Errorf("after the lock date (-want +got)\n%s", diff)
		}
		b.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m2_1": "40"})
		b.Accept(t, "community-01", "2019Q3")
		want[""] = recall{Light: analytics.Behind, Frozen: true, MadeUp: "2019Q3"}
		want["M2.1"] = recall{Light: analytics.Severe, Frozen: true, MadeUp: "2019Q3"}
		if diff := cmp.Diff(want, b.lights(t, "community-01", "2019Q2")); diff != "" {
			t.Errorf("made up (-want +got)\n%s", diff)
		}
	})
}

// A correction after the lock date changes the figures and what explains them, not the light.
func TestACorrectionLeavesTheLight(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.Past(t, "community-01", "2019Q2", reportingtest.Community)
		q2, monitor := period.MustParse("2019Q2"), b.Actor(t, "monitor")
		ref := reportingtest.Ref("community-01", "2019Q2")
		if _, err := b.Reports.Reopen(t.Context(), monitor, ref, 0, "数据更正", period.MustParseDate("2019-10-20")); err != nil {
			t.Fatal(err)
		}
		b.Submit(t, "community-01", "2019Q2", reportingtest.Values{"m2_1": "40"})
		b.Accept(t, "community-01", "2019Q2")
		b.refresh(t)
		answer, err := b.figures.Unit(t.Context(), monitor, "community-01", q2)
		if err != nil {
			t.Fatal(err)
		}
		if got := answer.Row; got.Earned.PercentFloat2() != 62.5 || got.Light != analytics.Behind || answer.Then.Gap != 120_000 {
			t.Errorf("earned %s, light %s by a gap of %d", got.Earned.Percent(2), got.Light, answer.Then.Gap)
		}
		for _, e := range answer.Milestones {
			if e.Key == "M2.1" && (e.Actual.Percent(0) != "100" || e.Then.Actual.Percent(0) != "50" || e.Then.Source.Revision != 1 || e.Source.Revision != 2) {
				t.Errorf("M2.1: now %s by revision %d, then %s by %d", e.Actual.Percent(0), e.Source.Revision, e.Then.Actual.Percent(0), e.Then.Source.Revision)
			}
		}
		city := row(t, b.progress(t, monitor, analytics.Query{By: analytics.ByCity, Period: q2}).Rows, "340100")
		if city.Lights[analytics.Behind] != 1 || city.Earned.PercentFloat2() != 62.5 {
			t.Errorf("the city has %v and %s", city.Lights, city.Earned.Percent(2))
		}
	})
}

func TestAReportThatCameInLate(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		missing := recall{Light: analytics.NotReported, Frozen: true}
		for key, got := range b.lights(t, "community-02", "2018Q4") {
			if got != missing {
				t.Errorf("%q: %+v", key, got)
			}
		}
		_, err := b.Reports.Reopen(t.Context(), b.Actor(t, "monitor"), reportingtest.Ref("community-02", "2018Q4"), 0, "补报", period.MustParseDate("2019-10-20"))
		if err != nil {
			t.Fatal(err)
		}
		b.Submit(t, "community-02", "2018Q4", reportingtest.Community)
		missing.MadeUp = "2019Q4" // the report came in on 10-12
		for key, got := range b.lights(t, "community-02", "2018Q4") {
			if got != missing {
				t.Errorf("after it came in, %q: %+v", key, got)
			}
		}
		b.Withdraw(t, "community-02", "2018Q4")
		if got := b.lights(t, "community-02", "2018Q4")[""]; got.MadeUp != "" {
			t.Errorf("withdrawn and made up in %s", got.MadeUp)
		}
	})
}

// A light set by hand is shown and counted for its quarter, frozen with it, and changes no figure.
func TestOverriddenLights(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		monitor := b.Actor(t, "monitor")
		before := row(t, b.progress(t, monitor, analytics.Query{By: analytics.ByUnit, Period: q3}).Rows, "community-01")
		set := func(milestone, light string) {
			t.Helper()
			order := override.Order{Unit: "community-01", Period: q3, Milestone: milestone, Light: light, Reason: "现场核实"}
			if err := b.overrides.Set(t.Context(), monitor, order); err != nil {
				t.Fatal(err)
			}
		}
		set("", "watch")
		set("M2.1", "behind")
		got := b.lights(t, "community-01", "2019Q3")
		if got[""] != (recall{Light: analytics.Watch, Set: analytics.Watch}) || got["M2.1"] != (recall{Light: analytics.Behind, Set: analytics.Behind}) || got["M1.2"].Set != "" {
			t.Errorf("got %+v", got)
		}
		after := row(t, b.progress(t, monitor, analytics.Query{By: analytics.ByUnit, Period: q3}).Rows, "community-01")
		if after.Override == nil || after.Override.Computed != analytics.Behind || after.Override.By != monitor.Display || after.Override.Reason != "现场核实" {
			t.Errorf("shown as %+v", after.Override)
		}
		if after.Planned != before.Planned || after.Earned != before.Earned || after.Gap != before.Gap {
			t.Error("an override changes figures")
		}
		counts := func(quarter period.Quarter) map[analytics.Light]int64 {
			b.refresh(t)
			return row(t, b.progress(t, monitor, analytics.Query{By: analytics.ByCounty, Period: quarter}).Rows, "340104").Lights
		}
		if got := counts(q3); got[analytics.Watch] != 1 || got[analytics.Behind] != 0 {
			t.Errorf("counted %v", got)
		}
		b.Clock.Set("2020-02-03")
		b.OpenPeriods(t)
		if got := counts(q3); got[analytics.Watch] != 1 {
			t.Errorf("frozen as %v", got)
		}
		if got := b.lights(t, "community-01", "2019Q4")[""]; got.Set != "" || got.Light != analytics.NotReported {
			t.Errorf("the next quarter has %+v", got)
		}
	})
}

func TestAWithdrawnOverrideLeavesTheRules(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		monitor := b.Actor(t, "monitor")
		for _, light := range []string{"on_track", ""} { // community-02 has not reported
			order := override.Order{Unit: "community-02", Period: q3, Light: light, Reason: "核实"}
			if err := b.overrides.Set(t.Context(), monitor, order); err != nil {
				t.Fatal(err)
			}
			want := analytics.NotReported
			if light != "" {
				want = analytics.OnTrack
			}
			if got := b.lights(t, "community-02", "2019Q3")[""]; got.Light != want {
				t.Errorf("after %q: %+v", light, got)
			}
		}
		if differences, err := b.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
			t.Errorf("rebuild: %v, %v", differences, err)
		}
		answer, err := b.figures.Unit(t.Context(), monitor, "community-02", q3)
		if err != nil || len(answer.Overrides) != 2 {
			t.Errorf("%d acts, %v", len(answer.Overrides), err)
		}
	})
}

// What waits for review counts when it is asked for.
func TestAllThatWasSubmitted(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.Past(t, "community-01", "2019Q2", reportingtest.Community)
		b.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m2_1": "40"})
		b.Submit(t, "community-02", "2019Q3", reportingtest.Values{"m1_1": "true"})
		b.refresh(t)
		monitor := b.Actor(t, "monitor")
		got := map[analytics.Basis]map[string]figure{}
		for _, basis := range []analytics.Basis{analytics.AcceptedOnly, analytics.AllSubmitted} {
			got[basis] = figuresOf(b.progress(t, monitor, analytics.Query{By: analytics.ByBatch, Batch: "2018", Period: q3, Basis: basis}).Rows)
		}
		want := map[analytics.Basis]map[string]figure{
			analytics.AcceptedOnly: {"2018": {69.5, 50, "behind", 1, 1, 2}},
			analytics.AllSubmitted: {"2018": {69.5, 41.25, "behind", 1, 2, 2}}, // (62.5 + 20) ÷ 2
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		b.Return(t, "community-01", "2019Q3")
		b.refresh(t)
		rows := b.progress(t, monitor, analytics.Query{By: analytics.ByUnit, Batch: "2018", Period: q3, Basis: analytics.AllSubmitted}).Rows
		if got := row(t, rows, "community-01").Earned.PercentFloat2(); got != 50 {
			t.Errorf("what was returned still counts: %v", got)
		}
	})
}

// A county that was merged away adds up under its successor in today's tree, and under itself as then.
func TestMergedDivisionsAddUp(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		merged := "key,code,name,level,parent,valid_from,valid_to,statistics_only,successor\n" +
			"340181,340181,巢湖市,3,340100,,2019-10-05,,340104\n" +
			"340181001,340181001,亚父街道,4,340181,,2019-10-05,,\n" +
			"340181001,340104009,亚父街道,4,340104,2019-10-05,,,\n"
		if _, err := b.Tree.Import(t.Context(), strings.NewReader(merged), "merged.csv", false, "test"); err != nil {
			t.Fatal(err)
		}
		if err := b.Plans.RefreshPlaces(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.OpenPeriods(t)
		b.refresh(t)
		monitor := b.Actor(t, "monitor")
		ask := func(q analytics.Query) map[string]figure {
			q.Period = q3
			return figuresOf(b.progress(t, monitor, q).Rows)
		}
		then := map[string]figure{
			"340104": {69.5, 55, "behind", 1, 1, 1}, "340181": {6.67, 20, "on_track", 0, 1, 2}, "340705": {69.5, 45, "behind", 0, 1, 2},
		}
		now := map[string]figure{"340104": {38.08, 37.5, "watch", 1, 2, 3}, "340705": {69.5, 45, "behind", 0, 1, 2}}
		if diff := cmp.Diff(then, ask(analytics.Query{By: analytics.ByCounty, Tree: analytics.AsThen})); diff != "" {
			t.Errorf("as then (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(now, ask(analytics.Query{By: analytics.ByCounty, Tree: analytics.AsNow})); diff != "" {
			t.Errorf("as now (-want +got)\n%s", diff)
		}
		if got := ask(analytics.Query{By: analytics.ByUnit, Tree: analytics.AsNow, Scope: "340104"}); len(got) != 3 {
			t.Errorf("in the county there are %v", got)
		}
		_, err := b.figures.Progress(t.Context(), monitor, analytics.Query{By: analytics.ByUnit, Period: q3, Tree: analytics.AsNow, Scope: "340181"})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a code of then: %v", err)
		}
	})
}

func TestQuestionsAboutKnowledge(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		monitor := b.Actor(t, "monitor")
		now := b.Clock.Now()
		cases := []struct {
			name  string
			query analytics.Query
			key   string // of the fault
		}{
			{"before the first plan", analytics.Query{AsOf: now.AddDate(-1, 0, 0)}, "query.before_plan"},
			{"no such basis", analytics.Query{Basis: "rumour"}, "query.basis_unknown"},
			{"no such tree", analytics.Query{Tree: "tomorrow"}, "query.tree_unknown"},
			{"a moment to come is now", analytics.Query{AsOf: now.AddDate(1, 0, 0)}, ""},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				c.query.By, c.query.Period = analytics.ByUnit, q3
				answer, err := b.figures.Progress(t.Context(), monitor, c.query)
				if f, _ := fault.As(err); c.key != "" && (f == nil || f.Key != c.key) {
					t.Fatalf("got %v", err)
				}
				if c.key == "" && (err != nil || len(answer.Rows) != 5) {
					t.Errorf("%d rows, %v", len(answer.Rows), err)
				}
			})
		}
	})
}

// A new version of the plan does not reach what was known before it.
func TestAnEarlierMomentHasTheEarlierPlan(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		before := b.Clock.Now()
		b.Clock.Set("2019-10-20")
		changed := strings.Replace(string(reportingtest.PlanFile()), `due: {"2018": 2018Q4, "2019": 2019Q4}`, `due: {"2018": 2020Q4, "2019": 2020Q4}`, 1)
		if _, err := b.Plans.Import(t.Context(), accounts.System("test"), "plan.yaml", []byte(changed), "推迟报备期限", false); err != nil {
			t.Fatal(err)
		}
		b.refresh(t)
		for _, c := range []struct {
			query analytics.Query
			want  float64
		}{{analytics.Query{}, 49.5}, {analytics.Query{AsOf: before}, 69.5}} {
			c.query.By, c.query.Period, c.query.Unit = analytics.ByUnit, q3, "community-01"
			if got := b.progress(t, b.Actor(t, "monitor"), c.query).Rows[0].Planned.PercentFloat2(); got != c.want {
				t.Errorf("as of %s: planned %v, want %v", c.query.AsOf, got, c.want)
			}
		}
	})
}

// TestPagesOfAMatrix put together are the whole, those furthest behind first, each with what its light remembers.
func TestPagesOfAMatrix(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		b.refresh(t)
		early := b.Clock.Now()
		b.Clock.Set("2020-02-03")
		b.OpenPeriods(t)
		b.refresh(t)
		for name, query := range map[string]analytics.Query{
			"locked": {Period: q3}, "the latest": {Period: q3 + 1}, "submitted": {Period: q3, Basis: analytics.AllSubmitted}, "as of then": {Period: q3, AsOf: early},
		} {
			whole, err := b.figures.Matrix(t.Context(), b.Actor(t, "monitor"), query)
			if err != nil || len(whole.Rows) < 5 || whole.Next != "" {
				t.Fatalf("%s: %d rows, next %q, %v", name, len(whole.Rows), whole.Next, err)
			}
			var rows []analytics.MatrixRow
			for query.Limit = 2; len(rows) < 9; {
				page, err := b.figures.Matrix(t.Context(), b.Actor(t, "monitor"), query)
				if err != nil || len(page.Rows) > 2 {
					t.Fatalf("%s: %d rows, %v", name, len(page.Rows), err)
				}
				rows = append(rows, page.Rows...)
				if query.After = page.Next; page.Next == "" {
					break
				}
			}
			if diff := cmp.Diff(whole.Rows, rows); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			for i, row := range rows[1:] {
				if row.Gap > rows[i].Gap && row.HasFigures && rows[i].HasFigures {
					t.Errorf("%s: %s comes after %s", name, row.Key, rows[i].Key)
				}
			}
		}
	})
}
