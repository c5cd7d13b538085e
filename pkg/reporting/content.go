package reporting

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"pilotboard/pkg/forms"
)

// Content is what a report says: the values of its cells, the files attached to items by their hash,
// and the clerk's explanations of warnings by the key of the check. Confirmed are the sections
// that the clerk has confirmed as unchanged.
type Content struct {
	Values       forms.Values
	Evidence     map[string][]string
	Explanations map[string]string
	Confirmed    map[string]bool
}

// document is what a draft and a revision keep beside the values; the values are the form's to write.
type document struct {
	Evidence     map[string][]string `json:"evidence,omitempty"`
	Explanations map[string]string   `json:"explanations,omitempty"`
	Confirmed    []string            `json:"confirmed,omitempty"`
}

// marshal writes content as JSON whose keys are sorted, so that equal contents give equal bytes. What
// goes without evidence and explanations is written as the form's values alone.
func marshal(form forms.Form, c Content) (string, error) {
	values, err := form.Marshal(c.Values)
	if err != nil {
		return "", err
	}
	d := document{Evidence: c.Evidence, Explanations: c.Explanations, Confirmed: slices.Sorted(maps.Keys(c.Confirmed))}
	if len(d.Evidence)+len(d.Explanations)+len(d.Confirmed) == 0 {
		return values, nil
	}
	more, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("write a report: %w", err)
	}
	return values[:len(values)-1] + "," + string(more[1:]), nil
}

// unmarshal reads what marshal wrote.
func unmarshal(form forms.Form, text string) (Content, error) {
	c := Content{Evidence: map[string][]string{}, Explanations: map[string]string{}, Confirmed: map[string]bool{}}
	var d struct {
		document
		Values        map[string]any `json:"values"`
		NotApplicable []string       `json:"not_applicable"`
	}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return c, fmt.Errorf("read a report: %w", err)
		}
	}
	c.Values = form.Decode(d.Values, d.NotApplicable)
	for item, hashes := range d.Evidence {
		c.Evidence[item] = hashes
	}
	for check, words := range d.Explanations {
		c.Explanations[check] = words
	}
	for _, section := range d.Confirmed {
		c.Confirmed[section] = true
	}
	return c, nil
}
