package reporting_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestAReportOpensWithTheLastValues(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		report := p.Report(t, "community-01", "2019Q3")
		if report.Prefilled || len(report.Values) != 0 || report.Started() {
			t.Errorf("with nothing before it: %+v", report)
		}
		p.Past(t, "community-01", "2019Q1", reportingtest.Community)
		p.On("2019-07-05", func() { p.Submit(t, "community-01", "2019Q2", typed{"m1_2": "45", "m2_1": ""}) }) // not accepted yet
		last := forms.Values{"m1_1": given(1), "m1_2": given(450), "m1_3": given(125), "practices": words("开展入户宣传。")}
		check := func(step string, prefilled bool, want forms.Values) {
			t.Helper()
			report, err := p.Reports.Report(t.Context(), clerk, ref)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, report.Values); diff != "" || report.Prefilled != prefilled || report.Started() == prefilled {
				t.Errorf("%s: prefilled %v, started %v\n%s", step, report.Prefilled, report.Started(), diff)
			}
		}
		check("untouched", true, last)
		check("looked at", true, last)
		if _, err := p.Reports.SaveCell(t.Context(), clerk, ref, "m1_2", cell(""), cell("50")); len(stale(t, err).Clashes) != 1 {
			t.Error("a prefilled cell was taken for a blank one")
		}
		check("after a refused edit", true, last)
		if _, err := p.Reports.SaveCell(t.Context(), clerk, ref, "m1_2", cell("45"), cell("50")); err != nil {
			t.Fatal(err)
		}
		last["m1_2"] = given(500)
		check("edited", false, last)
		p.Save(t, "community-01", "2019Q3", typed{"m1_1": "", "m1_2": "", "m1_3": "", "practices": ""})
		check("cleared", false, forms.Values{})
		if next := p.Report(t, "community-01", "2019Q4"); !next.Prefilled || next.Values["m1_2"] != given(450) {
			t.Errorf("the quarter after is filled with a draft: %+v", next.Values)
		}
	})
}

// TestAnUneditedReportFilesWhatItShows: a clerk for whom nothing has changed submits the prefilled form.
func TestAnUneditedReportFilesWhatItShows(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Past(t, "community-01", "2019Q2", reportingtest.Community)
		shown := p.Report(t, "community-01", "2019Q3")
		filed, err := p.Reports.Submit(t.Context(), p.Actor(t, "clerk-community-01"), reportingtest.Ref("community-01", "2019Q3"), shown.Version)
		if err != nil || filed.Prefilled {
			t.Fatalf("prefilled %v, err %v", filed.Prefilled, err)
		}
		if diff := cmp.Diff(shown.Values, filed.Values); diff != "" || len(shown.Values) != 5 {
			t.Error(diff)
		}
	})
}

func TestEarlierComesNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		const unit = "community-01"
		p.Past(t, unit, "2018Q4", typed{"m1_2": "10"})
		p.Past(t, unit, "2019Q1", typed{"m1_2": "20"})
		p.On("2019-07-05", func() { // filed twice, the second time with more
			p.Submit(t, unit, "2019Q2", typed{"m1_2": "30"})
			p.Withdraw(t, unit, "2019Q2")
			p.Submit(t, unit, "2019Q2", typed{"m1_2": "35"})
		})
		p.Submit(t, unit, "2019Q3", typed{"m1_2": "40"})
		p.Past(t, "community-02", "2019Q2", typed{"m1_2": "99"})
		cases := []struct {
			quarter string
			most    int
			want    []string // period, revision, value
		}{
			{"2019Q3", 10, []string{"2019Q2 2 350", "2019Q1 1 200", "2018Q4 1 100"}},
			{"2019Q3", 2, []string{"2019Q2 2 350", "2019Q1 1 200"}},
			{"2019Q4", 1, []string{"2019Q3 1 400"}},
			{"2019Q1", 10, []string{"2018Q4 1 100"}},
			{"2018Q4", 10, []string{}},
		}
		for _, c := range cases {
			list, err := p.Reports.Earlier(t.Context(), accounts.System("test"), reportingtest.Ref(unit, c.quarter), c.most)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, r := range list {
				got = append(got, fmt.Sprint(r.Period, " ", r.No, " ", r.Values["m1_2"].Number))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("before %s, at most %d:\n%s", c.quarter, c.most, diff)
			}
		}
	})
}
