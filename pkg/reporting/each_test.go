package reporting_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gorm.io/gorm"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestEachGivesWhatReportGives: the same content, for every state a report can be in.
func TestEachGivesWhatReportGives(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		p.Save(t, "community-02", "2019Q3", typed{"m1_2": "7"})
		monitor := p.Actor(t, "monitor")
		ignore := cmpopts.IgnoreFields(reporting.Report{}, "Findings", "Unchanged")
		var refs []reporting.Ref
		err := p.Reports.Each(t.Context(), monitor, reporting.Filter{}, func(r reporting.Report) error {
			ref := reporting.Ref{Unit: r.Unit.Key, Form: r.Form.Key, Period: r.Period}
			want, err := p.Reports.Report(t.Context(), monitor, ref)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(want, r, ignore, cmpopts.IgnoreUnexported(forms.Form{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%v (-Report +Each):\n%s", ref, diff)
			}
			refs = append(refs, ref)
			return nil
		})
		if err != nil || len(refs) != 11 {
			t.Fatalf("%d reports, %v", len(refs), err)
		}
		for i := 1; i < len(refs); i++ {
			if refs[i].Period > refs[i-1].Period {
				t.Errorf("%v comes before %v", refs[i-1], refs[i])
			}
		}
		found, err := p.Reports.Several(t.Context(), monitor, refs)
		if err != nil {
			t.Fatal(err)
		}
		for i, one := range found {
			if one.Err != nil || one.Report.Unit.Key != refs[i].Unit || one.Report.Period != refs[i].Period {
				t.Errorf("%v gave %s %s, %v", refs[i], one.Report.Unit.Key, one.Report.Period, one.Err)
			}
		}
	})
}

func TestEachScope(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		never := func(reporting.Report) error { return errors.New("called") }
		wantFault(t, p.Reports.Each(t.Context(), p.Actor(t, "reviewer-340700"), reporting.Filter{Scope: "340100"}, never), fault.Forbidden, "scope.forbidden")
		wantFault(t, p.Reports.Each(t.Context(), p.Actor(t, "clerk-community-02"), reporting.Filter{Unit: "community-01"}, never), fault.Forbidden, "unit.forbidden")
		refs := []reporting.Ref{
			reportingtest.Ref("community-02", "2019Q3"), reportingtest.Ref("community-01", "2019Q3"), reportingtest.Ref("nowhere", "2019Q3"),
			{Unit: "community-02", Form: "none", Period: reportingtest.Ref("", "2019Q3").Period}, reportingtest.Ref("community-02", "2017Q1"),
		}
		found, err := p.Reports.Several(t.Context(), p.Actor(t, "clerk-community-02"), refs)
		if err != nil {
			t.Fatal(err)
		}
		wantFault(t, found[0].Err, 0, "")
		wantFault(t, found[1].Err, fault.Forbidden, "unit.forbidden")
		wantFault(t, found[2].Err, fault.NotFound, "unit.unknown")
		wantFault(t, found[3].Err, fault.NotFound, "form.unknown")
		wantFault(t, found[4].Err, fault.NotFound, "report.not_owed")
	})
}

// TestEachAsksForAllAtOnce: twice the reports take not one query more.
func TestEachAsksForAllAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		monitor := p.Actor(t, "monitor")
		var queries atomic.Int64
		db := p.DB.Read(context.Background())
		count := func(*gorm.DB) { queries.Add(1) }
		if err := db.Callback().Query().Before("gorm:query").Register("count", count); err != nil {
			t.Fatal(err)
		}
		if err := db.Callback().Row().Before("gorm:row").Register("count", count); err != nil {
			t.Fatal(err)
		}
		asked := func(f reporting.Filter) (n, reports int64) {
			queries.Store(0)
			err := p.Reports.Each(t.Context(), monitor, f, func(reporting.Report) error { reports++; return nil })
			if err != nil {
				t.Fatal(err)
			}
			return queries.Load(), reports
		}
		asked(reporting.Filter{}) // what is read once
		one, _ := asked(reporting.Filter{Unit: "community-03", Period: reportingtest.Ref("", "2019Q3").Period})
		all, reports := asked(reporting.Filter{Period: reportingtest.Ref("", "2019Q3").Period})
		if reports != 5 || all > one || all == 0 {
			t.Errorf("%d reports took %d queries, one took %d", reports, all, one)
		}
	})
}

// TestTrySave: it says what Save says and changes nothing.
func TestTrySave(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		edits := []struct {
			actor, unit, quarter string
			version              int64
			values               map[string]any
		}{
			{"clerk-community-02", "community-02", "2019Q3", 1, map[string]any{"m1_2": "50"}},
			{"clerk-community-02", "community-02", "2019Q3", 1, map[string]any{"m1_2": "500"}},
			{"clerk-community-02", "community-02", "2019Q3", 9, map[string]any{"m1_2": "50"}},
			{"viewer", "community-02", "2019Q3", 1, map[string]any{"m1_2": "50"}},
			{"clerk-community-01", "community-02", "2019Q3", 1, map[string]any{"m1_2": "50"}},
			{"clerk-community-01", "community-01", "2019Q2", 1, map[string]any{"m1_2": "50"}},
		}
		for _, e := range edits {
			actor := p.Actor(t, e.actor)
			before := p.kept(t)
			edit := reporting.Edit{Version: e.version, Values: e.values}
			_, tried := p.Reports.TrySave(t.Context(), actor, reportingtest.Ref(e.unit, e.quarter), edit)
			p.unchanged(t, before)
			_, saved := p.Reports.Save(t.Context(), actor, reportingtest.Ref(e.unit, e.quarter), edit)
			if text(tried) != text(saved) {
				t.Errorf("%+v: tried %v, saved %v", e, tried, saved)
			}
		}
	})
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
