package main

import (
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/reporting"
)

// A running server tells the clerk within seconds that they are urged.
func TestARunningServerTellsPeople(t *testing.T) {
	onBoth(t, func(t *testing.T, s services, _, _ string) {
		unit, err := s.plans.UnitByKey(t.Context(), "fangxing")
		if err != nil {
			t.Fatal(err)
		}
		clerks, err := accounts.ClerksOf(s.db.Read(t.Context()), []int64{unit.ID})
		if err != nil || len(clerks) != 1 {
			t.Fatalf("clerks %+v, %v", clerks, err)
		}
		latest := func() string {
			list, _, err := s.notices.Inbox(t.Context(), clerks[0].Actor(), "", 1)
			if err != nil || len(list) != 1 {
				t.Fatalf("inbox %+v, %v", list, err)
			}
			return list[0].Kind
		}
		if kind := latest(); kind != "remind.late" {
			t.Errorf("the demo begins with %s", kind)
		}
		periods, err := s.reports.Periods(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ref := reporting.Ref{Unit: unit.Key, Form: "progress", Period: periods[0].Period}
		if _, err := s.reports.Urge(t.Context(), accounts.System("test"), []reporting.Ref{ref}); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(30 * time.Second); latest() != string(reporting.ActUrge); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the newest notice is %s", latest())
			}
		}
	})
}
