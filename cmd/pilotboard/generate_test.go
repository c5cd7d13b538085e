package main

import (
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// What is generated is as if it had been filed: every chain holds, a rebuild gives the same figures, and
// the same seed makes the same reports on both databases.
func TestGenerate(t *testing.T) {
	earned := map[string]string{}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		config := &Config{DataDir: t.TempDir(), Today: "2021-02-01"}
		files, err := openFiles(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		s := wire(db, files, config.clock())
		made, err := generate(t.Context(), s, generateCommand{Units: 20, Quarters: 3, Seed: 7}, config.clock().Today(), func(period.Quarter, int) {})
		if err != nil || made != 60 {
			t.Fatalf("made %d reports: %v", made, err)
		}
		if n, err := s.reports.Verify(t.Context()); err != nil || n != 60 {
			t.Errorf("%d revisions hold: %v", n, err)
		}
		if different, err := s.figures.Rebuild(t.Context()); err != nil || different.Total > 0 {
			t.Errorf("%d rows differ: %v", different.Total, err)
		}
		opened, err := s.reports.OpenPeriods(t.Context(), accounts.System("calendar"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.figures.Progress(t.Context(), accounts.System("test"), analytics.Query{Period: period.MustParse("2020Q4"), By: analytics.ByCity})
		if err != nil || answer.Total.Accepted != 20 || len(answer.Rows) < 10 {
			t.Fatalf("%d accepted in %d cities (%d opened besides): %v", answer.Total.Accepted, len(answer.Rows), opened, err)
		}
		for _, r := range answer.Rows {
			if before, there := earned[r.Key]; there && before != r.Earned.Percent(2) {
				t.Errorf("%s earned %s on one database and %s on the other", r.Name, before, r.Earned.Percent(2))
			}
			earned[r.Key] = r.Earned.Percent(2)
		}
		if _, err := generate(t.Context(), s, generateCommand{Units: 1, Quarters: 1}, config.clock().Today(), nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second time: %v", err)
		}
	})
}
