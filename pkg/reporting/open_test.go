package reporting_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// owed gives the expected reports as `unit quarter quarter …`, by unit.
func (p province) owed(t testing.TB) []string {
	t.Helper()
	var rows []struct{ Key, Period string }
	err := p.DB.Read(t.Context()).Raw(`SELECT u.key, r.period FROM reports r JOIN units u ON u.id = r.unit_id
		WHERE r.expected = ? ORDER BY u.key, r.period`, true).Scan(&rows).Error
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, r := range rows {
		if n := len(list); n > 0 && strings.HasPrefix(list[n-1], r.Key+" ") {
			list[n-1] += " " + r.Period
			continue
		}
		list = append(list, r.Key+" "+r.Period)
	}
	return list
}

// open opens periods on a day and wants so many obligations made or changed.
func (p province) open(t testing.TB, day string, want int) {
	t.Helper()
	p.Clock.Set(day)
	n, err := p.Reports.OpenPeriods(t.Context(), accounts.System("test"))
	if err != nil || n != want {
		t.Fatalf("on %s %d obligations were made or changed, want %d, err %v", day, n, want, err)
	}
}

// TestObligationsPerQuarter: since the quarter in which the plan was issued (2018-11-22), for those
// designated on its last day, none for a quarter that has not ended, and none twice.
func TestObligationsPerQuarter(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		want := []string{
			"community-01 2018Q4 2019Q1 2019Q2 2019Q3",
			"community-02 2018Q4 2019Q1 2019Q2 2019Q3",
			"community-03 2019Q3", "district-01 2019Q3", "street-01 2019Q3",
		}
		if diff := cmp.Diff(want, p.owed(t)); diff != "" {
			t.Fatal(diff)
		}
		before := p.kept(t)
		p.open(t, "2019-10-12", 0)
		p.open(t, "2019-12-31", 0)
		p.open(t, "2018-11-22", 0) // a clock that goes back takes nothing away
		p.unchanged(t, before)
		p.open(t, "2020-01-01", 5)
		p.open(t, "2021-08-15", 4*5) // the plan ends with 2020Q4
		p.open(t, "2022-01-01", 0)
		for i := range want {
			want[i] += " 2019Q4 2020Q1 2020Q2 2020Q3 2020Q4"
		}
		if diff := cmp.Diff(want, p.owed(t)); diff != "" {
			t.Fatal(diff)
		}
		if n, m := p.count(t, "ledger WHERE act = 'report.opened'"), p.count(t, "reports WHERE status = 'open' AND version = 1"); n != m || n != 36 {
			t.Errorf("%d entries for %d reports", n, m)
		}
	})
}

func TestPeriods(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		calendar, err := p.Reports.Periods(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range calendar {
			got = append(got, fmt.Sprint(c.Form, " ", c.Period, " ", c.Due, " ", c.Lock))
			if period.DateOf(c.OpenedAt).String() != reportingtest.Today {
				t.Errorf("%s was opened at %s", c.Period, c.OpenedAt)
			}
		}
		want := []string{
			"progress 2019Q3 2019-10-10 2019-10-30", "progress 2019Q2 2019-07-10 2019-07-30",
			"progress 2019Q1 2019-04-10 2019-04-30", "progress 2018Q4 2019-01-10 2019-01-30",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if r := p.Report(t, "community-01", "2019Q3"); r.Due.String() != "2019-10-10" || r.Lock.String() != "2019-10-30" {
			t.Errorf("the report is due %s and locked %s", r.Due, r.Lock)
		}
		// A date set for one period stays, also for those who come to owe it later.
		p.exec(t, "UPDATE periods SET due = '2019-07-20', lock = '2019-08-20' WHERE period = '2019Q2'")
		p.importPilots(t, "late-01,亚父街道,340181001,street,2019,2019-04-01,day,,false,")
		p.open(t, "2019-10-12", 2)
		if r := p.Report(t, "late-01", "2019Q2"); r.Due.String() != "2019-07-20" || r.Lock.String() != "2019-08-20" {
			t.Errorf("the report is due %s and locked %s", r.Due, r.Lock)
		}
	})
}

func TestAReportThatIsNotDueIsVirtual(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Past(t, "community-01", "2019Q2", reportingtest.Community)
		before := p.kept(t)
		report := p.Report(t, "community-01", "2019Q4")
		if report.Status != reporting.NotDue || !report.Prefilled || report.Values["m1_3"] != given(125) || report.Version != 0 ||
			report.Due.String() != "2020-01-10" || report.Lock.String() != "2020-01-30" {
			t.Errorf("%+v", report)
		}
		today := period.MustParseDate("2019-10-12")
		if acts := report.Allowed(accounts.System("test"), today); len(acts) != 0 {
			t.Errorf("it offers %v", acts)
		}
		cases := []struct{ name, unit, quarter string }{
			{"not due", "community-01", "2019Q4"},
			{"after the plan", "community-01", "2021Q1"},
			{"before the plan was issued", "community-01", "2018Q3"},
			{"before its designation", "community-03", "2019Q2"},
		}
		system := accounts.System("test")
		for _, c := range cases {
			ref := reportingtest.Ref(c.unit, c.quarter)
			if c.name != "not due" {
				_, err := p.Reports.Report(t.Context(), system, ref)
				wantFault(t, err, fault.NotFound, "report.not_owed")
			}
			for _, act := range []reporting.Act{reporting.ActSave, reporting.ActSubmit, reporting.ActAccept, reporting.ActReopen} {
				_, err := p.do(t, act, system, ref)
				wantFault(t, err, fault.NotFound, "report.not_owed")
			}
		}
		p.unchanged(t, before)
	})
}

