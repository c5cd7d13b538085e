package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// TestTheWholeWay: a clerk saves, submits, withdraws and submits, a reviewer returns, the clerk corrects and
// submits again, the reviewer accepts, the province sees it, and the report is reopened.
func TestTheWholeWay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		const path = "/api/v1/reports/community-02/progress/2019Q3"
		clerk, reviewer := "clerk-community-02", "reviewer-340700"
		do := func(user, method, act string, body any) answer {
			t.Helper()
			return w.call(t, user, method, path+act, body).ok(t)
		}
		saved := do(clerk, http.MethodPut, "", `{"version":1,"values":{"m1_1":true,"m1_2":"80","m1_3":12.50,"m2_1":null,"obstacles":"资金不足"},"not_applicable":["m2_2"]}`)
		saved.golden(t, "saved")
		submitted := do(clerk, http.MethodPost, "/submit", map[string]any{"version": saved.at(t, "version")})
		if submitted.at(t, "status") != "submitted" || submitted.at(t, "revision") != 1.0 {
			t.Errorf("submitted: %s", submitted.raw)
		}
		if withdrawn := do(clerk, http.MethodPost, "/withdraw", nil); withdrawn.at(t, "status") != "open" {
			t.Errorf("withdrawn: %s", withdrawn.raw)
		}
		do(clerk, http.MethodPost, "/submit", nil)
		do(reviewer, http.MethodPost, "/return", map[string]any{"note": "请核对", "remarks": map[string]any{"m1_2": "与上季相同?"}}).golden(t, "returned")
		corrected := do(clerk, http.MethodPut, "", map[string]any{"version": 6, "values": map[string]any{"m1_2": "75.0"}})
		if corrected.at(t, "values", "m1_2") != "75" || corrected.at(t, "values", "obstacles") != "资金不足" {
			t.Errorf("corrected: %s", corrected.raw)
		}
		do(clerk, http.MethodPost, "/submit", nil)
		accepted := do(reviewer, http.MethodPost, "/accept", map[string]any{})
		if accepted.at(t, "status") != "accepted" || accepted.at(t, "revision") != 3.0 {
			t.Errorf("accepted: %s", accepted.raw)
		}
		if w.nudges != 6 {
			t.Errorf("%d nudges for 6 acts", w.nudges)
		}
		w.refresh(t)
		rows := w.call(t, "monitor", http.MethodGet, "/api/v1/completeness?by=unit&period=2019Q3&unit=community-02", nil).ok(t)
		want := map[string]any{
			"key": "community-02", "name": "</script><script>alert(1)</script>", "expected": 1.0, "submitted": 1.0, "on_time": 0.0,
			"accepted": 1.0, "completeness": 100.0, "timeliness": 0.0, "acceptance": 100.0,
		}
		if diff := cmp.Diff(want, rows.at(t, "rows", 0)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		reopened := do(reviewer, http.MethodPost, "/reopen", map[string]any{"reason": "更正", "until": "2019-11-30"})
		if reopened.at(t, "status") != "open" || reopened.at(t, "lock") != "2019-11-30" {
			t.Errorf("reopened: %s", reopened.raw)
		}
	})
}

// TestStaleVersion: who comes second loses nothing and overwrites nothing.
func TestStaleVersion(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		const path = "/api/v1/reports/community-02/progress/2019Q3"
		w.call(t, "clerk-community-02", http.MethodPut, path, `{"version":1,"values":{"m1_1":true,"m1_2":"70"},"not_applicable":["m1_3"]}`).ok(t)
		before := w.state(t)
		a := w.call(t, "clerk-community-02", http.MethodPut, path,
			`{"version":1,"values":{"m1_1":false,"m1_2":"70","m1_3":"3.5","m2_1":""},"not_applicable":["m2_2"]}`).
			refused(t, http.StatusConflict, "report.stale")
		want := []any{
			map[string]any{"item": "m1_1", "mine": false, "theirs": true},
			map[string]any{"item": "m1_3", "mine": "3.5", "theirs": nil, "theirs_not_applicable": true},
			map[string]any{"item": "m2_1", "mine": nil, "theirs": "40"},
			map[string]any{"item": "m2_2", "mine": nil, "theirs": nil, "mine_not_applicable": true},
		}
		if diff := cmp.Diff(want, a.at(t, "conflicts")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if a.at(t, "version") != 2.0 {
			t.Errorf("version %v", a.at(t, "version"))
		}
		if w.state(t) != before {
			t.Error("it changed something")
		}
		stale := w.call(t, "clerk-community-02", http.MethodPost, path+"/submit", `{"version":1}`).refused(t, http.StatusConflict, "report.stale")
		if stale.at(t, "version") != 2.0 || stale.at(t, "conflicts") == nil {
			t.Errorf("%s", stale.raw)
		}
	})
}

// TestManyAtOnce: of those who change the same version at the same moment one gets through, and each of
// the others learns what the report holds now.
func TestManyAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		token := "Bearer " + w.token(t, "clerk-community-02")
		answers := make(chan *httptest.ResponseRecorder)
		const editors = 8
		for i := range editors {
			go func() {
				text := fmt.Sprintf(`{"version":1,"values":{"m1_2":"%d"}}`, i+1)
				r := httptest.NewRequest(http.MethodPut, "/api/v1/reports/community-02/progress/2019Q3", strings.NewReader(text))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Authorization", token)
				recorder := httptest.NewRecorder()
				w.router.ServeHTTP(recorder, r)
				answers <- recorder
			}()
		}
		saved := 0
		for range editors {
			switch got := <-answers; {
			case got.Code == http.StatusOK:
				saved++
			case got.Code != http.StatusConflict, !strings.Contains(got.Body.String(), `"version":2,"conflicts":[{"item":"m1_2"`):
				t.Errorf("%d %s", got.Code, got.Body)
			}
		}
		if saved != 1 {
			t.Errorf("%d saved", saved)
		}
	})
}
