package reporting_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// keepCounty lets the county 铜官区 owe a report for 2019Q3, as a form that counties fill makes it, and
// gives its key.
func (p province) keepCounty(t testing.TB) string {
	t.Helper()
	current, err := p.Plans.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = p.DB.Write(t.Context(), func(tx *gorm.DB) error {
		_, err := p.Plans.KeepAuthorities(t.Context(), tx, current, []string{"county"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	units, err := p.Plans.Own(t.Context(), p.Actor(t, "reviewer-340705"))
	if err != nil || len(units) != 1 {
		t.Fatalf("%+v, %v", units, err)
	}
	p.exec(t, `INSERT INTO reports (unit_id, form, period, plan_id, batch, unit_type, province_id, city_id, county_id, due, lock, status, version)
		SELECT ?, form, period, plan_id, '', 'county', province_id, city_id, county_id, due, lock, 'open', 1
		FROM reports WHERE unit_id = ? AND period = '2019Q3'`, units[0].ID, p.Unit(t, "street-01").ID)
	return units[0].Key
}

// lined gives tasks as `unit quarter status stage`.
func lined(list []reporting.Task) []string {
	texts := []string{}
	for _, one := range list {
		texts = append(texts, fmt.Sprint(one.Unit.Key, " ", one.Period, " ", one.Status, " ", one.Stage))
	}
	return texts
}

func TestTasksAreOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		county := p.keepCounty(t)
		p.exec(t, "UPDATE reports SET stage = 2 WHERE unit_id = ? AND period = '2019Q2'", p.Unit(t, "community-01").ID)
		cases := []struct {
			actor string
			want  []string
		}{
			{"clerk-community-01", []string{
				"community-01 2019Q3 open 0", "community-01 2019Q2 submitted 2", "community-01 2019Q1 accepted 0", "community-01 2018Q4 accepted 0"}},
			{"clerk-district-01", []string{"district-01 2019Q3 returned 0"}},
			{"reviewer-340705", []string{county + " 2019Q3 open 0"}},
			{"reviewer-340700", []string{}}, // the city around does not file itself
			{"reviewer-340181", []string{}},
		}
		for _, c := range cases {
			t.Run(c.actor, func(t *testing.T) {
				list, err := p.Reports.Tasks(t.Context(), p.Actor(t, c.actor))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, lined(list)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				n, err := p.Reports.Count(t.Context(), p.Actor(t, c.actor), reporting.Filter{Own: true})
				if err != nil || int(n) != len(c.want) {
					t.Errorf("counted %d, %v", n, err)
				}
			})
		}
		for _, name := range []string{"monitor", "viewer", "admin"} {
			_, err := p.Reports.Tasks(t.Context(), p.Actor(t, name))
			wantFault(t, err, fault.Forbidden, "permission.denied")
		}
		_, err := p.Reports.Tasks(t.Context(), accounts.Actor{})
		wantFault(t, err, fault.Forbidden, "permission.denied")
	})
}

func TestComingIsTheQuarterUnderWay(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		clerk := p.Actor(t, "clerk-community-01")
		units, err := p.Plans.Own(t.Context(), clerk)
		if err != nil {
			t.Fatal(err)
		}
		list, err := p.Reports.Coming(t.Context(), clerk, units)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		one := list[0]
		if one.Unit.Key != "community-01" || one.Form.Key != reportingtest.Form || one.Period != period.MustParse("2019Q4") ||
			one.Opens.String() != "2020-01-01" || one.Due.String() != "2020-01-10" || one.Lock.String() != "2020-01-30" {
			t.Errorf("%+v", one)
		}
		_, err = p.Reports.Coming(t.Context(), p.Actor(t, "clerk-community-02"), units)
		wantFault(t, err, fault.Forbidden, "unit.forbidden")
		_, err = p.Reports.Coming(t.Context(), p.Actor(t, "viewer"), units)
		wantFault(t, err, fault.Forbidden, "permission.denied")
		p.Clock.Set("2021-01-05") // the plan has ended
		if list, err = p.Reports.Coming(t.Context(), clerk, units); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestUnfiledBelow(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		p.keepCounty(t)
		cases := []struct {
			actor string
			want  []string
		}{
			{"reviewer-340100", []string{"2019Q3 1 1"}},
			{"reviewer-340705", []string{"2019Q3 2 0"}}, // beside its own
			{"reviewer-340700", []string{"2019Q3 3 0"}},
			{"reviewer-340104", []string{"2019Q3 1 0"}},
		}
		for _, c := range cases {
			list, err := p.Reports.Unfiled(t.Context(), p.Actor(t, c.actor))
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, one := range list {
				got = append(got, fmt.Sprint(one.Period, " ", one.Open, " ", one.Returned))
				if one.Form != reportingtest.Form || one.Due.String() != "2019-10-10" {
					t.Errorf("%+v", one)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.actor, diff)
			}
		}
		_, err := p.Reports.Unfiled(t.Context(), accounts.Actor{})
		wantFault(t, err, fault.Forbidden, "scope.forbidden")
		p.Clock.Set("2019-10-31") // nothing can be filed any more
		if list, err := p.Reports.Unfiled(t.Context(), p.Actor(t, "reviewer-340100")); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// TestListsOfSeveralForms: a page that ends between two forms of one unit and period goes on with the
// other one.
func TestListsOfSeveralForms(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		p.exec(t, `INSERT INTO reports (unit_id, form, period, plan_id, batch, unit_type, province_id, city_id, county_id, due, lock, status, version, risk)
			SELECT unit_id, 'burden', period, plan_id, batch, unit_type, province_id, city_id, county_id, due, lock, status, version, risk
			FROM reports WHERE period = '2019Q3'`)
		monitor, q := p.Actor(t, "monitor"), period.MustParse("2019Q3")
		want := []string{}
		for _, unit := range []string{"community-01", "community-02", "district-01", "street-01", "community-03"} {
			want = append(want, unit+" burden", unit+" progress")
		}
		got := []string{}
		for after := ""; ; {
			list, next, err := p.Reports.Reports(t.Context(), monitor, reporting.Filter{Period: q, Limit: 1, After: after})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				got = append(got, one.Unit.Key+" "+one.Form)
			}
			if after = next; after == "" {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		queued := []string{}
		for after := ""; ; {
			list, next, err := p.Reports.Queue(t.Context(), monitor, reporting.Filter{Limit: 1, After: after})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				queued = append(queued, one.Unit.Key+" "+one.Form)
			}
			if after = next; after == "" {
				break
			}
		}
		if diff := cmp.Diff(want[:2], queued); diff != "" {
			t.Errorf("queue (-want +got):\n%s", diff)
		}
		for _, cursor := range []string{"x", "2019Q3", "2019Q3.1", "2019Q3.x.progress", "2019Q5.1.progress"} {
			_, _, err := p.Reports.Reports(t.Context(), monitor, reporting.Filter{After: cursor})
			wantFault(t, err, fault.Invalid, "list.bad_cursor")
			_, _, err = p.Reports.Queue(t.Context(), monitor, reporting.Filter{After: "0." + cursor})
			wantFault(t, err, fault.Invalid, "list.bad_cursor")
		}
	})
}
