package forms_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/forms/formstest"
)

func TestChecks(t *testing.T) {
	form := formstest.Form(t)
	cases := formstest.Cases(t)
	if len(cases) < 60 {
		t.Fatalf("only %d cases", len(cases))
	}
	spoken := map[string]bool{}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			asked := form.For("", c.UnitType)
			values := c.Values.Values(t, form)
			found := asked.Evaluate(c.UnitType, values, c.Around(t))
			c.Says(t, found)
			for _, f := range found {
				spoken[f.Check] = true
			}
			computed := asked.Compute(values)
			for key, want := range c.Computed {
				item, _ := form.Item(key)
				if got := computed[key]; (want == "blank") != (got.State == forms.Blank) || (want != "blank" && item.Format(got) != want) {
					t.Errorf("%s is %+v, want %v", key, got, want)
				}
			}
			if diff := cmp.Diff(computed, asked.Compute(computed)); diff != "" {
				t.Errorf("computed again: %s", diff)
			}
		})
	}
	for _, check := range form.Checks {
		quiet := []string{"thirds", "half", "this_plan"} // which hold whatever is filled in, or whose text is blank
		if spoken[check.Key] == slices.Contains(quiet, check.Key) {
			t.Errorf("%s: a finding in the table: %v", check.Key, spoken[check.Key])
		}
	}
}

// What was given for a computed cell is not looked at, and the values themselves are left alone.
func TestComputedCellsAreNotTyped(t *testing.T) {
	form := formstest.Form(t)
	given := forms.Values{"total": {State: forms.Given, Number: 99}, "registered": {State: forms.Given, Number: 1}}
	if computed := form.Compute(given); computed["total"].State != forms.Blank || given["total"].Number != 99 {
		t.Errorf("computed %v of %v", computed, given)
	}
	if len(form.Compute(nil)) != 0 {
		t.Error("something of nothing")
	}
	for _, key := range []string{"total", "share"} {
		if item, _ := form.Item(key); item.Typed() {
			t.Errorf("%s is typed", key)
		}
	}
}

// A form that was made by hand has its checks, too.
func TestChecksOfAFormMadeByHand(t *testing.T) {
	form := forms.Form{
		Sections: []forms.Section{{Items: []forms.Item{{Key: "a", Title: "甲", Type: forms.Count}, {Key: "b", Type: forms.Count, Computed: "a * 2"}}}},
		Checks:   []forms.Check{{Key: "c", Expr: "b < 10", Message: "{item}"}, {Key: "broken", Expr: "b <"}},
	}
	found := form.Evaluate("", forms.Values{"a": {State: forms.Given, Number: 5}}, forms.Around{})
	if len(found) != 1 || found[0].Check != "c" || found[0].Items[0] != "b" {
		t.Errorf("found %+v", found)
	}
}

func TestSumChildren(t *testing.T) {
	form := formstest.Form(t)
	reports := []formstest.Raw{
		{"hubs": "1", "budget": "0.5", "area": "1", "score": "70", "change": "-1", "item_list": true, "state": "live", "note": "甲", "since": "2019-01-01"},
		{"hubs": "2", "area": "2", "score": "60", "change": "-2", "item_list": false},
		{"hubs": formstest.NotApplicable, "area": "2", "registered": formstest.NotApplicable},
	}
	var values []forms.Values
	for _, r := range reports {
		values = append(values, r.Values(t, form))
	}
	want := map[string]int64{"hubs": 3, "budget": 5, "area": 167, "score": 60, "change": -10, "item_list": 1}
	got := map[string]int64{}
	for key, v := range forms.SumChildren(form, values) {
		got[key] = v.Number
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if sums := forms.SumChildren(form, nil); len(sums) != 0 {
		t.Errorf("of nobody: %v", sums)
	}
}

// drawn draws the values of a report, as typed or as no cell lets them in.
func drawn(form forms.Form) *rapid.Generator[forms.Values] {
	return rapid.Custom(func(t *rapid.T) forms.Values {
		values := forms.Values{}
		for _, s := range form.Sections {
			for _, item := range s.Items {
				if rapid.Bool().Draw(t, item.Key) {
					values[item.Key] = forms.Value{
						State:  rapid.SampledFrom([]forms.State{forms.Blank, forms.Given, forms.NotApplicable}).Draw(t, "state"),
						Number: rapid.Int64().Draw(t, "number"), Text: rapid.String().Draw(t, "text"),
					}
				}
			}
		}
		return values
	})
}

// TestEvaluationNeverPanics: whatever is in the cells, evaluating ends, and says the same again.
func TestEvaluationNeverPanics(t *testing.T) {
	form, other := formstest.Form(t), formstest.Other(t)
	rapid.Check(t, func(t *rapid.T) {
		values := drawn(form).Draw(t, "values")
		around := forms.Around{
			Last:     &forms.Filed{Form: form, Values: drawn(form).Draw(t, "last")},
			Others:   map[string]forms.Filed{"other": {Form: other, Values: drawn(other).Draw(t, "other")}},
			Children: &forms.Filed{Form: form, Values: drawn(form).Draw(t, "children")},
		}
		unitType := rapid.SampledFrom([]string{"county", "city", ""}).Draw(t, "type")
		before := maps.Clone(values)
		found := form.For("", unitType).Evaluate(unitType, values, around)
		if diff := cmp.Diff(found, form.For("", unitType).Evaluate(unitType, values, around)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(before, values); diff != "" {
			t.Fatalf("the values were changed: %s", diff)
		}
	})
}

func TestRefusals(t *testing.T) {
	refusals := formstest.Refusals(t)
	if len(refusals) < 20 {
		t.Fatalf("only %d refusals", len(refusals))
	}
	for _, r := range refusals {
		r.Refused(t)
	}
}
