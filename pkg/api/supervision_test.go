package api_test

import (
	"net/http"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// TestTheLadderByProgram: an order is issued, signed for, raised and withdrawn, and listed on the way.
func TestTheLadderByProgram(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		const orders = "/api/v1/units/community-02/supervision"
		monitor := func(method, path string, body any) answer {
			t.Helper()
			return w.call(t, "monitor", method, path, body)
		}
		monitor(http.MethodPost, orders, `{"milestone":"M1.1","reason":"","due":"tomorrow"}`).refused(t, http.StatusUnprocessableEntity, "request.invalid")
		monitor(http.MethodPost, orders, `{"milestone":"M1.1","reason":"","due":"2019-10-20"}`).refused(t, http.StatusUnprocessableEntity, "supervision.invalid")
		monitor(http.MethodPost, orders, `{"form":"progress","period":"2019Q2","reason":"x","due":"2019-10-20"}`).refused(t, http.StatusConflict, "supervision.not_late")
		issued := monitor(http.MethodPost, orders, `{"form":"progress","period":"2019Q3","reason":"逾期未报","due":"2019-10-20"}`)
		issued.golden(t, "order-issued")
		monitor(http.MethodPost, orders, `{"form":"progress","period":"2019Q3","reason":"x","due":"2019-10-20"}`).refused(t, http.StatusConflict, "supervision.already_open")
		signed := w.call(t, "clerk-community-02", http.MethodPost, orders+"/1/sign", `{"reply":"明日补报"}`).ok(t)
		if signed.at(t, "reply") != "明日补报" || signed.at(t, "signed_at") == nil {
			t.Errorf("signed: %s", signed.raw)
		}
		w.call(t, "clerk-community-02", http.MethodPost, orders+"/1/sign", nil).refused(t, http.StatusConflict, "supervision.is_signed")
		w.call(t, "clerk-community-02", http.MethodPost, orders+"/1/withdraw", `{"reason":"x"}`).refused(t, http.StatusForbidden, "supervision.not_your_side")
		raised := monitor(http.MethodPost, orders+"/1/raise", `{"reason":"仍未补报","due":"2019-10-27"}`).ok(t)
		if raised.at(t, "level") != "yellow" || raised.at(t, "due") != "2019-10-27" || raised.at(t, "signed_at") != nil {
			t.Errorf("raised: %s", raised.raw)
		}
		for query, want := range map[string]int{"": 1, "?level=yellow": 1, "?level=red": 0, "?state=closed": 0, "?state=unsigned&unit=community-02": 1} {
			found := w.call(t, "reviewer-340700", http.MethodGet, "/api/v1/supervision"+query, nil).ok(t)
			if rows := found.at(t, "rows").([]any); len(rows) != want {
				t.Errorf("%q: %d rows", query, len(rows))
			}
		}
		monitor(http.MethodPost, orders+"/1/withdraw", `{"reason":"另行安排"}`).ok(t)
		closed := w.call(t, "clerk-community-02", http.MethodGet, orders+"/1", nil).ok(t)
		if closed.at(t, "closed_reason") != "withdrawn" {
			t.Errorf("closed: %s", closed.raw)
		}
		monitor(http.MethodGet, orders+"/2", nil).refused(t, http.StatusNotFound, "supervision.unknown")
	})
}

// TestDatesByProgram: the dates of a period change, and with them those of its reports.
func TestDatesByProgram(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		const dates = "/api/v1/periods/2019Q3/forms/progress"
		w.call(t, "admin", http.MethodPut, dates, `{"due":"2019-10-18","lock":"2019-10-01","reason":""}`).refused(t, http.StatusUnprocessableEntity, "calendar.invalid")
		w.call(t, "admin", http.MethodPut, "/api/v1/periods/2019Q3/forms/nothing", `{"due":"2019-10-18","lock":"2019-11-05","reason":"x"}`).
			refused(t, http.StatusNotFound, "calendar.not_opened")
		w.call(t, "admin", http.MethodPut, "/api/v1/periods/2019/forms/progress", `{"due":"2019-10-18","lock":"2019-11-05","reason":"x"}`).
			refused(t, http.StatusBadRequest, "period.invalid")
		w.call(t, "admin", http.MethodPut, dates, `{"due":"2019-10-18","lock":"2019-11-05","reason":"国庆顺延"}`).ok(t)
		if w.nudges != 1 {
			t.Errorf("%d nudges", w.nudges)
		}
		w.call(t, "clerk-community-02", http.MethodGet, "/api/v1/calendar", nil).golden(t, "calendar-changed")
		if r := w.call(t, "clerk-community-02", http.MethodGet, "/api/v1"+"/reports/community-02/progress/2019Q3", nil).ok(t); r.at(t, "due") != "2019-10-18" {
			t.Errorf("%s", r.raw)
		}
	})
}
