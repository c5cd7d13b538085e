package exchange

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// pending are the cells that setRaw wants to have a cached value; the library cannot write one.
var pending = map[string][2]string{}

// setRaw remembers that a formula's cell is to have a value of this type.
func setRaw(_ *testing.T, _ *excelize.File, _, at, kind, text string) {
	pending[at] = [2]string{kind, text}
}

// rawCells puts the values that setRaw wants into the first sheet.
func rawCells(t testing.TB, data []byte) []byte {
	t.Helper()
	if len(pending) == 0 {
		return data
	}
	return repacked(t, data, func(name string, content []byte) []byte {
		if name != "xl/worksheets/sheet1.xml" {
			return content
		}
		for at, v := range pending {
			delete(pending, at)
			found := regexp.MustCompile(`(<c r="` + at + `"[^>]*?)(?: t="[^"]*")?>(<f>[^<]*</f>)(?:<v>[^<]*</v>|<v/>)?</c>`)
			if !found.Match(content) {
				t.Fatalf("%s is no formula", at)
			}
			content = found.ReplaceAll(content, []byte("${1} "+v[0]+">${2}<v>"+v[1]+"</v></c>"))
		}
		return content
	})
}

// repacked gives a zip with its parts changed; nil leaves a part out.
func repacked(t testing.TB, data []byte, change func(name string, content []byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, part := range in.File {
		r, err := part.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		if content = change(part.Name, content); content == nil {
			continue
		}
		w, err := out.Create(part.Name)
		must(t, err)
		_, err = w.Write(content)
		must(t, err)
	}
	must(t, out.Close())
	return b.Bytes()
}

// with adds a part to a zip.
func with(t testing.TB, data []byte, name string, content []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, part := range in.File {
		if strings.EqualFold(part.Name, name) {
			continue
		}
		must(t, out.Copy(part))
	}
	w, err := out.Create(name)
	must(t, err)
	_, err = w.Write(content)
	must(t, err)
	must(t, out.Close())
	return b.Bytes()
}
