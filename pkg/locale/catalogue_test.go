package locale

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheCataloguesLoad(t *testing.T) {
	if err := Load(); err != nil {
		t.Fatal(err)
	}
}

func TestBrokenCataloguesAreRefused(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	cases := []struct {
		name   string
		source fstest.MapFS
		want   string // part of the error; empty for none
	}{
		{"sound", fstest.MapFS{"messages/a.zh-CN.yaml": file("x.a: 甲"), "messages/a.en.yaml": file("x.a: a")}, ""},
		{"one key in two files", fstest.MapFS{"messages/a.en.yaml": file("x.a: a"), "messages/b.en.yaml": file("x.a: b")},
			"message x.a is in messages/a.en.yaml and in messages/b.en.yaml"},
		{"one key twice in a file", fstest.MapFS{"messages/a.en.yaml": file("x.a: a\nx.a: b")}, "already defined"},
		{"not flat", fstest.MapFS{"messages/a.en.yaml": file("x:\n  a: a")}, "messages/a.en.yaml"},
		{"no language", fstest.MapFS{"messages/a.yaml": file("x.a: a")}, "does not end in a language"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.source)
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestLanguagesAgree: every area has both files, with the same keys, that ask for the same values.
func TestLanguagesAgree(t *testing.T) {
	names, err := fs.Glob(files, "messages/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]map[string]map[string]string{} // area → language → key → text
	for _, name := range names {
		lang, own, err := readFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		area, _, _ := strings.Cut(strings.TrimPrefix(name, "messages/"), ".")
		if texts[area] == nil {
			texts[area] = map[string]map[string]string{}
		}
		texts[area][lang] = own
	}
	for area, languages := range texts {
		for _, pair := range [][2]string{{Chinese, English}, {English, Chinese}} {
			for key, text := range languages[pair[0]] {
				other, ok := languages[pair[1]][key]
				if !ok {
					t.Errorf("%s: %s is in %s and not in %s", area, key, pair[0], pair[1])
					continue
				}
				if a, b := verbs(text), verbs(other); a != b {
					t.Errorf("%s: %s asks for %s in %s and for %s in %s", area, key, a, pair[0], b, pair[1])
				}
			}
		}
	}
}

func TestTextsAreSound(t *testing.T) {
	texts, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	for lang, own := range texts {
		for key, text := range own {
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s %s: empty, or with space at an end", lang, key)
			}
			if !keyPattern.MatchString(key) {
				t.Errorf("%s %s: not a key", lang, key)
			}
			if bad := strayPercent(text); bad != "" {
				t.Errorf("%s %s: %q must be %%%% or have its number, as in %%[1]s", lang, key, bad)
			}
		}
	}
}

var (
	keyPattern  = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_-]+)+$`)
	verbPattern = regexp.MustCompile(`%\[(\d+)\]([sdqv])`)
)

// verbs gives the values a text asks for, in order and each once: `[1]s [2]d`.
func verbs(text string) string {
	var found []string
	for _, m := range verbPattern.FindAllStringSubmatch(text, -1) {
		found = append(found, fmt.Sprintf("[%s]%s", m[1], m[2]))
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}

// strayPercent finds, in a text that asks for values, a percent sign that Sprintf would stumble over.
func strayPercent(text string) string {
	if !verbPattern.MatchString(text) {
		if strings.Contains(text, "%%") || strings.Contains(text, "%[") {
			return "%"
		}
		return ""
	}
	rest := strings.ReplaceAll(verbPattern.ReplaceAllString(text, ""), "%%", "")
	if i := strings.Index(rest, "%"); i >= 0 {
		return rest[i:]
	}
	return ""
}
