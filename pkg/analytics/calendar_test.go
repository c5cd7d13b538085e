package analytics_test

import (
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

// A later due date takes a report that came late back into time, and the light that said so; an earlier
// one makes it late again.
func TestTheCalendarMovesTimeliness(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.Submit(t, "community-01", "2019Q3", reportingtest.Community) // on 10-12, due 10-10
		monitor, q := b.Actor(t, "monitor"), period.MustParse("2019Q3")
		for _, c := range []struct {
			due    string
			onTime int64
			late   bool
		}{{"2019-10-10", 0, true}, {"2019-10-12", 1, false}, {"2019-10-11", 0, true}} {
			err := b.Reports.SetDates(t.Context(), b.Actor(t, "admin"), reportingtest.Form, q, period.MustParseDate(c.due), period.MustParseDate("2019-10-30"), "调整")
			if err != nil {
				t.Fatal(err)
			}
			b.refresh(t)
			answer := b.progress(t, monitor, analytics.Query{By: analytics.ByCity, Period: q})
			if answer.Total.OnTime != c.onTime || answer.Due.String() != c.due {
				t.Errorf("due %s: %d on time, due %s", c.due, answer.Total.OnTime, answer.Due)
			}
			unit, err := b.figures.Unit(t.Context(), monitor, "community-02", q)
			if err != nil || unit.Due.String() != c.due || (unit.Row.Light == analytics.NotReported) != c.late {
				t.Errorf("due %s: community-02 is due %s, its light %s, %v", c.due, unit.Due, unit.Row.Light, err)
			}
		}
		if differences, err := b.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
			t.Errorf("a rebuild differs: %v, %v", differences, err)
		}
	})
}
