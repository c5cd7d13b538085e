package exchange

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// hostile is a workbook that must be refused as a whole, or whose report must be.
type hostile struct {
	name  string
	data  func(t *testing.T, template []byte) []byte
	fault string // key of the fault of the file
	wrong string // or the problems of its report
}

const sheetPart, stringsPart = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"

var hostiles = []hostile{
	{"nothing", constant(""), "exchange.file.not_workbook", ""},
	{"a text file", constant("unit,form,period,item,value\n"), "exchange.file.not_workbook", ""},
	{"half a workbook", func(_ *testing.T, template []byte) []byte { return template[:len(template)/2] }, "exchange.file.not_workbook", ""},
	{"an old xls or encrypted", func(*testing.T, []byte) []byte {
		return append(bytes.Clone(oldContainer), make([]byte, 4096)...)
	}, "exchange.file.encrypted", ""},
	{"really encrypted", func(t *testing.T, template []byte) []byte {
		sealed, err := excelize.Encrypt(template, &excelize.Options{Password: "password"})
		must(t, err)
		return sealed
	}, "exchange.file.encrypted", ""},
	{"a zip without a workbook", func(t *testing.T, template []byte) []byte {
		return repacked(t, template, func(name string, content []byte) []byte {
			if name == "xl/workbook.xml" {
				return nil
			}
			return content
		})
	}, "exchange.file.not_workbook", ""},
	{"a workbook of nobody's", func(t *testing.T, _ []byte) []byte {
		var b bytes.Buffer
		_, err := excelize.NewFile().WriteTo(&b)
		must(t, err)
		return b.Bytes()
	}, "exchange.file.not_ours", ""},
	{"macros", part("xl/vbaProject.bin", "macro"), "exchange.file.macros", ""},
	{"external links", part("xl/externalLinks/externalLink1.xml", "<externalLink/>"), "exchange.file.external", ""},
	{"connections", part("xl/connections.xml", "<connections/>"), "exchange.file.external", ""},
	{"a zip bomb in the sheet", bomb(sheetPart), "exchange.file.bomb", ""},
	{"a zip bomb beside it", bomb("xl/media/image1.png"), "exchange.file.bomb", ""},
	{"a bomb of shared texts", func(t *testing.T, template []byte) []byte {
		one := `<si><t>` + strings.Repeat("长", 50) + `</t></si>`
		return with(t, template, stringsPart, []byte(`<sst>`+strings.Repeat(one, 400_000)+`</sst>`))
	}, "exchange.file.bomb", ""},
	{"a part that lies about its size", func(t *testing.T, template []byte) []byte {
		data := with(t, template, sheetPart, bytes.Repeat([]byte("<row></row>"), 3<<20))
		return patchSizes(t, data, sheetPart, 100)
	}, "exchange.file.not_workbook", ""},
	{"deep XML", func(t *testing.T, template []byte) []byte {
		return with(t, template, sheetPart, []byte(strings.Repeat("<a>", 200_000)))
	}, "exchange.file.not_workbook", ""},
	{"entities in entities", func(t *testing.T, template []byte) []byte {
		return with(t, template, sheetPart, []byte(`<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&c;</v></c></row></sheetData></worksheet>`))
	}, "exchange.file.not_workbook", ""},
	{"rows without end", func(t *testing.T, template []byte) []byte {
		return with(t, template, sheetPart, []byte(`<worksheet><sheetData>`+strings.Repeat(`<row><c><v>1</v></c></row>`, maxReportRows+1)+`</sheetData></worksheet>`))
	}, "exchange.file.too_many_rows", ""},
	{"columns without end", func(t *testing.T, template []byte) []byte {
		return with(t, template, sheetPart, []byte(`<worksheet><sheetData><row>`+strings.Repeat(`<c><v>1</v></c>`, maxColumns+1)+`</row></sheetData></worksheet>`))
	}, "exchange.file.too_many_columns", ""},
	{"a text that is not there", func(t *testing.T, template []byte) []byte {
		return with(t, template, sheetPart, []byte(`<worksheet><sheetData><row><c t="s"><v>99999</v></c></row></sheetData></worksheet>`))
	}, "exchange.file.not_workbook", ""},
	{"a cell twice", func(t *testing.T, template []byte) []byte {
		return with(t, template, sheetPart, []byte(`<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData></worksheet>`))
	}, "exchange.file.not_workbook", ""},
	{"too many parts", func(t *testing.T, template []byte) []byte {
		f, err := excelize.OpenReader(bytes.NewReader(template))
		must(t, err)
		for range maxParts {
			f.Pkg.Store("xl/media/x"+strings.Repeat("i", f.SheetCount)+string(rune('a'+rand.IntN(26)))+randomName(), []byte("x"))
		}
		var b bytes.Buffer
		_, err = f.WriteTo(&b)
		must(t, err)
		return b.Bytes()
	}, "exchange.file.bomb", ""},
	{"another item's key", cells(map[string]any{"A10": "m1_3"}), "exchange.file.tampered", ""},
	{"two keys exchanged", cells(map[string]any{"A10": "m2_1", "A13": "m1_2"}), "exchange.file.tampered", ""},
	{"a key rubbed out", cells(map[string]any{"A10": nil}), "exchange.file.tampered", ""},
	{"a column put in", func(t *testing.T, template []byte) []byte {
		return edited(t, template, func(f *excelize.File, sheet string) { must(t, f.InsertCols(sheet, "D", 1)) })
	}, "exchange.file.tampered", ""},
	{"another unit in the hidden sheet", hidden("community-02", 4), "exchange.file.tampered", ""},
	{"another quarter in the hidden sheet", hidden("2019Q2", 5), "exchange.file.tampered", ""},
	{"no version in the hidden sheet", hidden("", 6), "exchange.file.tampered", ""},
	{"a value in a row of its own", cells(map[string]any{"F40": 5}), "", "F40 exchange.cell.no_item"},
	{"merged inputs", func(t *testing.T, template []byte) []byte {
		return edited(t, template, func(f *excelize.File, sheet string) { must(t, f.MergeCell(sheet, "F10", "F11")) })
	}, "", "F10 m1_2 exchange.cell.merged; F11 m1_3 exchange.cell.merged"},
}

