package api_test

import (
	"net/http"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms/formstest"
)

// TestAReportWithAWarning is explained, filed by its county, found in the queue of its city, passed on,
// and talked about.
func TestAReportWithAWarning(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		if _, err := w.Forms.Import(t.Context(), accounts.System("test"), "hubs.yaml", []byte(formstest.HubForm), "", false); err != nil {
			t.Fatal(err)
		}
		w.OpenPeriods(t)
		const path = "/api/v1/reports/340104/hubs/2019Q3"
		county, city := "reviewer-340104", "reviewer-340100"
		saved := w.call(t, county, http.MethodPut, path, `{"version":1,"values":{"hubs":"5","staff":"3"}}`).ok(t)
		if saved.at(t, "findings", 0, "check") != "staffed" || saved.at(t, "findings", 0, "severity") != "warning" ||
			saved.at(t, "findings", 0, "items", 0) != "staff" || saved.at(t, "findings", 0, "message") != "专职人员少于组织数" || saved.at(t, "stage") != "" {
			t.Errorf("saved: %s", saved.raw)
		}
		refused := w.call(t, county, http.MethodPost, path+"/submit", nil).refused(t, http.StatusUnprocessableEntity, "report.incomplete")
		if refused.at(t, "errors", 0, "pointer") != "/explanations/staffed" {
			t.Errorf("refused: %s", refused.raw)
		}
		w.call(t, county, http.MethodPut, path, `{"version":2,"explanations":{"staffed":"街道代管"}}`).ok(t)
		filed := w.call(t, county, http.MethodPost, path+"/submit", nil).ok(t)
		if filed.at(t, "stage") != "city" || filed.at(t, "risk") != 3.0 || filed.at(t, "explanations", "staffed") != "街道代管" || filed.at(t, "evidence") == nil {
			t.Errorf("filed: %s", filed.raw)
		}
		w.call(t, city, http.MethodGet, "/api/v1/review?form=hubs", nil).golden(t, "review")
		if passed := w.call(t, city, http.MethodPost, path+"/accept", nil).ok(t); passed.at(t, "status") != "submitted" || passed.at(t, "stage") != "province" {
			t.Errorf("passed on: %s", passed.raw)
		}
		w.call(t, city, http.MethodPost, path+"/discussion", `{"words":"请省里核。"}`).ok(t)
		if first := w.call(t, county, http.MethodGet, path+"?revision=1", nil).ok(t); first.at(t, "explanations", "staffed") != "街道代管" {
			t.Errorf("the revision: %s", first.raw)
		}
	})
}

// TestRestatementsByTheAPI lists what a correction changed.
func TestRestatementsByTheAPI(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		const path = "/api/v1/reports/community-01/progress/2019Q2"
		w.call(t, "monitor", http.MethodPost, path+"/reopen", `{"reason":"面积有误","until":"2019-10-30"}`).ok(t)
		w.call(t, "clerk-community-01", http.MethodPut, path, `{"version":5,"values":{"m1_2":"41.5"},"not_applicable":["m2_1"]}`).ok(t)
		w.call(t, "clerk-community-01", http.MethodPost, path+"/submit", nil).ok(t)
		w.call(t, "monitor", http.MethodPost, path+"/accept", nil).ok(t)
		w.call(t, "monitor", http.MethodGet, "/api/v1/restatements?scope=340100&period=2019Q2", nil).golden(t, "restatements")
		if none := w.call(t, "reviewer-340700", http.MethodGet, "/api/v1/restatements", nil).ok(t); len(none.at(t, "rows").([]any)) != 0 {
			t.Errorf("another city is shown %s", none.raw)
		}
	})
}
