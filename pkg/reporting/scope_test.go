package reporting_test

import (
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestListScope(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		cases := []struct {
			name, actor string
			filter      reporting.Filter
			want        int64
			kind        fault.Kind
			key         string
		}{
			{"clerk, own", "clerk-community-02", reporting.Filter{}, 4, 0, ""},
			{"clerk, own by key", "clerk-community-02", reporting.Filter{Unit: "community-02"}, 4, 0, ""},
			{"clerk, another unit", "clerk-community-02", reporting.Filter{Unit: "community-01"}, 0, fault.Forbidden, "unit.forbidden"},
			{"clerk, the city around", "clerk-community-02", reporting.Filter{Scope: "340700"}, 0, fault.Forbidden, "scope.forbidden"},
			{"city reviewer", "reviewer-340100", reporting.Filter{}, 6, 0, ""},
			{"city reviewer, own city", "reviewer-340100", reporting.Filter{Scope: "340100"}, 6, 0, ""},
			{"city reviewer, county in it", "reviewer-340100", reporting.Filter{Scope: "340181"}, 2, 0, ""},
			{"city reviewer, other city", "reviewer-340100", reporting.Filter{Scope: "340700"}, 0, fault.Forbidden, "scope.forbidden"},
			{"city reviewer, county of the other city", "reviewer-340100", reporting.Filter{Scope: "340705"}, 0, fault.Forbidden, "scope.forbidden"},
			{"city reviewer, province", "reviewer-340100", reporting.Filter{Scope: "340000"}, 0, fault.Forbidden, "scope.forbidden"},
			{"city reviewer, unit of the other city", "reviewer-340100", reporting.Filter{Unit: "street-01"}, 0, fault.Forbidden, "unit.forbidden"},
			{"county reviewer", "reviewer-340705", reporting.Filter{}, 5, 0, ""},
			{"county reviewer, the city above", "reviewer-340705", reporting.Filter{Scope: "340700"}, 0, fault.Forbidden, "scope.forbidden"},
			{"monitor", "monitor", reporting.Filter{}, 11, 0, ""},
			{"monitor, province by code", "monitor", reporting.Filter{Scope: "340000"}, 11, 0, ""},
			{"viewer", "viewer", reporting.Filter{Scope: "340705"}, 5, 0, ""},
			{"administrator", "admin", reporting.Filter{}, 11, 0, ""},
			{"unknown code", "monitor", reporting.Filter{Scope: "349999"}, 0, fault.NotFound, "division.unknown"},
			{"unknown code as reviewer", "reviewer-340100", reporting.Filter{Scope: "349999"}, 0, fault.NotFound, "division.unknown"},
			{"township", "monitor", reporting.Filter{Scope: "340705001"}, 0, fault.Invalid, "scope.too_low"},
			{"unknown unit", "monitor", reporting.Filter{Unit: "nowhere"}, 0, fault.NotFound, "unit.unknown"},
			{"nobody", "", reporting.Filter{}, 0, fault.Forbidden, "scope.forbidden"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				var actor accounts.Actor
				if c.actor != "" {
					actor = p.Actor(t, c.actor)
				}
				list, _, err := p.Reports.Reports(t.Context(), actor, c.filter)
				wantFault(t, err, c.kind, c.key)
				n, err := p.Reports.Count(t.Context(), actor, c.filter)
				wantFault(t, err, c.kind, c.key)
				if n != c.want || len(list) != int(c.want) {
					t.Fatalf("listed %d, counted %d, want %d", len(list), n, c.want)
				}
				for _, s := range list {
					if !actor.Covers(s.Unit.ID, s.Unit.Place) {
						t.Errorf("%s is not in the actor's scope", s.Unit.Key)
					}
				}
			})
		}
	})
}

