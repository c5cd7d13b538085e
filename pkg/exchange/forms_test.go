package exchange

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// withForms publishes the forms that come with the program for cities and counties, and opens them.
func withForms(t testing.TB, w *world) {
	t.Helper()
	var files []forms.File
	for _, name := range []string{"burden", "linkage", "workforce", "platform"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "cmd", "pilotboard", "data", "forms", name+".yaml"))
		must(t, err)
		files = append(files, forms.File{Name: name + ".yaml", Data: data})
	}
	_, err := w.Forms.ImportFiles(t.Context(), accounts.System("test"), files, "测试", false)
	must(t, err)
	w.OpenPeriods(t)
}

// TestEveryForm: every form goes out as a template and as a batch and comes back with what was chosen,
// dated and calculated in it.
func TestEveryForm(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	withForms(t, w)
	system := accounts.System("test")
	q, warned := period.MustParse("2019Q3"), 0
	for form, unit := range map[string]string{"burden": "340104", "linkage": "340104", "workforce": "340100", "platform": "340100"} {
		t.Run(form, func(t *testing.T) {
			ref := reporting.Ref{Unit: unit, Form: form, Period: q}
			var b bytes.Buffer
			must(t, w.files.Template(t.Context(), system, chinese, ref, &b))
			report, err := w.Reports.Report(t.Context(), system, ref)
			must(t, err)
			values := map[string]any{}
			for _, section := range report.Form.Sections {
				for _, item := range section.Items {
					if item.Typed() {
						values[item.Key] = someValue(item)
					}
				}
			}
			data := filled(t, b.Bytes(), values)
			result := w.asSystem(t, data)
			if counts(result) != [4]int{1, 0, 0, 0} {
				t.Fatalf("%v %s", counts(result), problems(result))
			}
			warned += result.Warned
			for _, warning := range result.Warnings {
				if len(warning.Names(chinese)) == 0 || chinese.Message(warning.Message) == "" {
					t.Errorf("%+v", warning)
				}
			}
			b.Reset()
			must(t, w.files.Template(t.Context(), system, chinese, ref, &b))
			if again := w.asSystem(t, b.Bytes()); counts(again) != [4]int{0, 0, 1, 0} {
				t.Errorf("the new template is not what was kept: %v %s", counts(again), problems(again))
			}
			b.Reset()
			must(t, w.files.Batch(t.Context(), system, chinese, reporting.Filter{Form: form, Period: q}, &b))
			if again := w.asSystem(t, b.Bytes()); again.Unchanged == 0 || again.Created+again.Updated+again.Refused > 0 {
				t.Errorf("the batch is not what was kept: %v %s", counts(again), problems(again))
			}
		})
	}
	if warned == 0 {
		t.Error("no check has anything to say about numbers out of the air")
	}
}

// someValue is something that the cell of an item takes.
func someValue(item forms.Item) any {
	switch item.Type {
	case forms.YesNo:
		return "是"
	case forms.Option:
		return item.Options[len(item.Options)-1].Title
	case forms.Date:
		return "2018年9月1日"
	case forms.Text:
		return "说明"
	}
	if item.Max > 0 && item.Max < 10 || item.Min > 0 {
		return item.Format(forms.Value{State: forms.Given, Number: max(item.Min, 1)})
	}
	return 7
}

// TestLongChoices: what does not fit into a rule goes to a hidden sheet.
func TestLongChoices(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	r := rules{f: f, words: chinese}
	item := forms.Item{Key: "x", Title: "长", Type: forms.Option}
	for i := range 40 {
		item.Options = append(item.Options, forms.Choice{Key: fmt.Sprint(i), Code: int64(i), Title: fmt.Sprintf("第%d种情形，含逗号, 很长", i)})
	}
	must(t, r.add("Sheet1", "A1", "A9", item))
	list, err := f.GetDataValidations("Sheet1")
	must(t, err)
	if len(list) != 1 || list[0].Sqref != "A1:A9" || list[0].Formula1 != listSheet+"!$A$1:$A$41" {
		t.Errorf("%+v", list[0])
	}
	if last, _ := f.GetCellValue(listSheet, "A41"); last != "不适用" {
		t.Errorf("last choice %q", last)
	}
	if text := cut("长长长长长", 4); text != "长长…" && text != "长…" && text != "长长长…" {
		t.Errorf("cut to %q", text)
	}
}
