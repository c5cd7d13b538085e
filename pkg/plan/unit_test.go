package plan_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/plan"
)

// peopled gives a world with four units: in two cities, one directly under the province, one ended.
func peopled(t *testing.T, w *world) {
	t.Helper()
	w.importPlan(t, milestone("", ""), "")
	w.importPilots(t,
		"fangxing,方兴社区,340111009,community,2018,2018-01-01,year,,,",
		"xingfu,</script><script>alert(1)</script>,340705198006,community,2018,2018-01-01,year,2019-01-01,,",
		`yijiang,"=cmd()|'/C calc'!A0",340203001,street,2019,2019-01-01,year,,,`,
		"open,2019批-区01,340000,district,2019,2019-01-01,year,,true,")
}

func (w *world) list(t *testing.T, actor accounts.Actor, f plan.UnitFilter) string {
	t.Helper()
	units, next, err := w.plans.Units(t.Context(), actor, f)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, u := range units {
		keys = append(keys, u.Key)
	}
	if next != "" {
		keys = append(keys, "→"+next)
	}
	return strings.Join(keys, " ")
}

func TestUnitsWithinScope(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		peopled(t, w)
		cases := []struct {
			name  string
			actor accounts.Actor
			want  string
		}{
			{"administrator", admin, "fangxing xingfu yijiang open"},
			{"the program", accounts.System("test"), "fangxing xingfu yijiang open"},
			{"monitor", w.actor(t, accounts.Monitor, "340000"), "fangxing xingfu yijiang open"},
			{"viewer of a city", w.actor(t, accounts.Viewer, "340200"), "yijiang"},
			{"reviewer of a city", w.actor(t, accounts.Reviewer, "340100"), "fangxing"},
			{"reviewer of a county", w.actor(t, accounts.Reviewer, "340705"), "xingfu"},
			{"reviewer of a township", w.actor(t, accounts.Reviewer, "340111009"), "fangxing"},
			{"clerk", w.actor(t, accounts.Clerk, "xingfu"), "xingfu"},
			{"clerk of nothing", accounts.Actor{Role: accounts.Clerk}, ""},
		}
		all := []string{"fangxing", "xingfu", "yijiang", "open"}
		for _, c := range cases {
			if got := w.list(t, c.actor, plan.UnitFilter{}); got != c.want {
				t.Errorf("%s sees %q, want %q", c.name, got, c.want)
			}
			for _, key := range all {
				u, err := w.plans.Unit(t.Context(), c.actor, key)
				if strings.Contains(" "+c.want+" ", " "+key+" ") {
					if err != nil || u.Key != key {
						t.Errorf("%s: unit %s: %v", c.name, key, err)
					}
					continue
				}
				wants(t, err, fault.Forbidden, "unit.forbidden")
			}
			_, err := w.plans.Unit(t.Context(), c.actor, "nowhere")
			wants(t, err, fault.NotFound, "unit.unknown")
		}
		// who is nobody, or has a role without a division, sees nothing
		for _, actor := range []accounts.Actor{{}, {Role: accounts.Reviewer}, {Role: accounts.Monitor}, {Role: "king", Division: w.division(t, "340000")}} {
			_, _, err := w.plans.Units(t.Context(), actor, plan.UnitFilter{})
			wants(t, err, fault.Forbidden, "scope.forbidden")
			_, err = w.plans.Unit(t.Context(), actor, "open")
			wants(t, err, fault.Forbidden, "unit.forbidden")
		}
	})
}

