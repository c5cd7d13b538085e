package exchange

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting/reportingtest"
)

func given(n int64) forms.Value { return forms.Value{State: forms.Given, Number: n} }

// TestReadReport: what a clerk fills in becomes the draft, once.
func TestReadReport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Past(t, "community-01", "2019Q2", reportingtest.Community)
		data := filled(t, w.template(t, "clerk-community-01", "community-01", "2019Q3"), map[string]any{
			"m1_1": "√", "m1_2": "８５％", "m1_3": "1,000", "m2_1": "不适用", "m2_2": nil, "practices": "第一行\n第二行", "obstacles": 12,
		})
		before := w.kept(t)
		result, err := w.files.Read(t.Context(), w.Actor(t, "clerk-community-01"), fileOf(data), Options{DryRun: true})
		must(t, err)
		if counts(result) != [4]int{1, 0, 0, 0} {
			t.Errorf("dry run: %+v", result)
		}
		w.unchanged(t, before)
		if result := w.read(t, "clerk-community-01", data); counts(result) != [4]int{1, 0, 0, 0} {
			t.Fatalf("%+v %s", result, problems(result))
		}
		r := w.Report(t, "community-01", "2019Q3")
		want := forms.Values{
			"m1_1": given(1), "m1_2": given(850), "m1_3": given(10000), "m2_1": {State: forms.NotApplicable},
			"practices": {State: forms.Given, Text: "第一行\n第二行"}, "obstacles": {State: forms.Given, Text: "12"},
		}
		if fmt.Sprint(r.Values) != fmt.Sprint(want) || r.Status != "open" {
			t.Errorf("%s %v", r.Status, r.Values)
		}
		if result := w.read(t, "clerk-community-01", data); counts(result) != [4]int{0, 0, 1, 0} {
			t.Errorf("again: %+v %s", result, problems(result))
		}
	})
}

