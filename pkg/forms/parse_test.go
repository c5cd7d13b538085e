package forms_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/forms/formstest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

// faultsOf gives the faults of a form file, each as `line: path: key`.
func faultsOf(t testing.TB, text string) []string {
	t.Helper()
	_, err := forms.Parse("form.yaml", []byte(text))
	if err == nil {
		return nil
	}
	var faults fault.FileFaults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v", err)
	}
	list := make([]string, len(faults))
	for i, f := range faults {
		speaks(t, f)
		list[i] = fmt.Sprintf("%d: %s: %s", f.Line, f.Path, f.Key)
		if inner, ok := lastArg(f.Message).(fault.Message); ok && f.Key == "expression.at" {
			list[i] += " " + inner.Key
		}
	}
	return list
}

func lastArg(m fault.Message) any {
	if len(m.Args) == 0 {
		return nil
	}
	return m.Args[len(m.Args)-1]
}

// speaks checks that a fault has a place, and a text in every language that puts its values in.
func speaks(t testing.TB, f fault.InFile) {
	t.Helper()
	if f.File != "form.yaml" || f.Line < 1 || f.Column < 1 {
		t.Errorf("no place: %s", f.Where())
	}
	for _, language := range locale.Languages {
		if text := locale.For(language).Message(f.Message); text == f.Key || strings.Contains(text, "%!") || strings.Contains(text, "expression.") {
			t.Errorf("%s says %q in %s", f.Key, text, language)
		}
	}
}

// file writes a form file whose only item, in line 9, has these lines added, with what follows it.
func file(item, after string) string {
	return `key: linkage
title: 三社联动季报
due_days: 10
lock_days: 30
filled_by: [county, city]
sections:
  - key: all
    title: 全部
    items:
      - {key: a, title: 甲, basis: 依据, ` + item + `}
      - {key: b, title: 乙, basis: 依据, type: count, kind: stock}
` + after
}

const plainItem = "type: count, kind: stock"

func TestParseForm(t *testing.T) {
	d, err := forms.Parse("form.yaml", []byte(file("type: money, kind: flow, required: true, evidence: required, types: [county], min: 0.5, max: 1000, definition: 口径", "")))
	if err != nil {
		t.Fatal(err)
	}
	want := forms.Form{
		Key: "linkage", Title: "三社联动季报", DueDays: 10, LockDays: 30, FilledBy: []string{"county", "city"},
		Sections: []forms.Section{{Key: "all", Title: "全部", Items: []forms.Item{
			{Key: "a", Title: "甲", Basis: "依据", Type: forms.Money, Kind: forms.KindFlow, Aggregation: forms.Sum, Unit: "万元", Decimals: 1,
				Required: true, Evidence: forms.EvidenceRequired, Types: []string{"county"}, Min: 5, Max: 10000, Definition: "口径"},
			{Key: "b", Title: "乙", Basis: "依据", Type: forms.Count, Kind: forms.KindStock, Aggregation: forms.Sum},
		}}},
	}
	if diff := cmp.Diff(want, d.On(nil)); diff != "" {
		t.Fatal(diff)
	}
}