func TestUnitsChosen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		peopled(t, w)
		monitor, reviewer := w.actor(t, accounts.Monitor, "340000"), w.actor(t, accounts.Reviewer, "340100")
		cases := []struct {
			name   string
			actor  accounts.Actor
			filter plan.UnitFilter
			want   string
		}{
			{"a city", monitor, plan.UnitFilter{Division: w.division(t, "340700")}, "xingfu"},
			{"a county of one's own", reviewer, plan.UnitFilter{Division: w.division(t, "340111")}, "fangxing"},
			{"batch", monitor, plan.UnitFilter{Batch: "2019"}, "yijiang open"},
			{"type", monitor, plan.UnitFilter{Type: "community"}, "fangxing xingfu"},
			{"batch and type", monitor, plan.UnitFilter{Batch: "2019", Type: "street"}, "yijiang"},
			{"nothing fits", monitor, plan.UnitFilter{Batch: "' OR 1=1 --"}, ""},
			{"first page", monitor, plan.UnitFilter{Limit: 3}, "fangxing xingfu yijiang →yijiang"},
			{"last page", monitor, plan.UnitFilter{Limit: 3, After: "yijiang"}, "open"},
			{"a page of all", monitor, plan.UnitFilter{Limit: 4}, "fangxing xingfu yijiang open"},
		}
		for _, c := range cases {
			if got := w.list(t, c.actor, c.filter); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		for _, actor := range []accounts.Actor{reviewer, w.actor(t, accounts.Clerk, "xingfu")} {
			for _, code := range []string{"340700", "340000"} {
				_, _, err := w.plans.Units(t.Context(), actor, plan.UnitFilter{Division: w.division(t, code)})
				wants(t, err, fault.Forbidden, "scope.forbidden")
			}
		}
		_, _, err := w.plans.Units(t.Context(), reviewer, plan.UnitFilter{Division: 999_999})
		wants(t, err, fault.Forbidden, "scope.forbidden")
		_, _, err = w.plans.Units(t.Context(), monitor, plan.UnitFilter{After: "nowhere"})
		wants(t, err, fault.Invalid, "list.bad_cursor")
	})
}

func TestUnitsByID(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		peopled(t, w)
		u, err := w.plans.UnitByKey(t.Context(), "xingfu")
		if err != nil {
			t.Fatal(err)
		}
		found, err := w.plans.UnitsByID(t.Context(), []int64{u.ID, 0, 999_999})
		if err != nil || len(found) != 1 || found[u.ID] != u {
			t.Errorf("%+v, %v", found, err)
		}
		if u.Name != "</script><script>alert(1)</script>" || u.DesignatedOn(w.today) {
			t.Errorf("%+v", u)
		}
		if other, err := w.plans.UnitByKey(t.Context(), "yijiang"); err != nil || other.Name != "=cmd()|'/C calc'!A0" {
			t.Errorf("%+v, %v", other, err)
		}
		if none, err := w.plans.UnitsByID(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("%+v, %v", none, err)
		}
	})
}

// Thousands of units are imported, read by id and found again.
func TestManyUnits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.importPlan(t, milestone("", ""), "")
		lines := make([]string, 1201)
		for i := range lines {
			lines[i] = fmt.Sprintf("u%04d,单位%d,340111009,community,2018,2018-01-01,year,,,", i, i)
		}
		if r := w.importPilots(t, lines...); r.Created != len(lines) {
			t.Errorf("%+v", r)
		}
		if r := w.importPilots(t, lines...); r.Unchanged != len(lines) {
			t.Errorf("%+v", r)
		}
		var ids []int64
		pages := 0
		for after := ""; ; pages++ {
			list, next, err := w.plans.Units(context.Background(), admin, plan.UnitFilter{After: after})
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range list {
				if u.Place == (divisions.Place{}) || u.Key != fmt.Sprintf("u%04d", len(ids)) {
					t.Fatalf("%+v as unit %d", u, len(ids))
				}
				ids = append(ids, u.ID)
			}
			if after = next; after == "" {
				break
			}
		}
		found, err := w.plans.UnitsByID(t.Context(), ids)
		if err != nil || len(found) != len(lines) || pages != 6 {
			t.Errorf("%d units on %d pages, %v", len(found), pages+1, err)
		}
	})
}
