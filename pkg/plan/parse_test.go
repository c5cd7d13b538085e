package plan_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/plan"
)

const head = `key: test
title: 测试计划
issuer: 测试机关
issued: 2018-11-22
period: [2018Q1, 2020Q4]
lights: {behind: 10, severe: 30}
batches: [{key: "2018", title: 首批}, {key: "2019", title: 2019年批}]
`

// milestones writes a plan file of one workstream with these milestones, one a line from line 12.
func milestones(lines ...string) string {
	return head + "workstreams:\n  - key: W1\n    title: 工作线\n    milestones:\n      - " + strings.Join(lines, "\n      - ") + "\n"
}

// milestone writes a plan file with one milestone, in line 12, in which parts are replaced.
func milestone(old, new string) string {
	const line = `{key: M1, title: 里程碑, weight: 5, path: step, due: {"2018": 2019Q1, "2019": 2019Q4}, types: [community], measure: {form: progress, item: m1, type: percent, target: 80}}`
	if old != "" && !strings.Contains(line, old) {
		panic("nothing to replace: " + old)
	}
	return milestones(strings.Replace(line, old, new, 1))
}

func parse(t *testing.T, text string) *plan.Plan {
	t.Helper()
	p, err := plan.Parse("plan.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// faultsOf gives the faults of a text, each as `line:column: path: key [values]`.
func faultsOf(t *testing.T, text string) []string {
	t.Helper()
	p, err := plan.Parse("plan.yaml", []byte(text))
	if err == nil {
		return nil
	}
	var faults fault.FileFaults
	if !errors.As(err, &faults) || p != nil {
		t.Fatalf("got plan %v and %v", p, err)
	}
	speaks(t, faults)
	var lines []string
	for _, f := range faults {
		lines = append(lines, strings.TrimPrefix(f.Where(), "plan.yaml:")+": "+f.Message.String())
	}
	return lines
}

// speaks checks that every fault has a place and words in both languages.
func speaks(t *testing.T, faults fault.FileFaults) {
	t.Helper()
	for _, f := range faults {
		if f.Line < 1 || f.Column < 1 || f.File == "" {
			t.Errorf("no place: %+v", f)
		}
		for _, language := range locale.Languages {
			if text := locale.For(language).Message(f.Message); text == f.Key || strings.Contains(text, "%!") {
				t.Errorf("%s: %s", language, text)
			}
		}
	}
}

func TestFaultsOfOnePlace(t *testing.T) {
	at := func(old, new string) string { return strings.Replace(milestone("", ""), old, new, 1) }
	cases := []struct{ name, text, at, want string }{ // at: the text around the place, which ^ marks
		{"quarter that is none", milestone(`"2019": 2019Q4`, `"2019": 2019Q5`), `9": ^2019Q5`, "workstreams[0].milestones[0].due.2019: period.invalid [2019Q5]"},
		{"due outside the period", milestone("2019Q4", "2021Q1"), `9": ^2021Q1`, "workstreams[0].milestones[0].due.2019: plan.outside_period [2021Q1 2018Q1 2020Q4]"},
		{"unknown batch", milestone(`"2019"`, `"2020"`), `Q1, ^"2020"`, "workstreams[0].milestones[0].due.2020: plan.unknown_batch [2020]"},
		{"batch twice", milestone(`"2019"`, `"2018"`), `Q1, ^"2018"`, "workstreams[0].milestones[0].due.2018: file.duplicate_key [12]"},
		{"no batch", milestone(`{"2018": 2019Q1, "2019": 2019Q4}`, `{}`), `ue: ^{}, ty`, "workstreams[0].milestones[0].due: file.empty"},
		{"no due", milestone(`due: {"2018": 2019Q1, "2019": 2019Q4}, `, ""), `  - ^{key: `, "workstreams[0].milestones[0].due: file.missing_key"},
		{"due is a number", milestone(`{"2018": 2019Q1, "2019": 2019Q4}`, "5"), `ue: ^5, typ`, "workstreams[0].milestones[0].due: period.invalid [5]"},
		{"weight of nothing", milestone("weight: 5", "weight: 0"), `ht: ^0, pat`, "workstreams[0].milestones[0].weight: file.out_of_range [0 1 1000]"},
		{"negative weight", milestone("weight: 5", "weight: -3"), `ht: ^-3, pa`, "workstreams[0].milestones[0].weight: file.out_of_range [-3 1 1000]"},
		{"weight in words", milestone("weight: 5", "weight: five"), `ht: ^five, `, "workstreams[0].milestones[0].weight: file.not_number [five]"},
		{"weight as text", milestone("weight: 5", `weight: "5"`), `ht: ^"5", p`, "workstreams[0].milestones[0].weight: file.not_number [5]"},
		{"octal weight", milestone("weight: 5", "weight: 010"), `ht: ^010, p`, "workstreams[0].milestones[0].weight: file.not_number [010]"},
		{"weight with decimals", milestone("weight: 5", "weight: 5.5"), `ht: ^5.5, p`, "workstreams[0].milestones[0].weight: file.too_many_decimals [5.5 0]"},
		{"empty weight", milestone("weight: 5", "weight: "), `ht: ^, path`, "workstreams[0].milestones[0].weight: file.empty"},
		{"weight is a list", milestone("weight: 5", "weight: [5]"), `ht: ^[5], p`, "workstreams[0].milestones[0].weight: file.not_value"},
		{"percent over 100", milestone("target: 80", "target: 120"), `et: ^120}}`, "workstreams[0].milestones[0].measure.target: file.out_of_range [120 0 100]"},
		{"negative target", milestone("target: 80", "target: -1"), `et: ^-1}}`, "workstreams[0].milestones[0].measure.target: file.out_of_range [-1 0 100]"},
		{"too many decimals", milestone("target: 80", "target: 80.25"), `et: ^80.25}`, "workstreams[0].milestones[0].measure.target: file.too_many_decimals [80.25 1]"},
		{"a number without end", milestone("target: 80", "target: 999999999999999999999999"), `et: ^999999`, "workstreams[0].milestones[0].measure.target: file.out_of_range [999999999999999999999999 0 100]"},
		{"not a number at all", milestone("target: 80", "target: .nan"), `et: ^.nan}}`, "workstreams[0].milestones[0].measure.target: file.not_number [.nan]"},
		{"count with decimals", milestone("type: percent, target: 80", "type: count, target: 8, decimals: 1"), `ls: ^1}}`, "workstreams[0].milestones[0].measure.decimals: file.out_of_range [1 0 0]"},
		{"number without a target", milestone("type: percent, target: 80", "type: number"), `re: ^{form:`, "workstreams[0].milestones[0].measure.target: file.missing_key"},
		{"baseline without a target", milestone("target: 80", "baseline: 10"), `ne: ^10}}`, "workstreams[0].milestones[0].measure.baseline: plan.baseline_without_target"},
		{"target over the maximum", milestone("target: 80", "target: 80, max: 70"), `ax: ^70}}`, "workstreams[0].milestones[0].measure.max: plan.over_max [80 70]"},
		{"yes/no with a target", milestone("percent", "yes_no"), `et: ^80}}`, "workstreams[0].milestones[0].measure.target: plan.not_for_yes_no"},
		{"unknown measure", milestone("percent", "ratio"), `pe: ^ratio,`, "workstreams[0].milestones[0].measure.type: plan.unknown_measure [ratio yes_no, percent, number, count]"},
		{"unknown form", milestone("form: progress", "form: burden"), `rm: ^burden`, "workstreams[0].milestones[0].measure.form: plan.unknown_form [burden progress]"},
		{"item that is no key", milestone("item: m1", "item: M1.1"), `em: ^M1.1, `, "workstreams[0].milestones[0].measure.item: file.bad_key [M1.1]"},
		{"item of the form's own", milestone("item: m1", "item: communities"), `em: ^commun`, "workstreams[0].milestones[0].measure.item: plan.reserved_item [communities]"},
		{"item that another gives", milestone("item: m1", "item: m1_covered"), `em: ^m1_cov`, "workstreams[0].milestones[0].measure.item: plan.reserved_item [m1_covered]"},
		{"item that is a narrative", milestone("item: m1", "item: obstacles"), `em: ^obstac`, "workstreams[0].milestones[0].measure.item: plan.item_is_narrative [obstacles]"},
		{"unknown path", milestone("path: step", "path: linear"), `th: ^linear`, "workstreams[0].milestones[0].path: plan.unknown_path [linear step, even, custom]"},
		{"unknown type", milestone("[community]", "[village]"), `s: [^villag`, "workstreams[0].milestones[0].types[0]: plan.unknown_type [village district, street, community]"},
		{"type twice", milestone("[community]", "[community, community]"), `ty, ^commun`, "workstreams[0].milestones[0].types[1]: plan.named_twice [community]"},
		{"no types", milestone("[community]", "[]"), `es: ^[], me`, "workstreams[0].milestones[0].types: file.empty"},
		{"unknown evidence", milestone("types:", "evidence: maybe, types:"), `ce: ^maybe,`, "workstreams[0].milestones[0].evidence: plan.unknown_evidence [maybe required, optional]"},
		{"sample that is no flag", milestone("types:", "sample: yes, types:"), `le: ^yes, t`, "workstreams[0].milestones[0].sample: file.not_flag [yes]"},
		{"start of a step", milestone("types:", "start: 2019Q1, types:"), `rt: ^2019Q1`, "workstreams[0].milestones[0].start: plan.not_for_path [step even]"},
		{"even without a start", milestone("path: step", "path: even"), `  - ^{key: `, "workstreams[0].milestones[0].start: file.missing_key"},
		{"even without one batch's start", milestone("path: step", `path: even, start: {"2018": 2019Q1}`), `rt: ^{"2018`, "workstreams[0].milestones[0].start.2019: file.missing_key"},
		{"due before the start", milestone("path: step", `path: even, start: {"2018": 2019Q2, "2019": 2019Q3}`), `8": ^2019Q2`, "workstreams[0].milestones[0].start.2018: plan.due_before_start [2019Q1 2019Q2]"},
		{"custom without points", milestone("path: step", "path: custom"), `  - ^{key: `, "workstreams[0].milestones[0].custom: file.missing_key"},
		{"custom that ends early", milestone("path: step", "path: custom, custom: [2018Q4: 50, 2019Q1: 90]"), `om: ^[2018Q`, "workstreams[0].milestones[0].custom: plan.path_unfinished [90.00]"},
		{"custom that falls", milestone("path: step", "path: custom, custom: [2018Q3: 50, 2018Q4: 40, 2019Q1: 100]"), `50, ^2018Q4`, "workstreams[0].milestones[0].custom[1]: plan.path_decreases [40.00 50.00]"},
		{"custom that goes back", milestone("path: step", "path: custom, custom: [2018Q4: 50, 2018Q4: 60, 2019Q1: 100]"), `50, ^2018Q4`, "workstreams[0].milestones[0].custom[1]: plan.path_quarters [2018Q4 2018Q4]"},
		{"custom over 100", milestone("path: step", "path: custom, custom: [2018Q4: 150, 2019Q1: 100]"), `Q4: ^150, 2`, "workstreams[0].milestones[0].custom[0].2018Q4: file.out_of_range [150 0 100]"},
		{"two points in one", milestone("path: step", "path: custom, custom: [{2018Q4: 50, 2018Q3: 60}, 2019Q1: 100]"), `m: [^{2018Q`, "workstreams[0].milestones[0].custom[0]: plan.bad_point"},
		{"unknown key", milestone("types:", "colour: red, types:"), `4}, ^colour`, "workstreams[0].milestones[0].colour: file.unknown_key"},
		{"key twice", milestone("types:", "weight: 6, types:"), `4}, ^weight`, "workstreams[0].milestones[0].weight: file.duplicate_key [12]"},
		{"milestone is a text", milestones("M1"), `  - ^M1`, "workstreams[0].milestones[0]: file.not_mapping"},
		{"title of two lines", milestone("title: 里程碑", `title: "一\n二"`), `le: ^"一\n二"`, "workstreams[0].milestones[0].title: file.not_one_line"},
		{"title is a number", milestone("title: 里程碑", "title: 5"), `le: ^5, wei`, "workstreams[0].milestones[0].title: file.not_text [5]"},
		{"key of a workstream again", milestone("key: M1", "key: W1"), `ey: ^W1, ti`, "workstreams[0].milestones[0].key: file.taken [W1 9]"},
		{"no milestones", strings.Split(milestone("", ""), "\n      -")[0] + " []\n", `es: ^[]`, "workstreams[0].milestones: file.empty"},
		{"batch in the list twice", at("title: 2019年批}", `title: 2019年批}, {key: "2018", title: 又}`), `}, {key: ^"2018", title: 又`, "batches[2].key: file.taken [2018 7]"},
		{"lights the wrong way round", at("severe: 30", "severe: 10"), `re: ^10}`, "lights.severe: plan.lights_order [10 10]"},
		{"period of one quarter", at("[2018Q1, 2020Q4]", "[2018Q1]"), `od: ^[2018Q`, "period: plan.bad_period"},
		{"period that ends before it begins", at("[2018Q1, 2020Q4]", "[2021Q1, 2020Q4]"), `od: ^[2021Q`, "period: plan.bad_period_order [20]"},
		{"a day that is none", at("2018-11-22", "2018-02-30"), `ed: ^2018-0`, "issued: period.invalid_date [2018-02-30]"},
		{"lock before due", milestone("", "") + "reporting: {due_days: 20, lock_days: 10}\n", `ng: ^{due_d`, "reporting.lock_days: plan.lock_before_due [10 20]"},
		{"wrong total", milestone("", "") + "total_weight: 100\n", `ht: ^100`, "total_weight: plan.wrong_total [100 5]"},
		{"a faulty weight is not a wrong total too", milestone("weight: 5", "weight: 0") + "total_weight: 100\n", `ht: ^0, pat`, "workstreams[0].milestones[0].weight: file.out_of_range [0 1 1000]"},
		{"fact and sample", milestone("", "") + "facts: [{id: P1, title: 事件, quarter: 2017Q4, source: 函, fact: true, sample: true}]\n", `s: [^{id: P`, "facts[0]: plan.fact_or_sample"},
		{"fact on a day outside its quarter", milestone("", "") + "facts: [{id: P1, title: 事件, quarter: 2017Q4, date: 2018-01-01, source: 函, fact: true}]\n", `te: ^2018-0`, "facts[0].date: plan.date_outside_quarter [2018-01-01 2017Q4]"},
		{"unknown alias", milestone("", "") + "facts: [*nothing]\n", `s: [^*nothi`, "file.unknown_alias [nothing]"},
		{"alias of itself", milestone("", "") + "facts: &self [*self]\n", `lf [^*self]`, "file.circular_alias [self]"},
		{"two documents", milestone("", "") + "---\nkey: other\n", `^---`, "file.second_document"},
		{"nothing", "", "^", "file.no_content"},
		{"a list", "- 1\n", `^- 1`, "file.not_mapping"},
		{"not UTF-8", "key: \xb0\xb2\n", "key: ^\xb0", "file.bad_text"},
		{"control character", "key: a\x00b\n", "a^\x00", "file.bad_text"},
		{"UTF-16", "\xff\xfek\x00", "^\xff", "file.bad_text"},
		{"open bracket", "key: test\nperiod: [2018Q1,\n", `^period`, "file.syntax [did not find expected node content]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := faultsOf(t, c.text)
			want := placeOf(t, c.text, c.at) + ": " + c.want
			if len(got) != 1 || got[0] != want {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
			}
		})
	}
}

// placeOf gives `line:column` of what ^ marks in at, where at stands in text.
func placeOf(t *testing.T, text, at string) string {
	t.Helper()
	before, after, marked := strings.Cut(at, "^")
	start := strings.Index(text, before+after)
	if !marked || start < 0 {
		t.Fatalf("%q is not in the text", at)
	}
	lines := strings.Split(text[:start+len(before)], "\n")
	return fmt.Sprintf("%d:%d", len(lines), utf8.RuneCountInString(lines[len(lines)-1])+1)
}

// A file with many faults tells them all, in order of lines.
func TestFaultsComeAllAtOnce(t *testing.T) {
	text := `title: 计划
title: 又一个
issuer: 5
issued: yesterday
period: [2018Q0, 2020Q4]
lights: {behind: 10}
batches: [{key: "2018", title: 首批, colour: red}]
workstreams:
  - key: W1
    title: 工作线
    milestones:
      - {key: M1, title: 里程碑, weight: 0, path: zigzag, due: {"2019": 2019Q5}, types: [village], measure: {form: progress, item: m1, type: percent, target: 120}}
      - {key: M1, weight: 1, path: step, due: 2019Q1, types: [community], measure: {form: progress, item: m1, type: yes_no}}
`
	want := []string{
		"1:1: key: file.missing_key",
		"2:1: title: file.duplicate_key [1]",
		"3:9: issuer: file.not_text [5]",
		"4:9: issued: period.invalid_date [yesterday]",
		"5:10: period[0]: period.invalid [2018Q0]",
		"6:9: lights.severe: file.missing_key",
		"7:36: batches[0].colour: file.unknown_key",
		"12:39: workstreams[0].milestones[0].weight: file.out_of_range [0 1 1000]",
		"12:48: workstreams[0].milestones[0].path: plan.unknown_path [zigzag step, even, custom]",
		"12:62: workstreams[0].milestones[0].due.2019: plan.unknown_batch [2019]",
		"12:70: workstreams[0].milestones[0].due.2019: period.invalid [2019Q5]",
		"12:87: workstreams[0].milestones[0].types[0]: plan.unknown_type [village district, street, community]",
		"12:156: workstreams[0].milestones[0].measure.target: file.out_of_range [120 0 100]",
		"13:9: workstreams[0].milestones[1].title: file.missing_key",
		"13:15: workstreams[0].milestones[1].key: file.taken [M1 12]",
		"13:107: workstreams[0].milestones[1].measure.item: file.taken [m1 12]",
	}
	got := faultsOf(t, text)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	_, err := plan.Parse("plan.yaml", []byte(text))
	if first, _, _ := strings.Cut(err.Error(), "\n"); first != "plan.yaml:1:1: key: file.missing_key" {
		t.Errorf("as an error: %s", first)
	}
}

func TestAliasesStandForWhatTheyName(t *testing.T) {
	p := parse(t, milestones(
		`{key: M1, title: 甲, weight: 1, path: step, due: &due {"2018": 2019Q1}, types: &types [community], source: &source 出处, measure: {form: progress, item: m1, type: yes_no}}`,
		`{key: M2, title: 乙, weight: 1, path: step, due: *due, types: *types, source: *source, measure: {form: progress, item: m2, type: yes_no}}`,
	))
	m, _ := p.Milestone("M2")
	if m.Due("2018").String() != "2019Q1" || m.Source != "出处" {
		t.Errorf("%+v", m)
	}
}

func TestBombsAreRefused(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString(milestone("", "") + "facts:\n  - &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		name, before := string(rune('b'+i)), "*a0"
		if i > 0 {
			before = "*" + string(rune('b'+i-1))
		}
		bomb.WriteString("  - &" + name + " [" + strings.Repeat(before+", ", 9) + before + "]\n")
	}
	if got := faultsOf(t, bomb.String()); len(got) != 1 || got[0] != "1:1: file.too_many_nodes [100000]" {
		t.Errorf("aliases: %v", got)
	}
	if got := faultsOf(t, head+"# "+strings.Repeat("x", 1<<20)); len(got) != 1 || got[0] != "1:1: file.too_large [1024]" {
		t.Errorf("size: %v", got)
	}
	if got := faultsOf(t, "key: "+strings.Repeat("[", 100_000)); len(got) == 0 {
		t.Error("depth: no fault")
	}
	var many []string
	for i := range 501 {
		many = append(many, strings.NewReplacer("M1", "M"+strings.Repeat("x", i%30)+string(rune('a'+i/30)), "m1", "m"+strings.Repeat("x", i%30)+string(rune('a'+i/30))).Replace(
			`{key: M1, title: 甲, weight: 1, path: step, due: 2019Q1, types: [community], measure: {form: progress, item: m1, type: yes_no}}`))
	}
	if got := faultsOf(t, milestones(many...)); len(got) != 1 || !strings.HasSuffix(got[0], "file.too_many [501 500]") {
		t.Errorf("milestones: %v", got)
	}
}

// The shipped file, cut off anywhere, is refused: tried at each end of a line, at every 31st byte and
// all along the last lines.
func TestTruncatedPlanIsRefused(t *testing.T) {
	data := bytes.TrimRight(readFile(t, anhuiFile), "\n")
	for n := range len(data) {
		if data[n] != '\n' && (n == 0 || data[n-1] != '\n') && n%31 != 0 && n < len(data)-300 {
			continue
		}
		if _, err := plan.Parse("cut.yaml", data[:n]); err == nil {
			t.Fatalf("cut after %d of %d bytes, which ends in %q", n, len(data), data[max(0, n-40):n])
		}
	}
}

// Whatever is done to a file, reading it gives a plan or faults with places and words.
func TestSpoiltPlansAreReadOrRefused(t *testing.T) {
	data := readFile(t, anhuiFile)
	scraps := []string{"", "\n", "\t", " ", "- ", ": ", "{", "}", "[", "]", "\"", "&a ", "*a", "*b", "!!int ", "null", "~", "<<: ", "2019Q9", "-1", "1e99", "|\n", "---\n", "\xff", "不", "%", "#"}
	rapid.Check(t, func(rt *rapid.T) {
		spoilt := bytes.Clone(data)
		for range rapid.IntRange(1, 4).Draw(rt, "times") {
			at := rapid.IntRange(0, len(spoilt)).Draw(rt, "at")
			end := min(len(spoilt), at+rapid.IntRange(0, 30).Draw(rt, "length"))
			spoilt = bytes.Join([][]byte{spoilt[:at], spoilt[end:]}, []byte(rapid.SampledFrom(scraps).Draw(rt, "scrap")))
		}
		p, err := plan.Parse("spoilt.yaml", spoilt)
		var faults fault.FileFaults
		switch {
		case err == nil && p == nil:
			rt.Fatal("neither plan nor fault")
		case err != nil && !errors.As(err, &faults):
			rt.Fatalf("another error: %v", err)
		}
		speaks(t, faults)
	})
}

// What a plan file does not say about reporting is what usually holds.
func TestUsualReporting(t *testing.T) {
	usual := parse(t, milestone("", "")).Reporting
	if usual.Form != "progress" || usual.DueDays != 10 || usual.LockDays != 30 || !usual.Sample || len(usual.Narrative) != 3 {
		t.Errorf("usual: %+v", usual)
	}
	own := parse(t, milestone("", "")+"reporting: {due_days: 15, narrative: [{key: words, title: 情况}], number: \"\"}\n").Reporting
	if own.DueDays != 15 || own.LockDays != 30 || own.Form != "progress" || own.Sample || len(own.Narrative) != 1 || own.Title == "" {
		t.Errorf("own: %+v", own)
	}
}

func TestHostileWordsStayWords(t *testing.T) {
	const hostile = `</script><script>alert(1)</script>`
	p := parse(t, milestone("title: 里程碑", `title: "=cmd()`+hostile+`"`))
	if m, _ := p.Milestone("M1"); m.Title != "=cmd()"+hostile {
		t.Errorf("title %q", m.Title)
	}
	for _, key := range []string{hostile, "=cmd()", "../x", "a b", "编号"} {
		if got := faultsOf(t, milestone("key: M1", `key: "`+key+`"`)); len(got) != 1 || !strings.Contains(got[0], "file.bad_key") {
			t.Errorf("key %q: %v", key, got)
		}
	}
}
