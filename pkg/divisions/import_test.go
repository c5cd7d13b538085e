package divisions_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
)

const small = `340000,340000,安徽省,1,,,,,
340100,340100,合肥市,2,,,,,
340111,340111,包河区,3,,,,,
340111009,340111009,方兴社区,4,,,,,
340111009400,340111009400,时代城居民委员会,5,,,2019-10-31,,
340111009400,340111009001,时代城居民委员会,5,,2019-10-31,,,
`

func TestImportTwiceChangesNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := divisions.New(db, ledger.New(), clock)
		data, err := os.ReadFile(dataFile)
		if err != nil {
			t.Fatal(err)
		}
		run := func(dryRun bool) divisions.ImportResult {
			t.Helper()
			start := time.Now()
			result, err := s.Import(t.Context(), strings.NewReader(string(data)), dataFile, dryRun, "admin")
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("dry run %v: %+v in %v", dryRun, result, time.Since(start).Round(time.Millisecond))
			return result
		}
		const all = 20256
		if r := run(true); r != (divisions.ImportResult{Created: all}) {
			t.Fatalf("dry run: %+v", r)
		}
		if n := rows(t, db, "divisions"); n != 0 {
			t.Fatalf("a dry run wrote %d rows", n)
		}
		if r := run(false); r != (divisions.ImportResult{Created: all}) {
			t.Fatalf("first: %+v", r)
		}
		if r := run(false); r != (divisions.ImportResult{Unchanged: all}) {
			t.Fatalf("second: %+v", r)
		}
		if n := rows(t, db, "ledger WHERE act = 'divisions.imported' AND actor_name = 'admin'"); n != 1 {
			t.Fatalf("%d entries in the ledger", n)
		}
	})
}

func rows(t *testing.T, db *database.DB, from string) int {
	t.Helper()
	var n int
	if err := db.Read(context.Background()).Raw("SELECT COUNT(*) FROM " + from).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestImportAddsAndChanges(t *testing.T) {
	each(t, func(t *testing.T, s *divisions.Service) {
		mustImport(t, s, small)
		before := byCode(t, s, "340111009", "2019-12-31")
		result := mustImport(t, s, `340111009,340111009,方兴社区,4,,,2019-10-31,,
340111009,340111009,方兴社区街道,4,,2019-10-31,,,
340111009002,340111009002,蓝山居民委员会,5,,2019-10-31,,,
340100,340100,合肥市,2,,,,0,
`)
		if result != (divisions.ImportResult{Created: 1, Updated: 1, Unchanged: 1}) {
			t.Errorf("%+v", result)
		}
		after := byCode(t, s, "340111009", "2019-12-31")
		if after.ID != before.ID || after.Name != "方兴社区街道" {
			t.Errorf("%+v became %+v", before, after)
		}
		if old := byCode(t, s, "340111009", "2019-10-30"); old.Name != "方兴社区" {
			t.Errorf("before the change: %+v", old)
		}
		children, err := s.Children(t.Context(), after.ID, day("2019-12-31"))
		if err != nil || len(children) != 2 || children[0].Code != "340111009001" || children[1].Code != "340111009002" {
			t.Errorf("children %v, err %v", children, err)
		}
	})
}

func TestNamesAreStoredAsTheyAre(t *testing.T) {
	names := []struct{ name, text, cell string }{
		{"script", `</script><script>alert(1)</script>`, `</script><script>alert(1)</script>`},
		{"formula", `=cmd()`, `=cmd()`},
		{"formula with a call", `=cmd|' /C calc'!A0`, `=cmd|' /C calc'!A0`},
		{"comma and quotes", `a,"b"`, `"a,""b"""`},
		{"sql", `'); DROP TABLE divisions;--`, `'); DROP TABLE divisions;--`},
		{"rare characters", `瀂港𠮷街道`, `瀂港𠮷街道`},
		{"spaces around", ` 东关 `, ` 东关 `},
	}
	each(t, func(t *testing.T, s *divisions.Service) {
		for _, c := range names {
			mustImport(t, s, "340000,340000,"+c.cell+",1,,,,,\n")
			if got := byCode(t, s, "340000", "2019-12-31").Name; got != c.text {
				t.Errorf("%s: got %q, want %q", c.name, got, c.text)
			}
		}
	})
}

func TestByteOrderMarkAndWindowsLinesAreRead(t *testing.T) {
	each(t, func(t *testing.T, s *divisions.Service) {
		text := "\ufeff" + strings.ReplaceAll(header+small, "\n", "\r\n")
		result, err := s.Import(t.Context(), strings.NewReader(text), "test.csv", false, "admin")
		if err != nil || result.Created != 5 {
			t.Fatalf("%+v, err %v", result, err)
		}
	})
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, s *divisions.Service) {
		mustImport(t, s, small)
		ctx, on := t.Context(), day("2019-12-31")
		cases := []struct {
			name string
			ask  func() error
		}{
			{"code", func() error { _, err := s.ByCode(ctx, "340199", on); return err }},
			{"code of another day", func() error { _, err := s.ByCode(ctx, "340111009400", on); return err }},
			{"hostile code", func() error { _, err := s.ByCode(ctx, "' OR 1=1 --", on); return err }},
			{"key", func() error { _, err := s.ByKey(ctx, "", on); return err }},
			{"id", func() error { _, err := s.ByID(ctx, 0, on); return err }},
			{"ancestors", func() error { _, err := s.Ancestors(ctx, 999999, on); return err }},
		}
		for _, c := range cases {
			if f, ok := fault.As(c.ask()); !ok || f.Kind != fault.NotFound || f.Key != "division.unknown" {
				t.Errorf("%s: %v", c.name, f)
			}
		}
		if n, err := s.Count(ctx, 999999, divisions.Village, on); n != 0 || err != nil {
			t.Errorf("count under nothing: %d, err %v", n, err)
		}
		if places, err := s.Places(ctx, nil, []int64{0, 999999}, on); len(places) != 0 || err != nil {
			t.Errorf("places of nothing: %v, err %v", places, err)
		}
	})
}

func TestManyPlacesInsideATransaction(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := anhui(t, db)
		var ids []int64
		if err := db.Read(t.Context()).Raw("SELECT id FROM divisions WHERE level = 5 ORDER BY id LIMIT 1200").Scan(&ids).Error; err != nil {
			t.Fatal(err)
		}
		tx := db.Read(t.Context()).Begin()
		defer tx.Rollback()
		places, err := s.Places(t.Context(), tx, ids, day("2018-12-31"))
		if err != nil || len(places) < 1100 {
			t.Fatalf("%d places of %d, err %v", len(places), len(ids), err)
		}
		province := byCode(t, s, "340000", "2018-12-31").ID
		for id, p := range places {
			if p.Province != province || p.City == 0 || p.County == 0 || p.Division != id || p.Within(0) {
				t.Fatalf("%d: %+v", id, p)
			}
		}
	})
}
