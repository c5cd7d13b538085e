package main

import (
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

// letterFigures are the figures of the letter as they are shown, by indicator (method.md §9).
var letterFigures = []struct{ id, want string }{
	{"cities_with_item_list", "11个"}, {"cities_with_item_list_share", "68.8%"},
	{"counties_with_access_system", "91个"}, {"counties_with_access_system_share", "86.7%"},
	{"hub_organisations", "1462个"}, {"registered_organisations", "6929个"}, {"cities_with_full_hub_coverage", "3个"},
	{"social_work_posts", "17792个"}, {"social_work_agencies", "328家"}, {"certified_social_workers", "10779人"},
	{"social_work_professionals", "4.5万余人"}, {"committee_members", "12.15万人"},
	{"pilot_units", "16个"}, {"pilot_units_district", "1个"}, {"pilot_units_street", "2个"}, {"pilot_units_community", "13个"},
}

// sampleProvince fills a database as the demo does.
func sampleProvince(t *testing.T, db *database.DB, day string) services {
	t.Helper()
	today, err := period.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	files, err := openFiles(t.Context(), &Config{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	if _, err := fillDemo(t.Context(), db, files, today, "correct horse 马"); err != nil {
		t.Fatal(err)
	}
	return wire(db, files, period.ClockOn(today))
}

func TestTheLettersFigures(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := sampleProvince(t, db, "2019-10-12")
		var ids []string
		for _, f := range letterFigures {
			ids = append(ids, f.id)
		}
		for _, quarter := range []string{"2019Q2", "2019Q3"} { // in the later one every fifth has not filed, and levels are carried forward
			answer, err := s.figures.Figures(t.Context(), accounts.System("test"), analytics.FigureQuery{
				Query: analytics.Query{Period: period.MustParse(quarter)}, IDs: ids,
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range letterFigures {
				if got := answer.Rows[i]; got.ID != f.id || got.Text(locale.For(locale.Chinese)) != f.want {
					t.Errorf("%s %s: %s, want %s (%d/%d)", quarter, f.id, got.Text(locale.For(locale.Chinese)), f.want, got.Reported, got.Expected)
				}
			}
		}
	})
}
