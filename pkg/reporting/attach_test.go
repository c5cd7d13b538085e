package reporting_test

import (
	"slices"
	"strings"
	"testing"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// upload keeps a file as the unit's clerk and gives its hash.
func (p province) upload(t testing.TB, unit, content string) string {
	t.Helper()
	file, err := p.Evidence.Add(t.Context(), p.Actor(t, "clerk-"+unit), unit, "材料.pdf", strings.NewReader("%PDF-1.7\n"+content))
	if err != nil {
		t.Fatal(err)
	}
	return file.Hash
}

// TestEvidenceBelongsToAnItemOfAReport: files of the unit alone, items that take them alone; what was
// filed with a file keeps it, and what another report shows too is told.
func TestEvidenceBelongsToAnItemOfAReport(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ctx, ref, clerk := t.Context(), reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		hash, foreign := p.upload(t, "community-01", "同一份材料"), p.upload(t, "community-02", "别的材料")
		p.Save(t, "community-01", "2019Q3", reportingtest.Community)
		for name, c := range map[string]struct{ item, hash, key string }{
			"no such item":    {"nosuch", hash, "report.invalid"},
			"words":           {"practices", hash, "report.invalid"},
			"another's file":  {"m1_1", foreign, "evidence.unknown"},
			"no file at all":  {"m1_1", strings.Repeat("0", 64), "evidence.unknown"},
			"a file in place": {"m1_1", hash, ""},
			"again":           {"m1_1", hash, ""},
		} {
			_, err := p.Reports.Attach(ctx, clerk, ref, c.item, c.hash)
			if f, _ := fault.As(err); (c.key == "") != (err == nil) || (f != nil && f.Key != c.key) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := p.Reports.Attach(ctx, p.Actor(t, "monitor"), ref, "m1_1", hash)
		wantFault(t, err, fault.Forbidden, "report.not_your_role")
		report, err := p.Reports.Submit(ctx, clerk, ref, 0)
		if err != nil || !slices.Equal(report.Evidence["m1_1"], []string{hash}) {
			t.Fatalf("filed with %v, err %v", report.Evidence, err)
		}
		if reused, err := p.Reports.Reused(ctx, clerk, ref); err != nil || len(reused) != 0 {
			t.Errorf("reused %v, err %v", reused, err)
		}

		same := p.upload(t, "community-02", "同一份材料")
		other := reportingtest.Ref("community-02", "2019Q3")
		p.Save(t, "community-02", "2019Q3", reportingtest.Community)
		if _, err := p.Reports.Attach(ctx, p.Actor(t, "clerk-community-02"), other, "m1_1", same); err != nil {
			t.Fatal(err)
		}
		report = p.Submit(t, "community-02", "2019Q3", nil)
		if !slices.ContainsFunc(report.Risks, func(r reporting.Risk) bool { return r.Key == "risk.reused" }) {
			t.Errorf("risks %+v", report.Risks)
		}
		for name, unit := range map[string]string{"monitor": "方兴社区", "reviewer-340700": ""} {
			reused, err := p.Reports.Reused(ctx, p.Actor(t, name), other)
			if err != nil || len(reused) != 1 || reused[0].Unit != unit {
				t.Errorf("%s is told %+v, err %v", name, reused, err)
			}
		}
	})
}

// TestNoCompletionWithoutEvidence: a milestone that requires evidence is not reported complete without it.
func TestNoCompletionWithoutEvidence(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		form, err := p.Forms.Form(t.Context(), p.Actor(t, "monitor"), reportingtest.Form)
		if err != nil {
			t.Fatal(err)
		}
		item := ""
		for _, section := range form.For("2018", "community").Sections {
			for _, i := range section.Items {
				if i.Evidence == forms.EvidenceRequired {
					item = i.Key
				}
			}
		}
		if item == "" {
			t.Fatal("the plan of the tests requires no evidence")
		}
		value := map[forms.ItemType]string{forms.YesNo: "true", forms.Percent: "100"}
		asked, _ := form.Item(item)
		typed := typed{item: value[asked.Type]}
		if typed[item] == "" {
			typed[item] = "100"
		}
		p.Save(t, "community-01", "2019Q3", typed)
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		_, err = p.Reports.Submit(t.Context(), clerk, ref, 0)
		wantFault(t, err, fault.Invalid, "report.incomplete")
		if got := fields(err); got != item+"=report.evidence_missing" {
			t.Fatalf("fields %s", got)
		}
		if _, err := p.Reports.Attach(t.Context(), clerk, ref, item, p.upload(t, "community-01", "材料")); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Reports.Submit(t.Context(), clerk, ref, 0); err != nil {
			t.Errorf("with evidence: %v", err)
		}
	})
}

// TestTheFilesOfAnItemAreReplaced: all of them at once or none, in the order given, by whoever may save.
func TestTheFilesOfAnItemAreReplaced(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ctx, ref, clerk := t.Context(), reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		one, two, foreign := p.upload(t, "community-01", "一"), p.upload(t, "community-01", "二"), p.upload(t, "community-02", "三")
		var many []string
		for i := range reporting.MaxFiles + 1 {
			many = append(many, p.upload(t, "community-01", strings.Repeat("多", i+1)))
		}
		p.Save(t, "community-01", "2019Q3", reportingtest.Community)
		for _, c := range []struct {
			name, item   string
			hashes, want []string
			key          string
		}{
			{"two, one of them twice", "m1_1", []string{two, one, two}, []string{two, one}, ""},
			{"another's file among them", "m1_1", []string{one, foreign}, []string{two, one}, "evidence.unknown"},
			{"too many", "m1_1", many, []string{two, one}, "report.invalid"},
			{"no such item", "nosuch", nil, []string{two, one}, "report.invalid"},
			{"words", "practices", []string{one}, []string{two, one}, "report.invalid"},
			{"one less", "m1_1", []string{one}, []string{one}, ""},
			{"none", "m1_1", nil, nil, ""},
			{"as many as there may be", "m1_1", many[1:], many[1:], ""},
		} {
			_, err := p.Reports.SetEvidence(ctx, clerk, ref, c.item, c.hashes)
			if f, _ := fault.As(err); (c.key == "") != (err == nil) || (f != nil && f.Key != c.key) {
				t.Errorf("%s: %v", c.name, err)
			}
			if got := p.Report(t, "community-01", "2019Q3").Evidence["m1_1"]; !slices.Equal(got, c.want) {
				t.Errorf("%s: the item shows %v, want %v", c.name, got, c.want)
			}
		}
		_, err := p.Reports.SetEvidence(ctx, p.Actor(t, "monitor"), ref, "m1_1", nil)
		wantFault(t, err, fault.Forbidden, "report.not_your_role")
		_, err = p.Reports.SetEvidence(ctx, p.Actor(t, "clerk-community-02"), ref, "m1_1", nil)
		wantFault(t, err, fault.Forbidden, "unit.forbidden")
	})
}
