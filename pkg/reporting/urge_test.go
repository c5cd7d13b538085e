package reporting_test

import (
	"sync"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// urgedNow gives how many calls to file the ledger has.
func (p province) urgedNow(t *testing.T) int64 {
	t.Helper()
	return p.count(t, "ledger WHERE act = 'report.urged'")
}

func refs(quarter string, units ...string) []reporting.Ref {
	list := make([]reporting.Ref, len(units))
	for i, unit := range units {
		list[i] = reportingtest.Ref(unit, quarter)
	}
	return list
}

func TestWhoMayUrgeWhom(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		cases := []struct {
			name, actor string
			refs        []reporting.Ref
			kind        fault.Kind
			key         string
		}{
			{"clerk, own unit", "clerk-community-01", refs("2019Q3", "community-01"), fault.Forbidden, "report.not_your_role"},
			{"viewer", "viewer", refs("2019Q3", "community-01"), fault.Forbidden, "report.not_your_role"},
			{"nobody", "", refs("2019Q3", "community-01"), fault.Forbidden, "report.not_your_role"},
			{"reviewer of another city", "reviewer-340700", refs("2019Q3", "community-01"), fault.Forbidden, "unit.forbidden"},
			{"reviewer of another county", "reviewer-340181", refs("2019Q3", "community-01"), fault.Forbidden, "unit.forbidden"},
			{"one of two elsewhere", "reviewer-340100", refs("2019Q3", "community-01", "street-01"), fault.Forbidden, "unit.forbidden"},
			{"one of two unknown", "reviewer-340100", refs("2019Q3", "community-01", "nowhere"), fault.NotFound, "unit.unknown"},
			{"no report", "monitor", nil, fault.Conflict, "urge.nothing"},
			{"no such form", "monitor", []reporting.Ref{{Unit: "community-01", Form: "x", Period: period.MustParse("2019Q3")}}, fault.Conflict, "urge.nothing"},
			{"a quarter that is not open yet", "monitor", refs("2019Q4", "community-01"), fault.Conflict, "urge.nothing"},
			{"a quarter that is locked", "monitor", refs("2019Q1", "community-01"), fault.Conflict, "urge.nothing"},
			{"too many", "monitor", make([]reporting.Ref, reporting.MaxPage+1), fault.Invalid, "urge.too_many"},
		}
		for _, c := range cases {
			var actor accounts.Actor
			if c.actor != "" {
				actor = p.Actor(t, c.actor)
			}
			n, err := p.Reports.Urge(t.Context(), actor, c.refs)
			t.Run(c.name, func(t *testing.T) { wantFault(t, err, c.kind, c.key) })
			if n != 0 {
				t.Errorf("%s: urged %d", c.name, n)
			}
		}
		if n := p.urgedNow(t); n != 0 {
			t.Fatalf("%d were urged", n)
		}
		for i, name := range []string{"reviewer-340104", "monitor", "admin"} {
			unit := []string{"community-01", "community-02", "street-01"}[i]
			if n, err := p.Reports.Urge(t.Context(), p.Actor(t, name), refs("2019Q3", unit)); n != 1 || err != nil {
				t.Errorf("%s: %d, %v", name, n, err)
			}
		}
	})
}

// Only what is still to be filed is urged, each report once a day, and the report stays as it is.
func TestUrgingOnceADay(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ctx, monitor := t.Context(), p.Actor(t, "monitor")
		p.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		p.Submit(t, "community-03", "2019Q3", typed{"m1_2": "40"})
		p.Return(t, "community-03", "2019Q3")
		all := refs("2019Q3", "community-01", "community-02", "community-03", "street-01")
		press := func(want int, key string) {
			t.Helper()
			before := p.urgedNow(t)
			n, err := p.Reports.Urge(ctx, monitor, all)
			wantFault(t, err, fault.Conflict, key)
			if n != want || p.urgedNow(t) != before+int64(want) {
				t.Fatalf("urged %d, %d are in the ledger, want %d more than %d", n, p.urgedNow(t), want, before)
			}
		}
		version := p.Report(t, "community-02", "2019Q3").Version
		press(3, "")
		press(0, "urge.today")
		p.Clock.Go(14*60 + 59) // one minute to midnight in Shanghai
		press(0, "urge.today")
		p.Clock.Go(2)
		press(3, "")
		if v := p.Report(t, "community-02", "2019Q3").Version; v != version {
			t.Errorf("the report went from version %d to %d", version, v)
		}
		p.Clock.Set("2019-10-14")
		p.Accept(t, "community-01", "2019Q3")
		if _, err := p.Reports.Reopen(ctx, monitor, all[0], 0, "更正", period.MustParseDate("2019-11-20")); err != nil {
			t.Fatal(err)
		}
		press(3, "") // a correction of an accepted report is not urged
		p.Clock.Set("2019-10-31")
		press(0, "urge.nothing")
	})
}

// Many press at the same moment: one call to file.
func TestUrgingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		var all sync.WaitGroup
		monitor, admin := p.Actor(t, "monitor"), p.Actor(t, "admin")
		for i := range 8 {
			actor := []accounts.Actor{monitor, admin}[i%2]
			all.Go(func() {
				if _, err := p.Reports.Urge(t.Context(), actor, refs("2019Q3", "community-02", "community-01")); err != nil && !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := p.urgedNow(t); n != 2 {
			t.Errorf("%d calls to file, want 2", n)
		}
	})
}
