package web

import (
	"net/http"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// What no text may hold is no address: neither database is asked about it.
func TestBadAddressesAreNotFound(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		monitor := newSite(t, db).as(t, "monitor")
		for _, path := range []string{"/reports?scope=%00", "/reports?batch=%ff", "/home?scope=%00", "/units/%00", "/reports/%ff/progress/2019Q3", "/home?batch=%zz"} {
			if a := monitor.get(path); a.status != http.StatusNotFound && a.status != http.StatusBadRequest {
				t.Errorf("%s answers %d", path, a.status)
			}
		}
	})
}

// Reports of a demonstration say so wherever they are listed or shown; others do not.
func TestReportsOfADemonstrationAreMarked(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	monitor := s.as(t, "monitor")
	count := func() int { return strings.Count(monitor.get("/reports").body, `第三季度 <span class="sample">`) }
	if n := count(); n != 0 {
		t.Errorf("%d real reports are marked", n)
	}
	if err := s.DB.Read(t.Context()).Exec("UPDATE reports SET sample = TRUE").Error; err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 5 {
		t.Errorf("%d of 5 are marked", n)
	}
	monitor.get(reportPathOf("community-01", "2019Q3")).has(t, http.StatusOK, `第三季度</span> <span class="sample">`)
	s.as(t, "clerk-community-01").get("/").has(t, http.StatusOK, `</a> <span class="sample">`)
}
