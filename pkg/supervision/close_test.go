package supervision_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/supervision"
)

// closed runs the job and gives how many orders it closed.
func (b board) closed(t *testing.T) int {
	t.Helper()
	n, err := b.orders.CloseMadeUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnOrderClosesWhenTheReportComesIn(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.issue(t, "monitor", lateReport("community-01"))
		b.issue(t, "monitor", lateReport("community-02"))
		b.Save(t, "community-01", "2019Q3", reportingtest.Community)
		if n := b.closed(t); n != 0 {
			t.Fatalf("%d closed for a draft", n)
		}
		b.Submit(t, "community-01", "2019Q3", nil)
		if n := b.closed(t); n != 1 {
			t.Fatalf("%d closed", n)
		}
		o := b.order(t, "community-01", 1)
		if o.Closing != supervision.MadeUp || o.ClosedAt.IsZero() || b.order(t, "community-02", 1).Closing != "" {
			t.Errorf("closed %+v", o)
		}
		steps, err := b.orders.History(t.Context(), b.Actor(t, "monitor"), o)
		if err != nil || len(steps) != 2 {
			t.Fatalf("%v, %v", steps, err)
		}
		if last := steps[1]; last.Act != supervision.ActClosed || last.ActorID != 0 || last.Closing != supervision.MadeUp || last.URL != "/supervision/community-01/1" {
			t.Errorf("recorded %+v", last)
		}
		if n := b.closed(t); n != 0 {
			t.Errorf("%d closed again", n)
		}
		b.Return(t, "community-01", "2019Q3")
		if again := b.issue(t, "monitor", lateReport("community-01")); again.No != 2 {
			t.Errorf("%+v", again)
		}
		if n := b.closed(t); n != 0 {
			t.Errorf("%d closed while the report is returned", n)
		}
	})
}

func TestAnOrderClosesWhenTheMilestoneIsComplete(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.issue(t, "monitor", lagging("community-01", "M1.1"))
		b.issue(t, "monitor", lagging("community-01", "M2.1"))
		b.issue(t, "monitor", lagging("community-02", "M1.1"))
		b.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m1_1": "true", "m2_1": "41"})
		b.refresh(t)
		if n := b.closed(t); n != 0 {
			t.Fatalf("%d closed by what is not accepted", n)
		}
		b.Accept(t, "community-01", "2019Q3")
		b.refresh(t)
		if n := b.closed(t); n != 1 {
			t.Fatalf("%d closed", n)
		}
		if o := b.order(t, "community-01", 1); o.Closing != supervision.MadeUp || b.order(t, "community-01", 2).Closing != "" || b.order(t, "community-02", 1).Closing != "" {
			t.Errorf("closed %+v", o)
		}
	})
}

// Several instances close at once: every order once.
func TestClosingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.issue(t, "monitor", lateReport("community-01"))
		b.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		counts, failures := make(chan int, 6), make(chan error, 6)
		for range cap(counts) {
			go func() {
				n, err := b.orders.CloseMadeUp(t.Context())
				failures <- err
				counts <- n
			}()
		}
		total := 0
		for range cap(counts) {
			if err := <-failures; err != nil {
				t.Error(err)
			}
			total += <-counts
		}
		if total != 1 {
			t.Errorf("closed %d times", total)
		}
	})
}

func TestOneOpenOrderPerSubject(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		monitor := b.Actor(t, "monitor")
		b.issue(t, "monitor", lateReport("community-01"))
		b.issue(t, "monitor", lagging("community-01", "M2.1"))
		for _, in := range []supervision.NewOrder{lateReport("community-01"), lagging("community-01", "M2.1")} {
			_, err := b.orders.Issue(t.Context(), monitor, in)
			refused(t, err, fault.Conflict, "supervision.already_open")
		}
		b.issue(t, "monitor", lagging("community-01", "M1.1"))
		earlier := lateReport("community-01")
		earlier.Period = period.MustParse("2019Q2")
		if o := b.issue(t, "monitor", earlier); o.No != 4 {
			t.Errorf("number %d", o.No)
		}
		b.Clock.Set("2020-01-15") // the next quarter: the milestone still has its order
		b.OpenPeriods(t)
		b.refresh(t)
		in := lagging("community-01", "M2.1")
		in.Due = period.MustParseDate("2020-02-01")
		_, err := b.orders.Issue(t.Context(), monitor, in)
		refused(t, err, fault.Conflict, "supervision.already_open")
	})
}

