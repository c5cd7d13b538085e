package analytics_test

import (
	"testing"
	"time"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestBurdenIsMeasuredFromHistory: cells asked, filled and changed since the quarter before, and the
// time between saves without the pause over lunch.
func TestBurdenIsMeasuredFromHistory(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		p := reportingtest.New(t, db, analytics.Feeds()...)
		figures := analytics.New(db, p.Plans, p.Tree, p.Reports, p.Clock.Now)
		p.Past(t, "community-01", "2019Q2", reportingtest.Values{"m1_1": "true", "m1_2": "50"})
		ref := reporting.Ref{Unit: "community-01", Form: reportingtest.Form, Period: period.MustParse("2019Q3")}
		clerk := p.Actor(t, "clerk-community-01")
		save := func(after time.Duration, value string) {
			t.Helper()
			p.Clock.Go(int(after / time.Minute))
			report, err := p.Reports.Report(t.Context(), clerk, ref)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Reports.Save(t.Context(), clerk, ref, reporting.Edit{Version: report.Version, Values: map[string]any{"m1_2": value}}); err != nil {
				t.Fatal(err)
			}
		}
		save(0, "60")
		save(2*time.Minute, "61")
		save(time.Hour, "62")
		p.Clock.Go(3)
		if _, err := p.Reports.Submit(t.Context(), clerk, ref, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := figures.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		form, err := p.Forms.Form(t.Context(), clerk, reportingtest.Form)
		if err != nil {
			t.Fatal(err)
		}
		query := analytics.Query{Form: reportingtest.Form, Period: ref.Period, Scope: "340100"}
		monitor := p.Actor(t, "monitor")
		b, err := figures.Burden(t.Context(), monitor, form, query)
		if err != nil {
			t.Fatal(err)
		}
		if b.Reports != 1 || b.Given != 2 || b.Changed != 1 || b.Timed != 1 || b.Asked <= b.Given {
			t.Errorf("measured %d reports, %d of %d cells given, %d changed, %d timed", b.Reports, b.Given, b.Asked, b.Changed, b.Timed)
		}
		if minutes := b.MedianSeconds / 60; minutes != 5 {
			t.Errorf("%d minutes, want 2 + 3", minutes)
		}
		rows, next, err := figures.BurdenRows(t.Context(), monitor, query)
		if err != nil || next != "" || len(rows) != 1 || rows[0].Unit.Key != "community-01" || rows[0].Changed != 1 {
			t.Errorf("rows %+v, next %q, err %v", rows, next, err)
		}
		for _, i := range b.Unused() {
			if i.Milestone != "" {
				t.Errorf("%s measures a milestone and counts as unused", i.Key)
			}
		}
		if _, err := figures.Burden(t.Context(), p.Actor(t, "reviewer-340700"), form, query); !fault.Is(err, fault.Forbidden) {
			t.Errorf("another city's reviewer: %v", err)
		}
		differences, err := figures.Rebuild(t.Context())
		if err != nil || differences.Total > 0 {
			t.Errorf("rebuilt differently: %+v, err %v", differences, err)
		}
	})
}
