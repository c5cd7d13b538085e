package analytics_test

import (
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting/reportingtest"
)

// standsAt writes each curve as `key planned/earned (reported/expected)` of the asked quarter.
func standsAt(curves []analytics.Curve) string {
	var list []string
	for _, c := range curves {
		for _, p := range c.Points {
			if p.Period == q3 {
				list = append(list, fmt.Sprintf("%s %s/%s (%d/%d)", c.Key, p.Planned.Percent(2), p.Earned.Percent(2), p.Reported, p.Expected))
			}
		}
	}
	return strings.Join(list, ", ")
}

func TestPathsSplitAsAskedAndAgreeWithProgress(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		monitor := b.Actor(t, "monitor")
		for _, c := range []struct {
			query analytics.Query
			want  string
		}{
			{analytics.Query{By: analytics.ByProvince}, "340000 48.56/40.00 (3/5)"},
			{analytics.Query{By: analytics.ByCity}, "340100 38.08/37.50 (2/3), 340700 69.50/45.00 (1/2)"},
			{analytics.Query{By: analytics.ByCounty}, "340104 69.50/55.00 (1/1), 340181 6.67/20.00 (1/2), 340705 69.50/45.00 (1/2)"},
			{analytics.Query{By: analytics.ByCounty, Scope: "340100"}, "340104 69.50/55.00 (1/1), 340181 6.67/20.00 (1/2)"},
			{analytics.Query{By: analytics.ByCity, Scope: "340100"}, "340100 38.08/37.50 (2/3)"},
			{analytics.Query{By: analytics.ByWorkstream, Scope: "340700"}, "W1 74.17/33.33 (1/2), W2 62.50/62.50 (1/2)"},
			{analytics.Query{By: analytics.ByBatch}, "2018 69.50/50.00 (2/2), 2019 6.67/20.00 (1/3)"},
			{analytics.Query{By: analytics.ByProvince, Unit: "community-01"}, "community-01 69.50/55.00 (1/1)"},
		} {
			c.query.Period = q3
			curves, err := b.figures.Paths(t.Context(), monitor, c.query)
			if err != nil {
				t.Fatalf("%+v: %v", c.query, err)
			}
			if got := standsAt(curves); got != c.want {
				t.Errorf("%+v: got %s, want %s", c.query, got, c.want)
			}
		}
	})
}

// By batch, Paths draws what Curves draws, in all quarters.
func TestPathsByBatchAreTheCurves(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		query := analytics.Query{By: analytics.ByBatch, Period: q3}
		paths, err := b.figures.Paths(t.Context(), b.Actor(t, "monitor"), query)
		if err != nil {
			t.Fatal(err)
		}
		curves, err := b.figures.Curves(t.Context(), b.Actor(t, "monitor"), query)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(paths), fmt.Sprint(curves); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestPathsKeepToTheScope(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		_, err := b.figures.Paths(t.Context(), b.Actor(t, "reviewer-340100"), analytics.Query{By: analytics.ByCounty, Scope: "340700"})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("another city: got %v", err)
		}
		_, err = b.figures.Paths(t.Context(), b.Actor(t, "monitor"), analytics.Query{By: analytics.ByUnit})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("by unit: got %v", err)
		}
	})
}

func TestRankingIsWithinTheBatchAndLeavesOutWhoHasNotReported(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		monitor := b.Actor(t, "monitor")
		text := func(rows []analytics.Ranked) string {
			var list []string
			for _, r := range rows {
				list = append(list, fmt.Sprintf("%s %d/%d", r.Key, r.Place, r.Of))
			}
			return strings.Join(list, ", ")
		}
		for _, c := range []struct {
			batch     string
			by        analytics.RankBy
			lastFirst bool
			want      string
		}{
			{"2018", analytics.RankByGap, false, "community-01 1/2, community-02 2/2"},
			{"2018", analytics.RankByEarned, true, "community-02 2/2, community-01 1/2"},
			{"2019", analytics.RankByGap, true, "district-01 1/1, street-01 0/0, community-03 0/0"},
		} {
			rows, next, err := b.figures.Ranking(t.Context(), monitor, analytics.Query{Period: q3, Batch: c.batch}, c.by, c.lastFirst)
			if err != nil || next != "" {
				t.Fatal(next, err)
			}
			if got := text(rows); got != c.want {
				t.Errorf("%+v: got %s", c, got)
			}
		}
		rows, next, err := b.figures.Ranking(t.Context(), monitor, analytics.Query{Period: q3, Batch: "2018", Limit: 1}, analytics.RankByGap, false)
		if err != nil || text(rows) != "community-01 1/2" || next != "1" {
			t.Errorf("first page: %s %s %v", text(rows), next, err)
		}
		rows, next, err = b.figures.Ranking(t.Context(), monitor, analytics.Query{Period: q3, Batch: "2018", Limit: 1, After: next}, analytics.RankByGap, false)
		if err != nil || text(rows) != "community-02 2/2" || next != "" {
			t.Errorf("second page: %s %s %v", text(rows), next, err)
		}
		_, _, err = b.figures.Ranking(t.Context(), b.Actor(t, "reviewer-340100"), analytics.Query{Scope: "340700"}, analytics.RankByGap, false)
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("another city: got %v", err)
		}
	})
}

