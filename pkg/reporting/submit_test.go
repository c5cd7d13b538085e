package reporting_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestSubmitNamesEveryCellThatKeepsItBack(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		cases := []struct {
			name, unit string
			values     typed
			wrong      string // empty: it is filed
		}{
			{"nothing", "community-03", nil, "=report.empty"},
			{"words alone", "community-03", typed{"practices": "开展入户宣传。"}, "=report.empty"},
			{"complete without the required evidence", "community-01", typed{"m1_1": "true", "m2_2": "100"}, "m2_2=report.evidence_missing"},
			{"almost complete", "community-01", typed{"m2_2": "99.9"}, ""},
			{"district without its scope", "district-01", typed{"m1_1_covered": "3"}, "communities=report.communities_missing"},
			{"more communities than there are", "district-01", typed{"communities": "5", "m1_1_covered": "6", "m2_1_covered": "7"}, "m1_1_covered=report.covered_over_scope m2_1_covered=report.covered_over_scope"},
			{"all communities", "district-01", typed{"m1_1_covered": "5", "m2_1_covered": "0"}, ""},
			{"street with one too many", "street-01", typed{"communities": "5", "m1_2_covered": "6"}, "m1_2_covered=report.covered_over_scope"},
			{"nought is an answer", "street-01", typed{"m1_2_covered": "0"}, ""},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				p.Save(t, c.unit, "2019Q3", c.values)
				before := p.kept(t)
				report, err := p.Reports.Submit(t.Context(), p.Actor(t, "clerk-"+c.unit), reportingtest.Ref(c.unit, "2019Q3"), 0)
				if c.wrong == "" {
					if err != nil || report.Status != reporting.Submitted || report.Revision != 1 {
						t.Fatalf("%s, revision %d, err %v", report.Status, report.Revision, err)
					}
					return
				}
				wantFault(t, err, fault.Invalid, "report.incomplete")
				if fields(err) != c.wrong {
					t.Errorf("got %s", fields(err))
				}
				p.unchanged(t, before)
			})
		}
	})
}

func TestTheFormOfAUnit(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		cases := []struct {
			unit  string
			items []string
		}{
			{"community-01", []string{"m1_1", "m1_2", "m1_3", "m2_1", "m2_2", "practices", "obstacles"}},
			{"community-03", []string{"m1_1", "m1_2", "m2_1", "m2_2", "practices", "obstacles"}}, // M1.3 is for 2018 alone
			{"district-01", []string{"communities", "m1_1_covered", "m1_2_covered", "m2_1_covered", "practices", "obstacles"}},
			{"street-01", []string{"communities", "m1_1_covered", "m1_2_covered", "practices", "obstacles"}},
		}
		for _, c := range cases {
			report, items := p.Report(t, c.unit, "2019Q3"), []string{}
			for _, s := range report.Form.Sections {
				for _, item := range s.Items {
					items = append(items, item.Key)
				}
			}
			if diff := cmp.Diff(c.items, items); diff != "" {
				t.Errorf("%s:\n%s", c.unit, diff)
			}
		}
		form, err := p.Forms.Form(t.Context(), p.Actor(t, "viewer"), reportingtest.Form)
		if err != nil || form.Version != 1 || form.DueDays != 10 || form.LockDays != 30 || form.Number != "智社试 2 表" {
			t.Errorf("%+v, err %v", form, err)
		}
		if covered, ok := form.Item("m1_2_covered"); !ok || covered.Type != forms.Count || covered.Decimals != 0 || covered.Unit != "" {
			t.Errorf("%+v", covered)
		}
	})
}

