package reportingtest

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/forms/formstest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// Checked is a case of formstest as a report that nothing is filled into yet, and around it what the case
// has there: last quarter's report accepted, the other form saved, the counties of a city filed. It has a
// unit of its own, for which Filer, a user, files. Found is what every door is to tell of it.
type Checked struct {
	formstest.Case
	Ref   reporting.Ref
	Filer string
	Found []Told
}

// Told is a finding as a door tells it.
type Told struct {
	Check    string         `json:"check"`
	Severity forms.Severity `json:"severity"`
	Items    []string       `json:"items"`
	Message  string         `json:"message"`
}

// Tell writes findings as they are told in Chinese.
func Tell(findings []forms.Finding) []Told {
	told := []Told{}
	for _, f := range findings {
		told = append(told, Told{f.Check, f.Severity, f.Items, locale.For(locale.Chinese).Message(f.Message)})
	}
	return told
}

// Edit changes the report into what the case says: cells that the case does not name become blank.
func (c Checked) Edit(t testing.TB, version int64) reporting.Edit {
	return editOf(formstest.Form(t).For("", c.UnitType), c.Values, version)
}

// Column gives the cells of the case in the order of the form, as a person types them.
func (c Checked) Column(t testing.TB) (items, texts []string) {
	for _, item := range typedItems(formstest.Form(t).For("", c.UnitType)) {
		text := ""
		switch raw := c.Values[item.Key]; raw {
		case nil:
		case formstest.NotApplicable:
			text = locale.For(locale.Chinese).T("value.not_applicable")
		default:
			text = fmt.Sprint(raw)
		}
		items, texts = append(items, item.Key), append(texts, text)
	}
	return items, texts
}

func editOf(form forms.Form, values formstest.Raw, version int64) reporting.Edit {
	edit := reporting.Edit{Version: version, Values: map[string]any{}}
	for _, item := range typedItems(form) {
		if values[item.Key] == formstest.NotApplicable {
			edit.NotApplicable = append(edit.NotApplicable, item.Key)
		} else {
			edit.Values[item.Key] = values[item.Key]
		}
	}
	return edit
}

func typedItems(form forms.Form) []forms.Item {
	var items []forms.Item
	for _, section := range form.Sections {
		for _, item := range section.Items {
			if item.Typed() {
				items = append(items, item)
			}
		}
	}
	return items
}

// beyond names the cases that cannot come about in a province, and why.
var beyond = map[string]string{
	"a county need not add up":              "nobody files below a county",
	"an item that is not asked of a county": "every door refuses a value for it, and nobody files below a county",
}

// Checks publishes the forms of formstest and makes a report of every case but those that cannot come
// about. The counties of the table lie in one city, and every city of it has those that its case names.
func (p *Province) Checks(t testing.TB) []Checked {
	t.Helper()
	ctx, system := context.Background(), accounts.System("test")
	form, other := formstest.File()
	if _, err := p.Forms.ImportFiles(ctx, system, []forms.File{{Name: "form.yaml", Data: form}, {Name: "other.yaml", Data: other}}, "", false); err != nil {
		t.Fatalf("import the forms: %v", err)
	}
	cases, tree := places(t)
	if _, err := p.Tree.Import(ctx, strings.NewReader(tree), "divisions.csv", false, system.Name); err != nil {
		t.Fatalf("import the divisions: %v", err)
	}
	p.OpenPeriods(t)
	for _, c := range cases {
		p.surround(t, c)
	}
	if len(cases) < 60 {
		t.Fatalf("only %d cases", len(cases))
	}
	return cases
}

// countiesOf is the code of the city that the counties of the table lie in, without its last noughts.
const countiesOf = "3402"

