package reporting

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

func TestChanged(t *testing.T) {
	form := forms.Form{
		Sections: []forms.Section{{Items: []forms.Item{{Key: "a"}, {Key: "b"}, {Key: "c"}, {Key: "d"}}}},
		Checks:   []forms.Check{{Key: "k", At: []string{"d", "gone"}}, {Key: "l", At: []string{"a"}}},
	}
	one := forms.Value{State: forms.Given, Number: 1}
	before := Content{
		Values: forms.Values{"a": one, "b": one}, Evidence: map[string][]string{"a": {"x", "y"}, "c": {"x"}}, Explanations: map[string]string{"l": "same"},
	}
	after := Content{
		Values: forms.Values{"a": one, "b": {State: forms.NotApplicable}}, Evidence: map[string][]string{"a": {"y", "x"}},
		Explanations: map[string]string{"k": "because", "l": "same"},
	}
	if diff := cmp.Diff([]string{"b", "c", "d"}, slices.Sorted(maps.Keys(Changed(form, before, after)))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestChainAndNext(t *testing.T) {
	whole := divisions.Place{Province: 1, City: 2, County: 3}
	all := []int{divisions.County, divisions.City, divisions.Province}
	city, province := accounts.Actor{Role: accounts.Reviewer, Division: 2}, accounts.Actor{Role: accounts.Monitor, Division: 1}
	for _, c := range []struct {
		name     string
		review   []int
		place    divisions.Place
		unitType string
		chain    []int
		stage    int
		actor    accounts.Actor
		next     int
	}{
		{"all levels", all, whole, "community", all, divisions.County, city, divisions.Province},
		{"a city's own", all, divisions.Place{Province: 1, City: 2}, "city", []int{divisions.Province}, divisions.Province, province, 0},
		{"a county's own", all, whole, "county", []int{divisions.City, divisions.Province}, divisions.City, city, divisions.Province},
		{"the province skips", all, whole, "community", all, divisions.County, province, 0},
		{"whoever reviews", nil, whole, "community", nil, 0, city, 0},
		{"no level above", []int{divisions.City}, divisions.Place{Province: 1, City: 2}, "city", []int{divisions.Province}, divisions.Province, province, 0},
	} {
		r := Report{Unit: plan.Unit{Place: c.place}, UnitType: c.unitType, Form: forms.Form{Review: c.review}, Stage: c.stage}
		if diff := cmp.Diff(c.chain, r.Chain()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, diff)
		}
		if got := r.Next(c.actor); got != c.next {
			t.Errorf("%s: level %d is next, want %d", c.name, got, c.next)
		}
	}
}

func TestRisksComeBackWhole(t *testing.T) {
	kept := []Risk{{Weight: 3, Message: fault.Message{Key: "risk.warnings", Args: []any{int64(2), "张三"}}}, {Weight: 1, Message: fault.Message{Key: "risk.late"}}}
	text, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	var read []Risk
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kept, read); diff != "" {
		t.Errorf("-kept +read:\n%s", diff)
	}
	if json.Unmarshal([]byte(`[{"Args":[1.5]}]`), &read) == nil || json.Unmarshal([]byte(`[{"Weight":"x"}]`), &read) == nil {
		t.Error("what is no risk is read")
	}
}