// TestThreeStatesSurviveTheWholeWay: blank, 0 and not applicable stay three things from cell to revision.
func TestThreeStatesSurviveTheWholeWay(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		_, err := p.Reports.Save(t.Context(), clerk, ref, reporting.Edit{
			Version: 1, Values: map[string]any{"m1_1": false, "m1_2": "0", "m2_1": "", "practices": "甲\n</script>"}, NotApplicable: []string{"m1_3", "obstacles"},
		})
		if err != nil {
			t.Fatal(err)
		}
		want := forms.Values{"m1_1": given(0), "m1_2": given(0), "m1_3": notApplicable(), "practices": words("甲\n</script>"), "obstacles": notApplicable()}
		check := func(where string, got forms.Values) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s:\n%s", where, diff)
			}
			if v, there := got["m2_1"]; there || v.State != forms.Blank {
				t.Errorf("%s: the blank cell is %+v", where, v)
			}
		}
		check("draft", p.Report(t, "community-01", "2019Q3").Values)
		filed, err := p.Reports.Submit(t.Context(), clerk, ref, 2)
		if err != nil {
			t.Fatal(err)
		}
		check("what Submit gave", filed.Values)
		check("submitted", p.Report(t, "community-01", "2019Q3").Values)
		revision, err := p.Reports.Filed(t.Context(), clerk, ref, 1)
		if err != nil {
			t.Fatal(err)
		}
		check("revision", revision.Values)
		p.Accept(t, "community-01", "2019Q3")
		check("accepted", p.Report(t, "community-01", "2019Q3").Values)
	})
}

// link is a revision as it is stored.
type link struct {
	UnitID                   int64
	Form, Period             string
	No, FormVersion          int64
	Document, Hash, PrevHash string
	SubmittedAt              time.Time
	SubmittedBy              string
}

// hash is the definition of a revision's hash, written a second time.
func (l link) hash() string {
	sum := sha256.Sum256([]byte(l.PrevHash + "\n" + fmt.Sprint(l.UnitID) + "\n" + l.Form + "\n" + l.Period + "\n" + fmt.Sprint(l.No) + "\n" +
		fmt.Sprint(l.FormVersion) + "\n" + l.SubmittedAt.UTC().Format(time.RFC3339Nano) + "\n" + l.SubmittedBy + "\n" + l.Document))
	return hex.EncodeToString(sum[:])
}

func (p province) chain(t testing.TB, unit, quarter string) []link {
	t.Helper()
	var links []link
	err := p.DB.Read(t.Context()).Raw("SELECT * FROM revisions WHERE unit_id = ? AND period = ? ORDER BY no", p.Unit(t, unit).ID, quarter).Scan(&links).Error
	if err != nil {
		t.Fatal(err)
	}
	return links
}

func TestRevisionsAreNumberedAndChained(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		const unit, quarter = "community-01", "2019Q3"
		p.Submit(t, unit, "2019Q3", reportingtest.Community)
		p.Withdraw(t, unit, quarter)
		p.Submit(t, unit, quarter, typed{"m1_2": "45"})
		p.Return(t, unit, quarter)
		p.Submit(t, unit, quarter, typed{"m1_2": "50"})
		p.Accept(t, unit, quarter)

		before := ""
		links := p.chain(t, unit, quarter)
		for i, l := range links {
			if l.No != int64(i+1) || l.PrevHash != before || l.Hash != l.hash() || l.FormVersion != 1 || l.SubmittedBy != "clerk-community-01" {
				t.Errorf("revision %d: %+v", i+1, l)
			}
			before = l.Hash
		}
		const last = `{"values":{"m1_1":true,"m1_2":"50","m1_3":"12.5","m2_1":"70","practices":"开展入户宣传。"},"not_applicable":[]}`
		if len(links) != 3 || links[2].Document != last {
			t.Fatalf("%d revisions, the last one %s", len(links), links[len(links)-1].Document)
		}
		revisions, err := p.Reports.Revisions(t.Context(), p.Actor(t, "viewer"), reportingtest.Ref(unit, quarter))
		if err != nil || len(revisions) != 3 {
			t.Fatalf("%d revisions, err %v", len(revisions), err)
		}
		for i, r := range revisions {
			l := links[2-i]
			if r.No != l.No || r.Hash != l.Hash || !r.SubmittedAt.Equal(l.SubmittedAt) || r.Values["m1_2"] != given([]int64{500, 450, 400}[i]) {
				t.Errorf("%+v", r)
			}
			if accepted := i == 0; r.AcceptedAt.IsZero() == accepted || (r.AcceptedBy == "monitor") != accepted {
				t.Errorf("revision %d was accepted at %s by %q", r.No, r.AcceptedAt, r.AcceptedBy)
			}
		}
		report := p.Report(t, unit, quarter)
		if !report.FirstSubmittedAt.Equal(links[0].SubmittedAt) || !report.SubmittedAt.Equal(links[2].SubmittedAt) || report.AcceptedRevision != 3 {
			t.Errorf("%+v", report)
		}
		if checked, err := p.Reports.Verify(t.Context()); checked != 3 || err != nil {
			t.Errorf("verified %d, err %v", checked, err)
		}
		_, err = p.Reports.Filed(t.Context(), p.Actor(t, "viewer"), reportingtest.Ref(unit, quarter), 4)
		wantFault(t, err, fault.NotFound, "report.no_revision")
	})
}

