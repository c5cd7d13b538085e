package analytics_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting/reportingtest"
)

var q3 = period.MustParse("2019Q3")

// figure is what the tests compare of a row; percentages with two decimals.
type figure struct {
	Planned, Earned    float64
	Light              analytics.Light
	Overdue            int64
	Reported, Expected int64
}

func figureOf(r analytics.Row) figure {
	return figure{r.Planned.PercentFloat2(), r.Earned.PercentFloat2(), r.Light, r.Overdue, r.Reported, r.Expected}
}

func figuresOf(rows []analytics.Row) map[string]figure {
	figures := map[string]figure{}
	for _, r := range rows {
		figures[r.Key] = figureOf(r)
	}
	return figures
}

// fileAll files 2019Q2 and 2019Q3 of some units. Worked by hand from the plan's weights: community-01
// has earned (4·1 + 6·½ + 2·¼ + 5·½ + 3·0) ÷ 20 = 50 % of 69.5 % planned at 2019Q3, 55 % after its
// report for 2019Q3; community-02 (4·1 + 5·1) ÷ 20 = 45 %; district-01 covers 3 of 4 communities of
// M1.1, (4·¾) ÷ 15 = 20 % of (6·1/6) ÷ 15 = 6.67 %.
func fileAll(t *testing.T, b board) {
	b.Past(t, "community-01", "2019Q2", reportingtest.Community)
	b.Past(t, "community-02", "2019Q2", reportingtest.Values{"m1_1": "true", "m2_1": "40"})
	b.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m2_1": "58"})
	b.Submit(t, "district-01", "2019Q3", reportingtest.Values{"communities": "4", "m1_1_covered": "3"})
	b.Accept(t, "community-01", "2019Q3")
	b.Accept(t, "district-01", "2019Q3")
	b.refresh(t)
}

func TestProgress(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		monitor := b.Actor(t, "monitor")
		cases := []struct {
			name  string
			query analytics.Query
			want  map[string]figure
		}{
			{"by unit", analytics.Query{By: analytics.ByUnit}, map[string]figure{
				"community-01": {69.5, 55, "behind", 1, 1, 1}, // overdue by one quarter only
				"community-02": {69.5, 45, "not_reported", 0, 1, 1},
				"district-01":  {6.67, 20, "on_track", 0, 1, 1},
				"street-01":    {0, 0, "not_reported", 0, 0, 1},
				"community-03": {0, 0, "not_reported", 0, 0, 1},
			}},
			{"by city is the mean of the units that have reported", analytics.Query{By: analytics.ByCity}, map[string]figure{
				"340100": {38.08, 37.5, "watch", 1, 2, 3}, "340700": {69.5, 45, "behind", 0, 1, 2},
			}},
			{"by county", analytics.Query{By: analytics.ByCounty}, map[string]figure{
				"340104": {69.5, 55, "behind", 1, 1, 1}, "340181": {6.67, 20, "on_track", 0, 1, 2}, "340705": {69.5, 45, "behind", 0, 1, 2},
			}},
			{"by batch", analytics.Query{By: analytics.ByBatch}, map[string]figure{
				"2018": {69.5, 50, "behind", 1, 2, 2}, "2019": {6.67, 20, "on_track", 0, 1, 3},
			}},
			{"by type, of one batch", analytics.Query{By: analytics.ByType, Batch: "2018"}, map[string]figure{
				"community": {69.5, 50, "behind", 1, 2, 2},
			}},
			{"by period carries forward what was reported before", analytics.Query{By: analytics.ByPeriod, Scope: "340700"}, map[string]figure{
				"2018Q4": {0, 0, "not_reported", 0, 0, 1}, "2019Q1": {0, 0, "not_reported", 0, 0, 1},
				"2019Q2": {62, 45, "behind", 0, 1, 1}, "2019Q3": {69.5, 45, "behind", 0, 1, 2},
			}},
			{"by workstream", analytics.Query{By: analytics.ByWorkstream, Scope: "340700"}, map[string]figure{
				"W1": {74.17, 33.33, "severe", 0, 1, 2}, "W2": {62.5, 62.5, "on_track", 0, 1, 1}, // it applies to one of the two
			}},
			{"one unit by its key", analytics.Query{By: analytics.ByProvince, Unit: "community-01"}, map[string]figure{
				"community-01": {69.5, 55, "behind", 1, 1, 1},
			}},
			{"a county asked by city is itself", analytics.Query{By: analytics.ByCity, Scope: "340181"}, map[string]figure{
				"340181": {6.67, 20, "on_track", 0, 1, 2},
			}},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				c.query.Period = q3
				if diff := cmp.Diff(c.want, figuresOf(b.progress(t, monitor, c.query).Rows)); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		}
	})
}

