package evidence

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCleanName(t *testing.T) {
	pdf := kind{"application/pdf", []string{".pdf"}, false}
	jpg := kind{"image/jpeg", []string{".jpg", ".jpeg"}, true}
	cases := []struct {
		name string
		in   string
		kind kind
		want string
	}{
		{"as it is", "通知 (1).pdf", pdf, "通知 (1).pdf"},
		{"another spelling", "IMG_1.JPEG", jpg, "IMG_1.JPEG"},
		{"no extension", "通知", pdf, "通知.pdf"},
		{"a contradiction", "a.jpg", pdf, "a.pdf"},
		{"a program", "a.pdf.exe", pdf, "a.pdf.pdf"},
		{"a dot in a name", "第1.2期通报", pdf, "第1.2期通报.pdf"},
		{"a number after a dot", "2019.10", pdf, "2019.10.pdf"},
		{"a path", "../../etc/passwd", pdf, "passwd.pdf"},
		{"a Windows path", `C:\用户\a.pdf`, pdf, "a.pdf"},
		{"characters nobody sees", "a\x00b\r\nc\u202egpj.pdf", pdf, "abcgpj.pdf"},
		{"not text", "a\xff\xfe.pdf", pdf, "a.pdf"},
		{"nothing", "", pdf, "evidence.pdf"},
		{"dots", "..", pdf, "evidence.pdf"},
		{"an extension alone", ".pdf", pdf, "pdf.pdf"},
		{"a folder", "a/", pdf, "evidence.pdf"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := cleanName(c.in, c.kind); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCleanNameOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		in := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.StringMatching(`[一-十a-z./]{150,400}`)).Draw(t, "name")
		got := cleanName(in, k)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxName || strings.ContainsAny(got, "/\\\r\n\x00") || strings.HasPrefix(got, ".") {
			t.Fatalf("%q", got)
		}
		if got != cleanName(got, k) {
			t.Fatalf("%q becomes %q", got, cleanName(got, k))
		}
	})
}
