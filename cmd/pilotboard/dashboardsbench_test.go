package main

import (
	"fmt"
	"testing"

	"pilotboard/dashboards"
	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

// generatedDay is a day after the plan's last quarter was due.
const generatedDay = "2021-02-01"

// BenchmarkDashboards measures every dashboard on both databases with 16, 1 000 and 18 334 units of 12
// accepted quarters each: data is what it asks and draws, page the whole page over HTTP, with its frame.
func BenchmarkDashboards(b *testing.B) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		for _, n := range []int{16, 1000, 18334} {
			b.Run(fmt.Sprintf("%s/units=%d", dialect, n), func(b *testing.B) {
				s := generated(b, dialect, n)
				client, address := signedIn(b, s)
				for _, d := range dashboards.All() {
					b.Run(d.Key+"/data", func(b *testing.B) {
						for range b.N {
							_, err := d.Draw(b.Context(), s.figures, s.ask(b, d))
							must(b, err)
						}
					})
					b.Run(d.Key+"/page", func(b *testing.B) {
						for range b.N {
							get(b, client, address+"/dashboards/"+d.Key)
						}
					})
				}
			})
		}
	}
}

// generated is a database filled by `pilotboard generate`, on a day after the plan's end.
func generated(b *testing.B, dialect database.Dialect, units int) *sample {
	b.Helper()
	today := period.MustParseDate(generatedDay)
	files, err := openFiles(b.Context(), &Config{DataDir: b.TempDir()})
	must(b, err)
	s := &sample{today: today}
	s.at(today, 9)
	s.services = wire(databasetest.Open(b, dialect), files, s.clock)
	_, err = generate(b.Context(), s.services, generateCommand{Units: units, Quarters: 12, Seed: 1}, today, func(period.Quarter, int) {})
	must(b, err)
	return s
}

// ask is what a page would ask of a dashboard for the whole province in the plan's last quarter.
func (s *sample) ask(b *testing.B, d dashboards.Dashboard) dashboards.Ask {
	b.Helper()
	ask := dashboards.Ask{
		Reader: dashboards.Reader{Printer: locale.For(locale.Chinese), Today: s.today, Link: func(period.Quarter) string { return "" }},
		Actor:  accounts.System("bench"), Values: map[string]string{},
		Links: dashboards.Links{
			Self:   func(...string) string { return "" },
			Board:  func(string, ...string) string { return "" },
			Unit:   func(string) string { return "" },
			Report: func(string, string, period.Quarter) string { return "" },
		},
	}
	var err error
	ask.Plan, err = s.plans.Current(b.Context())
	must(b, err)
	ask.Forms, err = s.forms.Forms(b.Context())
	must(b, err)
	ask.Query = analytics.Query{Period: ask.Plan.Last}
	ask.Head, err = s.figures.Head(b.Context(), ask.Actor, ask.Query)
	must(b, err)
	for _, o := range d.Options {
		if o.Choices != nil {
			if choices := o.Choices(ask); len(choices) > 0 {
				ask.Values[o.Name] = choices[0].Value
			}
		}
	}
	return ask
}