// TestCells: how each way of filling in a cell is read.
func TestCells(t *testing.T) {
	cases := []struct {
		name, item string
		fill       func(t *testing.T, f *excelize.File, sheet, at string)
		want       string // the value as typed in, or N/A
		wrong      string // key of the problem
	}{
		{"number", "m1_3", value(12.5), "12.5", ""},
		{"binary fraction", "m1_3", value(0.1 + 0.2), "0.3", ""},
		{"whole number as text", "m2_1", value("１２５"), "125", ""},
		{"thousands", "m2_1", value("1,234"), "1234", ""},
		{"spaces", "m2_1", value(" 12 "), "12", ""},
		{"percent sign", "m1_2", value("80%"), "80", ""},
		{"percent format", "m1_2", styled(0.8, "0%"), "80", ""},
		{"percent format with a fraction of binary", "m1_2", styled(0.07, "0.00%"), "7", ""},
		{"percent format by number", "m1_2", builtin(0.55, 9), "55", ""},
		{"percent format in a count", "m2_1", styled(0.8, "0%"), "", "cell.not_a_number"},
		{"thousands format", "m2_1", styled(1234, "#,##0"), "1234", ""},
		{"formula with a number", "m2_1", formula("=5+7", "12"), "12", ""},
		{"formula without a value", "m2_1", formula("=5+7", ""), "", "exchange.cell.formula"},
		{"formula with a text", "practices", formula("=A1", "文字"), "", "exchange.cell.formula"},
		{"formula in a yes or no", "m1_1", formula("=1=1", "1"), "", "exchange.cell.formula"},
		{"error", "m2_1", func(t *testing.T, f *excelize.File, sheet, at string) {
			must(t, f.SetCellFormula(sheet, at, "=1/0"))
			setRaw(t, f, sheet, at, `t="e"`, "#DIV/0!")
		}, "", "exchange.cell.error"},
		{"merged", "m2_1", func(t *testing.T, f *excelize.File, sheet, at string) {
			must(t, f.SetCellValue(sheet, at, 5))
			must(t, f.MergeCell(sheet, "E"+at[1:], at))
		}, "", "exchange.cell.merged"},
		{"date in a number", "m2_1", value(time.Date(2019, 1, 2, 0, 0, 0, 0, time.UTC)), "", "exchange.cell.date"},
		{"date in words", "practices", value(time.Date(2019, 10, 31, 0, 0, 0, 0, time.UTC)), "2019-10-31", ""},
		{"date as text", "practices", value("2019年10月31日"), "2019年10月31日", ""},
		{"是", "m1_1", value("是"), "true", ""},
		{"否", "m1_1", value(" 否"), "false", ""},
		{"tick", "m1_1", value("✓"), "true", ""},
		{"cross", "m1_1", value("×"), "false", ""},
		{"bool", "m1_1", value(true), "true", ""},
		{"TRUE as text", "m1_1", value("ＴＲＵＥ"), "true", ""},
		{"one in a yes or no", "m1_1", value(1), "", "cell.not_yes_no"},
		{"bool in a number", "m2_1", value(true), "", "cell.not_a_number"},
		{"not applicable", "m1_2", value("不适用"), "N/A", ""},
		{"not applicable in English", "m1_2", value("n/a"), "N/A", ""},
		{"words for not applicable are words", "practices", value("不适用"), "不适用", ""},
		{"text in a number", "m2_1", value("很多"), "", "cell.not_a_number"},
		{"too many decimals", "m1_3", value(1.25), "", "cell.too_many_decimals"},
		{"half a thing", "m2_1", value(1.5), "", "cell.not_whole"},
		{"over the greatest", "m1_3", value(1000.1), "", "cell.over_max"},
		{"over 100 %", "m1_2", value(120), "", "cell.over_max"},
		{"negative", "m2_1", value(-1), "", "cell.negative"},
		{"huge", "m2_1", value(1e300), "", "cell.too_large"},
		{"too long", "practices", value(strings.Repeat("长", 4001)), "", "cell.too_long"},
		{"script", "practices", value("</script><script>alert(1)</script>"), "</script><script>alert(1)</script>", ""},
		{"rich text", "practices", func(t *testing.T, f *excelize.File, sheet, at string) {
			must(t, f.SetCellRichText(sheet, at, []excelize.RichTextRun{{Text: "粗"}, {Text: "细"}}))
		}, "粗细", ""},
		{"blank", "m1_2", value(nil), "", ""},
	}
	each(t, func(t *testing.T, w *world) {
		w.Past(t, "community-01", "2019Q2", reportingtest.Community)
		clerk := w.Actor(t, "clerk-community-01")
		template := w.template(t, "clerk-community-01", "community-01", "2019Q3")
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				at := place(t, template, c.item)
				data := edited(t, template, func(f *excelize.File, sheet string) { c.fill(t, f, sheet, at) })
				data = rawCells(t, data)
				b, m, err := openOurs(fileOf(data))
				must(t, err)
				e := &entry{cells: map[string]reader{}}
				s, _ := b.first()
				must(t, e.readSheet(b, m, s))
				report := w.Report(t, "community-01", "2019Q3")
				item, _ := report.Form.Item(c.item)
				in := e.cells[c.item](item)
				got := ""
				switch {
				case in.notApplicable:
					got = "N/A"
				case in.wrong == nil:
					v, message := item.Parse(in.raw)
					in.wrong = message
					got = item.Format(v)
				}
				key := ""
				if in.wrong != nil {
					key, got = in.wrong.Key, ""
				}
				if key != c.wrong || got != c.want {
					t.Fatalf("read %q, problem %q", got, key)
				}
				before := w.kept(t)
				result, err := w.files.Read(t.Context(), clerk, fileOf(data), Options{DryRun: true})
				must(t, err)
				if c.wrong != "" {
					if want := at + " " + c.item + " " + c.wrong; problems(result) != want {
						t.Errorf("got %s, want %s", problems(result), want)
					}
					w.unchanged(t, before)
				}
			})
		}
	})
}

func value(v any) func(*testing.T, *excelize.File, string, string) {
	return func(t *testing.T, f *excelize.File, sheet, at string) { must(t, f.SetCellValue(sheet, at, v)) }
}

func styled(v any, code string) func(*testing.T, *excelize.File, string, string) {
	return func(t *testing.T, f *excelize.File, sheet, at string) {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		must(t, err)
		must(t, f.SetCellValue(sheet, at, v))
		must(t, f.SetCellStyle(sheet, at, at, style))
	}
}

func builtin(v any, id int) func(*testing.T, *excelize.File, string, string) {
	return func(t *testing.T, f *excelize.File, sheet, at string) {
		style, err := f.NewStyle(&excelize.Style{NumFmt: id})
		must(t, err)
		must(t, f.SetCellValue(sheet, at, v))
		must(t, f.SetCellStyle(sheet, at, at, style))
	}
}

func formula(text, cached string) func(*testing.T, *excelize.File, string, string) {
	return func(t *testing.T, f *excelize.File, sheet, at string) {
		must(t, f.SetCellFormula(sheet, at, text))
		kind := ""
		if cached == "文字" {
			kind = `t="str"`
		}
		if cached != "" {
			setRaw(t, f, sheet, at, kind, cached)
		}
	}
}
