package web

import (
	"net/http"
	"testing"

	"pilotboard/dashboards"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
)

// lists are lists and figures with what people choose in them, beside the pages of pagesByTemplate.
var lists = []string{
	"/reports", "/reports?form=progress&period=2019Q3&status=accepted", "/reports?status=returned", "/reports?status=late", "/reports?batch=2019",
	"/reports?after=2019Q3.3.progress", "/reports?form=progress&after=2019Q3.3.progress", "/reports?type=community&period=2019Q2",
	"/home", "/home?after=2", "/home?basis=submitted", "/home?as_of=2019-10-11", "/home?tree=now", "/home?batch=2019",
	"/review", "/restatements", "/restatements?form=progress", "/supervision", "/supervision?state=closed", "/screen/figures", "/inbox",
	"/reports/export?format=csv&period=2019Q3",
}

// TestNoPageReadsALargeTable from end to end, whatever the number of units.
func TestNoPageReadsALargeTable(t *testing.T) {
	db := databasetest.Open(t, database.Postgres)
	s := newSite(t, db)
	s.Past(t, "community-02", "2019Q2", reportingtest.Community)
	s.Submit(t, "community-03", "2019Q3", reportingtest.Values{"m1_1": "true"})
	s.refresh(t)
	s.issue(t, "community-02", "逾期")
	people := map[string]*visitor{}
	for _, name := range []string{"admin", "monitor", "viewer", "reviewer-340100", "reviewer-340181", "clerk-community-01"} {
		people[name] = s.as(t, name)
	}
	asked := databasetest.Record(t, db)
	for _, pages := range pagesByTemplate {
		for _, page := range pages {
			if people[page.user] != nil {
				people[page.user].get(page.path)
			}
		}
	}
	for _, name := range []string{"monitor", "reviewer-340100", "reviewer-340181"} {
		for _, path := range lists {
			if a := people[name].get(path); a.status >= http.StatusInternalServerError {
				t.Errorf("%s %s: %d", name, path, a.status)
			}
		}
		for _, d := range dashboards.All() {
			people[name].get(dashboardsPath + "/" + d.Key)
		}
	}
	// What waits for review is rolled up nowhere: a curve of it is a sum over every unit and quarter.
	asked.WantNoScans(t, "all_light AS light")
}
