package reporting_test

import (
	"context"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// counted counts the statements of fn in a request.
func counted(t *testing.T, db *database.DB) func(fn func(ctx context.Context)) int64 {
	t.Helper()
	n := databasetest.CountStatements(t, db)
	return func(fn func(ctx context.Context)) int64 {
		ctx, _, err := epoch.NewClock(db).Pin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n.Store(0)
		fn(ctx)
		return n.Load()
	}
}

// TestStatementsOfAnAct: a save, a submission and an acceptance read once and write once, however many units
// and earlier quarters there are; on SQLite each table is written by a statement of its own.
func TestStatementsOfAnAct(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		acts := []string{string(reporting.ActSubmit), string(reporting.ActAccept)}
		p := reportingtest.New(t, db, ledger.Consumer{Name: "figures", Acts: acts}, ledger.Consumer{Name: "letters", Acts: acts})
		most := map[string]int64{"save": 2, "submit": 2, "accept": 2}
		if db.Dialect() == database.SQLite {
			most = map[string]int64{"save": 3, "submit": 5, "accept": 5}
		}
		statements := counted(t, db)
		for i, quarter := range []string{"2018Q4", "2019Q1", "2019Q2", "2019Q3"} {
			ref := reportingtest.Ref("community-01", quarter)
			clerk, monitor := p.Actor(t, "clerk-community-01"), p.Actor(t, "monitor")
			do := func(name string, act func(ctx context.Context) error) {
				n := statements(func(ctx context.Context) {
					if err := act(ctx); err != nil {
						t.Fatal(err)
					}
				})
				if i > 1 && n > most[name] { // the first two read what is then kept in memory
					t.Errorf("%s, %d quarters before: %d statements, want %d at most", name, i, n, most[name])
				}
			}
			p.On(ref.Period.Last().AddDays(5).String(), func() {
				do("save", func(ctx context.Context) error {
					_, err := p.Reports.Save(ctx, clerk, ref, reporting.Edit{Version: 1, Values: map[string]any{"m1_1": "true", "m1_2": 40 + float64(i)}})
					return err
				})
				do("submit", func(ctx context.Context) error { _, err := p.Reports.Submit(ctx, clerk, ref, 0); return err })
				do("accept", func(ctx context.Context) error { _, err := p.Reports.Accept(ctx, monitor, ref, 0); return err })
			})
		}
	})
}
