package api_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// What was known at a moment is answered for ever, by all three ways to ask.
func TestFiguresAsOfAMoment(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	before := w.Clock.Now()
	w.Accept(t, "community-01", "2019Q3")
	if _, err := w.figures.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask := func(path string, at time.Time) answer {
		if !at.IsZero() {
			path += "&as_of=" + url.QueryEscape(at.Format(time.RFC3339Nano))
		}
		return w.call(t, "monitor", http.MethodGet, "/api/v1"+path, nil).ok(t)
	}
	count := "/completeness?unit=community-01&period=2019Q3"
	if then, now := ask(count, before).at(t, "rows", 0, "accepted"), ask(count, time.Time{}).at(t, "rows", 0, "accepted"); then != 0.0 || now != 1.0 {
		t.Errorf("accepted %v then, %v now", then, now)
	}
	trace := "/trace?figure=M1.2&unit=community-01&period=2019Q3"
	if then, now := ask(trace, before).at(t, "rows", 0, "period"), ask(trace, time.Time{}).at(t, "rows", 0, "period"); then != "2019Q2" || now != "2019Q3" {
		t.Errorf("traced to %v then, %v now", then, now)
	}
	progress := ask("/progress?unit=community-01&period=2019Q3", before)
	if got, err := time.Parse(time.RFC3339Nano, progress.at(t, "as_of").(string)); err != nil || !got.Equal(before) {
		t.Errorf("answered as of %v, %v", got, err)
	}
	if progress.at(t, "basis") != "accepted" || progress.at(t, "tree") != "then" {
		t.Errorf("answered by %v, %v", progress.at(t, "basis"), progress.at(t, "tree"))
	}
}
