package reporting_test

import (
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// refusing runs fn while the database itself refuses to do what to table (`INSERT` or `UPDATE`).
func (p province) refusing(t *testing.T, what, table string, fn func()) {
	t.Helper()
	if p.DB.Dialect() == database.SQLite {
		p.exec(t, fmt.Sprintf("CREATE TRIGGER test_stop BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, 'stopped by the test'); END", what, table))
		defer p.exec(t, "DROP TRIGGER test_stop")
	} else {
		p.exec(t, "CREATE OR REPLACE FUNCTION test_stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stopped by the test'; END $$")
		p.exec(t, fmt.Sprintf("CREATE TRIGGER test_stop BEFORE %s ON %s FOR EACH ROW EXECUTE FUNCTION test_stop()", what, table))
		defer p.exec(t, "DROP TRIGGER test_stop ON "+table)
	}
	fn()
}

// TestAnActIsWholeOrNothing: when the ledger cannot be written the act leaves no state, and when the
// state cannot be written the act leaves nothing in the ledger.
func TestAnActIsWholeOrNothing(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ref := reportingtest.Ref("community-01", "2019Q3")
		clerk, monitor := p.Actor(t, "clerk-community-01"), p.Actor(t, "monitor")
		p.Save(t, "community-01", "2019Q3", reportingtest.Community)
		stopped := func(act string, fn func() error) {
			t.Helper()
			before := p.kept(t)
			for _, at := range []struct{ what, table string }{{"INSERT", "ledger"}, {"UPDATE", "reports"}} {
				p.refusing(t, at.what, at.table, func() {
					err := fn()
					if _, isFault := fault.As(err); err == nil || isFault || !strings.Contains(err.Error(), "stopped by the test") {
						t.Fatalf("%s without %s: %v", act, at.table, err)
					}
				})
				p.unchanged(t, before)
			}
			if err := fn(); err != nil { // it was only the database that kept it back
				t.Fatalf("%s: %v", act, err)
			}
		}
		steps := []struct {
			act   reporting.Act
			actor accounts.Actor
		}{
			{reporting.ActSave, clerk}, {reporting.ActSubmit, clerk}, {reporting.ActWithdraw, clerk}, {reporting.ActSubmit, clerk},
			{reporting.ActReturn, monitor}, {reporting.ActSubmit, clerk}, {reporting.ActAccept, monitor}, {reporting.ActReopen, monitor},
		}
		for _, s := range steps {
			stopped(string(s.act), func() error {
				_, err := p.do(t, s.act, s.actor, ref)
				return err
			})
		}
		p.importPilots(t, "community-03,草城社区,340181001001,community,2019,2019-07-01,day,2019-08-01,false,")
		stopped("open, which leaves one unit out", func() error {
			_, err := p.Reports.OpenPeriods(t.Context(), accounts.System("test"))
			return err
		})
	})
}

func TestANewQuarterOpensWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Clock.Set("2020-01-01")
		before := p.kept(t)
		for _, table := range []string{"ledger", "reports", "periods"} {
			p.refusing(t, "INSERT", table, func() {
				if _, err := p.Reports.OpenPeriods(t.Context(), accounts.System("test")); err == nil || !strings.Contains(err.Error(), "stopped by the test") {
					t.Fatalf("opened without %s: %v", table, err)
				}
			})
			p.unchanged(t, before)
		}
		if n, err := p.Reports.OpenPeriods(t.Context(), accounts.System("test")); n != 5 || err != nil {
			t.Fatalf("opened %d, err %v", n, err)
		}
	})
}
