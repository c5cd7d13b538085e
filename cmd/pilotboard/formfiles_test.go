package main

import (
	"strings"
	"testing"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

// Every form file is read without a fault, bears its own name, and keeps every check once the measures
// of the plan are in.
func TestFormsAreRead(t *testing.T) {
	measured, err := plan.Parse("anhui-2018-2020.yaml", anhuiPlan)
	if err != nil {
		t.Fatal(err)
	}
	checks := map[string]int{"burden": 59, "linkage": 34, "platform": 25, "progress": 81, "workforce": 26}
	for name, text := range formFiles(t) {
		document, err := forms.Parse(name, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		form := document.On(measured)
		if form.Key != strings.TrimSuffix(name, ".yaml") {
			t.Errorf("%s holds the form %s", name, form.Key)
		}
		if len(form.Checks) != checks[form.Key] {
			t.Errorf("%s has %d checks, want %d", name, len(form.Checks), checks[form.Key])
		}
		for _, section := range form.Sections {
			for _, item := range section.Items {
				if item.Basis == "" && item.Milestone == "" && item.Key != forms.CommunitiesItem {
					t.Errorf("%s: %s has no basis", name, item.Key)
				}
			}
		}
	}
}
