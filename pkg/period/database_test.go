package period_test

import (
	"testing"
	"time"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/period"
)

func TestQuartersAndDatesInADatabase(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		exec := func(sql string, args ...any) {
			t.Helper()
			if err := db.Read(t.Context()).Exec(sql, args...).Error; err != nil {
				t.Fatal(err)
			}
		}
		exec("CREATE TABLE scanned (id BIGINT PRIMARY KEY, quarter VARCHAR(6), day DATE)")
		type record struct {
			Quarter period.Quarter
			Day     period.Date
		}
		full := record{period.Of(2019, 3), period.MustParseDate("2019-09-30")}
		for id, r := range []record{full, {}, {period.Of(2019, 4), period.Earliest}} {
			exec("INSERT INTO scanned (id, quarter, day) VALUES (?, ?, ?)", id, r.Quarter, r.Day)
			var kept record
			if err := db.Read(t.Context()).Raw("SELECT quarter, day FROM scanned WHERE id = ?", id).Scan(&kept).Error; err != nil || kept != r {
				t.Errorf("%v became %v, err %v", r, kept, err)
			}
		}
		exec("INSERT INTO scanned (id, quarter, day) VALUES (8, NULL, NULL), (9, '2019Q5', '2019-09-30')")
		var kept record
		if err := db.Read(t.Context()).Raw("SELECT quarter, day FROM scanned WHERE id = 8").Scan(&kept).Error; err != nil || kept != (record{}) {
			t.Errorf("NULL became %v, err %v", kept, err)
		}
		if err := db.Read(t.Context()).Raw("SELECT quarter FROM scanned WHERE id = 9").Scan(&kept).Error; err == nil {
			t.Error("a quarter that is none was read")
		}
		var n int
		err := db.Read(t.Context()).Raw("SELECT COUNT(*) FROM scanned WHERE quarter < ? AND day <= ? AND day > ?",
			period.Of(2019, 4), full.Day, full.Day.AddDays(-1)).Scan(&n).Error
		if err != nil || n != 1 {
			t.Errorf("%d rows lie in the quarter and on the day, err %v", n, err)
		}
	})
}

func TestScan(t *testing.T) {
	day := period.MustParseDate("2019-10-12")
	cases := []struct {
		name string
		src  any
		want period.Date
		ok   bool
	}{
		{"text", "2019-10-12", day, true},
		{"bytes", []byte("2019-10-12"), day, true},
		{"text with a time", "2019-10-12 00:00:00+00:00", day, true},
		{"midnight in UTC", time.Date(2019, 10, 12, 0, 0, 0, 0, time.UTC), day, true},
		{"late in the evening of its own zone", time.Date(2019, 10, 12, 23, 59, 0, 0, period.Zone), day, true},
		{"NULL", nil, period.Date{}, true},
		{"number", int64(20191012), period.Date{}, false},
		{"nonsense", "yesterday", period.Date{}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var d period.Date
			if err := d.Scan(c.src); (err == nil) != c.ok || d != c.want {
				t.Fatalf("got %v, err %v", d, err)
			}
		})
	}
	var q period.Quarter
	if err := q.Scan(int64(8078)); err == nil {
		t.Fatal("a number was read as a quarter")
	}
}
