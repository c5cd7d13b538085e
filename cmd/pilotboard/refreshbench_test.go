package main

import (
	"fmt"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// actsAtOnce is the number of reports whose acceptance one refresh of a benchmark finds.
const actsAtOnce = 200

// BenchmarkRefresh measures, with eleven accepted quarters of many units: opening a quarter, the refresh
// that follows it, refreshes that find 200 acceptances all over the province, and a rebuild. Once is
// enough: run it with -benchtime 1x.
func BenchmarkRefresh(b *testing.B) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		for _, n := range []int{1000} {
			b.Run(fmt.Sprintf("%s/units=%d", dialect, n), func(b *testing.B) {
				s := openingProvince(b, dialect, n)
				b.ResetTimer()
				benchRefresh(b, s)
			})
		}
	}
}

// openingProvince is a province on the day after the plan's last quarter, which has not been opened yet.
func openingProvince(b *testing.B, dialect database.Dialect, n int) *sample {
	b.Helper()
	day := period.MustParseDate("2020-12-31")
	files, err := openFiles(b.Context(), &Config{DataDir: b.TempDir()})
	must(b, err)
	system := accounts.System("bench")
	s := &sample{today: day, actors: map[string]accounts.Actor{"monitor": system}}
	s.at(day, 9)
	s.services = wire(databasetest.Open(b, dialect), files, s.clock)
	_, err = generate(b.Context(), s.services, generateCommand{Units: n, Quarters: 11, Seed: 1}, day, func(period.Quarter, int) {})
	must(b, err)
	s.plan, err = s.plans.Current(b.Context())
	must(b, err)
	for after := ""; ; {
		page, next, err := s.plans.Units(b.Context(), system, plan.UnitFilter{After: after})
		must(b, err)
		s.units = append(s.units, page...)
		if after = next; after == "" {
			break
		}
	}
	for _, u := range s.units {
		s.actors["clerk-"+u.Key] = system
	}
	s.today = day.AddDays(20)
	s.at(day.AddDays(1), 9)
	return s
}

func benchRefresh(b *testing.B, s *sample) {
	ctx, system := b.Context(), accounts.System("bench")
	measure := func(unit string, per int, work func()) {
		began := time.Now()
		work()
		b.ReportMetric(float64(time.Since(began).Microseconds())/float64(per)/1000, unit)
	}
	measure("ms-opening", 1, func() {
		_, err := s.reports.OpenPeriods(ctx, system)
		must(b, err)
	})
	measure("ms-opened", 1, func() {
		_, err := s.figures.Refresh(ctx)
		must(b, err)
	})
	for i := range 2 * actsAtOnce {
		must(b, s.fileQuarter(ctx, s.units[i*7919%len(s.units)], i, s.plan.Last, false))
		if i%actsAtOnce == actsAtOnce-1 {
			measure("ms-report", actsAtOnce, func() {
				_, err := s.figures.Refresh(ctx)
				must(b, err)
			})
		}
	}
	if s.db.Dialect() == database.Postgres {
		must(b, s.db.Read(ctx).Exec("VACUUM FULL facts").Error)
		var bytes float64
		must(b, s.db.Read(ctx).Raw("SELECT CAST(pg_total_relation_size('facts') AS float) / SUM(items) FROM facts").Scan(&bytes).Error)
		b.ReportMetric(bytes, "B/fact")
	}
	measure("ms-rebuild", 1, func() {
		differences, err := s.figures.Rebuild(ctx)
		must(b, err)
		if differences.Total > 0 {
			b.Fatal(differences.First)
		}
	})
}
