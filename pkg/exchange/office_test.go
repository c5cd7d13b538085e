package exchange

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestAnOfficeSavesIt: a filled template that LibreOffice has saved as a sheet of its own, and from there
// as xlsx again, is read like the original. So is a batch.
func TestAnOfficeSavesIt(t *testing.T) {
	if _, err := exec.LookPath("soffice"); err != nil {
		databasetest.Missing(t, "LibreOffice (Debian: libreoffice-calc-nogui)")
	}
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	w.Past(t, "community-01", "2019Q2", reportingtest.Community)
	template := filled(t, w.template(t, "clerk-community-01", "community-01", "2019Q3"), map[string]any{
		"m1_1": "否", "m1_2": 62.5, "m2_1": "1,024", "m2_2": "不适用", "practices": "一、入户\n二、宣传", "obstacles": "=1+1 不是公式",
	})
	template = edited(t, template, func(f *excelize.File, sheet string) {
		at := place(t, template, "m1_3")
		must(t, f.SetCellFormula(sheet, at, "=600+66.5"))
	})
	result := w.read(t, "clerk-community-01", office(t, template))
	if counts(result) != [4]int{1, 0, 0, 0} {
		t.Fatalf("%+v %s", result, problems(result))
	}
	values := w.Report(t, "community-01", "2019Q3").Values
	for item, want := range map[string]int64{"m1_1": 0, "m1_2": 625, "m1_3": 6665, "m2_1": 1024} {
		if values[item] != given(want) {
			t.Errorf("%s is %+v", item, values[item])
		}
	}
	if values["practices"].Text != "一、入户\n二、宣传" || values["obstacles"].Text != "=1+1 不是公式" || values["m2_2"].State == 0 {
		t.Errorf("%+v", values)
	}

	batch := edited(t, w.batch(t, "reviewer-340700", "2019Q3"), func(f *excelize.File, sheet string) {
		must(t, f.SetCellValue(sheet, batchCell(t, f, sheet, "community-02", "m1_2"), 55))
	})
	if result := w.read(t, "clerk-community-02", office(t, batch)); counts(result) != [4]int{1, 0, 0, 1} {
		t.Fatalf("%+v %s", result, problems(result))
	}
	if v := w.Report(t, "community-02", "2019Q3").Values["m1_2"]; v != given(550) {
		t.Errorf("the batch gave %+v", v)
	}
}

// office saves a workbook through LibreOffice, as ods and then as xlsx.
func office(t *testing.T, data []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "book.xlsx"), data, 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "back"), 0o700))
	for _, step := range [][]string{{"ods", dir, "book.xlsx"}, {"xlsx", filepath.Join(dir, "back"), "book.ods"}} {
		cmd := exec.CommandContext(t.Context(), "soffice", "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
			"--convert-to", step[0], "--outdir", step[1], filepath.Join(dir, step[2]))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("soffice: %v\n%s", err, out)
		}
	}
	back, err := os.ReadFile(filepath.Join(dir, "back", "book.xlsx"))
	must(t, err)
	return back
}
