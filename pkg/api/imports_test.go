package api_test

import (
	"net/http"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

const (
	importPath = "/api/v1/imports/reports"
	goodCSV    = "unit,form,period,item,value\ncommunity-02,progress,2019Q3,m1_2,85\ncommunity-03,progress,2019Q3,m1_2,120\n"
	goodJSON   = `[{"unit":"community-02","form":"progress","period":"2019Q3","values":{"m1_2":"85"},"not_applicable":[]},
		{"unit":"community-03","form":"progress","period":"2019Q3","values":{"m1_2":120},"not_applicable":["m2_1"]}]`
)

// TestImportReports: dry, then really, then once more.
func TestImportReports(t *testing.T) {
	bodies := map[string]string{
		"application/json": goodJSON, "text/csv; charset=utf-8": goodCSV,
		"application/x-ndjson": strings.NewReplacer("[{", "{", "},\n\t\t{", "}\n{", "}]", "}").Replace(goodJSON),
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for kind, body := range bodies {
			t.Run(kind, func(t *testing.T) {
				w := newWorld(t, db2(t, db))
				w.token(t, "clerk-community-02")
				w.token(t, "reviewer-340100")
				before := w.state(t)
				for _, path := range []string{importPath + "?dry_run=true", importPath, importPath} {
					a := w.call(t, "clerk-community-02", http.MethodPost, path, body, "Content-Type", kind).ok(t)
					created, unchanged := a.at(t, "created"), a.at(t, "unchanged")
					if created != float64(1) && unchanged != float64(1) {
						t.Errorf("%s: %s", path, a.raw)
					}
					if a.at(t, "errors", 0, "code") != "unit.forbidden" || a.at(t, "errors", 0, "unit") != "community-03" {
						t.Errorf("%s: %s", path, a.raw)
					}
					if strings.Contains(path, "dry_run") && w.state(t) != before {
						t.Error("a dry run changed something")
					}
				}
				a := w.call(t, "reviewer-340100", http.MethodPost, importPath, body, "Content-Type", kind, "Accept-Language", "en").ok(t)
				if a.at(t, "errors", 0, "code") != "unit.forbidden" || a.at(t, "errors", 1, "code") != "cell.over_max" ||
					a.at(t, "errors", 1, "item") != "m1_2" || a.at(t, "errors", 1, "message") == "cell.over_max" {
					t.Errorf("%s", a.raw)
				}
			})
		}
	})
}

// db2 gives a database of the same sort for every case.
func db2(t *testing.T, like *database.DB) *database.DB { return databasetest.Open(t, like.Dialect()) }

// TestImportScope: who may not file changes nothing, report by report.
func TestImportScope(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		for user, code := range map[string]string{"viewer": "report.not_your_role", "monitor": "report.not_your_role", "clerk-community-01": "unit.forbidden", "reviewer-340100": "unit.forbidden"} {
			w.token(t, user)
			before := w.state(t)
			a := w.call(t, user, http.MethodPost, importPath, goodCSV, "Content-Type", "text/csv").ok(t)
			if a.at(t, "errors", 0, "code") != code || a.at(t, "created") != float64(0) || w.state(t) != before {
				t.Errorf("%s: %s", user, a.raw)
			}
		}
	})
}

// TestImportRefused: a body that is no file of reports changes nothing.
func TestImportRefused(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	w.token(t, "clerk-community-02")
	before := w.state(t)
	for _, c := range []struct {
		kind, body string
		status     int
		code       string
	}{
		{"text/csv", "a,b\n", 422, "exchange.csv.header"},
		{"application/json", "[{", 422, "exchange.json.array"},
		{"application/x-ndjson", "{\"unit\"", 422, "exchange.json.line"},
		{"application/xml", "<a/>", 422, "exchange.content_type"},
		{"application/json", "", 400, "request.invalid"},
	} {
		w.call(t, "clerk-community-02", http.MethodPost, importPath, c.body, "Content-Type", c.kind).refused(t, c.status, c.code)
	}
	w.call(t, "clerk-community-02", http.MethodPost, importPath+"?dry=1", goodCSV, "Content-Type", "text/csv").refused(t, 400, "request.invalid")
	large := w.call(t, "clerk-community-02", http.MethodPost, importPath, strings.Repeat("x", 64<<20+1), "Content-Type", "text/csv").refused(t, 413, "request.too_large")
	if detail := large.at(t, "detail").(string); !strings.Contains(detail, "64") {
		t.Error(detail)
	}
	if w.state(t) != before {
		t.Error("something was changed")
	}
}