// places gives every case its unit, and the divisions that this takes.
func places(t testing.TB) (cases []Checked, tree string) {
	t.Helper()
	tree = "key,code,name,level,parent,valid_from,valid_to,statistics_only,successor\n"
	add := func(code, name string, level int) string {
		tree += fmt.Sprintf("%s,%s,%s,%d,,,,,\n", code, code, name, level)
		return code
	}
	add(countiesOf+"00", "校验市", 2)
	counties, cities := 0, 0
	for _, c := range formstest.Cases(t) {
		if beyond[c.Name] != "" {
			continue
		}
		unit, filer := "", countiesOf+"00"
		if c.UnitType == "county" {
			counties++
			unit = add(fmt.Sprintf("%s%02d", countiesOf, counties), "校验县", 3)
		} else {
			cities++
			unit = add(fmt.Sprintf("34%02d00", 10+cities), "校验市", 2)
			filer = unit
			for i := range len(c.Below) + len(c.Missing) {
				name := "下级"
				if i >= len(c.Below) {
					name = c.Missing[i-len(c.Below)]
				}
				add(below(unit, i), name, 3)
			}
		}
		asked := formstest.Form(t).For("", c.UnitType)
		cases = append(cases, Checked{
			Case: c, Ref: checkedRef(unit, asked.Key, "2019Q3"), Filer: "reviewer-" + filer,
			Found: Tell(asked.Evaluate(c.UnitType, c.Values.Values(t, asked), c.Around(t))),
		})
	}
	return cases, tree
}

// below gives the code of a county of a city.
func below(city string, i int) string { return fmt.Sprintf("%s%02d", city[:4], i+1) }

func checkedRef(unit, form, quarter string) reporting.Ref {
	return reporting.Ref{Unit: unit, Form: form, Period: period.MustParse(quarter)}
}

// surround puts into their places what a case has around it.
func (p *Province) surround(t testing.TB, c Checked) {
	t.Helper()
	ctx, system, form := context.Background(), accounts.System("test"), formstest.Form(t)
	if c.Last != nil {
		p.On("2019-07-05", func() {
			last := checkedRef(c.Ref.Unit, form.Key, "2019Q2")
			p.fileAny(t, last, form.For("", c.UnitType), c.Last)
			if _, err := p.Reports.Accept(ctx, system, last, 0); err != nil {
				t.Fatalf("accept what was before %s: %v", c.Name, err)
			}
		})
	}
	if c.Other != nil {
		other := formstest.Other(t)
		if _, err := p.Reports.Save(ctx, system, checkedRef(c.Ref.Unit, other.Key, "2019Q3"), editOf(other, c.Other, 1)); err != nil {
			t.Fatalf("save the other form of %s: %v", c.Name, err)
		}
	}
	for i, values := range c.Below {
		p.fileAny(t, checkedRef(below(c.Ref.Unit, i), form.Key, "2019Q3"), form.For("", "county"), values)
	}
}

// fileAny files values today, whatever they are. A blank report cannot be filed, nor a blank required
// cell: a day, which does not add up, is put into the one, and the other is not applicable, which has no
// value either. Warnings are explained.
func (p *Province) fileAny(t testing.TB, ref reporting.Ref, form forms.Form, values formstest.Raw) {
	t.Helper()
	ctx, system := context.Background(), accounts.System("test")
	values = maps.Clone(values)
	if values["planned"] == nil {
		values["planned"] = "2020-12-31"
	}
	for _, item := range typedItems(form) {
		if item.Required && values[item.Key] == nil {
			values[item.Key] = formstest.NotApplicable
		}
	}
	saved, err := p.Reports.Save(ctx, system, ref, editOf(form, values, 1))
	for _, f := range saved.Findings {
		if err == nil && f.Severity == forms.Warning {
			_, err = p.Reports.Explain(ctx, system, ref, f.Check, "已核对")
		}
	}
	if err == nil {
		_, err = p.Reports.Submit(ctx, system, ref, 0)
	}
	if err != nil {
		t.Fatalf("file %v for %v: %v", values, ref, err)
	}
}
