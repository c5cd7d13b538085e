package reportingtest_test

import (
	"context"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestProvince(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		p := reportingtest.New(t, db)
		monitor := p.Actor(t, "monitor")
		n, err := p.Reports.Count(context.Background(), monitor, reporting.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		if n != 2*4+3 { // the second batch owes its first report for 2019Q3
			t.Errorf("%d reports are owed, want 11", n)
		}
		for _, name := range []string{"admin", "viewer", "reviewer-340100", "reviewer-340705", "clerk-community-01"} {
			if actor := p.Actor(t, name); actor.UserID == 0 {
				t.Errorf("%s is nobody", name)
			}
		}
		p.Past(t, "community-01", "2019Q2", reportingtest.Community)
		if r := p.Report(t, "community-01", "2019Q2"); r.Status != reporting.Accepted || r.AcceptedRevision != 1 {
			t.Errorf("after Past the report is %s, revision %d", r.Status, r.AcceptedRevision)
		}
		if r := p.Report(t, "community-01", "2019Q3"); !r.Prefilled || r.Values["m1_3"].Number != 125 {
			t.Errorf("the next report is not filled with the last one: %+v", r.Values)
		}
	})
}
