package formedit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/formedit"
	"pilotboard/pkg/forms"
)

const linkage = `# 三社联动季报
key: linkage # 编号
number: 智社试4表
title: 三社联动季报
valid: {from: 2018-10-01}
due_days: 10
lock_days: 30
filled_by: [county]
sections:
  - key: organisations
    title: 社会组织
    items:
      # 枢纽型
      - key: hubs # S46
        title: 枢纽型组织
        type: count
        kind: stock
        definition: 登记成立的
        basis: 皖民发1号
      - {key: registered, title: 登记组织, type: count, kind: stock, basis: 皖民发1号}
  - key: platform
    title: 平台
    items:
      - key: state
        title: 平台状态
        type: option
        basis: 皖民发1号
        options: [{key: none, code: 0, title: 未建}, {key: live, code: 1, title: 已 建}]
checks:
  - {key: within, expr: hubs <= registered, severity: error, message: 大于登记数}
`

func open(t *testing.T, text string) *formedit.File {
	t.Helper()
	f, err := formedit.Open(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func text(t *testing.T, f *formedit.File) string {
	t.Helper()
	written, err := f.Text()
	if err != nil {
		t.Fatal(err)
	}
	return written
}

// lines gives the lines that are only in one of two texts.
func lines(before, after string) (gone, come []string) {
	minus := func(a, b string) (list []string) {
		there := map[string]int{}
		for line := range strings.SplitSeq(b, "\n") {
			there[line]++
		}
		for line := range strings.SplitSeq(a, "\n") {
			if there[line]--; there[line] < 0 {
				list = append(list, strings.TrimSpace(line))
			}
		}
		return list
	}
	return minus(before, after), minus(after, before)
}

func TestOneFieldChangesOneLine(t *testing.T) {
	cases := []struct {
		name       string
		do         func(f *formedit.File) error
		gone, come []string
	}{
		{"nothing", func(f *formedit.File) error {
			return f.Set(formedit.Items, "hubs", formedit.Fields{"title": " 枢纽型组织 "})
		}, nil, nil},
		{"a title", func(f *formedit.File) error {
			return f.Set(formedit.Items, "hubs", formedit.Fields{"title": "枢纽组织"})
		},
			[]string{"title: 枢纽型组织"}, []string{"title: 枢纽组织"}},
		{"a key keeps its comment", func(f *formedit.File) error { return f.Set(formedit.Items, "hubs", formedit.Fields{"key": "hub"}) },
			[]string{"- key: hubs # S46"}, []string{"- key: hub # S46"}},
		{"a new field in its place", func(f *formedit.File) error { return f.Set(formedit.Items, "hubs", formedit.Fields{"unit": "个"}) },
			nil, []string{"unit: 个"}},
		{"a field is taken out", func(f *formedit.File) error { return f.Set(formedit.Items, "hubs", formedit.Fields{"definition": ""}) },
			[]string{"definition: 登记成立的"}, nil},
		{"a text that looks like a number", func(f *formedit.File) error { return f.Set(formedit.Items, "hubs", formedit.Fields{"title": "123"}) },
			[]string{"title: 枢纽型组织"}, []string{`title: "123"`}},
		{"a number", func(f *formedit.File) error { return f.Set(formedit.Items, "hubs", formedit.Fields{"max": "999"}) }, nil, []string{"max: 999"}},
		{"a list", func(f *formedit.File) error {
			return f.Set(formedit.Items, "hubs", formedit.Fields{"types": "county, city"})
		}, nil, []string{"types: [county, city]"}},
		{"a flag", func(f *formedit.File) error {
			return f.Set(formedit.Items, "hubs", formedit.Fields{"required": "true"})
		}, nil, []string{"required: true"}},
		{"a hostile text", func(f *formedit.File) error {
			return f.Set(formedit.Items, "hubs", formedit.Fields{"title": `a: "b" # {c}`})
		},
			[]string{"title: 枢纽型组织"}, []string{`title: 'a: "b" # {c}'`}},
		{"the last day", func(f *formedit.File) error { f.SetHead(formedit.Fields{"valid.until": "2020-12-31"}); return nil },
			[]string{"valid: {from: 2018-10-01}"}, []string{"valid: {from: 2018-10-01, until: 2020-12-31}"}},
		{"no validity", func(f *formedit.File) error { f.SetHead(formedit.Fields{"valid.from": ""}); return nil },
			[]string{"valid: {from: 2018-10-01}"}, nil},
		{"a review", func(f *formedit.File) error { f.SetHead(formedit.Fields{"review": "city, province"}); return nil }, nil, []string{"review: [city, province]"}},
		{"a check", func(f *formedit.File) error {
			return f.Set(formedit.Checks, "within", formedit.Fields{"severity": "warning", "at": "hubs"})
		}, []string{"- {key: within, expr: hubs <= registered, severity: error, message: 大于登记数}"},
			[]string{"- {key: within, expr: hubs <= registered, severity: warning, at: [hubs], message: 大于登记数}"}},
		{"a new item", func(f *formedit.File) error {
			return f.Add(formedit.Items, formedit.Fields{"section": "platform", "title": "街道", "key": "streets", "type": "count"})
		}, nil, []string{"- key: streets", "title: 街道", "type: count"}},
		{"the only check goes", func(f *formedit.File) error { return f.Delete(formedit.Checks, "within") },
			[]string{"checks:", "- {key: within, expr: hubs <= registered, severity: error, message: 大于登记数}"}, nil},
		{"a section goes with its items", func(f *formedit.File) error { return f.Delete(formedit.Sections, "platform") },
			[]string{"- key: platform", "title: 平台", "items:", "- key: state", "title: 平台状态", "type: option", "basis: 皖民发1号",
				"options: [{key: none, code: 0, title: 未建}, {key: live, code: 1, title: 已 建}]"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := open(t, linkage)
			if err := c.do(f); err != nil {
				t.Fatal(err)
			}
			gone, come := lines(linkage, text(t, f))
			if diff := cmp.Diff([2][]string{c.gone, c.come}, [2][]string{gone, come}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFieldsAreRead(t *testing.T) {
	f := open(t, linkage)
	if head := f.Head(); head["key"] != "linkage" || head["valid.from"] != "2018-10-01" || head["valid.until"] != "" || head["filled_by"] != "county" {
		t.Errorf("head %v", head)
	}
	row, err := f.Row(formedit.Items, "state")
	if err != nil || row.Path != "sections[1].items[0]" || row.Fields["section"] != "platform" || row.Fields["options"] != "0 none 未建\n1 live 已 建" {
		t.Errorf("item %+v, %v", row, err)
	}
	if err := f.Set(formedit.Items, "state", formedit.Fields{"options": "0 none 未建\r\n1 live 建成\n2"}); err != nil {
		t.Fatal(err)
	}
	if got, _ := f.Row(formedit.Items, "state"); got.Fields["options"] != "0 none 未建\n1 live 建成\n2" {
		t.Errorf("options %q", got.Fields["options"])
	}
	if row, err := f.Row(formedit.Checks, "within"); err != nil || row.Path != "checks[0]" || row.Fields["expr"] != "hubs <= registered" {
		t.Errorf("check %+v, %v", row, err)
	}
}

// order gives sections and items in the order of the file.
func order(f *formedit.File) string {
	var b strings.Builder
	for _, s := range f.Sections() {
		b.WriteString(s.Key + ":")
		for _, i := range s.Items {
			b.WriteString(" " + i.Key)
		}
		b.WriteString("; ")
	}
	return b.String()
}

func TestMoving(t *testing.T) {
	cases := []struct {
		name string
		do   func(f *formedit.File) error
		want string
	}{
		{"an item down", func(f *formedit.File) error { return f.Move(formedit.Items, "hubs", 1) }, "organisations: registered hubs; platform: state; "},
		{"an item over the edge", func(f *formedit.File) error { return f.Move(formedit.Items, "registered", 1) }, "organisations: hubs; platform: registered state; "},
		{"an item back over it", func(f *formedit.File) error { return f.Move(formedit.Items, "state", -1) }, "organisations: hubs registered state; platform:; "},
		{"the first one up", func(f *formedit.File) error { return f.Move(formedit.Items, "hubs", -1) }, "organisations: hubs registered; platform: state; "},
		{"a section up", func(f *formedit.File) error { return f.Move(formedit.Sections, "platform", -1) }, "platform: state; organisations: hubs registered; "},
		{"an item into another section", func(f *formedit.File) error {
			return f.Set(formedit.Items, "hubs", formedit.Fields{"section": "platform"})
		}, "organisations: registered; platform: state hubs; "},
		{"an item goes", func(f *formedit.File) error { return f.Delete(formedit.Items, "hubs") }, "organisations: registered; platform: state; "},
		{"a new section", func(f *formedit.File) error {
			return f.Add(formedit.Sections, formedit.Fields{"key": "more", "title": "其他"})
		}, "organisations: hubs registered; platform: state; more:; "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := open(t, linkage)
			if err := c.do(f); err != nil {
				t.Fatal(err)
			}
			if got := order(open(t, text(t, f))); got != c.want {
				t.Errorf("got %s want %s", got, c.want)
			}
			if !strings.Contains(text(t, f), "# 三社联动季报") {
				t.Error("the comment at the top is gone")
			}
		})
	}
}

func TestWhatIsNotThere(t *testing.T) {
	f := open(t, linkage)
	for name, err := range map[string]error{
		"set": f.Set(formedit.Items, "nosuch", nil), "move": f.Move(formedit.Checks, "nosuch", 1), "delete": f.Delete(formedit.Sections, "nosuch"),
		"add": f.Add(formedit.Items, formedit.Fields{"section": formedit.PlanSection}), "move to": f.Set(formedit.Items, "hubs", formedit.Fields{"section": "nosuch"}),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if gone, come := lines(linkage, text(t, f)); len(gone)+len(come) > 0 {
		t.Errorf("something changed: %q, %q", gone, come)
	}
	for name, wrong := range map[string]string{"a list": "- a", "no YAML": "a: [", "nothing": "", "a circle": "a: &a [*a]"} {
		if _, err := formedit.Open(wrong); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
}

// TestFaultyFilesAreOpened: what a form cannot say is shown as far as it goes, and can be mended.
func TestFaultyFilesAreOpened(t *testing.T) {
	f := open(t, "sections: {a: 1}\nchecks: [x, {key: [1], at: a}]\ntitle: {a: b}\nvalid: x\n")
	if got := order(f); got != "" {
		t.Errorf("sections %s", got)
	}
	f.SetHead(formedit.Fields{"title": "好", "valid.from": "2019-01-01"})
	if err := f.Add(formedit.Sections, formedit.Fields{"key": "one", "title": "一"}); err != nil {
		t.Fatal(err)
	}
	if again := open(t, text(t, f)); order(again) != "one:; " || again.Head()["title"] != "好" || again.Head()["valid.from"] != "2019-01-01" {
		t.Errorf("mended to\n%s", text(t, f))
	}
}

func TestANewFormHasItsHead(t *testing.T) {
	written, err := formedit.New("cost", "智社试9表", "费用表")
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, written)
	if err := f.Add(formedit.Sections, formedit.Fields{"key": "one", "title": "一"}); err != nil {
		t.Fatal(err)
	}
	if err := f.Add(formedit.Items, formedit.Fields{"section": "one", "key": "total", "title": "合计", "type": "money", "kind": "flow", "basis": "财〔2019〕1号"}); err != nil {
		t.Fatal(err)
	}
	if _, err := forms.Parse("cost.yaml", []byte(text(t, f))); err != nil {
		t.Errorf("%v in\n%s", err, text(t, f))
	}
}

// TestTheShippedFormsStayWhatTheyAre: written back untouched, a form says the same and has lost no comment.
func TestTheShippedFormsStayWhatTheyAre(t *testing.T) {
	files, err := filepath.Glob("../../cmd/pilotboard/data/forms/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no forms")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		written := text(t, open(t, string(data)))
		if a, b := strings.Count(string(data), "#"), strings.Count(written, "#"); a != b {
			t.Errorf("%s: %d comments became %d", file, a, b)
		}
		before, err := forms.Parse("a", data)
		if err != nil {
			t.Fatal(err)
		}
		after, err := forms.Parse("a", []byte(written))
		if err != nil {
			t.Fatal(err)
		}
		if before.Plan {
			continue
		}
		if c := formedit.Compare(before.On(nil), after.On(nil)); c.Any() {
			t.Errorf("%s: %+v", file, c)
		}
	}
}

func TestCompare(t *testing.T) {
	form := func(text string) forms.Form {
		t.Helper()
		d, err := forms.Parse("a", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d.On(nil)
	}
	f := open(t, linkage)
	for _, err := range []error{
		f.Set(formedit.Items, "hubs", formedit.Fields{"definition": "登记和备案的", "title": "枢纽"}),
		f.Set(formedit.Items, "state", formedit.Fields{"title": "平台建设"}),
		f.Delete(formedit.Items, "registered"),
		f.Add(formedit.Items, formedit.Fields{"section": "platform", "key": "streets", "title": "街道", "type": "count", "kind": "stock", "basis": "皖民发2号"}),
		f.Set(formedit.Checks, "within", formedit.Fields{"expr": "hubs <= streets"}),
		f.Add(formedit.Checks, formedit.Fields{"key": "more", "expr": "hubs > 0", "severity": "warning", "message": "为0"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f.SetHead(formedit.Fields{"due_days": "15"})
	c := formedit.Compare(form(linkage), form(text(t, f)))
	want := []formedit.FieldChange{{Name: "due_days", Before: "10", After: "15"}}
	if diff := cmp.Diff(want, c.Head); diff != "" {
		t.Errorf("head -want +got:\n%s", diff)
	}
	if len(c.Added) != 1 || c.Added[0].Key != "streets" || len(c.Deleted) != 1 || c.Deleted[0].Key != "registered" || c.Reordered {
		t.Errorf("items %+v", c)
	}
	if len(c.Changed) != 2 || !c.Changed[0].Breaks || c.Changed[1].Breaks || len(c.Changed[0].Fields) != 2 {
		t.Errorf("changed %+v", c.Changed)
	}
	if len(c.ChecksAdded) != 1 || len(c.ChecksChanged) != 1 || len(c.ChecksDeleted) != 0 {
		t.Errorf("checks %+v", c)
	}
	moved := open(t, linkage)
	if err := moved.Move(formedit.Items, "hubs", 1); err != nil {
		t.Fatal(err)
	}
	if c := formedit.Compare(form(linkage), form(text(t, moved))); !c.Reordered || !c.Any() || len(c.Changed) > 0 {
		t.Errorf("moved: %+v", c)
	}
}
