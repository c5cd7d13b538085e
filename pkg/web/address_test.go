package web

import (
	"net/http"
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