// TestEveryCallAsksTheScope: nobody, a clerk of another unit and reviewers of another city or county get
// Forbidden from every call about a report, whatever its state; what does not exist is NotFound.
func TestEveryCallAsksTheScope(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		ref := reportingtest.Ref("community-01", "2019Q2")
		calls := map[string]func(actor accounts.Actor, ref reporting.Ref) error{
			"Report": func(a accounts.Actor, ref reporting.Ref) error {
				_, err := p.Reports.Report(t.Context(), a, ref)
				return err
			},
			"Earlier": func(a accounts.Actor, ref reporting.Ref) error {
				_, err := p.Reports.Earlier(t.Context(), a, ref, 4)
				return err
			},
			"Filed": func(a accounts.Actor, ref reporting.Ref) error {
				_, err := p.Reports.Filed(t.Context(), a, ref, 1)
				return err
			},
			"Revisions": func(a accounts.Actor, ref reporting.Ref) error {
				_, err := p.Reports.Revisions(t.Context(), a, ref)
				return err
			},
			"History": func(a accounts.Actor, ref reporting.Ref) error {
				_, err := p.Reports.History(t.Context(), a, ref)
				return err
			},
			"Save": func(a accounts.Actor, ref reporting.Ref) error {
				_, err := p.Reports.Save(t.Context(), a, ref, reporting.Edit{Version: 1})
				return err
			},
		}
		changing := map[string]bool{"Save": true}
		for _, act := range []reporting.Act{
			reporting.ActSave, reporting.ActSubmit, reporting.ActWithdraw, reporting.ActReturn, reporting.ActAccept, reporting.ActReopen,
		} {
			changing[string(act)] = true
			calls[string(act)] = func(a accounts.Actor, ref reporting.Ref) error {
				_, err := p.do(t, act, a, ref)
				return err
			}
		}
		strangers := []accounts.Actor{{}, p.Actor(t, "clerk-community-02"), p.Actor(t, "reviewer-340700"), p.Actor(t, "reviewer-340181")}
		before := p.kept(t)
		for name, call := range calls {
			for _, stranger := range strangers {
				t.Run(name+"/"+stranger.Name, func(t *testing.T) { wantFault(t, call(stranger, ref), fault.Forbidden, "unit.forbidden") })
			}
			t.Run(name+"/unknown unit", func(t *testing.T) {
				wantFault(t, call(p.Actor(t, "monitor"), reportingtest.Ref("nowhere", "2019Q2")), fault.NotFound, "unit.unknown")
			})
			if changing[name] || name == "Report" {
				t.Run(name+"/unknown form", func(t *testing.T) {
					other := reporting.Ref{Unit: ref.Unit, Form: "burden", Period: ref.Period}
					wantFault(t, call(accounts.System("test"), other), fault.NotFound, "form.unknown")
				})
			}
			if !changing[name] {
				t.Run(name+"/own", func(t *testing.T) {
					for _, reader := range []string{"clerk-community-01", "reviewer-340104", "reviewer-340100", "viewer"} {
						if err := call(p.Actor(t, reader), ref); err != nil {
							t.Errorf("%s: %v", reader, err)
						}
					}
				})
			}
		}
		p.unchanged(t, before)
		_, err := p.Forms.Form(t.Context(), accounts.Actor{}, reportingtest.Form)
		wantFault(t, err, fault.Forbidden, "permission.denied")
		_, err = p.Forms.Form(t.Context(), p.Actor(t, "viewer"), "burden")
		wantFault(t, err, fault.NotFound, "form.unknown")
	})
}

func TestNoReportsWithoutAPlan(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.exec(t, "DELETE FROM designations")
		p.exec(t, "DELETE FROM plan_versions")
		_, err := p.Reports.OpenPeriods(t.Context(), accounts.System("test"))
		wantFault(t, err, fault.NotFound, "plan.none")
		_, err = p.Forms.Form(t.Context(), accounts.System("test"), reportingtest.Form)
		wantFault(t, err, fault.NotFound, "plan.none")
	})
}

func TestReportingUnits(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		var all []int64
		for after := int64(0); ; {
			page, err := reporting.ReportingUnits(p.DB.Read(t.Context()), reportingtest.Form, after, 2)
			if err != nil || len(page) > 2 {
				t.Fatalf("%v, err %v", page, err)
			}
			if len(page) == 0 {
				break
			}
			all, after = append(all, page...), page[len(page)-1]
		}
		var want []int64
		for _, key := range []string{"community-01", "community-02", "district-01", "street-01", "community-03"} {
			want = append(want, p.Unit(t, key).ID)
		}
		if len(all) != len(want) {
			t.Fatalf("got %v, want %v", all, want)
		}
		for i, id := range all {
			if id != want[i] {
				t.Fatalf("got %v, want %v", all, want)
			}
		}
		obligations, err := reporting.Obligations(p.DB.Read(t.Context()), want[1:3])
		if err != nil || len(obligations) != 5 || obligations[0].UnitID != want[1] || obligations[0].Period != period.MustParse("2018Q4") || obligations[4].UnitID != want[2] {
			t.Fatalf("%+v, err %v", obligations, err)
		}
	})
}
