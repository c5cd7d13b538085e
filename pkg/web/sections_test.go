package web

import (
	"fmt"
	"net/http"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestUnchangedBlocksWithoutScripts confirms blocks and files by posting the form alone.
func TestUnchangedBlocksWithoutScripts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		clerk := s.as(t, "clerk-community-01")
		a := clerk.get(ourReport)
		a.has(t, http.StatusOK, chinese("filing.to_confirm", 3), chinese("filing.same"), ourReport+"/sections/W1/confirm")

		a = clerk.post(ourReport+"/submit", typed(formFields(t, a.body), reportingtest.Values{"m1_2": "41"}))
		a.has(t, http.StatusUnprocessableEntity, chinese("filing.section_unconfirmed"), `href="#same-W2"`, `href="#same-narrative"`, chinese("filing.to_confirm", 2))
		a = clerk.post(ourReport+"/sections/W2/confirm", typed(formFields(t, a.body), reportingtest.Values{"m1_3": "13"}))
		a.has(t, http.StatusOK, chinese("filing.section_confirmed"), chinese("filing.to_confirm", 1))
		if r := s.Report(t, "community-01", "2019Q3"); !r.Confirmed["W2"] || r.Values["m1_3"].Number != 130 {
			t.Errorf("the report holds %+v, confirmed %v", r.Values, r.Confirmed)
		}
		clerk.post(ourReport+"/sections/nosuch/confirm", formFields(t, a.body)).has(t, http.StatusNotFound)
		clerk.post(ourReport+"/sections/narrative/confirm", clerk.filing(ourReport))
		clerk.post(ourReport+"/submit", clerk.filing(ourReport)).has(t, http.StatusOK, chinese("filing.submitted"))
	})
}

// TestConfirmingByScript: what the script posts goes only for whom the page was made.
func TestConfirmingByScript(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Past(t, "community-01", "2019Q2", reportingtest.Community)
	clerk := s.as(t, "clerk-community-01")
	clerk.get(ourReport)
	confirm := ourReport + "/sections/W1/confirm"
	clerk.postJSON(confirm, `{"user":0}`).has(t, http.StatusForbidden, chinese("filing.other_user"))
	clerk.postJSON(confirm, `{`).has(t, http.StatusBadRequest)
	a := clerk.postJSON(confirm, fmt.Sprintf(`{"user":%d}`, clerk.user))
	a.has(t, http.StatusOK, `"version":2`, `"confirmed":{"W1":true}`, `"same":{"W1":1,"W2":1,"narrative":1}`)
	a = clerk.postJSON(ourReport+"/explanations/nosuch%3Aitem", fmt.Sprintf(`{"user":%d,"text":"因为"}`, clerk.user))
	a.has(t, http.StatusUnprocessableEntity, "nosuch:item")
}
