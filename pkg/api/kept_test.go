package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// TestAnswersAboutFiguresAreKept: the same answer word for word until a figure changes, then the new one at
// once; whoever holds it is told that it stands.
func TestAnswersAboutFiguresAreKept(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		const address = "/api/v1/progress?scope=340000&period=2019Q3"
		ask := func() answer { t.Helper(); return w.call(t, "monitor", http.MethodGet, address, nil) }
		first := ask()
		tag := first.header.Get("ETag")
		if again := ask(); tag == "" || again.raw != first.raw || again.header.Get("ETag") != tag || again.header.Get("Cache-Control") != "private, no-cache" {
			t.Fatalf("%q is not kept: %v %s", tag, again.header, again.raw)
		}
		if stands := w.conditional(t, address, tag); stands.Code != http.StatusNotModified || stands.Body.Len() != 0 {
			t.Fatalf("what stands is answered with %d and %d bytes", stands.Code, stands.Body.Len())
		}
		reviewer := w.Actor(t, "reviewer-340100")
		report, err := w.Reports.Report(t.Context(), reviewer, reporting.Ref{Unit: "community-01", Form: "progress", Period: period.MustParse("2019Q3")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Reports.Accept(t.Context(), reviewer, reporting.Ref{Unit: "community-01", Form: "progress", Period: period.MustParse("2019Q3")}, report.Version); err != nil {
			t.Fatal(err)
		}
		w.refresh(t)
		changed := w.conditional(t, address, tag)
		if changed.Code != http.StatusOK || changed.Header().Get("ETag") == tag || changed.Body.String() == first.raw {
			t.Fatalf("after an acceptance the answer is %d: %s", changed.Code, changed.Body)
		}
	})
}

// TestAKeptAnswerIsForItsReader: another scope, another language, and a refusal are answered apart.
func TestAKeptAnswerIsForItsReader(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	const address = "/api/v1/progress?period=2019Q3"
	whole := w.call(t, "monitor", http.MethodGet, address, nil)
	city := w.call(t, "reviewer-340100", http.MethodGet, address, nil)
	if whole.at(t, "scope") != "340000" || city.at(t, "scope") != "340100" {
		t.Errorf("scopes %v and %v", whole.at(t, "scope"), city.at(t, "scope"))
	}
	const types = "/api/v1/progress?period=2019Q3&by=type"
	if w.call(t, "monitor", http.MethodGet, types, nil).raw == w.call(t, "monitor", http.MethodGet, types, nil, "Accept-Language", "en").raw {
		t.Error("both languages have the same answer")
	}
	for range 2 {
		if refused := w.call(t, "reviewer-340700", http.MethodGet, address+"&scope=340100", nil); refused.status != http.StatusForbidden || refused.header.Get("ETag") != "" {
			t.Errorf("another city is answered with %d, tag %q", refused.status, refused.header.Get("ETag"))
		}
	}
}

// conditional asks as monitor, who holds the answer with the tag.
func (w *world) conditional(t *testing.T, address, tag string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Header.Set("Authorization", "Bearer "+w.token(t, "monitor"))
	r.Header.Set("If-None-Match", tag)
	recorder := httptest.NewRecorder()
	w.router.ServeHTTP(recorder, r)
	return recorder
}
