package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

// remind runs the job twice and gives what community-01's clerk is told about 2019Q3.
func (w *world) remind(t *testing.T) string {
	t.Helper()
	for range 2 {
		if err := w.notices.Remind(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var kinds []string
	for _, n := range w.inbox(t, "clerk-community-01") {
		if n.Period == period.MustParse("2019Q3") {
			kinds = append(kinds, n.Kind)
		}
	}
	return strings.Join(kinds, " ")
}

// 2019Q3 is due on 2019-10-10 and locked after 2019-10-30.
func TestRemindersByDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.Report(t, "community-01", "2019Q3")
		if r.Due.String() != "2019-10-10" || r.Lock.String() != "2019-10-30" {
			t.Fatalf("due %s, lock %s", r.Due, r.Lock)
		}
		days := []struct{ day, want string }{
			{"2019-10-02", ""},
			{"2019-10-03", "remind.due"},
			{"2019-10-08", "remind.due"},
			{"2019-10-09", "remind.due remind.due"},
			{"2019-10-10", "remind.due remind.due"},
			{"2019-10-11", "remind.due remind.due remind.late"},
			{"2019-10-26", "remind.due remind.due remind.late"},
			{"2019-10-27", "remind.due remind.due remind.late remind.lock"},
			{"2019-10-31", "remind.due remind.due remind.late remind.lock"},
		}
		for _, d := range days {
			w.Clock.Set(d.day)
			if got := w.remind(t); got != d.want {
				t.Errorf("on %s: %q, want %q", d.day, got, d.want)
			}
		}
		list := w.inbox(t, "clerk-community-01")
		texts := ""
		for _, n := range list {
			texts += n.Text(locale.For(locale.English)) + "\n"
			if n.Urgent {
				t.Errorf("%s is urgent", n.Kind)
			}
		}
		for _, want := range []string{"by 10 Oct 2019", "was due on 10 Oct 2019", "locked on 30 Oct 2019"} {
			if !strings.Contains(texts, want) {
				t.Errorf("there is no %q in\n%s", want, texts)
			}
		}
		if got := len(w.inbox(t, "reviewer-340100")) + len(w.inbox(t, "monitor")); got != 0 {
			t.Errorf("reviewers and monitors have %d reminders", got)
		}
	})
}

func TestWhoIsNotReminded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Clock.Set("2019-10-03")
		w.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		if got := w.remind(t); got != "" {
			t.Errorf("whose report is in is told %q", got)
		}
		w.Return(t, "community-01", "2019Q3")
		if got := w.remind(t); got != "remind.due" {
			t.Errorf("whose report was returned is told %q", got)
		}
		w.Submit(t, "community-01", "2019Q3", nil)
		w.Accept(t, "community-01", "2019Q3")
		w.Clock.Set("2019-10-09")
		ref, until := reportingtest.Ref("community-01", "2019Q3"), period.MustParseDate("2019-11-20")
		if _, err := w.Reports.Reopen(t.Context(), w.Actor(t, "monitor"), ref, 0, "更正", until); err != nil {
			t.Fatal(err)
		}
		if got := w.remind(t); got != "remind.due" {
			t.Errorf("who corrects an accepted report is told %q", got)
		}
		w.Clock.Set("2019-11-18")
		if got := w.remind(t); got != "remind.due remind.lock" {
			t.Errorf("before the reopened report is locked again its clerk is told %q", got)
		}
	})
}

// More units than are read at once, in both queries of the job.
func TestRemindersOfManyUnits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Clock.Set("2019-10-03")
		unit := w.Unit(t, "community-01").ID
		const units = 1203
		for i := range units {
			w.exec(t, `INSERT INTO units (id, key, name, division_id, province_id, city_id, county_id)
				SELECT ?, ?, name, division_id, province_id, city_id, county_id FROM units WHERE id = ?`, 100000+i, fmt.Sprintf("many-%d", i), unit)
			w.exec(t, `INSERT INTO designations (unit_id, plan_id, since, since_precision, batch, type, document)
				SELECT ?, plan_id, since, since_precision, batch, type, document FROM designations WHERE unit_id = ?`, 100000+i, unit)
			w.exec(t, `INSERT INTO reports (unit_id, form, period, plan_id, batch, unit_type, province_id, city_id, county_id, due, lock, status, version)
				SELECT ?, form, period, plan_id, batch, unit_type, province_id, city_id, county_id, due, lock, 'open', 1 FROM reports WHERE unit_id = ? AND period = '2019Q3'`, 100000+i, unit)
			w.exec(t, `INSERT INTO users (name, display, role, unit_id, password_hash, password_changed_at, created_at)
				VALUES (?, 'x', 'clerk', ?, 'x', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)`, fmt.Sprintf("many-%d", i), 100000+i)
		}
		for range 2 {
			if err := w.notices.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			count(t, w, "SELECT COUNT(*) FROM notices WHERE unit_id >= 100000", units)
		}
	})
}
