package reporting_test

import (
	"slices"
	"testing"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestRefusedActsChangeNothing tries every act in every state with every role, as far as the workflow
// does not allow it. What it allows is in the other tests.
func TestRefusedActsChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Past(t, "community-01", "2019Q2", reportingtest.Community)
		p.Save(t, "community-01", "2019Q3", reportingtest.Community)
		p.Submit(t, "community-03", "2019Q3", typed{"m1_1": "true"})
		p.Submit(t, "district-01", "2019Q3", typed{"communities": "5", "m1_1_covered": "2"})
		p.Return(t, "district-01", "2019Q3")
		reports := []struct {
			status        reporting.Status
			unit, quarter string
		}{
			{reporting.Open, "community-01", "2019Q3"},
			{reporting.Submitted, "community-03", "2019Q3"},
			{reporting.Returned, "district-01", "2019Q3"},
			{reporting.Accepted, "community-01", "2019Q2"},
		}
		everyone := []string{"admin", "monitor", "viewer", "reviewer-340100", "clerk"}
		clerks, reviewers := []string{"clerk", "reviewer-340100"}, []string{"admin", "monitor", "reviewer-340100"}
		acts := []struct {
			act    reporting.Act
			who    []string
			states []reporting.Status
		}{
			{reporting.ActSave, clerks, []reporting.Status{reporting.Open, reporting.Returned}},
			{reporting.ActSubmit, clerks, []reporting.Status{reporting.Open, reporting.Returned}},
			{reporting.ActWithdraw, clerks, []reporting.Status{reporting.Submitted}},
			{reporting.ActReturn, reviewers, []reporting.Status{reporting.Submitted}},
			{reporting.ActAccept, reviewers, []reporting.Status{reporting.Submitted}},
			{reporting.ActReopen, reviewers, []reporting.Status{reporting.Open, reporting.Submitted, reporting.Returned, reporting.Accepted}},
		}
		for _, r := range reports {
			for _, name := range everyone {
				if name == "clerk" {
					name += "-" + r.unit
				}
				p.Actor(t, name)
			}
		}
		before := p.kept(t)
		for _, a := range acts {
			for _, r := range reports {
				for _, name := range everyone {
					mine, allowed := slices.Contains(a.who, name), slices.Contains(a.states, r.status)
					if mine && allowed {
						continue
					}
					actor := name
					if name == "clerk" {
						actor += "-" + r.unit
					}
					_, err := p.do(t, a.act, p.Actor(t, actor), reportingtest.Ref(r.unit, r.quarter))
					if mine {
						wantFault(t, err, fault.Conflict, "report.wrong_status")
					} else {
						wantFault(t, err, fault.Forbidden, "report.not_your_role")
					}
				}
			}
		}
		p.unchanged(t, before)
	})
}

// TestTheLockDayIsTheLast: 2019-10-30 is thirty days after the quarter's end.
func TestTheLockDayIsTheLast(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		file := []reporting.Act{reporting.ActSave, reporting.ActSubmit, reporting.ActWithdraw, reporting.ActSubmit}
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		p.Save(t, "community-01", "2019Q3", reportingtest.Community)
		p.Clock.Set("2019-10-30")
		for _, act := range file {
			if _, err := p.do(t, act, clerk, ref); err != nil {
				t.Fatalf("%s on the lock date: %v", act, err)
			}
		}
		p.Save(t, "community-02", "2019Q3", typed{"m1_1": "true"})
		p.Clock.Set("2019-10-31")
		before := p.kept(t)
		refuse := func(unit string, acts ...reporting.Act) {
			t.Helper()
			for _, act := range acts {
				_, err := p.do(t, act, p.Actor(t, "clerk-"+unit), reportingtest.Ref(unit, "2019Q3"))
				wantFault(t, err, fault.Conflict, "report.locked")
				if f, _ := fault.As(err); f.Args[0] != p.Report(t, unit, "2019Q3").Lock {
					t.Errorf("%s: %v", act, f.Args)
				}
			}
		}
		refuse("community-01", reporting.ActWithdraw)
		refuse("community-02", reporting.ActSave, reporting.ActSubmit)
		p.unchanged(t, before)
		p.Return(t, "community-01", "2019Q3") // reviewing goes on after the lock date
		refuse("community-01", reporting.ActSave, reporting.ActSubmit)

		report, err := p.Reports.Reopen(t.Context(), p.Actor(t, "monitor"), ref, 0, "数据有误", ref.Period.Last().AddDays(33)) // 2019-11-02
		if err != nil || report.Lock.String() != "2019-11-02" {
			t.Fatalf("lock %s, err %v", report.Lock, err)
		}
		p.Clock.Set("2019-11-02")
		for _, act := range file {
			if _, err := p.do(t, act, clerk, ref); err != nil {
				t.Fatalf("%s on the day until which it is open again: %v", act, err)
			}
		}
		p.Clock.Set("2019-11-03")
		refuse("community-01", reporting.ActWithdraw)
		refuse("community-02", reporting.ActSave) // only the one report was reopened
		p.Return(t, "community-01", "2019Q3")
		refuse("community-01", reporting.ActSave, reporting.ActSubmit)
	})
}
