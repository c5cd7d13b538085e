// Package formstest holds a form with checks of every kind, and a table of reports with what the checks
// say of them, and another of what the cells do not take. Every room that takes values runs the same tables.
package formstest

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
)

//go:embed form.yaml
var formFile []byte

//go:embed other.yaml
var otherFile []byte

// HubForm is a form that counties file to their city and the city passes on, with a check that warns and
// with evidence.
//
//go:embed hubs.yaml
var HubForm string

//go:embed checks.yaml
var casesFile []byte

//go:embed refusals.yaml
var refusalsFile []byte

// Raw is the cells of a report as they are typed in; `n/a` is not applicable.
type Raw map[string]any

// NotApplicable stands in Raw for a cell that is not applicable.
const NotApplicable = "n/a"

// Case is a report with what is around it, and what is found. Without Below and Missing there is
// nothing known of the units below.
type Case struct {
	Name     string
	UnitType string `yaml:"unit_type"` // empty: county
	Values   Raw
	Last     Raw            // nil: nothing filed before
	Other    Raw            // on the form `other`; nil: nothing filed
	Below    []Raw          // the reports of the units below
	Missing  []string       // the units below that have not filed
	Computed map[string]any // some of the computed cells; `blank` for one without a value
	Findings []Finding
}

// Finding is what a check is to say. Severity, Items and Message are left out where the check alone
// tells enough.
type Finding struct {
	Check    string
	Severity forms.Severity
	Items    []string
	Message  string
}

// File gives the form file of the cases, and that of the form `other`.
func File() (form, other []byte) { return formFile, otherFile }

var (
	form  = once("form.yaml", formFile)
	other = once("other.yaml", otherFile)
)

// Form gives the form of the cases.
func Form(t testing.TB) forms.Form { return read(t, form) }

// Other gives the form `other`.
func Other(t testing.TB) forms.Form { return read(t, other) }

func read(t testing.TB, parse func() (forms.Form, error)) forms.Form {
	t.Helper()
	f, err := parse()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// once reads a form file one time for all tests.
func once(name string, data []byte) func() (forms.Form, error) {
	return sync.OnceValues(func() (forms.Form, error) {
		d, err := forms.Parse(name, data)
		if err != nil {
			return forms.Form{}, err
		}
		return d.On(nil), nil
	})
}

// Cases gives the table.
func Cases(t testing.TB) []Case {
	t.Helper()
	var cases []Case
	if err := yaml.Unmarshal(casesFile, &cases); err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		if cases[i].UnitType == "" {
			cases[i].UnitType = "county"
		}
	}
	return cases
}

// Values reads cells as they are typed in on a form.
func (r Raw) Values(t testing.TB, form forms.Form) forms.Values {
	t.Helper()
	values := forms.Values{}
	for key, raw := range r {
		item, known := form.Item(key)
		if !known {
			t.Fatalf("form %s has no item %s", form.Key, key)
		}
		if raw == NotApplicable {
			values[key] = forms.Value{State: forms.NotApplicable}
			continue
		}
		v, wrong := item.Parse(raw)
		if wrong != nil {
			t.Fatalf("%s: %v: %v", key, raw, wrong)
		}
		if v.State != forms.Blank {
			values[key] = v
		}
	}
	return values
}

// Around gives what the checks may look at beside the report's own values.
func (c Case) Around(t testing.TB) forms.Around {
	t.Helper()
	form := Form(t)
	around := forms.Around{Missing: c.Missing}
	if c.Last != nil {
		around.Last = &forms.Filed{Form: form, Values: c.Last.Values(t, form)}
	}
	if c.Other != nil {
		other := Other(t)
		around.Others = map[string]forms.Filed{other.Key: {Form: other, Values: c.Other.Values(t, other)}}
	}
	if c.Below != nil || c.Missing != nil {
		var reports []forms.Values
		for _, raw := range c.Below {
			reports = append(reports, raw.Values(t, form))
		}
		around.Children = &forms.Filed{Form: form, Values: forms.SumChildren(form, reports)}
	}
	return around
}

// Says checks that what was found is what the case wants, in order.
func (c Case) Says(t testing.TB, found []forms.Finding) {
	t.Helper()
	if len(found) != len(c.Findings) {
		t.Fatalf("found %v, want %v", found, c.Findings)
	}
	for i, want := range c.Findings {
		got := found[i]
		if got.Check != want.Check || (want.Severity != "" && got.Severity != want.Severity) {
			t.Errorf("finding %d is %+v, want %+v", i, got, want)
		}
		if want.Items != nil && !slices.Equal(got.Items, want.Items) {
			t.Errorf("%s is shown at %v, want %v", got.Check, got.Items, want.Items)
		}
		if want.Message != "" && (len(got.Message.Args) != 1 || got.Message.Args[0] != want.Message) {
			t.Errorf("%s says %v, want %q", got.Check, got.Message, want.Message)
		}
	}
}

// Refusal is what a cell does not take, as it is typed in, and the key of what is said of it.
type Refusal struct {
	Item string
	Raw  string
	Key  string
}

// Refusals gives the table of what the cells of Form do not take.
func Refusals(t testing.TB) []Refusal {
	t.Helper()
	var list []Refusal
	if err := yaml.Unmarshal(refusalsFile, &list); err != nil {
		t.Fatal(err)
	}
	return append(list, Refusal{"note", strings.Repeat("长", forms.MaxNarrative+1), "cell.too_long"})
}

// Refused gives what the form says of the cell, and fails the test when it is not what the table says.
func (r Refusal) Refused(t testing.TB) fault.Message {
	t.Helper()
	item, known := Form(t).Item(r.Item)
	_, wrong := item.Parse(r.Raw)
	if !known || wrong == nil || wrong.Key != r.Key {
		t.Fatalf("%s says %v of %.20q, want %s", r.Item, wrong, r.Raw, r.Key)
	}
	return *wrong
}
