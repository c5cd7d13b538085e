package exchange

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting/reportingtest"
)

// batchCell finds the cell of an item of a unit.
func batchCell(t testing.TB, f *excelize.File, sheet, unit, item string) string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	must(t, err)
	for i, row := range rows {
		for j, key := range rows[batchKeyRow-1] {
			if row[0] == unit && key == item {
				at, err := excelize.CoordinatesToCellName(j+1, i+1)
				must(t, err)
				return at
			}
		}
	}
	t.Fatalf("%s has no cell for %s", unit, item)
	return ""
}

// asSystem uploads a workbook as the program itself, which may file for every unit.
func (w *world) asSystem(t testing.TB, data []byte) Result {
	t.Helper()
	result, err := w.files.Read(t.Context(), accounts.System("test"), fileOf(data), Options{})
	must(t, err)
	return result
}

// TestBatch: each report of a batch is taken or refused for itself.
func TestBatch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Past(t, "community-01", "2019Q2", reportingtest.Community)
		w.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "60"})
		data := w.batch(t, "monitor", "2019Q3")
		if result := w.asSystem(t, data); counts(result) != [4]int{0, 0, 5, 0} {
			t.Fatalf("as it went it changed something: %+v %s", result, problems(result))
		}
		changed := edited(t, data, func(f *excelize.File, sheet string) {
			set := func(unit, item string, v any) { must(t, f.SetCellValue(sheet, batchCell(t, f, sheet, unit, item), v)) }
			set("community-01", "m1_2", 70)          // submitted
			set("community-02", "m1_2", "８０％")       // well
			set("community-02", "practices", "入户")   // well
			set("community-03", "m1_2", 120)         // too much
			set("community-03", "m2_1", 3)           // well, but not alone
			set("district-01", "communities", "6.5") // half a community
			set("street-01", "m2_1", 3)              // not asked
		})
		before := w.kept(t)
		dry, err := w.files.Read(t.Context(), accounts.System("test"), fileOf(changed), Options{DryRun: true})
		must(t, err)
		w.unchanged(t, before)
		result := w.asSystem(t, changed)
		if counts(result) != [4]int{1, 0, 0, 4} || problems(dry) != problems(result) {
			t.Fatalf("%+v\n%s\n%s", counts(result), problems(result), problems(dry))
		}
		for _, want := range []string{"report.wrong_status", " m1_2 cell.over_max", " communities cell.not_whole", " m2_1 cell.unknown"} {
			if !strings.Contains(problems(result), want) {
				t.Errorf("no %q in %s", want, problems(result))
			}
		}
		if v := w.Report(t, "community-03", "2019Q3").Values; len(v) != 0 {
			t.Errorf("a refused report kept %v", v)
		}
		if v := w.Report(t, "community-02", "2019Q3").Values; v["m1_2"] != given(800) || v["practices"].Text != "入户" {
			t.Errorf("the good one is %v", v)
		}
		again := w.asSystem(t, changed)
		if counts(again) != [4]int{0, 0, 1, 4} {
			t.Errorf("again: %+v %s", counts(again), problems(again))
		}

		var marked bytes.Buffer
		must(t, w.files.Marked(t.Context(), w.Actor(t, "monitor"), chinese, fileOf(changed), result, &marked))
		checkMarked(t, marked.Bytes())
		mended := edited(t, marked.Bytes(), func(f *excelize.File, sheet string) {
			must(t, f.SetCellValue(sheet, batchCell(t, f, sheet, "community-03", "m1_2"), 100))
			must(t, f.SetCellValue(sheet, batchCell(t, f, sheet, "street-01", "m2_1"), nil))
		})
		if result := w.asSystem(t, mended); counts(result) != [4]int{1, 0, 2, 2} {
			t.Errorf("mended: %+v %s", counts(result), problems(result))
		}
	})
}

func checkMarked(t *testing.T, data []byte) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	defer f.Close()
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet)
	must(t, err)
	text := fmt.Sprint(rows)
	for _, want := range []string{"须更正的问题", "综合服务设施达标：不得大于 100。", "入户"} {
		if !strings.Contains(text, want) {
			t.Errorf("the marked copy has no %q: %s", want, text)
		}
	}
	at := batchCell(t, f, sheet, "community-03", "m1_2")
	id, err := f.GetCellStyle(sheet, at)
	must(t, err)
	style, err := f.GetStyle(id)
	must(t, err)
	if len(style.Fill.Color) == 0 || style.Fill.Color[0] != redFill {
		t.Errorf("%s is not red: %+v", at, style.Fill)
	}
}

