package exchange

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestTemplate: the workbook is what an office expects, and comes back as it went.
func TestTemplate(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	w.Past(t, "community-01", "2019Q2", reportingtest.Community)
	data := w.template(t, "clerk-community-01", "community-01", "2019Q3")
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	defer f.Close()
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet)
	must(t, err)
	var text strings.Builder
	for _, row := range rows {
		text.WriteString(strings.Join(row, "|") + "\n")
	}
	for _, want := range []string{"试点任务进度季报", "智社试 2 表", "试行", "填报单位：方兴社区", "2019年第三季度", "示例数据", "12.5", "万元", "不适用", "达标面积占应达标面积的比重。", "填表人"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("there is no %q in\n%s", want, text.String())
		}
	}
	if visible, _ := f.GetColVisible(sheet, "A"); visible {
		t.Error("the keys can be seen")
	}
	if visible, _ := f.GetSheetVisible(metaSheet); visible {
		t.Error("the hidden sheet can be seen")
	}
	if props, _ := f.GetDocProps(); !strings.HasPrefix(props.Identifier, "pilotboard:report:progress:1:community-01:2019Q3:1:") {
		t.Errorf("identifier %q", props.Identifier)
	}
	if protection, err := f.GetSheetProtection(sheet); err != nil || !protection.SelectUnlockedCells {
		t.Errorf("the sheet is not protected: %+v, %v", protection, err)
	}
	at := place(t, data, "m1_2")
	for cell, locked := range map[string]bool{at: false, "E" + at[1:]: true, "C" + at[1:]: true, "F7": true} {
		id, err := f.GetCellStyle(sheet, cell)
		must(t, err)
		style, err := f.GetStyle(id)
		must(t, err)
		if style.Protection == nil || style.Protection.Locked != locked {
			t.Errorf("%s: %+v", cell, style.Protection)
		}
	}
	rules := map[string]*excelize.DataValidation{}
	list, err := f.GetDataValidations(sheet)
	must(t, err)
	for _, rule := range list {
		rules[rule.Sqref] = rule
	}
	if rule := rules[place(t, data, "m1_1")]; rule == nil || rule.Type != "list" || !strings.Contains(rule.Formula1, "是,否,不适用") {
		t.Errorf("yes or no: %+v", rule)
	}
	if rule := rules[at]; rule == nil || !strings.Contains(rule.Formula1, at+"<=100") {
		t.Errorf("percent: %+v", rule)
	}
	if rule := rules[place(t, data, "m1_3")]; rule == nil || !strings.Contains(rule.Formula1, "<=1000") || !strings.Contains(rule.Formula1, "ROUND("+place(t, data, "m1_3")+",1)") {
		t.Errorf("number: %+v", rule)
	}
	if panes, err := f.GetPanes(sheet); err != nil || !panes.Freeze || panes.YSplit != headingRow {
		t.Errorf("panes %+v, %v", panes, err)
	}
	before := w.kept(t)
	if result := w.read(t, "clerk-community-01", data); counts(result) != [4]int{0, 0, 1, 0} {
		t.Errorf("as it went it changed something: %+v", result)
	}
	w.unchanged(t, before)
}

// TestHostileNamesAreText: a title that begins like a formula is none.
func TestHostileNamesAreText(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	data := w.template(t, "clerk-community-03", "community-03", "2019Q3")
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	must(t, err)
	found := 0
	for i, row := range rows {
		for j, text := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			must(t, err)
			if formula, _ := f.GetCellFormula(f.GetSheetName(0), at); formula != "" {
				t.Errorf("%s is a formula: %s", at, formula)
			}
			if strings.Contains(text, "=cmd()") {
				found++
			}
		}
	}
	if found < 2 { // the unit and the milestone
		t.Errorf("the hostile names are not there")
	}
}

// TestTemplateScope: who may not see a report gets no workbook of it.
func TestTemplateScope(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, actor := range []string{"clerk-community-02", "reviewer-340700"} {
			err := w.files.Template(t.Context(), w.Actor(t, actor), chinese, reportingtest.Ref("community-01", "2019Q3"), io.Discard)
			wantFault(t, err, fault.Forbidden, "unit.forbidden")
			err = w.files.Batch(t.Context(), w.Actor(t, actor), chinese, reporting.Filter{Form: reportingtest.Form, Scope: "340100"}, io.Discard)
			wantFault(t, err, fault.Forbidden, "scope.forbidden")
			err = w.files.ExportCSV(t.Context(), w.Actor(t, actor), reporting.Filter{Scope: "340100"}, io.Discard)
			wantFault(t, err, fault.Forbidden, "scope.forbidden")
			err = w.files.ExportJSON(t.Context(), w.Actor(t, actor), reporting.Filter{Scope: "340100"}, io.Discard)
			wantFault(t, err, fault.Forbidden, "scope.forbidden")
		}
		wantFault(t, w.files.Batch(t.Context(), w.Actor(t, "monitor"), chinese, reporting.Filter{}, io.Discard), fault.Invalid, "exchange.form_missing")
	})
}
