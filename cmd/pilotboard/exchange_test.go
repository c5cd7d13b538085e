package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// TestReportsInAndOut: what the commands export is what they import, and wrong lines are told by place.
func TestReportsInAndOut(t *testing.T) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			url := databasetest.URL(t, dialect)
			succeeds(t, url, "", "import", "divisions", write(t, "tree.csv", anhuiDivisions))
			succeeds(t, url, "", "import", "plan", write(t, "plan.yaml", anhuiPlan))
			succeeds(t, url, "", "import", "pilots", write(t, "pilots.csv", anhuiPilots))
			wrong := "unit,form,period,item,value\nfangxing,progress,2019Q3,m1_1,是\nfangxing,progress,2019Q3,practices,入户\nnowhere,progress,2019Q3,m1_1,是\nxingfu,progress,2019Q3,m1_1,也许\n"
			path := write(t, "reports.csv", []byte(wrong))
			code, out, complaint := told(t, url, "", "import", "reports", path, "--dry-run")
			if code != exitFailed || !strings.HasPrefix(out, "dry run, nothing changed: 1 reports created") {
				t.Errorf("exit %d: %s", code, out)
			}
			for _, want := range []string{path + ":4: nowhere: ", path + ":5: xingfu: m1_1: "} {
				if !strings.Contains(complaint, want) {
					t.Errorf("no %q in %s", want, complaint)
				}
			}
			told(t, url, "", "import", "reports", path)
			values := exported(t, url, "json", "--period", "2019Q3", "--scope", "340000")
			var list []struct {
				Unit   string         `json:"unit"`
				Values map[string]any `json:"values"`
			}
			if err := json.Unmarshal(values, &list); err != nil {
				t.Fatal(err)
			}
			found := false
			for _, r := range list {
				if r.Unit == "fangxing" {
					found = true
					if diff := cmp.Diff(map[string]any{"m1_1": true, "practices": "入户"}, r.Values); diff != "" {
						t.Error(diff)
					}
				}
			}
			if !found {
				t.Errorf("fangxing is not in %s", values)
			}
			for _, format := range []string{"csv", "json", "xlsx"} {
				file := filepath.Join(t.TempDir(), "all."+format)
				if err := os.WriteFile(file, exported(t, url, format, "--form", "progress"), 0o600); err != nil {
					t.Fatal(err)
				}
				code, out, complaint := told(t, url, "", "import", "reports", file)
				if code != exitDone || !strings.Contains(out, "0 reports created, 0 updated") || !strings.Contains(out, "0 refused") {
					t.Errorf("%s back: exit %d, %s%s", format, code, out, complaint)
				}
			}
		})
	}
}

func exported(t *testing.T, url, format string, more ...string) []byte {
	t.Helper()
	return []byte(succeeds(t, url, "", append([]string{"export", "reports", "--format", format}, more...)...))
}

// TestProgressOffTerminal: no bar where nobody looks.
func TestProgressOffTerminal(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	for i := range 100 {
		p.show(i, 100)
	}
	p.end()
	if b.Len() > 0 {
		t.Errorf("it wrote %q", b.String())
	}
}