func TestProgressAsksTheScope(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.refresh(t)
		cases := []struct {
			name, actor string
			query       analytics.Query
			want        fault.Kind
		}{
			{"another city", "reviewer-340100", analytics.Query{Scope: "340700"}, fault.Forbidden},
			{"the whole province", "reviewer-340100", analytics.Query{Scope: "340000"}, fault.Forbidden},
			{"a unit of another city", "reviewer-340100", analytics.Query{Unit: "community-02"}, fault.Forbidden},
			{"a clerk asks for a city", "clerk-community-01", analytics.Query{Scope: "340100"}, fault.Forbidden},
			{"a clerk asks for another unit", "clerk-community-01", analytics.Query{Unit: "community-03"}, fault.Forbidden},
			{"no such division", "monitor", analytics.Query{Scope: "349999"}, fault.NotFound},
			{"no such unit", "monitor", analytics.Query{Unit: "nobody"}, fault.NotFound},
			{"no such batch", "monitor", analytics.Query{Batch: "1999"}, fault.Invalid},
			{"no such type", "monitor", analytics.Query{Type: "village"}, fault.Invalid},
			{"no such way", "monitor", analytics.Query{By: "colour"}, fault.Invalid},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				if c.query.By == "" {
					c.query.By = analytics.ByUnit
				}
				actor := b.Actor(t, c.actor)
				if _, err := b.figures.Progress(t.Context(), actor, c.query); !fault.Is(err, c.want) {
					t.Errorf("progress: %v", err)
				}
				if c.query.By != analytics.ByUnit {
					return
				}
				if _, err := b.figures.Matrix(t.Context(), actor, c.query); !fault.Is(err, c.want) {
					t.Errorf("matrix: %v", err)
				}
				if _, _, err := b.figures.Trace(t.Context(), actor, c.query, "progress"); !fault.Is(err, c.want) {
					t.Errorf("trace: %v", err)
				}
			})
		}
		own := b.progress(t, b.Actor(t, "clerk-community-01"), analytics.Query{By: analytics.ByUnit, Period: q3})
		if len(own.Rows) != 1 || own.Rows[0].Key != "community-01" {
			t.Errorf("a clerk sees %+v", own.Rows)
		}
	})
}

func TestUnitExplainsItself(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		answer, err := b.figures.Unit(t.Context(), b.Actor(t, "reviewer-340100"), "community-01", q3)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Row.Light != analytics.Behind || answer.Reason != analytics.ReasonBehindGap {
			t.Errorf("unit is %s by %s", answer.Row.Light, answer.Reason)
		}
		type explained struct {
			Light    analytics.Light
			Reason   analytics.Reason
			Gap      int64
			DaysLate int
			Source   string
		}
		got := map[string]explained{}
		for _, m := range answer.Milestones {
			e := explained{Light: m.Light, Reason: m.Reason, Gap: m.Gap, DaysLate: m.DaysLate}
			if m.Source != nil {
				e.Source = m.Source.Period.String() + " " + m.Source.Item + "=" + m.Source.Text
			}
			got[m.Key] = e
		}
		want := map[string]explained{
			"M1.1": {"done", analytics.ReasonDone, 0, 0, "2019Q3 m1_1=true"},
			"M1.2": {"behind", analytics.ReasonBehindGap, 250_000, 0, "2019Q3 m1_2=40"},
			"M1.3": {"on_track", analytics.ReasonOnTrack, -50_000, 0, "2019Q3 m1_3=12.5"},
			"M2.1": {"severe", analytics.ReasonPastDue, 300_000, 92, "2019Q3 m2_1=58"},
			"M2.2": {"on_track", analytics.ReasonOnTrack, 0, 0, ""},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// Every figure can be computed again from the reports that its trace lists (method.md §8).
func TestTraceGivesTheFigureAgain(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		monitor := b.Actor(t, "monitor")
		var rows []analytics.TraceRow
		for after, page := "", 0; page == 0 || after != ""; page++ { // two units a page
			some, next, err := b.figures.Trace(t.Context(), monitor, analytics.Query{Period: q3, After: after, Limit: 2}, "progress")
			if err != nil || page > 3 {
				t.Fatalf("page %d: %v", page, err)
			}
			rows, after = append(rows, some...), next
		}
		sums, weights := map[string]int64{}, map[string]int64{}
		for _, r := range rows {
			sums[r.Unit] += int64(r.Weight) * int64(r.Fraction)
			weights[r.Unit] = int64(r.Weights)
		}
		answer := b.progress(t, monitor, analytics.Query{By: analytics.ByUnit, Period: q3})
		for _, r := range answer.Rows {
			if !r.HasFigures {
				continue
			}
			if again := plan.Fraction((2*sums[r.Key] + weights[r.Key]) / (2 * weights[r.Key])); again != r.Earned {
				t.Errorf("%s: trace gives %d, figure is %d", r.Key, again, r.Earned)
			}
		}
		if _, _, err := b.figures.Trace(t.Context(), monitor, analytics.Query{Period: q3}, "M9.9"); !fault.Is(err, fault.NotFound) {
			t.Errorf("unknown figure: %v", err)
		}
	})
}