func TestAStaleActIsRefused(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ref, clerk, monitor := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01"), p.Actor(t, "monitor")
		p.Save(t, "community-01", "2019Q3", reportingtest.Community)
		before := p.kept(t)
		_, err := p.Reports.Submit(t.Context(), clerk, ref, 1)
		if s := stale(t, err); s.Version != 2 || s.By != clerk.Display || len(s.Clashes) != 0 {
			t.Errorf("%+v", s)
		}
		p.unchanged(t, before)
		if _, err := p.Reports.Submit(t.Context(), clerk, ref, 2); err != nil {
			t.Fatal(err)
		}
		before = p.kept(t)
		_, err = p.Reports.Accept(t.Context(), monitor, ref, 2)
		_ = stale(t, err)
		_, err = p.Reports.Return(t.Context(), monitor, ref, 2, "请核实。", nil)
		_ = stale(t, err)
		_, err = p.Reports.Withdraw(t.Context(), clerk, ref, 4)
		_ = stale(t, err)
		_, err = p.Reports.Reopen(t.Context(), monitor, ref, 1, "更正", ref.Period.Last().AddDays(90))
		_ = stale(t, err)
		p.unchanged(t, before)
	})
}

func TestEarlierRevisionsAreReadByTheirForm(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Past(t, "community-01", "2019Q2", reportingtest.Values{"m1_1": "true", "m1_3": "800"})
		p.importPlan(t, "decimals: 1, unit: 万元, max: 1000", "decimals: 1, unit: 万元, max: 60")
		ref := reportingtest.Ref("community-01", "2019Q2")
		revision, err := p.Reports.Filed(t.Context(), p.Actor(t, "viewer"), ref, 1)
		if err != nil || revision.FormVersion != 1 || revision.Values["m1_3"] != given(8000) {
			t.Errorf("filed %+v, err %v", revision, err)
		}
		next := p.Report(t, "community-01", "2019Q3")
		if _, kept := next.Values["m1_3"]; next.Form.Version != 2 || kept { // 800 is more than the new form lets in
			t.Errorf("version %d of the form is filled with %+v", next.Form.Version, next.Values)
		}
		p.Submit(t, "community-01", "2019Q3", typed{"m1_3": "59.5"})
		p.Accept(t, "community-01", "2019Q3")
		accepted, err := reporting.AcceptedRevisions(p.DB.Read(t.Context()), reportingtest.Form, []int64{p.Unit(t, "community-01").ID}, "")
		if err != nil || len(accepted) != 2 {
			t.Fatalf("%d accepted, err %v", len(accepted), err)
		}
		for i, want := range []int64{8000, 595} {
			values, err := reporting.ReadValues(p.Forms.ReadingIn(p.DB.Read(t.Context())), accepted[i])
			if err != nil || values["m1_3"] != given(want) {
				t.Errorf("%s: %+v, err %v", accepted[i].Period, values, err)
			}
		}
	})
}
