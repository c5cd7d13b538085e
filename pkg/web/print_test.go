package web

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// TestPrinting: what was filed bears its hash and a code that leads back, a draft neither.
func TestPrinting(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.server.options.BaseURL = "https://board.example"
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		s.Save(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "60"})
		clerk := s.as(t, "clerk-community-01")
		a := clerk.get(ourReport + "/print")
		a.has(t, http.StatusOK, chinese("print.draft_note"), `class="watermark"`, "智社试 2 表", chinese("print.trial"), "方兴社区", "60", "40", "2019Q2", "开展入户宣传。", chinese("print.blank_date"))
		if strings.Contains(a.body, "<code>") || strings.Contains(a.body, `class="qr"`) {
			t.Error("a draft bears a hash")
		}
		s.Submit(t, "community-01", "2019Q3", nil)
		hash := s.hash(t, 1)
		a = clerk.get(ourReport + "/print")
		address := "https://board.example" + ourReport + "?revision=1&amp;hash=" + hash[:hashShown]
		a.has(t, http.StatusOK, hash, address, `class="qr"`, chinese("print.clerk"), chinese("print.checker"), chinese("print.head"), chinese("print.seal"), "2019年10月12日")
		if strings.Contains(a.body, "watermark") {
			t.Error("what was filed is marked as a draft")
		}
		s.Return(t, "community-01", "2019Q3")
		s.Save(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "61"})
		clerk.get(ourReport+"/print").has(t, http.StatusOK, chinese("print.draft_note"), "61")
		clerk.get(ourReport+"/print?revision=1").has(t, http.StatusOK, hash, "60")
		clerk.get(ourReport+"/print?revision=2").has(t, http.StatusNotFound)
		clerk.get(ourReport+"/print?revision=x").has(t, http.StatusBadRequest)
		clerk.get("/reports/community-01/progress/2019Q9/print").has(t, http.StatusBadRequest)
	})
}

// TestThePrintedHashIsCompared with that of the revision it is printed on.
func TestThePrintedHashIsCompared(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
	clerk, hash := s.as(t, "clerk-community-01"), s.hash(t, 1)
	right, wrong := chinese("review.hash_right"), chinese("review.hash_wrong")
	for asked, want := range map[string]string{
		hash[:hashShown]: right, strings.ToUpper(hash[:hashShown]): right, hash: right,
		hash[:hashShown-1]: wrong, strings.Repeat("0", hashShown): wrong, "": "",
	} {
		a := clerk.get(ourReport + "?revision=1&hash=" + asked)
		a.has(t, http.StatusOK, want)
		if strings.Contains(a.body, right) != (want == right) || strings.Contains(a.body, wrong) != (want == wrong) {
			t.Errorf("hash %q: want %q", asked, want)
		}
	}
	clerk.get(ourReport+"?revision=9&hash="+hash[:hashShown]).has(t, http.StatusNotFound)
}

func TestSizeText(t *testing.T) {
	for bytes, want := range map[int64]string{1: "1 KB", 1024: "1 KB", 1025: "2 KB", 1<<20 - 1: "1024 KB", 1 << 20: "1.0 MB", 1<<20 + 1: "1.1 MB", 20 << 20: "20.0 MB"} {
		if got := sizeText(bytes); got != want {
			t.Errorf("%d bytes: %s, want %s", bytes, got, want)
		}
	}
}

func TestQRCode(t *testing.T) {
	svg, err := qrCode("https://board.example/reports/a/progress/2019Q3?revision=1&hash=0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	if text := string(svg); !strings.HasPrefix(text, `<svg class="qr" shape-rendering="crispEdges" viewBox="-4 -4 `) || strings.Count(text, "h1v1h-1z") < 400 {
		t.Errorf("%.200s", text)
	}
	if _, err := qrCode(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text that does not fit is drawn")
	}
}

// TestPaper: a printed report is one sheet of A4 with its page number, and the page has nothing to
// complain of.
func TestPaper(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
	s.Actor(t, "clerk-community-01")
	w := browsertest.Open(t, s.url)
	w.LogIn("clerk-community-01", reportingtest.Password)
	w.Go(ourReport + "/print")
	w.See(".sheet .qr")
	pdf := w.Paper()
	if pages := bytes.Count(pdf, []byte("/Type /Page\n")); !bytes.HasPrefix(pdf, []byte("%PDF-")) || pages != 1 {
		t.Errorf("%d pages of PDF, want 1: %.20q", pages, pdf)
	}
	if !bytes.Contains(pdf, []byte("/MediaBox [0 0 594.95")) && !bytes.Contains(pdf, []byte("/MediaBox [0 0 595")) {
		t.Errorf("the paper is not A4: %s", regexp.MustCompile(`/MediaBox \[[^\]]*\]`).Find(pdf))
	}
	w.Quiet()
}