func TestEqualRowsShareAPlace(t *testing.T) {
	rows := []analytics.Row{
		{Key: "a", Gap: 3, HasFigures: true}, {Key: "b"}, {Key: "c", Gap: -1, HasFigures: true}, {Key: "d", Gap: 3, HasFigures: true},
		{Key: "e", Gap: 4, HasFigures: true},
	}
	var got []string
	for _, r := range analytics.Rank(rows, analytics.RankByGap, false) {
		got = append(got, fmt.Sprintf("%s %d/%d", r.Key, r.Place, r.Of))
	}
	if text := strings.Join(got, ", "); text != "c 1/4, a 2/4, d 2/4, e 4/4, b 0/0" {
		t.Errorf("got %s", text)
	}
	if first := analytics.Rank(rows, analytics.RankByGap, true)[0].Key; first != "e" {
		t.Errorf("the last is %s", first)
	}
}

// Whatever is known, by whatever reports and in whatever tree: paths, places and rankings say what Progress
// says.
func TestPathsKnowWhatProgressKnows(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		b.Clock.Go(60)
		before := b.Clock.Now()
		b.Clock.Go(60)
		b.Submit(t, "community-02", "2019Q3", reportingtest.Values{"m1_1": "true", "m2_1": "90"})
		b.refresh(t)
		monitor := b.Actor(t, "monitor")
		for _, query := range []analytics.Query{
			{}, {Basis: analytics.AllSubmitted}, {AsOf: before}, {Tree: analytics.AsNow}, {Basis: analytics.AllSubmitted, AsOf: before},
		} {
			query.By, query.Period = analytics.ByCity, q3
			var want []string
			for _, r := range b.progress(t, monitor, query).Rows {
				want = append(want, fmt.Sprintf("%s %s/%s (%d/%d)", r.Key, r.Planned.Percent(2), r.Earned.Percent(2), r.Reported, r.Expected))
			}
			curves, err := b.figures.Paths(t.Context(), monitor, query)
			if err != nil {
				t.Fatal(err)
			}
			if got := standsAt(curves); got != strings.Join(want, ", ") {
				t.Errorf("%+v: got %s, want %v", query, got, want)
			}
			b.ranksAs(t, query)
		}
		then, err := b.figures.Filing(t.Context(), monitor, analytics.Query{Period: q3, AsOf: before})
		if err != nil {
			t.Fatal(err)
		}
		now, err := b.figures.Filing(t.Context(), monitor, analytics.Query{Period: q3})
		if err != nil {
			t.Fatal(err)
		}
		if was, is := filed(then)["community-02"], filed(now)["community-02"]; !strings.HasSuffix(was, " late") || !strings.HasSuffix(is, " in_review!") {
			t.Errorf("community-02 was %q and is %q", was, is)
		}
	})
}

// ranksAs holds that a ranking has the figures and lights that Progress has.
func (b board) ranksAs(t *testing.T, query analytics.Query) {
	t.Helper()
	query.By, query.Batch = analytics.ByUnit, "2018"
	monitor := b.Actor(t, "monitor")
	rows := b.progress(t, monitor, query).Rows
	ranked, _, err := b.figures.Ranking(t.Context(), monitor, query, analytics.RankByGap, false)
	if err != nil || len(ranked) != len(rows) {
		t.Fatalf("%d ranked, %d rows, %v", len(ranked), len(rows), err)
	}
	for _, r := range ranked {
		want := row(t, rows, r.Key)
		if r.Gap != want.Gap || r.Light != want.Light || (r.Place > 0) != want.HasFigures {
			t.Errorf("%+v: %s has gap %d and %s in place %d, want %d and %s", query, r.Key, r.Gap, r.Light, r.Place, want.Gap, want.Light)
		}
	}
}
