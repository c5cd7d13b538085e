package exchange

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// Run with: go test ./pkg/exchange -run '^$' -bench . -benchtime 1x
// A batch workbook of 18 000 units goes out, comes back filled, and comes back once more unchanged.

const benchUnits = 18000

// benchWorld has that many units that owe one quarter.
func benchWorld(b *testing.B, dialect database.Dialect) *world {
	b.Helper()
	w := newWorld(b, databasetest.Open(b, dialect))
	var file bytes.Buffer
	fmt.Fprintln(&file, "key,name,division,type,batch,since,since_precision,until,placeholder,document")
	for i := range benchUnits {
		fmt.Fprintf(&file, "unit-%05d,示例单位%05d,340104001001,community,2018,2019-07-01,day,,true,\n", i, i)
	}
	_, err := w.Plans.ImportPilots(b.Context(), accounts.System("bench"), "pilots.csv", &file, false)
	must(b, err)
	w.OpenPeriods(b)
	return w
}

var benchFilter = reporting.Filter{Form: reportingtest.Form, Period: period.MustParse("2019Q3")}

// peak runs fn and reports the greatest heap in use meanwhile, beside what was in use before.
func peak(b *testing.B, fn func()) {
	runtime.GC()
	var start runtime.MemStats
	runtime.ReadMemStats(&start)
	done, most := make(chan struct{}), make(chan uint64)
	go func() {
		greatest := uint64(0)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			greatest = max(greatest, now.HeapInuse)
			select {
			case <-done:
				most <- greatest
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	fn()
	close(done)
	b.ReportMetric(float64(<-most)/(1<<20), "peak-MiB")
	b.ReportMetric(float64(start.HeapInuse)/(1<<20), "before-MiB")
}

// filledBatch writes the batch workbook as units would fill it in.
func filledBatch(b *testing.B, w *world) File {
	b.Helper()
	f := excelize.NewFile()
	defer f.Close()
	form, err := w.Forms.Form(b.Context(), accounts.System("bench"), reportingtest.Form)
	must(b, err)
	t, err := newTable(f, chinese, form)
	must(b, err)
	n := int64(0)
	must(b, w.Reports.Each(b.Context(), accounts.System("bench"), benchFilter, func(r reporting.Report) error {
		n++
		r.Values = forms.Values{}
		for _, section := range r.Form.Sections {
			for _, item := range section.Items {
				v := forms.Value{State: forms.Given, Number: n % 2}
				if item.Type == forms.Text {
					v = forms.Value{State: forms.Given, Text: fmt.Sprintf("第 %d 个单位开展入户宣传，完善一站式服务，继续压减纸质证明事项。", n)}
				}
				r.Values[item.Key] = v
			}
		}
		return t.report(r)
	}))
	must(b, t.finish())
	path := filepath.Join(b.TempDir(), "batch.xlsx")
	must(b, f.SaveAs(path))
	in, err := os.Open(path)
	must(b, err)
	b.Cleanup(func() { in.Close() })
	info, err := in.Stat()
	must(b, err)
	return File{in, info.Size()}
}

// BenchmarkBatch measures a province's batch workbook out and in.
func BenchmarkBatch(b *testing.B) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		b.Run(string(dialect), func(b *testing.B) {
			w := benchWorld(b, dialect)
			system := accounts.System("bench")
			b.Run("export", func(b *testing.B) {
				for b.Loop() {
					peak(b, func() { must(b, w.files.Batch(b.Context(), system, chinese, benchFilter, io.Discard)) })
				}
			})
			b.Run("export-csv", func(b *testing.B) {
				for b.Loop() {
					peak(b, func() { must(b, w.files.ExportCSV(b.Context(), system, benchFilter, io.Discard)) })
				}
			})
			file := filledBatch(b, w)
			for _, step := range []string{"import", "import-again"} {
				b.Run(step, func(b *testing.B) {
					b.SetBytes(file.Size)
					for b.Loop() {
						peak(b, func() {
							result, err := w.files.Read(b.Context(), system, file, Options{})
							must(b, err)
							if result.Refused > 0 || result.Created+result.Unchanged < benchUnits {
								b.Fatalf("%v %s", counts(result), result.Problems[0].Key)
							}
						})
					}
				})
			}
		})
	}
}
