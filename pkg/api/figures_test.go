package api_test

import (
	"net/http"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

func TestWhatIsWrongWithAQuestionForFigures(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	cases := []struct {
		name, query string
		status      int
		code        string
	}{
		{"no such figure", "ids=nothing", http.StatusNotFound, "figure.unknown"},
		{"no such item", "ids=progress.nothing", http.StatusNotFound, "figure.unknown"},
		{"a ratio", "ids=progress.m1_2", http.StatusUnprocessableEntity, "figure.not_added_up"},
		{"no moment", "as_of=yesterday", http.StatusUnprocessableEntity, "request.invalid"},
		{"no such division", "scope=349999", http.StatusNotFound, "division.unknown"},
		{"no quarter", "period=2019", http.StatusBadRequest, "period.invalid"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := w.call(t, "monitor", http.MethodGet, "/api/v1/figures?"+c.query, nil)
			if a.status != c.status || a.at(t, "code") != c.code {
				t.Errorf("%d %s", a.status, a.raw)
			}
		})
	}
	if all := w.call(t, "monitor", http.MethodGet, "/api/v1/figures", nil).ok(t); len(all.at(t, "rows").([]any)) < 50 {
		t.Error("without ids not every indicator comes")
	}
}
