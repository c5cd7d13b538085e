package forms_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestNamesOfTheForm: what the plan names has the plan's words, the rest those of the reader's language.
func TestNamesOfTheForm(t *testing.T) {
	p, err := plan.Parse("plan.yaml", reportingtest.PlanFile())
	if err != nil {
		t.Fatal(err)
	}
	form := forms.FormOf(p)
	item := func(key string) forms.Item {
		found, ok := form.Item(key)
		if !ok {
			t.Fatalf("no item %s", key)
		}
		return found
	}
	for language, want := range map[string][]string{
		locale.Chinese: {"辖区社区总数", "综合服务设施达标", "综合服务设施达标（达标社区数）", "试点范围", "社区基础设施标准化", "文字说明", "达标面积占应达标面积的比重。"},
		locale.English: {"Communities in scope", "综合服务设施达标", "综合服务设施达标 (communities that meet it)", "Scope of the pilot", "社区基础设施标准化", "In words", "达标面积占应达标面积的比重。"},
	} {
		words := locale.For(language)
		got := []string{
			item(forms.CommunitiesItem).Name(words), item("m1_2").Name(words), item(forms.CoveredItem("m1_2")).Name(words),
			form.Sections[0].Name(words), form.Sections[1].Name(words), form.Sections[len(form.Sections)-1].Name(words), item("m1_2").Explanation(words),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", language, diff)
		}
		if got := item(forms.CommunitiesItem).Explanation(words); got != words.T("form.item.communities_definition") {
			t.Errorf("%s: the communities are %q", language, got)
		}
	}
	if item("m1_2").CountsCommunities() || item(forms.CommunitiesItem).CountsCommunities() || !item(forms.CoveredItem("m1_2")).CountsCommunities() {
		t.Error("it is the covered item alone that counts communities")
	}
}
