package reporting_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// setDates changes the dates of 2019Q3.
func (p province) setDates(t *testing.T, user, due, lock, reason string) error {
	t.Helper()
	return p.Reports.SetDates(t.Context(), p.Actor(t, user), reportingtest.Form, period.MustParse("2019Q3"),
		period.MustParseDate(due), period.MustParseDate(lock), reason)
}

func TestDatesOfAPeriodChange(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		reopened := reportingtest.Ref("community-02", "2019Q3")
		if _, err := p.Reports.Reopen(t.Context(), p.Actor(t, "monitor"), reopened, 0, "补报", period.MustParseDate("2019-11-20")); err != nil {
			t.Fatal(err)
		}
		dates := func(unit, quarter string) string {
			r := p.Report(t, unit, quarter)
			return r.Due.String() + " " + r.Lock.String()
		}
		for _, c := range []struct{ due, lock, extended string }{
			{"2019-10-18", "2019-11-05", "2019-11-20"}, // later, but the extension is later still
			{"2019-10-09", "2019-10-12", "2019-11-20"}, // earlier
			{"2019-10-18", "2019-11-30", "2019-11-30"}, // later than the extension
		} {
			if err := p.setDates(t, "admin", c.due, c.lock, " 国庆假期顺延 "); err != nil {
				t.Fatal(err)
			}
			for _, unit := range []string{"community-01", "district-01"} {
				if got := dates(unit, "2019Q3"); got != c.due+" "+c.lock {
					t.Errorf("%s: %s", unit, got)
				}
			}
			if got := dates("community-02", "2019Q3"); got != c.due+" "+c.extended {
				t.Errorf("reopened: %s, want %s %s", got, c.due, c.extended)
			}
			if got := dates("community-01", "2019Q2"); got != "2019-07-10 2019-07-30" {
				t.Errorf("another quarter: %s", got)
			}
		}
		periods, err := p.Reports.Periods(t.Context())
		if err != nil || periods[0].Due.String() != "2019-10-18" || periods[0].Lock.String() != "2019-11-30" {
			t.Errorf("periods %+v, %v", periods[0], err)
		}
		changes, err := p.Reports.DateChanges(t.Context(), p.Actor(t, "clerk-street-01"))
		if err != nil || len(changes) != 3 {
			t.Fatalf("%d changes, %v", len(changes), err)
		}
		first := changes[2]
		if first.At.IsZero() || first.ActorID == 0 {
			t.Errorf("%+v", first)
		}
		first.At, first.ActorID = changes[0].At, 0
		want := reporting.DateChange{
			Form: reportingtest.Form, Period: period.MustParse("2019Q3"), At: first.At, ActorName: "admin", Reason: "国庆假期顺延",
			OldDue: period.MustParseDate("2019-10-10"), OldLock: period.MustParseDate("2019-10-30"),
			Due: period.MustParseDate("2019-10-18"), Lock: period.MustParseDate("2019-11-05"),
		}
		if diff := cmp.Diff(want, first); diff != "" {
			t.Error(diff)
		}
		p.On("2019-12-01", func() { // its lights stand for ever
			if err := p.setDates(t, "admin", "2019-10-18", "2019-12-10", "补报"); !fault.Is(err, fault.Conflict) {
				t.Errorf("after the lock date: %v", err)
			}
		})
	})
}

// A unit that is designated late gets the changed dates as well.
func TestNewObligationsHaveTheChangedDates(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		if err := p.setDates(t, "admin", "2019-10-18", "2019-11-05", "顺延"); err != nil {
			t.Fatal(err)
		}
		p.exec(t, "DELETE FROM reports WHERE period = '2019Q3' AND unit_id = ?", p.Unit(t, "street-01").ID)
		p.OpenPeriods(t)
		if r := p.Report(t, "street-01", "2019Q3"); r.Due.String() != "2019-10-18" || r.Lock.String() != "2019-11-05" {
			t.Errorf("due %s, lock %s", r.Due, r.Lock)
		}
	})
}

func TestDatesThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		before := p.kept(t)
		for name, c := range map[string]struct {
			user, due, lock, reason, field string
			kind                           fault.Kind
		}{
			"no reason":              {"admin", "2019-10-18", "2019-11-05", "  ", "reason", fault.Invalid},
			"due within the quarter": {"admin", "2019-09-30", "2019-11-05", "x", "due", fault.Invalid},
			"lock before due":        {"admin", "2019-10-18", "2019-10-17", "x", "lock", fault.Invalid},
			"lock in two years":      {"admin", "2019-10-18", "2021-10-17", "x", "lock", fault.Invalid},
			"a monitor":              {"monitor", "2019-10-18", "2019-11-05", "x", "", fault.Forbidden},
			"a reviewer":             {"reviewer-340100", "2019-10-18", "2019-11-05", "x", "", fault.Forbidden},
			"a clerk":                {"clerk-community-01", "2019-10-18", "2019-11-05", "x", "", fault.Forbidden},
		} {
			f, ok := fault.As(p.setDates(t, c.user, c.due, c.lock, c.reason))
			if !ok || f.Kind != c.kind || (c.field != "" && (len(f.Fields) != 1 || f.Fields[0].Name != c.field)) {
				t.Errorf("%s: %v", name, f)
			}
		}
		err := p.Reports.SetDates(t.Context(), p.Actor(t, "admin"), reportingtest.Form, period.MustParse("2019Q4"),
			period.MustParseDate("2020-01-20"), period.MustParseDate("2020-02-20"), "x")
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a period that is not open: %v", err)
		}
		if diff := cmp.Diff(before, p.kept(t)); diff != "" {
			t.Error(diff)
		}
	})
}