// TestPeriodsOpenOnceHoweverManyOpenThem: jobs of several instances run at the same moment.
func TestPeriodsOpenOnceHoweverManyOpenThem(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Clock.Set("2020-04-02") // two quarters have ended meanwhile
		made := make([]int, 6)
		errs := p.together(t, len(made), func(i int) (err error) {
			made[i], err = p.Reports.OpenPeriods(t.Context(), accounts.System("test"))
			return err
		})
		total := 0
		for _, n := range made {
			total += n
		}
		if err := errors.Join(errs...); err != nil || total != 10 {
			t.Fatalf("%v made %d obligations, err %v", made, total, err)
		}
		for _, table := range []string{"reports", "ledger"} {
			if n := p.count(t, table+" WHERE form <> '' AND period > '2019Q3'"); n != 10 {
				t.Errorf("%d rows in %s", n, table)
			}
		}
	})
}

func TestAPilotAddedLaterOwesFromItsDesignation(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		before := p.owed(t)
		p.importPilots(t,
			"late-01,亚父街道,340181001,street,2018,2019-06-30,day,,false,",
			"late-02,亚父街道,340181001,street,2018,2019-07-01,day,,false,",
			"late-03,亚父街道,340181001,street,2018,2019-10-01,day,,false,",
			"late-04,亚父街道,340181001,street,2018,2016-01-01,year,,false,",
			"late-05,亚父街道,340181001,street,2018,2019-01-01,day,2019-06-30,false,",
		)
		p.open(t, "2019-10-12", 2+1+0+4+1)
		want := append(before[:4:4], "late-01 2019Q2 2019Q3", "late-02 2019Q3", "late-04 2018Q4 2019Q1 2019Q2 2019Q3", "late-05 2019Q1", before[4])
		if diff := cmp.Diff(want, p.owed(t)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestADesignationThatEndedLeavesTheCounts(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		const line = "community-01,方兴社区,340104001001,community,2018,2018-10-01,month,%s,false,"
		monitor, ref := p.Actor(t, "monitor"), reportingtest.Ref("community-01", "2019Q3")
		p.Past(t, "community-01", "2019Q2", reportingtest.Community)
		filed := p.Submit(t, "community-01", "2019Q3", typed{"m1_2": "50"})
		check := func(wantCount int64, wantObligations int) {
			t.Helper()
			n, err := p.Reports.Count(t.Context(), monitor, reporting.Filter{Period: ref.Period})
			if err != nil || n != wantCount {
				t.Errorf("%d reports are expected, want %d, err %v", n, wantCount, err)
			}
			list, err := reporting.Obligations(p.DB.Read(t.Context()), []int64{filed.Unit.ID})
			if err != nil || len(list) != wantObligations {
				t.Errorf("%d obligations, want %d, err %v", len(list), wantObligations, err)
			}
			report := p.Report(t, "community-01", "2019Q3")
			if diff := cmp.Diff(filed.Values, report.Values); diff != "" || report.Revision != 1 || report.Status != reporting.Submitted {
				t.Errorf("%s, revision %d\n%s", report.Status, report.Revision, diff)
			}
		}
		check(5, 4)
		p.importPilots(t, fmt.Sprintf(line, "2019-09-30")) // its last day was the day before
		p.open(t, "2019-10-12", 1)
		p.open(t, "2019-10-12", 0)
		check(4, 3)
		if owed := p.owed(t)[0]; owed != "community-01 2018Q4 2019Q1 2019Q2" {
			t.Errorf("it owes %s", owed)
		}
		if _, err := p.Reports.Withdraw(t.Context(), p.Actor(t, "clerk-community-01"), ref, 0); err != nil {
			t.Fatal(err)
		}
		if n := p.count(t, "reports WHERE expected = ?", false); n != 1 {
			t.Errorf("an act brought it back into the counts: %d reports are outside", n)
		}
		p.Submit(t, "community-01", "2019Q3", nil)
		p.importPilots(t, fmt.Sprintf(line, "2019-10-01")) // it was designated on the quarter's last day after all
		p.open(t, "2019-10-12", 1)
		if n := p.count(t, "reports WHERE expected = ?", false); n != 0 {
			t.Errorf("%d reports are outside the counts", n)
		}
		p.open(t, "2020-01-01", 4)
		if _, err := p.Reports.Report(t.Context(), monitor, reportingtest.Ref("community-01", "2020Q1")); !fault.Is(err, fault.NotFound) {
			t.Errorf("it still owes 2020Q1: %v", err)
		}
	})
}

func TestABatchSetRightChangesTheObligation(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.importPilots(t, "community-03,草城社区,340181001001,community,2018,2019-07-01,day,,false,")
		if _, ok := p.Report(t, "community-03", "2019Q3").Form.Item("m1_3"); ok {
			t.Error("the form changed before the obligation did")
		}
		p.open(t, "2019-10-12", 1)
		if _, ok := p.Report(t, "community-03", "2019Q3").Form.Item("m1_3"); !ok {
			t.Error("the form is still that of the other batch")
		}
	})
}
