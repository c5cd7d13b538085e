package supervision_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/supervision"
)

// board is the small province with its figures and its supervision, on 2019-10-12: every report of
// 2019Q3 is late.
type board struct {
	*reportingtest.Province
	figures *analytics.Service
	orders  *supervision.Service
}

func each(t *testing.T, fn func(t *testing.T, b board)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := board{Province: reportingtest.New(t, db, analytics.Feeds()...)}
		b.figures = analytics.New(db, b.Plans, b.Tree, b.Reports, b.Clock.Now)
		b.orders = supervision.New(db, supervision.Services{Plans: b.Plans, Tree: b.Tree, Reports: b.Reports, Figures: b.figures}, b.Ledger, b.Clock.Now)
		b.refresh(t)
		fn(t, b)
	})
}

func (b board) refresh(t *testing.T) {
	t.Helper()
	if _, err := b.figures.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

var due = period.MustParseDate("2019-10-20")

// lateReport is an order about the late report of a unit.
func lateReport(unit string) supervision.NewOrder {
	return supervision.NewOrder{Unit: unit, Form: reportingtest.Form, Period: period.MustParse("2019Q3"), Reason: "逾期未报", Due: due}
}

func lagging(unit, milestone string) supervision.NewOrder {
	return supervision.NewOrder{Unit: unit, Milestone: milestone, Reason: "进度滞后", Due: due}
}

func (b board) issue(t *testing.T, user string, in supervision.NewOrder) supervision.Order {
	t.Helper()
	o, err := b.orders.Issue(t.Context(), b.Actor(t, user), in)
	if err != nil {
		t.Fatalf("%s issues %+v: %v", user, in, err)
	}
	return o
}

func (b board) order(t *testing.T, unit string, no int64) supervision.Order {
	t.Helper()
	o, err := b.orders.Order(t.Context(), b.Actor(t, "monitor"), unit, no)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// refused fails the test unless err is a fault with this kind and key.
func refused(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if f, ok := fault.As(err); !ok || f.Kind != kind || f.Key != key {
		t.Errorf("want %s, got %v", key, err)
	}
}

func TestTheLadder(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		monitor, clerk := b.Actor(t, "monitor"), b.Actor(t, "clerk-community-01")
		o := b.issue(t, "monitor", lateReport("community-01"))
		if o.No != 1 || o.Level != supervision.Blue || o.Title != "试点任务进度季报" || !o.Open() || o.URL() != "/supervision/community-01/1" {
			t.Errorf("issued %+v", o)
		}
		if _, err := b.orders.Sign(t.Context(), clerk, "community-01", 1, " 三日内补报 "); err != nil {
			t.Fatal(err)
		}
		_, err := b.orders.Sign(t.Context(), clerk, "community-01", 1, "")
		refused(t, err, fault.Conflict, "supervision.is_signed")
		later := due.AddDays(5)
		for i, want := range []supervision.Level{supervision.Yellow, supervision.Red} {
			o, err := b.orders.Raise(t.Context(), monitor, "community-01", 1, "仍未补报", later)
			if err != nil || o.Level != want || o.RaisedAt.IsZero() || o.Due != later || !o.SignedAt.IsZero() {
				t.Errorf("raise %d: %+v, %v", i+1, o, err)
			}
		}
		_, err = b.orders.Raise(t.Context(), monitor, "community-01", 1, "仍未补报", later)
		refused(t, err, fault.Conflict, "supervision.at_the_top")
		if _, err := b.orders.Sign(t.Context(), clerk, "community-01", 1, ""); err != nil {
			t.Error(err)
		}
		if _, err := b.orders.Withdraw(t.Context(), monitor, "community-01", 1, "另行安排"); err != nil {
			t.Fatal(err)
		}
		o = b.order(t, "community-01", 1)
		if o.Open() || o.Closing != supervision.Withdrawn || o.Level != supervision.Red || o.SignedBy != clerk.Display {
			t.Errorf("withdrawn %+v", o)
		}
		for act, err := range map[string]error{
			"raise": second(b.orders.Raise(t.Context(), monitor, "community-01", 1, "x", due)),
			"sign":  second(b.orders.Sign(t.Context(), clerk, "community-01", 1, "")), "withdraw": second(b.orders.Withdraw(t.Context(), monitor, "community-01", 1, "x")),
		} {
			t.Run(act, func(t *testing.T) { refused(t, err, fault.Conflict, "supervision.is_closed") })
		}
		b.history(t, o)
		if again := b.issue(t, "monitor", lateReport("community-01")); again.No != 2 || again.Level != supervision.Blue {
			t.Errorf("the next one: %+v", again)
		}
	})
}

