package web

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// checked is a report about which everything is found that can be found.
func checked() reporting.Report {
	text := func(s string) fault.Message { return fault.Message{Key: "report.no_section", Args: []any{s}} }
	r := reporting.Report{Form: forms.Form{Sections: []forms.Section{{Key: "s", Items: []forms.Item{
		{Key: "a", Title: "甲", Type: forms.Count}, {Key: "b", Title: "乙", Type: forms.Count}, {Key: "c", Title: "合计", Type: forms.Count, Computed: "a + b"},
	}}}}}
	r.Values = forms.Values{"c": {State: forms.Given, Number: 7}}
	r.Explanations = map[string]string{"fell": "撤并"}
	r.Findings = []forms.Finding{
		{Check: "fell", Severity: forms.Warning, Items: []string{"a", "gone"}, Message: text("下降")},
		{Check: requiredCheck, Severity: forms.Error, Items: []string{"a"}, Message: text("甲")},
		{Check: "sum", Severity: forms.Error, Items: []string{"a", "b"}, Message: text("不符")},
		{Check: requiredCheck, Severity: forms.Error, Items: []string{"b"}, Message: text("乙")},
	}
	return r
}

func TestFindingsOf(t *testing.T) {
	words := locale.For(locale.Chinese)
	a, b := itemLink{"a", "甲"}, itemLink{"b", "乙"}
	want := []findingView{
		{Check: "sum", Severity: "error", Text: words.T("report.no_section", "不符"), Items: []itemLink{a, b}},
		{Check: "required", Severity: "error", Text: words.T("filing.required_blank"), Items: []itemLink{a, b}},
		{Check: "fell", Severity: "warning", Text: words.T("report.no_section", "下降"), Items: []itemLink{a}, Explanation: "撤并"},
	}
	got := findingsOf(words, checked())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if at := atCells(got); len(at["a"]) != 3 || len(at["b"]) != 2 || at["gone"] != nil {
		t.Errorf("at the cells: %+v", at)
	}
	if now := nowOf(words, checked()); now.Computed["c"].Text != "7" || len(now.Computed) != 1 {
		t.Errorf("computed: %+v", now.Computed)
	}
}

func TestPostedExplanations(t *testing.T) {
	fields := url.Values{
		"explanation.fell": {" 撤并\r\n"}, "explanation.other": {"第一行\r\n第二行"}, "explanation.none": {""}, "cell.a": {"1"},
	}
	want := map[string]string{"other": "第一行\n第二行"}
	if diff := cmp.Diff(want, postedExplanations(fields, checked())); diff != "" {
		t.Error(diff)
	}
}
