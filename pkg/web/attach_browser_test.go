package web

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/reporting/reportingtest"
)

// chooseFiles writes files to disk and chooses them for an item.
func (w *window) chooseFiles(item string, contents map[string][]byte) {
	w.t.Helper()
	var paths []string
	for name, content := range contents {
		path := filepath.Join(w.t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			w.t.Fatal(err)
		}
		paths = append(paths, path)
	}
	w.Do(chromedp.SetUploadFiles(chromedp.CSS(`[data-evidence="`+item+`"] input[type="file"]`), paths))
}

// TestEvidenceInABrowser attaches pictures, one of them over a network that breaks off, sees why others are
// refused, and takes one away again; meanwhile a cell is typed in.
func TestEvidenceInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Save(t, "community-01", "2019Q3", reportingtest.Community)
	w := filing(t, s)
	const place = `[data-evidence="m1_1"] `
	entries := `document.querySelectorAll('` + place + `.cell-files > li').length`
	attached := `document.querySelectorAll('` + place + `li[data-hash]').length`
	thumbnail := `(picture => picture && picture.complete && picture.naturalWidth)(document.querySelector('` + place + `li[data-hash] img'))`
	says := func(want string) {
		w.t.Helper()
		w.Becomes(`document.querySelector('`+place+`.file-state').textContent`, want)
	}

	w.chooseFiles("m1_1", map[string][]byte{"现场.png": picture(t)})
	w.Becomes(attached, "1")
	w.Becomes(thumbnail, "320")
	w.Becomes(`document.querySelector('`+place+`.evidence-state').textContent`, chinese("evidence.attached_name", "现场.png"))
	w.typeIn("m1_2", "52.5") // at the version that the file has made
	w.state("m1_2", "saved", "已保存 *")
	w.Becomes("document.querySelector('.save-state').textContent", chinese("filing.all_saved"))

	w.chooseFiles("m1_1", map[string][]byte{"大.pdf": pdf(evidence.MaxSize + 1)})
	says(chinese("evidence.too_large", 20))
	w.Click(place + "li:not([data-hash]) .btn:last-child")
	w.Becomes(entries, "1")
	w.chooseFiles("m1_1", map[string][]byte{"页.pdf": []byte("<!doctype html>")})
	says(chinese("evidence.bad_type", "text/html"))
	w.Click(place + "li:not([data-hash]) .btn:last-child")
	w.Becomes(entries, "1")

	w.Network(false)
	w.chooseFiles("m1_1", map[string][]byte{"清单.pdf": pdf(2000)})
	says(chinese("evidence.lost"))
	w.Click(`[data-submit]`)
	w.Becomes("document.querySelector('.filing-news').textContent", chinese("filing.stuck", "清单.pdf"))
	w.Network(true)
	w.Click(place + "li:not([data-hash]) .btn:not([hidden])")
	w.Becomes(attached, "2")
	w.chooseFiles("m1_1", map[string][]byte{"一.pdf": pdf(3000), "二.pdf": pdf(4000)})
	w.Becomes(attached, "4")
	w.Becomes(entries, "4")

	w.Go(ourReport)
	w.Unfold()
	w.Becomes(attached, "4")
	w.Becomes(thumbnail, "320")
	w.Click(place + "li[data-hash]:first-child .btn")
	w.Becomes(attached, "3")
	if got := s.shows(t, "m1_1"); len(got) != 3 || got[0] != "清单.pdf" {
		t.Errorf("the item shows %v", got)
	}
	w.Click(`[data-submit]`)
	w.See(".state-submitted")
	if got := len(s.Report(t, "community-01", "2019Q3").Evidence["m1_1"]); got != 3 {
		t.Errorf("filed with %d files", got)
	}
	w.Quiet()
}