func TestCompletenessCountsEachStateOnce(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.On("2019-10-08", func() {
			b.Submit(t, "community-01", "2019Q3", reportingtest.Community)
			b.Accept(t, "community-01", "2019Q3")
			b.Submit(t, "community-03", "2019Q3", reportingtest.Values{"m1_1": "false"})
			b.Return(t, "community-03", "2019Q3")
		})
		b.Submit(t, "community-02", "2019Q3", reportingtest.Community) // on the 12th, two days late
		b.Submit(t, "district-01", "2019Q3", reportingtest.Values{"communities": "4", "m1_1_covered": "3"})
		b.Withdraw(t, "district-01", "2019Q3")
		b.refresh(t)
		type counts struct{ expected, submitted, onTime, accepted int64 }
		got := map[string]counts{}
		for _, r := range b.progress(t, b.Actor(t, "monitor"), analytics.Query{By: analytics.ByCity, Period: q3}).Rows {
			got[r.Key] = counts{r.Expected, r.Submitted, r.OnTime, r.Accepted}
		}
		want := map[string]counts{"340100": {3, 2, 2, 1}, "340700": {2, 1, 0, 0}}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(counts{})); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestSharesOfExpected(t *testing.T) {
	r := analytics.Row{Expected: 16, Submitted: 11, OnTime: 5, Accepted: 1, Lights: map[analytics.Light]int64{analytics.Behind: 9, analytics.Severe: 2}}
	for name, share := range map[string]func() (plan.Fraction, bool){"68.8": r.Completeness, "31.3": r.Timeliness, "6.3": r.Acceptance} {
		if got, ok := share(); !ok || got.Percent(1) != name {
			t.Errorf("got %s, want %s", got.Percent(1), name)
		}
	}
	if got, _ := r.Share(analytics.Behind); got.Percent(1) != "56.3" || r.Missing() != 5 || r.BehindUnits() != 11 {
		t.Errorf("share %s, missing %d, behind %d", got.Percent(1), r.Missing(), r.BehindUnits())
	}
	if _, ok := (analytics.Row{}).Completeness(); ok {
		t.Error("nothing is expected, yet there is a rate")
	}
}

// Whatever the rows are, they add up to the whole.
func TestRowsAddUpToTheTotal(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		for _, by := range []analytics.By{analytics.ByCity, analytics.ByCounty, analytics.ByUnit, analytics.ByBatch, analytics.ByType} {
			answer := b.progress(t, b.Actor(t, "monitor"), analytics.Query{By: by, Period: q3})
			var expected, reported, submitted int64
			for _, r := range answer.Rows {
				expected, reported, submitted = expected+r.Expected, reported+r.Reported, submitted+r.Submitted
			}
			if total := answer.Total; expected != total.Expected || reported != total.Reported || submitted != total.Submitted {
				t.Errorf("by %s: %d, %d, %d add up to %+v", by, expected, reported, submitted, total)
			}
		}
	})
}

// A unit whose division was merged away still has its page.
func TestUnitOfAMergedDivisionAnswers(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		merged := "key,code,name,level,parent,valid_from,valid_to,statistics_only,successor\n" +
			"340181001001,340181001001,草城社区居委会,5,,,2019-09-01,,340104001001\n"
		if _, err := b.Tree.Import(t.Context(), strings.NewReader(merged), "merged.csv", false, "test"); err != nil {
			t.Fatal(err)
		}
		b.OpenPeriods(t)
		b.refresh(t)
		answer, err := b.figures.Unit(t.Context(), b.Actor(t, "clerk-community-03"), "community-03", q3)
		if err != nil || !answer.Owes {
			t.Fatalf("owes %v, %v", answer.Owes, err)
		}
	})
}
