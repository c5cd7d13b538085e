package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
)

// goodReads are calls that read, as somebody who may.
var goodReads = []struct{ name, user, path string }{
	{"units", "monitor", "/units"},
	{"units-of-a-city", "monitor", "/units?scope=340700&batch=2018&type=community"},
	{"units-of-a-clerk", "clerk-street-01", "/units"},
	{"unit", "reviewer-340181", "/units/district-01"},
	{"plan", "viewer", "/plans/test-2018-2020"},
	{"forms", "clerk-street-01", "/forms"},
	{"form", "clerk-community-01", "/forms/progress"},
	{"period-open", "viewer", "/periods/2019Q3"},
	{"period-locked", "viewer", "/periods/2018Q4"},
	{"period-to-come", "viewer", "/periods/2020Q1"},
	{"period-outside", "viewer", "/periods/2031Q1"},
	{"reports", "monitor", "/reports?scope=340000&form=progress&period=2019Q3"},
	{"reports-submitted", "reviewer-340100", "/reports?status=submitted"},
	{"report-submitted", "clerk-community-01", "/reports/community-01/progress/2019Q3"},
	{"report-prefilled", "clerk-community-02", "/reports/community-02/progress/2019Q3"},
	{"report-not-due", "clerk-community-01", "/reports/community-01/progress/2019Q4"},
	{"report-revision", "monitor", "/reports/community-01/progress/2019Q2?revision=1"},
	{"progress-by-city", "monitor", "/progress?scope=340000&period=2019Q2"},
	{"progress-by-unit", "monitor", "/progress?scope=340000&period=2019Q3&by=unit"},
	{"progress-by-batch", "viewer", "/progress?period=2019Q3&by=batch"},
	{"progress-by-type", "reviewer-340700", "/progress?period=2019Q3&by=type"},
	{"progress-by-workstream", "reviewer-340100", "/progress?period=2019Q2&by=workstream"},
	{"progress-by-milestone", "monitor", "/progress?period=2019Q2&by=milestone&batch=2018"},
	{"progress-by-period", "clerk-community-01", "/progress?by=period"},
	{"progress-of-all-submitted", "monitor", "/progress?period=2019Q3&by=unit&basis=submitted&tree=now"},
	{"completeness", "monitor", "/completeness?form=progress&period=2019Q3&scope=340000&by=county"},
	{"completeness-by-unit", "clerk-community-01", "/completeness?by=unit"},
	{"trace", "monitor", "/trace?figure=progress&scope=340000&period=2019Q2"},
	{"figures", "monitor", "/figures?ids=pilot_units,progress.m1_1,progress.communities&period=2019Q3"},
	{"figures-by-city", "viewer", "/figures?ids=pilot_units_community,progress.m1_1&period=2019Q2&by=city"},
	{"figures-by-batch", "reviewer-340700", "/figures?ids=pilot_units&period=2019Q3&by=batch"},
	{"figures-of-a-unit", "clerk-community-01", "/figures?ids=progress.m1_1&period=2019Q2"},
	{"figures-as-of", "monitor", "/figures?ids=progress.m1_1&period=2019Q2&as_of=2019-10-12T09:00:01%2B08:00&tree=now"},
	{"figures-submitted", "monitor", "/figures?ids=progress.m1_1&period=2019Q3&basis=submitted"},
	{"trace-of-an-item", "monitor", "/trace?figure=progress.m1_1&period=2019Q2"},
	{"trace-of-an-indicator", "monitor", "/trace?figure=hub_organisations&period=2019Q2"},
	{"calendar", "viewer", "/calendar"},
	{"trace-of-a-milestone", "clerk-community-01", "/trace?figure=M1.2&period=2019Q2"},
}

// TestGoodReads: each reading call as somebody who may, against a golden file that both databases share.
func TestGoodReads(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		for _, c := range goodReads {
			t.Run(c.name, func(t *testing.T) {
				w.call(t, c.user, http.MethodGet, "/api/v1"+c.path, nil).golden(t, c.name)
			})
		}
	})
}

// TestNoReadReadsALargeTable from end to end, whatever the number of units.
func TestNoReadReadsALargeTable(t *testing.T) {
	db := databasetest.Open(t, database.Postgres)
	w := newWorld(t, db)
	asked := databasetest.Record(t, db)
	for _, c := range goodReads {
		w.call(t, c.user, http.MethodGet, "/api/v1"+c.path, nil).ok(t)
	}
	for _, path := range []string{
		"/reports", "/reports?status=returned", "/reports?cursor=2019Q3.3.progress", "/reports?form=progress&status=accepted&period=2019Q2&scope=340100",
		"/reports?scope=340104&period=2019Q2", "/units?scope=340100", "/completeness?by=city", "/progress?by=county&tree=now", "/supervision",
	} {
		w.call(t, "monitor", http.MethodGet, "/api/v1"+path, nil).ok(t)
	}
	asked.WantNoScans(t)
}