func constant(text string) func(*testing.T, []byte) []byte {
	return func(*testing.T, []byte) []byte { return []byte(text) }
}

func part(name, content string) func(*testing.T, []byte) []byte {
	return func(t *testing.T, template []byte) []byte { return with(t, template, name, []byte(content)) }
}

func bomb(name string) func(*testing.T, []byte) []byte {
	return func(t *testing.T, template []byte) []byte { return with(t, template, name, make([]byte, 300<<20)) }
}

func cells(values map[string]any) func(*testing.T, []byte) []byte {
	return func(t *testing.T, template []byte) []byte {
		return edited(t, template, func(f *excelize.File, sheet string) {
			for at, v := range values {
				must(t, f.SetCellValue(sheet, at, v))
			}
		})
	}
}

func hidden(value string, row int) func(*testing.T, []byte) []byte {
	return func(t *testing.T, template []byte) []byte {
		return edited(t, template, func(f *excelize.File, _ string) {
			must(t, f.SetCellValue(metaSheet, "B"+string(rune('0'+row)), value))
		})
	}
}

func randomName() string {
	var b strings.Builder
	for range 12 {
		b.WriteByte(byte('a' + rand.IntN(26)))
	}
	return b.String() + ".png"
}

// patchSizes makes the directory of a zip say that a part is smaller than it is.
func patchSizes(t *testing.T, data []byte, name string, size uint32) []byte {
	t.Helper()
	data = bytes.Clone(data)
	directory := []byte{'P', 'K', 1, 2}
	for at := 0; ; at += 4 {
		i := bytes.Index(data[at:], directory)
		if i < 0 {
			t.Fatalf("no %s", name)
		}
		at += i
		if bytes.HasPrefix(data[at+46:], []byte(name)) {
			binary.LittleEndian.PutUint32(data[at+24:], size)
			return data
		}
	}
}

