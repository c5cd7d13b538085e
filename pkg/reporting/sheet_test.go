package reporting_test

import (
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

var thisQuarter = reporting.Filter{Form: reportingtest.Form, Period: period.MustParse("2019Q3")}

// TestSheetRowsAreTheReports: every row of a sheet says what the report itself says.
func TestSheetRowsAreTheReports(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		p.Past(t, "community-02", "2019Q1", typed{"m1_2": "30"})
		p.On("2019-07-20", func() { p.Submit(t, "community-02", "2019Q2", typed{"m1_2": "31", "m1_1": "true"}) })
		reviewers := map[string][]string{
			"reviewer-340100":    {"community-01 open true false", "district-01 returned true false", "community-03 submitted false false"},
			"reviewer-340700":    {"community-02 open true true", "street-01 open true false"},
			"reviewer-340181":    {"district-01 returned true false", "community-03 submitted false false"},
			"clerk-community-02": {"community-02 open true true"},
		}
		for name, want := range reviewers {
			t.Run(name, func(t *testing.T) {
				rows, form, next, err := p.Reports.Sheet(t.Context(), p.Actor(t, name), thisQuarter)
				if err != nil || next != "" || form.Key != reportingtest.Form {
					t.Fatalf("form %s, next %q, %v", form.Key, next, err)
				}
				got := []string{}
				for _, r := range rows {
					got = append(got, fmt.Sprint(r.Unit.Key, " ", r.Status, " ", r.Editable, " ", r.Prefilled))
					report := p.Report(t, r.Unit.Key, "2019Q3")
					if diff := cmp.Diff(report.Values, r.Values); diff != "" {
						t.Errorf("%s (-report +sheet):\n%s", r.Unit.Key, diff)
					}
					if len(r.Form.Sections) != len(report.Form.Sections) {
						t.Errorf("%s is asked %d sections, want %d", r.Unit.Key, len(r.Form.Sections), len(report.Form.Sections))
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
		rows, _, _, err := p.Reports.Sheet(t.Context(), p.Actor(t, "clerk-community-02"), thisQuarter)
		if err != nil || rows[0].Last["m1_2"].Number != 310 {
			t.Errorf("last quarter's is %+v, %v", rows[0].Last, err)
		}
		p.Clock.Set("2019-10-31")
		if rows, _, _, err = p.Reports.Sheet(t.Context(), p.Actor(t, "clerk-community-02"), thisQuarter); err != nil || rows[0].Editable {
			t.Errorf("after the lock date the row can be edited: %v", err)
		}
	})
}

func TestSheetPages(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		f, got := thisQuarter, []string{}
		f.Limit = 1
		for {
			rows, _, next, err := p.Reports.Sheet(t.Context(), p.Actor(t, "reviewer-340100"), f)
			if err != nil || len(rows) != 1 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			got = append(got, rows[0].Unit.Key)
			if f.After = next; next == "" {
				break
			}
		}
		if want := "community-01 district-01 community-03"; strings.Join(got, " ") != want {
			t.Errorf("got %v, want %s", got, want)
		}
	})
}

func TestSheetRefusals(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		with := func(change func(*reporting.Filter)) reporting.Filter {
			f := thisQuarter
			change(&f)
			return f
		}
		cases := []struct {
			name, actor string
			filter      reporting.Filter
			kind        fault.Kind
			key         string
		}{
			{"nobody", "", thisQuarter, fault.Forbidden, "permission.denied"},
			{"monitor", "monitor", thisQuarter, fault.Forbidden, "permission.denied"},
			{"viewer", "viewer", thisQuarter, fault.Forbidden, "permission.denied"},
			{"other city", "reviewer-340100", with(func(f *reporting.Filter) { f.Scope = "340700" }), fault.Forbidden, "scope.forbidden"},
			{"clerk, the city around", "clerk-community-01", with(func(f *reporting.Filter) { f.Scope = "340100" }), fault.Forbidden, "scope.forbidden"},
			{"clerk, another unit", "clerk-community-01", with(func(f *reporting.Filter) { f.Unit = "community-02" }), fault.Forbidden, "unit.forbidden"},
			{"no form", "reviewer-340100", with(func(f *reporting.Filter) { f.Form = "" }), fault.Invalid, "sheet.what"},
			{"no period", "reviewer-340100", with(func(f *reporting.Filter) { f.Period = 0 }), fault.Invalid, "sheet.what"},
			{"unknown form", "reviewer-340100", with(func(f *reporting.Filter) { f.Form = "none" }), fault.NotFound, "form.unknown"},
			{"bad cursor", "reviewer-340100", with(func(f *reporting.Filter) { f.After = "x" }), fault.Invalid, "list.bad_cursor"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				var actor accounts.Actor
				if c.actor != "" {
					actor = p.Actor(t, c.actor)
				}
				_, _, _, err := p.Reports.Sheet(t.Context(), actor, c.filter)
				wantFault(t, err, c.kind, c.key)
			})
		}
	})
}