// TestMarkedReport: a copy of one report says at each cell what is wrong, and can be mended and read.
func TestMarkedReport(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	data := filled(t, w.template(t, "clerk-community-01", "community-01", "2019Q3"), map[string]any{"m1_2": 120, "m2_1": 7})
	result := w.read(t, "clerk-community-01", data)
	at := place(t, data, "m1_2")
	if problems(result) != at+" m1_2 cell.over_max" {
		t.Fatal(problems(result))
	}
	for range 2 { // a copy of a copy has each reason once
		var marked bytes.Buffer
		must(t, w.files.Marked(t.Context(), w.Actor(t, "clerk-community-01"), chinese, fileOf(data), result, &marked))
		data = marked.Bytes()
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	defer f.Close()
	comments, err := f.GetComments(f.GetSheetName(0))
	must(t, err)
	if len(comments) != 1 || comments[0].Cell != at || !strings.Contains(comments[0].Text+fmt.Sprint(comments[0].Paragraph), "不得大于 100") {
		t.Errorf("comments %+v", comments)
	}
	if beside, _ := f.GetCellValue(f.GetSheetName(0), "H"+at[1:]); !strings.Contains(beside, "不得大于 100") {
		t.Errorf("beside it stands %q", beside)
	}
	if result := w.read(t, "clerk-community-01", filled(t, data, map[string]any{"m1_2": 99})); counts(result) != [4]int{1, 0, 0, 0} {
		t.Errorf("mended: %+v %s", result, problems(result))
	}
}

// TestStale: what somebody else has changed since the download is not overwritten; both values are told.
func TestStale(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		template := w.template(t, "clerk-community-01", "community-01", "2019Q3")
		batch := w.batch(t, "monitor", "2019Q3")
		w.Save(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "30", "m1_1": "true"})
		before := w.kept(t)
		data := filled(t, template, map[string]any{"m1_2": 40})
		result := w.read(t, "clerk-community-01", data)
		if result.Refused != 1 || len(result.Problems) != 2 || result.Problems[1].Key != "exchange.stale" {
			t.Fatalf("%+v", result)
		}
		if text := chinese.Message(result.Problems[1].Message); !strings.Contains(text, "“40”") || !strings.Contains(text, "“30”") {
			t.Errorf("told: %s", text)
		}
		changed := edited(t, batch, func(f *excelize.File, sheet string) {
			must(t, f.SetCellValue(sheet, batchCell(t, f, sheet, "community-01", "m1_2"), 40))
		})
		if result := w.asSystem(t, changed); counts(result) != [4]int{0, 0, 4, 1} {
			t.Errorf("batch: %+v %s", counts(result), problems(result))
		}
		w.unchanged(t, before)
		same := filled(t, template, map[string]any{"m1_2": 30, "m1_1": "是"})
		if result := w.read(t, "clerk-community-01", same); counts(result) != [4]int{0, 0, 1, 0} {
			t.Errorf("the same values: %+v", result)
		}
	})
}

// TestNewerForm: a workbook of an older form is taken while all its items mean the same.
func TestNewerForm(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	template := filled(t, w.template(t, "clerk-community-01", "community-01", "2019Q3"), map[string]any{"m1_2": 40})
	w.importPlan(t, "title: 首批", "title: 第一批")
	if result := w.read(t, "clerk-community-01", template); counts(result) != [4]int{1, 0, 0, 0} {
		t.Errorf("another version with the same items: %+v %s", result, problems(result))
	}
	w.importPlan(t, "title: 综合服务设施达标", "title: 综合服务设施全部达标")
	before := w.kept(t)
	_, err := w.files.Read(t.Context(), w.Actor(t, "clerk-community-01"), fileOf(template), Options{})
	wantFault(t, err, fault.Invalid, "exchange.form.changed")
	w.unchanged(t, before)
}

// TestScopeOfImports: nobody files for a unit that is not theirs, however the file came to them.
func TestScopeOfImports(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		data := filled(t, w.template(t, "clerk-community-01", "community-01", "2019Q3"), map[string]any{"m1_2": 40})
		before := w.kept(t)
		for actor, want := range map[string]string{
			"clerk-community-02": "unit.forbidden", "reviewer-340700": "unit.forbidden",
			"viewer": "report.not_your_role", "monitor": "report.not_your_role",
		} {
			actor := w.Actor(t, actor)
			before = w.kept(t)
			for _, dry := range []bool{true, false} {
				result, err := w.files.Read(t.Context(), actor, fileOf(data), Options{DryRun: dry})
				must(t, err)
				if problems(result) != want {
					t.Errorf("%s: %s", actor.Name, problems(result))
				}
				csv := "unit,form,period,item,value\ncommunity-01,progress,2019Q3,m1_2,40\n"
				result, err = w.files.ImportCSV(t.Context(), actor, strings.NewReader(csv), Options{DryRun: dry})
				must(t, err)
				if problems(result) != want {
					t.Errorf("%s, CSV: %s", actor.Name, problems(result))
				}
			}
			w.unchanged(t, before)
		}
	})
}