// TestHostileWorkbooks: each is refused with its reason, nothing is changed, and nothing grows without
// bound.
func TestHostileWorkbooks(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	clerk := w.Actor(t, "clerk-community-01")
	template := filled(t, w.template(t, "clerk-community-01", "community-01", "2019Q3"), map[string]any{"m1_2": 40})
	before := w.kept(t)
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) {
			data := h.data(t, template)
			runtime.GC()
			var start, end runtime.MemStats
			runtime.ReadMemStats(&start)
			result, err := w.files.Read(t.Context(), clerk, fileOf(data), Options{})
			runtime.ReadMemStats(&end)
			if grown := end.TotalAlloc - start.TotalAlloc; grown > 256<<20 {
				t.Errorf("it took %d MiB", grown>>20)
			}
			if h.fault != "" {
				wantFault(t, err, fault.Invalid, h.fault)
			} else {
				must(t, err)
			}
			if problems(result) != h.wrong {
				t.Errorf("got %s", problems(result))
			}
			w.unchanged(t, before)
		})
	}
}

// TestNoise: fifty megabytes of noise, with and without the beginning of a zip, cost next to nothing.
func TestNoise(t *testing.T) {
	noise := make([]byte, 50<<20)
	random := rand.NewChaCha8([32]byte{})
	if _, err := random.Read(noise); err != nil {
		t.Fatal(err)
	}
	for _, head := range []string{"", "PK\x03\x04"} {
		copy(noise, head)
		path := filepath.Join(t.TempDir(), "noise.xlsx")
		must(t, os.WriteFile(path, noise, 0o600))
		f, err := os.Open(path)
		must(t, err)
		_, err = openBook(File{f, int64(len(noise))})
		wantFault(t, err, fault.Invalid, "exchange.file.not_workbook")
		must(t, f.Close())
	}
	_, err := openBook(File{bytes.NewReader(nil), MaxBatch + 1})
	wantFault(t, err, fault.Invalid, "exchange.file.too_large")
}

// TestWrongReport: a workbook given for another report than its own is refused, by what differs.
func TestWrongReport(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	clerk := w.Actor(t, "clerk-community-01")
	template := filled(t, w.template(t, "clerk-community-01", "community-01", "2019Q3"), map[string]any{"m1_2": 40})
	batch := w.batch(t, "clerk-community-01", "2019Q3")
	before := w.kept(t)
	cases := []struct {
		data []byte
		of   reporting.Ref
		key  string
	}{
		{template, reportingtest.Ref("community-02", "2019Q3"), "exchange.file.other_unit"},
		{template, reportingtest.Ref("community-01", "2019Q2"), "exchange.file.other_period"},
		{template, reporting.Ref{Unit: "community-01", Form: "burden", Period: reportingtest.Ref("", "2019Q3").Period}, "exchange.file.other_form"},
		{batch, reportingtest.Ref("community-01", "2019Q3"), "exchange.file.batch_here"},
	}
	for _, c := range cases {
		_, err := w.files.Read(t.Context(), clerk, fileOf(c.data), Options{Of: c.of})
		wantFault(t, err, fault.Invalid, c.key)
	}
	w.unchanged(t, before)
}

// TestTamperedBatch: rows and columns that are not those of the download.
func TestTamperedBatch(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	batch := w.batch(t, "monitor", "2019Q3")
	cases := []struct {
		name, at string
		value    any
		fault    string
		wrong    string
	}{
		{"an unknown column", "Z5", 1, "exchange.file.unknown_column", ""},
		{"another item over a column", "H3", "m2_1", "exchange.file.tampered", ""},
		{"a row of nobody's", "H12", 5, "", "H12 exchange.row.no_unit"},
		{"an unknown unit", "A5", "nowhere", "", "unit.unknown"},
		{"no unit at all", "A5", "\u0001 ", "", "exchange.bad_unit"},
		{"a unit twice", "A6", "community-01", "", "exchange.twice; exchange.twice"},
		{"a quarter that is none", "B5", "2019Q5", "", "period.invalid"},
		{"a quarter that is not owed", "B5", "2012Q1", "", "report.not_owed"},
		{"no version", "C5", "x", "", "exchange.row.no_version"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			data := edited(t, batch, func(f *excelize.File, sheet string) { must(t, f.SetCellValue(sheet, c.at, c.value)) })
			before := w.kept(t)
			result, err := w.files.Read(t.Context(), w.Actor(t, "monitor"), fileOf(data), Options{})
			if c.fault != "" {
				wantFault(t, err, fault.Invalid, c.fault)
			} else if must(t, err); problems(result) != c.wrong {
				t.Errorf("got %s", problems(result))
			}
			w.unchanged(t, before)
		})
	}
}
