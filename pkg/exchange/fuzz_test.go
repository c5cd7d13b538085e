package exchange

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
)

// FuzzWorkbook: whatever a file holds, it is read or refused with a fault, and what is read is text.
func FuzzWorkbook(f *testing.F) {
	w := newWorld(f, databasetest.Open(f, database.SQLite))
	template, batch := w.template(f, "clerk-community-01", "community-01", "2019Q3"), w.batch(f, "monitor", "2019Q3")
	for _, seed := range [][]byte{template, batch, nil, oldContainer} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) { tryBook(t, data) })
}

// FuzzSheet: the same for the sheet of a workbook that is otherwise sound, where the fuzzer gets further.
func FuzzSheet(f *testing.F) {
	w := newWorld(f, databasetest.Open(f, database.SQLite))
	template := w.template(f, "clerk-community-01", "community-01", "2019Q3")
	in, err := zip.NewReader(bytes.NewReader(template), int64(len(template)))
	must(f, err)
	for _, name := range []string{sheetPart, "xl/styles.xml", stringsPart} {
		r, err := in.Open(name)
		must(f, err)
		var b bytes.Buffer
		_, err = b.ReadFrom(r)
		must(f, err)
		f.Add(name == sheetPart, b.Bytes())
	}
	f.Fuzz(func(t *testing.T, sheet bool, content []byte) {
		name := "xl/styles.xml"
		if sheet {
			name = sheetPart
		}
		tryBook(t, with(t, template, name, content))
	})
}

// tryBook reads a workbook as far as it goes.
func tryBook(t *testing.T, data []byte) {
	b, m, err := openOurs(fileOf(data))
	if err == nil {
		e := &entry{cells: map[string]reader{}}
		first, ok := b.first()
		if !ok {
			return
		}
		if m.Kind == KindBatch {
			_, err = b.layout(m, first)
		} else {
			err = e.readSheet(b, m, first)
		}
		for key, read := range e.cells {
			for _, kind := range []forms.ItemType{forms.YesNo, forms.Percent, forms.Count, forms.Money, forms.Option, forms.Date, forms.Text} {
				if in := read(forms.Item{Key: key, Type: kind}); in.wrong == nil {
					forms.Item{Key: key, Type: kind}.Parse(in.raw)
				}
			}
		}
	}
	if _, ok := fault.As(err); err != nil && !ok {
		t.Fatalf("%v is no fault", err)
	}
}

// FuzzCSV: a file is refused with a fault, or gives entries whose keys are text.
func FuzzCSV(f *testing.F) {
	w := newWorld(f, databasetest.Open(f, database.SQLite))
	w.Save(f, "community-02", "2019Q3", map[string]string{"m1_1": "false", "practices": "=HYPERLINK(\"x\")\n,\""})
	var b bytes.Buffer
	must(f, w.files.ExportCSV(f.Context(), w.Actor(f, "monitor"), reporting.Filter{}, &b))
	f.Add(b.String())
	f.Add(csvHead + "a,b,2019Q3,c,1\n")
	f.Add(csvHead + "\xb0\xb2\xbb\xd5,b,2019Q3,c,1\n")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := readCSV(strings.NewReader(text))
		if _, ok := fault.As(err); err != nil && !ok {
			t.Fatalf("%v is no fault", err)
		}
		for _, e := range entries {
			for key, read := range e.cells {
				in := read(forms.Item{Key: key, Type: forms.Text})
				if s, ok := in.raw.(string); !ok || !utf8.ValidString(s) || !utf8.ValidString(key) || strings.ContainsRune(key+e.ref.Unit+e.ref.Form, 0) {
					t.Fatalf("%q gave %q = %q", text, key, in.raw)
				}
			}
		}
	})
}