// TestTheFiguresOfTheContract: one row worked out by hand. At 2019Q2 the plan of community-01 has
// (4·1 + 6·2/4 + 2·0.2 + 5·1 + 3·0) / 20 = 62 %, and it has earned (4·1 + 6·40/80 + 2·12.5/50 +
// 5·30/60) / 20 = 50 %. 2019Q2 is the plan's sixth quarter of twelve; the plan had 27.5 % at the fifth, so
// that the schedule earned is 5 + 22.5/34.5 = 5.65 quarters, and 12·6/5.65 are 13.
func TestTheFiguresOfTheContract(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	got := w.call(t, "clerk-community-01", http.MethodGet, "/api/v1/progress?period=2019Q2&by=unit", nil).ok(t)
	want := map[string]any{
		"key": "community-01", "name": "方兴社区", "planned": 62.0, "earned": 50.0, "gap": 12.0, "spi": 0.81, "light": "behind",
		"overdue": 0.0, "expected": 1.0, "reported": 1.0, "frozen": true,
		"pace": map[string]any{"quarters_ahead": -0.35, "done_by": "2021Q1", "needed_per_quarter": 8.33},
	}
	if diff := cmp.Diff(want, got.at(t, "rows", 0)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, key := range []string{"scope", "period", "as_of", "version", "next"} {
		if got.at(t, key) == nil {
			t.Errorf("no %s", key)
		}
	}
}

// TestPages: every list comes in pages whose cursor leads on, without a gap or a repetition.
func TestPages(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	for _, path := range []string{"/units?limit=2", "/reports?period=2019Q3&limit=2", "/progress?by=unit&limit=2", "/completeness?by=unit&limit=2"} {
		seen := map[any]bool{}
		cursor := ""
		for pages := 0; ; pages++ {
			a := w.call(t, "monitor", http.MethodGet, "/api/v1"+path+"&cursor="+cursor, nil).ok(t)
			for _, row := range a.at(t, "rows").([]any) {
				key := row.(map[string]any)["key"]
				if key == nil {
					key = row.(map[string]any)["unit"]
				}
				if seen[key] {
					t.Errorf("%s: %v twice", path, key)
				}
				seen[key] = true
			}
			if cursor = a.at(t, "next").(string); cursor == "" {
				break
			}
			if pages > 5 {
				t.Fatalf("%s has no end", path)
			}
		}
		if len(seen) != 5 {
			t.Errorf("%s: %d of 5 units", path, len(seen))
		}
	}
}

// TestHostileNames: what looks like a script or a formula is a text like any other.
func TestHostileNames(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	for path, want := range map[string]string{
		"/units/community-02": "</script><script>alert(1)</script>",
		"/units/community-03": "=cmd()|草城社区",
	} {
		a := w.call(t, "monitor", http.MethodGet, "/api/v1"+path, nil).ok(t)
		if a.at(t, "name") != want {
			t.Errorf("%s is called %v", path, a.at(t, "name"))
		}
		if a.header.Get("Content-Type") != "application/json" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s is a %s", path, a.header.Get("Content-Type"))
		}
	}
	title := w.call(t, "monitor", http.MethodGet, "/api/v1/plans/test-2018-2020", nil).ok(t).
		at(t, "workstreams", 1, "milestones", 1, "title")
	if title != "=cmd()</script><script>alert(1)</script>" {
		t.Errorf("the milestone is called %v", title)
	}
	w.call(t, "monitor", http.MethodGet, "/api/v1/units/%3C%2Fscript%3E%00", nil).refused(t, http.StatusBadRequest, "request.invalid")
	w.call(t, "monitor", http.MethodGet, "/api/v1/units/%3C%2Fscript%3E", nil).refused(t, http.StatusNotFound, "unit.unknown")
}

// TestAnOldRevisionKeepsItsValues: a later draft does not shine through.
func TestAnOldRevisionKeepsItsValues(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	path := "/api/v1/reports/community-01/progress/2019Q3"
	w.call(t, "monitor", http.MethodPost, path+"/return", map[string]any{"note": "请核对"}).ok(t)
	w.Save(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "61"})
	draft := w.call(t, "monitor", http.MethodGet, path, nil).ok(t)
	filed := w.call(t, "monitor", http.MethodGet, path+"?revision=1", nil).ok(t)
	if draft.at(t, "values", "m1_2") != "61" || filed.at(t, "values", "m1_2") != "60" {
		t.Errorf("draft %s, filed %s", draft.raw, filed.raw)
	}
	w.call(t, "monitor", http.MethodGet, path+"?revision=2", nil).refused(t, http.StatusNotFound, "report.no_revision")
}
