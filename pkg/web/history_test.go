package web

import (
	"net/http"
	"strings"
	"testing"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestALongHistoryStaysReadable: a morning of saves is one line, hides nothing that was done before it,
// and the page names people as they are called.
func TestALongHistoryStaysReadable(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		ref := reportingtest.Ref("community-01", "2019Q3")
		s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		if _, err := s.Reports.Return(t.Context(), s.Actor(t, "reviewer-340104"), ref, 0, "请核对面积。", nil); err != nil {
			t.Fatal(err)
		}
		s.saved(t, 250, "clerk-community-01")
		clerk := s.as(t, "clerk-community-01")
		a := clerk.get(ourReport)
		a.has(t, http.StatusOK, chinese("history.times", 250), "请核对面积。", "用户 clerk-community-01", "用户 reviewer-340104")
		if strings.Contains(a.body, chinese("history.newest", reporting.MaxHistory)) {
			t.Error("a short history is said to be cut")
		}
		s.saved(t, reporting.MaxHistory, "clerk-community-01", "clerk-community-02")
		clerk.get(ourReport).has(t, http.StatusOK, chinese("history.newest", reporting.MaxHistory))
	})
}

// saved records n saves of the report, by the names in turn.
func (s *site) saved(t *testing.T, n int, names ...string) {
	t.Helper()
	ref := reportingtest.Ref("community-01", "2019Q3")
	entries := make([]ledger.Entry, n)
	for i := range entries {
		actor := s.Actor(t, names[i%len(names)])
		entries[i] = ledger.Entry{
			At: s.Clock.Now(), ActorID: actor.UserID, ActorName: actor.Name, Act: string(reporting.ActSave), Unit: s.Unit(t, ref.Unit).ID,
			Form: ref.Form, Period: ref.Period, Detail: map[string]any{"cells": map[string]any{"practices": strings.Repeat("长", forms.MaxNarrative)}},
		}
	}
	if err := s.DB.Write(t.Context(), func(tx *gorm.DB) error { return s.Ledger.Record(tx, entries...) }); err != nil {
		t.Fatal(err)
	}
}
