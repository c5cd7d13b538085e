package exchange

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// world is the small province with its files.
type world struct {
	*reportingtest.Province
	files *Service
}

var chinese = locale.For(locale.Chinese)

func newWorld(t testing.TB, db *database.DB) *world {
	t.Helper()
	p := reportingtest.New(t, db)
	return &world{p, New(p.Reports, p.Forms)}
}

// each runs fn on both databases.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { fn(t, newWorld(t, db)) })
}

// template gives the workbook of a report as the actor downloads it.
func (w *world) template(t testing.TB, actor, unit, quarter string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := w.files.Template(t.Context(), w.Actor(t, actor), chinese, reportingtest.Ref(unit, quarter), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// batch gives the batch workbook of a quarter.
func (w *world) batch(t testing.TB, actor, quarter string) []byte {
	t.Helper()
	var b bytes.Buffer
	f := reporting.Filter{Form: reportingtest.Form, Period: period.MustParse(quarter)}
	if err := w.files.Batch(t.Context(), w.Actor(t, actor), chinese, f, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// edited gives a workbook after fn has changed it as a person would.
func edited(t testing.TB, data []byte, fn func(f *excelize.File, sheet string)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fn(f, f.GetSheetName(0))
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fileOf(data []byte) File { return File{bytes.NewReader(data), int64(len(data))} }

// place finds the cell of an item in a workbook of one report.
func place(t testing.TB, data []byte, item string) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found, err := f.SearchSheet(f.GetSheetName(0), item)
	if err != nil || len(found) != 1 {
		t.Fatalf("%s is at %v, err %v", item, found, err)
	}
	return "F" + strings.TrimPrefix(found[0], "A")
}

// filled gives a workbook of one report with cells set by item.
func filled(t testing.TB, data []byte, cells map[string]any) []byte {
	t.Helper()
	at := map[string]string{}
	for item := range cells {
		at[item] = place(t, data, item)
	}
	return edited(t, data, func(f *excelize.File, sheet string) {
		for item, value := range cells {
			must(t, f.SetCellValue(sheet, at[item], value))
		}
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// read uploads a workbook as the actor, who must be let in.
func (w *world) read(t testing.TB, actor string, data []byte) Result {
	t.Helper()
	result, err := w.files.Read(t.Context(), w.Actor(t, actor), fileOf(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// kept is everything that imports could change.
func (w *world) kept(t testing.TB) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, query := range []string{"SELECT * FROM reports ORDER BY unit_id, form, period", "SELECT * FROM ledger ORDER BY id", "SELECT * FROM revisions ORDER BY unit_id, period, no"} {
		var rows []map[string]any
		must(t, w.DB.Read(t.Context()).Raw(query).Scan(&rows).Error)
		all = append(all, rows...)
	}
	return all
}

func (w *world) unchanged(t testing.TB, before []map[string]any) {
	t.Helper()
	if diff := cmp.Diff(before, w.kept(t)); diff != "" {
		t.Errorf("something was written (-before +after):\n%s", diff)
	}
}

func (w *world) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	must(t, w.DB.Read(t.Context()).Exec(sql, args...).Error)
}

// problems gives `F12 m1_2 cell.over_max` for each problem.
func problems(result Result) string {
	var list []string
	for _, p := range result.Problems {
		text := strings.TrimSpace(p.Cell + " " + p.Item)
		list = append(list, strings.TrimSpace(text+" "+p.Key))
	}
	return strings.Join(list, "; ")
}

// wantFault fails unless err is a fault of kind with key.
func wantFault(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || f.Key != key {
		t.Fatalf("got %v, want kind %d, %s", err, kind, key)
	}
	if text := chinese.Fault(f); text == key || strings.Contains(text, "%!") {
		t.Errorf("%s has no text: %s", key, text)
	}
}

func counts(r Result) [4]int { return [4]int{r.Created, r.Updated, r.Unchanged, r.Refused} }

// importPlan puts a plan file into force in which old is replaced by new.
func (w *world) importPlan(t testing.TB, old, new string) {
	t.Helper()
	file := string(reportingtest.PlanFile())
	if !strings.Contains(file, old) {
		t.Fatalf("the plan file has no %q", old)
	}
	_, err := w.Plans.Import(t.Context(), accounts.System("test"), "plan.yaml", []byte(strings.Replace(file, old, new, 1)), "测试", false)
	must(t, err)
}