func second(_ supervision.Order, err error) error { return err }

// history checks the ledger's record of the order in TestTheLadder.
func (b board) history(t *testing.T, o supervision.Order) {
	t.Helper()
	steps, err := b.orders.History(t.Context(), b.Actor(t, "clerk-community-01"), o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range steps {
		got = append(got, fmt.Sprintf("%s %s %s %s %s %s", s.Act, s.ActorName, s.Level, s.Reason, s.Title, s.URL))
	}
	const end = "试点任务进度季报 /supervision/community-01/1"
	want := []string{
		"supervision.issued monitor blue 逾期未报 " + end, "supervision.signed clerk-community-01 blue 三日内补报 " + end,
		"supervision.raised monitor yellow 仍未补报 " + end, "supervision.raised monitor red 仍未补报 " + end,
		"supervision.signed clerk-community-01 red  " + end, "supervision.closed monitor red 另行安排 " + end,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyAboutWhatIsLateOrLags(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.Submit(t, "community-02", "2019Q3", reportingtest.Values{"m1_1": "true", "m1_2": "80"})
		b.refresh(t)
		monitor := b.Actor(t, "monitor")
		early := lateReport("community-01")
		early.Period = period.MustParse("2019Q4")
		both := lateReport("community-01")
		both.Milestone = "M2.1"
		bare := lateReport("community-01")
		bare.Reason, bare.Due = " ", period.Date{}
		past := lateReport("community-01")
		past.Due = period.MustParseDate("2019-10-11")
		for name, c := range map[string]struct {
			in   supervision.NewOrder
			kind fault.Kind
			key  string
		}{
			"a report that is in":                  {lateReport("community-02"), fault.Conflict, "supervision.not_late"},
			"a report that is not due":             {early, fault.Conflict, "supervision.not_late"},
			"a milestone due next year":            {lagging("community-01", "M2.2"), fault.Conflict, "supervision.not_lagging"},
			"no such milestone":                    {lagging("community-01", "M9.9"), fault.NotFound, "supervision.no_milestone"},
			"a milestone that is not for the type": {lagging("street-01", "M2.1"), fault.NotFound, "supervision.no_milestone"},
			"no such unit":                         {lateReport("nobody"), fault.NotFound, "unit.unknown"},
			"nothing":                              {supervision.NewOrder{Unit: "community-01", Reason: "x", Due: due}, fault.Invalid, "supervision.no_subject"},
			"report and milestone":                 {both, fault.Invalid, "supervision.no_subject"},
			"no reason":                            {bare, fault.Invalid, "supervision.invalid"},
			"due yesterday":                        {past, fault.Invalid, "supervision.invalid"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := b.orders.Issue(t.Context(), monitor, c.in)
				refused(t, err, c.kind, c.key)
			})
		}
		b.Return(t, "community-02", "2019Q3")
		b.issue(t, "monitor", lagging("community-01", "M1.2")) // far behind, not overdue, and its report missing
		b.issue(t, "monitor", lateReport("community-02"))      // returned and past its due date
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		for user, key := range map[string]string{
			"viewer": "permission.denied", "clerk-community-01": "permission.denied",
			"reviewer-340700": "unit.forbidden", "reviewer-340181": "unit.forbidden",
		} {
			_, err := b.orders.Issue(t.Context(), b.Actor(t, user), lateReport("community-01"))
			refused(t, err, fault.Forbidden, key)
		}
		b.issue(t, "reviewer-340100", lateReport("community-01"))
		const raise, sign, withdraw, look = "raise", "sign", "withdraw", "look"
		for _, c := range []struct{ user, act, key string }{
			{"viewer", raise, "permission.denied"}, {"viewer", sign, "permission.denied"}, {"viewer", look, "permission.denied"},
			{"clerk-community-01", raise, "supervision.not_your_side"}, {"clerk-community-01", withdraw, "supervision.not_your_side"},
			{"clerk-community-02", sign, "unit.forbidden"}, {"clerk-community-02", look, "unit.forbidden"},
			{"reviewer-340700", raise, "unit.forbidden"}, {"reviewer-340700", sign, "unit.forbidden"}, {"reviewer-340700", look, "unit.forbidden"},
			{"reviewer-340104", raise, "supervision.not_your_side"}, {"reviewer-340104", withdraw, "supervision.not_your_side"},
			{"reviewer-340100", sign, "supervision.not_your_side"}, {"monitor", sign, "supervision.not_your_side"},
		} {
			t.Run(c.user+" "+c.act, func(t *testing.T) {
				refused(t, b.try(t, c.user, c.act), fault.Forbidden, c.key)
			})
		}
		if err := b.try(t, "reviewer-340104", sign); err != nil { // below the city that issued it
			t.Errorf("the county signs: %v", err)
		}
		if err := b.try(t, "monitor", raise); err != nil { // above it
			t.Errorf("the province raises: %v", err)
		}
		if err := b.try(t, "reviewer-340100", withdraw); err != nil {
			t.Errorf("the city withdraws: %v", err)
		}
	})
}

