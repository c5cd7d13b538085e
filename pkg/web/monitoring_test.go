package web

import (
	"net/http"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// TestMonitoringLeadsOn opens the dashboards of progress in each of their forms, and holds that their tables
// lead into places, to units and to reports.
func TestMonitoringLeadsOn(t *testing.T) {
	b := newBoard(t, databasetest.Open(t, database.SQLite))
	b.worked(t)
	monitor := b.as(t, "monitor")
	for address, wanted := range map[string][]string{
		"scurve?by=city":                    {`href="/dashboards/scurve?by=county&amp;period=2019Q3&amp;scope=340100"`, "2019Q3 计划"},
		"scurve?by=county&scope=340100":     {`scope=340104`},
		"scurve?by=type":                    {"type=community"},
		"scurve?by=workstream":              {chinese("scurve.joined_note")},
		"scurve?by=province":                {chinese("scurve.band")},
		"scurve?batch=2018":                 {chinese("scurve.band")},
		"ranking":                           {`href="/units/community-01?period=2019Q3"`, "首批试点单位排名", "2019年批试点单位排名"},
		"ranking?order=last&measure=earned": {`href="/units/community-01?period=2019Q3"`},
		"ranking?of=city":                   {`href="/dashboards/ranking?of=county&amp;period=2019Q3&amp;scope=340100"`},
		"ranking?of=county&measure=earned":  {`scope=340104`},
		"distribution":                      {"2019Q2"},
		"completeness":                      {`href="/reports/community-01/progress/2019Q3"`, `class="tone tone-`, chinese("completeness.legend")},
		"completeness?by=place":             {`scope=340100`, chinese("completeness.place_legend")},
		"map":                               {`href="/dashboards/map?period=2019Q3&amp;scope=340100"`, "grid-row-3 grid-column-2", "铜陵市"},
		"map?measure=earned":                {"place-grid"},
		"map?measure=light&scope=340100":    {"蜀山区", "巢湖市", "滞后 "},
		"map?measure=completeness":          {"%</strong>"},
		"map?scope=340104":                  {`<span class="place`},
	} {
		page := monitor.open(t, "/dashboards/"+address)
		wants(t, page, wanted...)
		if strings.Contains(page, "统计专用区") {
			t.Errorf("%s shows a zone that exists for statistics alone", address)
		}
		if strings.Contains(page, "%!") {
			t.Errorf("%s has a text with a wrong value", address)
		}
	}
	for _, address := range []string{
		"ranking?after=x", "ranking?after=2018.x", "completeness?after=x", "scurve?by=unit", "ranking?of=batch", "map?form=none", "completeness?form=none",
	} {
		if got := monitor.get("/dashboards/" + address).Code; got != http.StatusBadRequest {
			t.Errorf("%s: got %d", address, got)
		}
	}
	wants(t, monitor.open(t, "/dashboards/map?form=map"), "place-grid") // there is no map: its tiles
	wants(t, b.as(t, "clerk-community-01").open(t, "/dashboards/completeness"), `href="/reports/community-01/progress/2019Q3"`)
}
