package exchange

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms/formstest"
	"pilotboard/pkg/reporting/reportingtest"
)

// checked gives the workbook of a case as its filer downloads it, with cells filled in by item.
func (w *world) checked(t testing.TB, c reportingtest.Checked, cells map[string]any) File {
	t.Helper()
	var b bytes.Buffer
	must(t, w.files.Template(t.Context(), w.Actor(t, c.Filer), chinese, c.Ref, &b))
	return fileOf(edited(t, b.Bytes(), func(f *excelize.File, sheet string) {
		rows, err := f.GetRows(sheet)
		must(t, err)
		for i, row := range rows {
			if len(row) == 0 {
				continue
			}
			if value, named := cells[row[0]]; named {
				must(t, f.SetCellValue(sheet, fmt.Sprintf("F%d", i+1), value))
			}
		}
	}))
}

// TestVerdicts: what is found in the cases when they come as workbooks, tried, taken and once more.
func TestVerdicts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range w.Checks(t) {
			t.Run(c.Name, func(t *testing.T) {
				cells := map[string]any{}
				items, _ := c.Column(t)
				for _, item := range items {
					cells[item] = c.Values[item]
				}
				file := w.checked(t, c, cells)
				for _, options := range []Options{{DryRun: true}, {}, {}} {
					result, err := w.files.Read(t.Context(), w.Actor(t, c.Filer), file, options)
					must(t, err)
					told := []reportingtest.Told{}
					for _, f := range result.Warnings {
						told = append(told, reportingtest.Told{Check: f.Check, Severity: f.Severity, Items: f.Items, Message: chinese.Message(f.Message)})
					}
					if diff := cmp.Diff(c.Found, told); diff != "" || result.Warned != len(told) || len(result.Problems) > 0 {
						t.Errorf("%+v: %d warned, problems %s (-want +got):\n%s", options, result.Warned, problems(result), diff)
					}
				}
			})
		}
	})
}

// TestRefusals: what a cell does not take is a problem with its key at its place.
func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.Checks(t)[0]
		for _, r := range formstest.Refusals(t) {
			result, err := w.files.Read(t.Context(), w.Actor(t, c.Filer), w.checked(t, c, map[string]any{r.Item: r.Raw}), Options{})
			must(t, err)
			var told []fault.Message
			for _, p := range result.Problems {
				told = append(told, p.Message)
			}
			if diff := cmp.Diff([]fault.Message{r.Refused(t)}, told); diff != "" || result.Problems[0].Item != r.Item {
				t.Errorf("%s %.20q: %s (-want +got):\n%s", r.Item, r.Raw, problems(result), diff)
			}
		}
	})
}