// try does an act on the first order of community-01.
func (b board) try(t *testing.T, user, act string) error {
	t.Helper()
	actor, ctx := b.Actor(t, user), t.Context()
	switch act {
	case "raise":
		return second(b.orders.Raise(ctx, actor, "community-01", 1, "仍未补报", period.Date{}))
	case "sign":
		return second(b.orders.Sign(ctx, actor, "community-01", 1, ""))
	case "withdraw":
		return second(b.orders.Withdraw(ctx, actor, "community-01", 1, "已当面说明"))
	}
	return second(b.orders.Order(ctx, actor, "community-01", 1))
}

func TestAllowedSaysWhatTheServiceLets(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.issue(t, "reviewer-340100", lateReport("community-01"))
		for user, want := range map[string][]supervision.Act{
			"monitor": {supervision.Raise, supervision.Withdraw}, "reviewer-340104": {supervision.Sign}, "clerk-community-01": {supervision.Sign},
		} {
			got, err := b.orders.Allowed(t.Context(), b.Actor(t, user), b.order(t, "community-01", 1))
			if err != nil || !cmp.Equal(want, got) {
				t.Errorf("%s: %v, %v", user, got, err)
			}
		}
	})
}

func TestLevelsAndReasonsAreNeeded(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.issue(t, "monitor", lateReport("community-01"))
		monitor, ctx := b.Actor(t, "monitor"), t.Context()
		refused(t, second(b.orders.Raise(ctx, monitor, "community-01", 1, "  ", due)), fault.Invalid, "supervision.invalid")
		refused(t, second(b.orders.Raise(ctx, monitor, "community-01", 1, "x", period.MustParseDate("2019-10-01"))), fault.Invalid, "supervision.invalid")
		refused(t, second(b.orders.Withdraw(ctx, monitor, "community-01", 1, "")), fault.Invalid, "supervision.invalid")
		refused(t, second(b.orders.Withdraw(ctx, monitor, "community-01", 7, "x")), fault.NotFound, "supervision.unknown")
		if o := b.order(t, "community-01", 1); o.Level != supervision.Blue || !o.Open() {
			t.Errorf("changed: %+v", o)
		}
	})
}
