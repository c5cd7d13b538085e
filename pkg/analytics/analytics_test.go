package analytics_test

import (
	"context"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

// board is a test province with its figures.
type board struct {
	*reportingtest.Province
	figures   *analytics.Service
	overrides *override.Service
}

// each runs fn on both databases with a fresh province.
func each(t *testing.T, fn func(t *testing.T, b board)) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) { fn(t, newBoard(t, db)) })
}

func newBoard(t testing.TB, db *database.DB) board {
	p := reportingtest.New(t, db, analytics.Feeds()...)
	clock := period.Clock(p.Clock.Now)
	return board{p, analytics.New(db, p.Plans, p.Tree, p.Reports, clock), override.New(db, p.Plans, p.Reports, p.Ledger, clock)}
}

func (b board) refresh(t testing.TB) {
	t.Helper()
	if _, err := b.figures.Refresh(context.Background()); err != nil {
		t.Fatalf("refresh: %v", err)
	}
}

func (b board) progress(t testing.TB, actor accounts.Actor, q analytics.Query) analytics.Answer {
	t.Helper()
	answer, err := b.figures.Progress(context.Background(), actor, q)
	if err != nil {
		t.Fatalf("progress %+v: %v", q, err)
	}
	return answer
}

// row finds a row by its key.
func row(t testing.TB, rows []analytics.Row, key string) analytics.Row {
	t.Helper()
	for _, r := range rows {
		if r.Key == key {
			return r
		}
	}
	t.Fatalf("no row %s among %d", key, len(rows))
	return analytics.Row{}
}