func TestParseTheWholeForm(t *testing.T) {
	f := formstest.Form(t)
	day := period.MustParseDate
	if f.Agency != "安徽省民政厅" || !f.Trial() || f.ValidFrom != day("2018-10-01") || f.ValidUntil != day("2020-12-31") || !f.Sample ||
		!slices.Equal(f.Review, []int{divisions.City, divisions.Province}) {
		t.Errorf("head: %+v", f)
	}
	cases := map[string]forms.Item{
		"state": {Type: forms.Option, Kind: forms.KindStatus, Aggregation: forms.None},
		"since": {Type: forms.Date, Kind: forms.KindStatus, Aggregation: forms.None, Min: 20100101, Max: 20201231},
		"note":  {Type: forms.Text, Kind: forms.KindText, Aggregation: forms.None},
		"share": {Type: forms.Percent, Kind: forms.KindStock, Aggregation: forms.None, Decimals: 1, Computed: "100 * hubs / total"},
		"score": {Type: forms.Percent, Kind: forms.KindStock, Aggregation: forms.Min},
		"area":  {Type: forms.Number, Kind: forms.KindStock, Aggregation: forms.Mean, Decimals: 2, Unit: "㎡"},
	}
	for key, want := range cases {
		got, _ := f.Item(key)
		got.Key, got.Title, got.Basis, got.Options = "", "", "", nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
	var keys []string
	for _, c := range f.Checks {
		keys = append(keys, c.Key)
	}
	if !slices.Contains(keys, "not_falling:hubs") || !slices.Contains(keys, "not_falling:spent") || slices.Contains(keys, "not_falling") {
		t.Errorf("checks: %v", keys)
	}
}

func TestFaultsOfForms(t *testing.T) {
	check := func(text string) string { return file(plainItem, "checks:\n  - {"+text+"}\n") }
	head := func(old, new string) string { return strings.Replace(file(plainItem, ""), old, new, 1) }
	cases := []struct {
		name, text string
		want       []string
	}{
		{"sound", file(plainItem, ""), nil},
		{"empty", "", []string{"1: : file.no_content"}},
		{"a list", "[1]", []string{"1: : file.not_mapping"}},
		{"no head", "sections: []", []string{"1: key: file.missing_key", "1: title: file.missing_key", "1: due_days: file.missing_key", "1: lock_days: file.missing_key", "1: filled_by: file.missing_key", "1: sections: file.empty"}},
		{"unknown key", file(plainItem, "more: 1\n"), []string{"12: more: file.unknown_key"}},
		{"bad key", head("key: linkage", "key: Linkage"), []string{"1: key: file.bad_key"}},
		{"key that expressions need", head("key: linkage", "key: last"), []string{"1: key: form.reserved"}},
		{"key that indicators need", head("key: linkage", "key: pilots"), []string{"1: key: form.reserved"}},
		{"lock before due", head("lock_days: 30", "lock_days: 5"), []string{"1: lock_days: plan.lock_before_due"}},
		{"nobody of that type", head("[county, city]", "[county, county, planet]"), []string{"5: filled_by[1]: plan.named_twice", "5: filled_by[2]: form.unknown_word"}},
		{"review downwards", head("sections:", "review: [province, city]\nsections:"), []string{"6: review: form.review_order"}},
		{"valid backwards", head("sections:", "valid: {from: 2020-01-01, until: 2019-01-01}\nsections:"), []string{"6: valid.until: form.until_before_from"}},
		{"no such day", head("sections:", "valid: {from: 2020-02-30}\nsections:"), []string{"6: valid.from: period.invalid_date"}},
		{"the plan twice", head("  - key: all", "  - plan: workstreams\n  - plan: workstreams\n  - key: all"), []string{"8: sections[1].plan: form.plan_twice"}},
		{"something else of the plan", head("  - key: all", "  - plan: batches\n  - key: all"), []string{"7: sections[0].plan: form.unknown_word"}},
		{"item twice", head("key: b", "key: a"), []string{"11: sections[0].items[1].key: file.taken"}},
		{"no type", file("kind: stock", ""), []string{"10: sections[0].items[0].type: file.missing_key"}},
		{"unknown type", file("type: colour", ""), []string{"10: sections[0].items[0].type: form.unknown_word"}},
		{"no kind", file("type: count", ""), []string{"10: sections[0].items[0].kind: file.missing_key"}},
		{"another kind", file("type: yes_no, kind: stock", ""), []string{"10: sections[0].items[0].kind: form.unknown_word"}},
		{"a sum of words", file("type: text, aggregation: sum", ""), []string{"10: sections[0].items[0].aggregation: form.unknown_word"}},
		{"a sum of ratios", file("type: percent, kind: stock, aggregation: sum", ""), []string{"10: sections[0].items[0].aggregation: form.unknown_word"}},
		{"decimals of a count", file(plainItem+", decimals: 1", ""), []string{"10: sections[0].items[0].decimals: form.not_for_type"}},
		{"too many decimals", file("type: number, kind: stock, decimals: 5", ""), []string{"10: sections[0].items[0].decimals: file.out_of_range"}},
		{"another unit of money", file("type: money, kind: flow, unit: 元", ""), []string{"10: sections[0].items[0].unit: form.not_for_type"}},
		{"bounds of words", file("type: text, max: 5", ""), []string{"10: sections[0].items[0].max: form.not_for_type"}},
		{"bounds the wrong way", file(plainItem+", min: 5, max: 4", ""), []string{"10: sections[0].items[0].max: form.max_below_min"}},
		{"bound with more decimals", file("type: money, kind: flow, max: 1.25", ""), []string{"10: sections[0].items[0].max: file.too_many_decimals"}},
		{"types that do not owe it", file(plainItem+", types: [street]", ""), []string{"10: sections[0].items[0].types[0]: form.unknown_word"}},
		{"no options", file("type: option", ""), []string{"10: sections[0].items[0].options: file.missing_key"}},
		{"options of a count", file(plainItem+", options: [{key: x, code: 0, title: X}]", ""), []string{"10: sections[0].items[0].options: form.not_for_type"}},
		{"options alike", file("type: option, options: [{key: x, code: 0, title: 未建}, {key: y, code: 0, title: Ｘ}]", ""),
			[]string{"10: sections[0].items[0].options[1].title: file.taken", "10: sections[0].items[0].options[1].code: file.taken"}},
		{"computed and required", file(plainItem+", computed: b, required: true", ""), []string{"10: sections[0].items[0].required: form.not_for_computed"}},
		{"computed words", file("type: text, computed: b", ""), []string{"10: sections[0].items[0].computed: form.not_for_type"}},
		{"computed of something unknown", file(plainItem+", computed: b + c", ""), []string{"10: sections[0].items[0].computed: expression.at form.unknown_item"}},
		{"computed of the last report", file(plainItem+", computed: b + last.b", ""), []string{"10: sections[0].items[0].computed: expression.at form.only_own"}},
		{"computed of itself", file(plainItem+", computed: a + 1", ""), []string{"10: sections[0].items[0].computed: form.circle"}},
		{"computed truth in a count", file(plainItem+", computed: b > 1", ""), []string{"10: sections[0].items[0].computed: expression.at expression.wrong_kind"}},

		{"check", check("key: c, expr: a <= b, severity: error, message: 不符"), nil},
		{"check without anything", check("key: c"), []string{"13: checks[0].expr: file.missing_key", "13: checks[0].severity: file.missing_key", "13: checks[0].message: file.missing_key"}},
		{"unknown severity", check("key: c, expr: a <= b, severity: fatal, message: 不符"), []string{"13: checks[0].severity: form.unknown_word"}},
		{"unknown item", check("key: c, expr: a <= c, severity: error, message: 不符"), []string{"13: checks[0].expr: expression.at form.unknown_item"}},
		{"several faults of one expression", check("key: c, expr: a <= c and last.d > 1, severity: error, message: 不符"),
			[]string{"13: checks[0].expr: expression.at form.unknown_item", "13: checks[0].expr: expression.at form.unknown_item"}},
		{"other forms are not looked up", check("key: c, expr: a <= burden.c, severity: error, message: 不符"), nil},
		{"shown nowhere", check("key: c, expr: a <= b, severity: error, message: 不符, at: [c]"), []string{"13: checks[0].at[0]: form.unknown_item"}},
		{"for each of unknown ones", check("key: c, expr: it > 1, severity: error, message: 不符, each: [a, c]"),
			[]string{"13: checks[0].expr: expression.at form.unknown_item", "13: checks[0].each[1]: form.unknown_item"}},
		{"for each, told once", check("key: c, expr: it > zz, severity: error, message: 不符, each: [a, b]"), []string{"13: checks[0].expr: expression.at form.unknown_item"}},
		{"it without each", check("key: c, expr: it > 1, severity: error, message: 不符"), []string{"13: checks[0].expr: expression.at form.unknown_item"}},
		{"unknown placeholder", check("key: c, expr: a > 1, severity: error, message: '{items} 不符'"), []string{"13: checks[0].message: form.unknown_placeholder"}},
		{"not true or false", check("key: c, expr: a + b, severity: error, message: 不符"), []string{"13: checks[0].expr: expression.at expression.wrong_kind"}},
		{"unit type that does not owe it", check(`key: c, expr: 'unit_type == "street"', severity: error, message: 不符`), []string{"13: checks[0].expr: expression.at expression.unknown_word"}},
		{"check twice", file(plainItem, "checks:\n  - {key: c, expr: a > 1, severity: error, message: 不符}\n  - {key: c, expr: a > 2, severity: error, message: 不符}\n"), []string{"14: checks[1].key: file.taken"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := faultsOf(t, c.text)
			slices.Sort(got)
			slices.Sort(c.want)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

func TestSumsOfWhatDoesNotAddUp(t *testing.T) {
	text := file("type: percent, kind: stock", "checks:\n  - {key: c, expr: a <= children.a, severity: error, message: 不符}\n")
	if got := faultsOf(t, text); len(got) != 1 || !strings.Contains(got[0], "form.not_added_up") {
		t.Errorf("got %v", got)
	}
}

func TestCirclesOfComputedCells(t *testing.T) {
	text := strings.Replace(file(plainItem+", computed: b * 2", ""), "type: count, kind: stock}\n", "type: count, kind: stock, computed: a / 2}\n", 1)
	if got := faultsOf(t, text); len(got) != 2 || !strings.Contains(got[0], "form.circle") {
		t.Errorf("got %v", got)
	}
}

// Whatever is done to a file, reading it gives a form or faults with places and words.
func TestDamagedForms(t *testing.T) {
	sound, _ := formstest.File()
	rapid.Check(t, func(t *rapid.T) {
		data := slices.Clone(sound)
		for range rapid.IntRange(1, 3).Draw(t, "times") {
			at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				data[at] = rapid.SampledFrom([]byte("{}[]:,-#'\"&*|\n ax0")).Draw(t, "byte")
			case 1:
				end := min(len(data), at+rapid.IntRange(1, 60).Draw(t, "length"))
				data = slices.Delete(data, at, end)
			case 2:
				data = slices.Insert(data, at, sound[at/2:at/2+at%50]...)
			}
		}
		readsOrTells(t, data)
	})
}

// readsOrTells checks that a file gives a form that can be asked, or faults.
func readsOrTells(t rapid.TB, data []byte) {
	d, err := forms.Parse("form.yaml", data)
	var faults fault.FileFaults
	switch {
	case err != nil && !errors.As(err, &faults):
		t.Fatalf("got %v", err)
	case err != nil && len(faults) == 0:
		t.Fatal("refused without a fault")
	case err == nil && !d.Plan:
		form := d.On(nil)
		form.Evaluate("county", forms.Values{}, forms.Around{})
		if form.Key != d.Key {
			t.Fatalf("form %q of a file %q", form.Key, d.Key)
		}
	}
	for _, f := range faults {
		if f.Line < 1 || f.Column < 1 || f.Key == "" {
			t.Fatalf("no place: %+v", f)
		}
	}
}

func FuzzParse(f *testing.F) {
	sound, other := formstest.File()
	f.Add(sound)
	f.Add(other)
	for _, seed := range []string{linkageFile, progressFile, file(plainItem, ""), file("type: option", ""), "a: &a [*a]", "key: x\n---\n", "key: [", "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { readsOrTells(t, data) })
}
