package evidence_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestReuseIsFound(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		shared, own := pngOf(t, 8, 8), append([]byte("%PDF-1.7 own"), 0)
		photo := w.add(t, "community-01", "照片.png", shared).Hash
		w.add(t, "community-02", "x.png", shared)
		single := w.add(t, "community-01", "own.pdf", own).Hash
		one, two := w.Unit(t, "community-01").ID, w.Unit(t, "community-02").ID
		q2, q3 := period.MustParse("2019Q2"), period.MustParse("2019Q3")
		reused := func(unit int64, q period.Quarter) []evidence.Reuse {
			t.Helper()
			list, err := w.Reused(w.DB.Read(t.Context()), unit, reportingtest.Form, q)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}

		// twice in one report is no reuse, and a hash given twice counts once
		w.use(t, "community-01", "2019Q3", map[string][]string{"m1_1": {photo, single, photo}, "m1_2": {photo}})
		if list := reused(one, q3); len(list) != 0 {
			t.Errorf("within one report: %+v", list)
		}
		w.use(t, "community-01", "2019Q2", map[string][]string{"m2_1": {photo}})
		w.use(t, "community-02", "2019Q3", map[string][]string{"m1_3": {photo}})
		want := []evidence.Reuse{
			{Item: "m1_1", Hash: photo, Unit: one, Form: reportingtest.Form, Period: q2, OtherItem: "m2_1"},
			{Item: "m1_1", Hash: photo, Unit: two, Form: reportingtest.Form, Period: q3, OtherItem: "m1_3"},
			{Item: "m1_2", Hash: photo, Unit: one, Form: reportingtest.Form, Period: q2, OtherItem: "m2_1"},
			{Item: "m1_2", Hash: photo, Unit: two, Form: reportingtest.Form, Period: q3, OtherItem: "m1_3"},
		}
		if diff := cmp.Diff(want, reused(one, q3)); diff != "" {
			t.Error(diff)
		}
		if list := reused(two, q3); len(list) != 3 || list[0].Unit != one || list[0].Period != q2 {
			t.Errorf("seen from the other unit: %+v", list)
		}
		// what a report shows now takes the place of what it showed before
		w.use(t, "community-01", "2019Q3", map[string][]string{"m1_1": {single}})
		if list := reused(one, q3); len(list) != 0 {
			t.Errorf("a file that was taken out: %+v", list)
		}
		w.use(t, "community-01", "2019Q3", nil)
		if n := w.count(t, "evidence_uses", "unit_id = ? AND period = ?", one, "2019Q3"); n != 0 {
			t.Errorf("%d uses are left", n)
		}
	})
}

func TestReusesAreCapped(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	photo := w.add(t, "community-01", "a.pdf", pdf).Hash
	items := map[string][]string{}
	for i := range evidence.MaxReuses + 5 {
		items[fmt.Sprintf("m%d", i)] = []string{photo}
	}
	w.use(t, "community-01", "2019Q2", items)
	w.use(t, "community-01", "2019Q3", map[string][]string{"m1_1": {photo}})
	list, err := w.Reused(w.DB.Read(t.Context()), w.Unit(t, "community-01").ID, reportingtest.Form, period.MustParse("2019Q3"))
	if err != nil || len(list) != evidence.MaxReuses {
		t.Errorf("%d reuses, %v", len(list), err)
	}
}

// TestAReportShowsOnlyTheUnitsFiles: the database refuses what the caller should have asked Known about.
func TestAReportShowsOnlyTheUnitsFiles(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		photo := w.add(t, "community-01", "a.pdf", pdf).Hash
		other := w.Unit(t, "community-02").ID
		err := db.Write(t.Context(), func(tx *gorm.DB) error {
			if known, err := w.Known(tx, other, []string{photo}); err != nil || len(known) != 0 {
				t.Errorf("another unit's file is known: %+v, %v", known, err)
			}
			return w.Use(tx, other, reportingtest.Form, period.MustParse("2019Q3"), map[string][]string{"m1_1": {photo}})
		})
		if err == nil || !strings.Contains(err.Error(), "foreign key") {
			t.Errorf("used: %v", err)
		}
		err = db.Write(t.Context(), func(tx *gorm.DB) error {
			known, err := w.Known(tx, w.Unit(t, "community-01").ID, []string{photo, "nosuch"})
			if len(known) != 1 || known[photo].Name != "a.pdf" {
				t.Errorf("known %+v", known)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestShownCountsTheFilesOfEveryItem(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		photo := w.add(t, "community-01", "照片.png", pngOf(t, 8, 8)).Hash
		paper := w.add(t, "community-01", "own.pdf", []byte("%PDF-1.7 own\x00")).Hash
		other := w.add(t, "community-02", "own.pdf", []byte("%PDF-1.7 other\x00")).Hash
		w.use(t, "community-01", "2019Q2", map[string][]string{"m1_1": {photo}})
		w.use(t, "community-01", "2019Q3", map[string][]string{"m1_1": {photo, paper}, "m1_2": {paper}})
		w.use(t, "community-02", "2019Q3", map[string][]string{"m1_1": {other}})
		unit := w.Unit(t, "community-01").ID
		got, err := evidence.Shown(w.DB.Read(t.Context()), reportingtest.Form, []int64{unit})
		if err != nil {
			t.Fatal(err)
		}
		q2, q3 := period.MustParse("2019Q2"), period.MustParse("2019Q3")
		want := map[evidence.Place]int64{{Unit: unit, Period: q2, Item: "m1_1"}: 1, {Unit: unit, Period: q3, Item: "m1_1"}: 2, {Unit: unit, Period: q3, Item: "m1_2"}: 1}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