// Of those who issue the same at the same moment one gets through.
func TestIssuingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		users := []string{"monitor", "admin", "reviewer-340100", "reviewer-340104"}
		failures := make(chan error, len(users))
		for _, user := range users {
			actor := b.Actor(t, user)
			go func() { failures <- second(b.orders.Issue(t.Context(), actor, lateReport("community-01"))) }()
		}
		issued := 0
		for range users {
			if err := <-failures; err == nil {
				issued++
			} else {
				refused(t, err, fault.Conflict, "supervision.already_open")
			}
		}
		if issued != 1 {
			t.Errorf("%d issued", issued)
		}
	})
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		for _, unit := range []string{"community-01", "community-02", "community-03", "street-01"} {
			b.issue(t, "monitor", lateReport(unit))
		}
		b.issue(t, "monitor", lagging("community-01", "M2.1"))
		if err := b.try(t, "monitor", "raise"); err != nil {
			t.Fatal(err)
		}
		if err := b.try(t, "clerk-community-01", "sign"); err != nil {
			t.Fatal(err)
		}
		b.Submit(t, "community-02", "2019Q3", reportingtest.Community)
		b.closed(t)
		for _, c := range []struct {
			user   string
			filter supervision.Filter
			want   []string
		}{
			{"monitor", supervision.Filter{}, []string{"community-01/2", "street-01/1", "community-03/1", "community-02/1", "community-01/1"}},
			{"admin", supervision.Filter{State: supervision.StateOpen}, []string{"community-01/2", "street-01/1", "community-03/1", "community-01/1"}},
			{"monitor", supervision.Filter{State: supervision.StateUnsigned}, []string{"community-01/2", "street-01/1", "community-03/1"}},
			{"monitor", supervision.Filter{State: supervision.StateClosed}, []string{"community-02/1"}},
			{"monitor", supervision.Filter{Level: supervision.Yellow}, []string{"community-01/1"}},
			{"monitor", supervision.Filter{Scope: "340700"}, []string{"street-01/1", "community-02/1"}},
			{"monitor", supervision.Filter{Unit: "community-03"}, []string{"community-03/1"}},
			{"reviewer-340100", supervision.Filter{}, []string{"community-01/2", "community-03/1", "community-01/1"}},
			{"clerk-community-01", supervision.Filter{}, []string{"community-01/2", "community-01/1"}},
		} {
			if got := b.list(t, c.user, c.filter); !cmp.Equal(c.want, got) {
				t.Errorf("%s %+v: %v", c.user, c.filter, got)
			}
		}
		for user, f := range map[string]supervision.Filter{
			"viewer": {}, "reviewer-340100": {Scope: "340700"}, "reviewer-340700": {Unit: "community-01"}, "clerk-community-01": {Scope: "340100"},
		} {
			if _, _, err := b.orders.Orders(t.Context(), b.Actor(t, user), f); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", user, err)
			}
			if _, err := b.orders.Count(t.Context(), b.Actor(t, user), f); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s counts: %v", user, err)
			}
		}
		_, _, err := b.orders.Orders(t.Context(), b.Actor(t, "monitor"), supervision.Filter{After: "x"})
		refused(t, err, fault.Invalid, "list.bad_cursor")
	})
}

// list reads all pages of two, and compares their number with the count.
func (b board) list(t *testing.T, user string, f supervision.Filter) []string {
	t.Helper()
	var got []string
	actor := b.Actor(t, user)
	f.Limit = 2
	for {
		orders, next, err := b.orders.Orders(t.Context(), actor, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range orders {
			got = append(got, o.URL()[len("/supervision/"):])
		}
		if f.After = next; next == "" {
			break
		}
	}
	if n, err := b.orders.Count(t.Context(), actor, f); err != nil || n != int64(len(got)) {
		t.Errorf("%s counts %d of %d: %v", user, n, len(got), err)
	}
	return got
}
