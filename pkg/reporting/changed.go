package reporting

import (
	"slices"

	"pilotboard/pkg/forms"
)

// Changed names the items of a form about which two contents say different things: in the value, in the
// files attached, or in the explanation of a check that is shown there.
func Changed(form forms.Form, before, after Content) map[string]bool {
	changed := map[string]bool{}
	for _, section := range form.Sections {
		for _, item := range section.Items {
			if before.Values[item.Key] != after.Values[item.Key] || !SameFiles(before.Evidence[item.Key], after.Evidence[item.Key]) {
				changed[item.Key] = true
			}
		}
	}
	for _, check := range form.Checks {
		if before.Explanations[check.Key] == after.Explanations[check.Key] {
			continue
		}
		for _, key := range check.At {
			if _, ok := form.Item(key); ok {
				changed[key] = true
			}
		}
	}
	return changed
}

// SameFiles compares two lists of hashes whatever their order.
func SameFiles(before, after []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(before)), slices.Sorted(slices.Values(after)))
}
