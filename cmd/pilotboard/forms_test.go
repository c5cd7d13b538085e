package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// figures are the numbers, in the product's list, of what counties, cities and pilots report.
const figures = "S11 S13 S14 S15 S16 S17 S19 S21a S21b S21c S23 S24 S25 S26 S28 S29 S30 S31 " +
	"S42 S43 S44 S45 S46 S47 S48 S49 S50 S50b S51 S52 S53 S54 S55 S56 S57 S58 S59 S60 S61 S62 S63 S65 S66 S67 S69 S70"

var (
	itemKey = regexp.MustCompile(`^ +- key: [a-z][a-z0-9_]* #((?: S\d\d[a-z]?)+)$`)
	planKey = regexp.MustCompile(`^# +m\d_\d .*#((?: S\d\d[a-z]?)+)$`)
)

// Every figure of the list is asked for by an item of a form, or by a measure of the plan that the
// progress form names at its beginning.
func TestFormsHaveEveryFigure(t *testing.T) {
	asked := map[string]bool{}
	for name, text := range formFiles(t) {
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\n")
			match := itemKey.FindStringSubmatch(line)
			if match == nil && name == "progress.yaml" {
				match = planKey.FindStringSubmatch(line)
			}
			if match == nil {
				continue
			}
			for _, figure := range strings.Fields(match[1]) {
				asked[figure] = true
			}
		}
	}
	for _, figure := range strings.Fields(figures) {
		if !asked[figure] {
			t.Errorf("no item asks for %s", figure)
		}
	}
}

// formFiles gives the text of each form file by its name.
func formFiles(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("data/forms/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	var names []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = string(text)
		names = append(names, filepath.Base(path))
	}
	if want := []string{"burden.yaml", "linkage.yaml", "platform.yaml", "progress.yaml", "workforce.yaml"}; !slices.Equal(names, want) {
		t.Fatalf("form files %v, want %v", names, want)
	}
	return files
}
