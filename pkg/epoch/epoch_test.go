package epoch_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/epoch"
)

var at = time.Date(2019, 10, 12, 1, 0, 0, 123456000, time.UTC)

func raise(t *testing.T, ctx context.Context, db *database.DB, subject epoch.Subject) {
	t.Helper()
	if err := db.Write(ctx, func(tx *gorm.DB) error { return epoch.Raise(tx, subject, at) }); err != nil {
		t.Fatal(err)
	}
}

func pin(t *testing.T, db *database.DB) context.Context {
	t.Helper()
	ctx, _, err := epoch.NewClock(db).Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

func TestSubjectsAreCountedApart(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		before, err := epoch.Now(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		raise(t, t.Context(), db, epoch.Common)
		raise(t, t.Context(), db, epoch.Figures)
		raise(t, t.Context(), db, epoch.Figures)
		raise(t, t.Context(), db, epoch.Corrections)
		after, err := epoch.Now(t.Context(), db)
		if err != nil || after.Common != before.Common+1 || after.Figures != before.Figures+2 || after.Corrections != before.Corrections+1 || !after.FiguresAt.Equal(at) {
			t.Fatalf("from %+v to %+v, err %v", before, after, err)
		}
	})
}

// TestKept: a value stays for its epoch, goes with the next one, and is never kept outside a request.
func TestKept(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		common, figures := epoch.KeepCommon[string, int](2), epoch.KeepFigures[string, int](2)
		read := 0
		load := func() (int, error) { read++; return read, nil }
		get := func(ctx context.Context, k *epoch.Kept[string, int], want int) {
			t.Helper()
			if got, err := k.Get(ctx, "a", load); err != nil || got != want {
				t.Fatalf("got %d, want %d, err %v", got, want, err)
			}
		}
		get(t.Context(), common, 1)
		get(t.Context(), common, 2)
		first := pin(t, db)
		get(first, common, 3)
		get(first, figures, 4)
		raise(t, t.Context(), db, epoch.Figures)
		second := pin(t, db)
		get(second, common, 3)
		get(second, figures, 5)
		raise(t, t.Context(), db, epoch.Common)
		get(second, common, 3) // came in before
		third := pin(t, db)
		get(third, common, 6)
		get(third, figures, 7)
		raise(t, third, db, epoch.Common)
		get(third, common, 8) // what the request itself has changed
		get(third, common, 9)
	})
}

// TestCorrectionsAreKeptApart: they stay while figures change, and figures while something is corrected; both
// go with what all units share.
func TestCorrectionsAreKeptApart(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		figures, corrections := epoch.KeepFigures[string, int](2), epoch.KeepCorrections[string, int](2)
		read := 0
		load := func() (int, error) { read++; return read, nil }
		for _, c := range []struct {
			subject                  epoch.Subject
			ofFigures, ofCorrections int
		}{{epoch.Figures, 1, 2}, {epoch.Figures, 3, 2}, {epoch.Corrections, 3, 4}, {epoch.Common, 5, 6}} {
			raise(t, t.Context(), db, c.subject)
			ctx := pin(t, db)
			ofFigures, err := figures.Get(ctx, "a", load)
			if err != nil || ofFigures != c.ofFigures {
				t.Errorf("after %s: figures %d, want %d, err %v", c.subject, ofFigures, c.ofFigures, err)
			}
			ofCorrections, err := corrections.Get(ctx, "a", load)
			if err != nil || ofCorrections != c.ofCorrections {
				t.Errorf("after %s: corrections %d, want %d, err %v", c.subject, ofCorrections, c.ofCorrections, err)
			}
		}
	})
}

func TestManyReadsWhatIsNotKept(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		kept := epoch.KeepCommon[int64, string](8)
		var asked []int64
		load := func(missing []int64) (map[int64]string, error) {
			asked = append(asked, missing...)
			found := map[int64]string{}
			for _, id := range missing {
				if id != 3 { // nobody has this one
					found[id] = "v"
				}
			}
			return found, nil
		}
		ctx := pin(t, db)
		for _, ids := range [][]int64{{1, 2}, {1, 2, 3}, {2, 3}} {
			got, err := kept.Many(ctx, ids, load)
			if err != nil || got[3] != "" || got[2] != "v" {
				t.Fatalf("%v: got %v, err %v", ids, got, err)
			}
		}
		if len(asked) != 4 {
			t.Fatalf("read %v, want 1 2 3 3", asked)
		}
	})
}

func TestAFaultIsNotKept(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	kept, ctx, fail := epoch.KeepCommon[string, int](2), pin(t, db), errors.New("fail")
	if _, err := kept.Get(ctx, "a", func() (int, error) { return 0, fail }); !errors.Is(err, fail) {
		t.Fatal(err)
	}
	if got, err := kept.Get(ctx, "a", func() (int, error) { return 5, nil }); err != nil || got != 5 {
		t.Fatal(got, err)
	}
}

// TestNobodyIsToldAnOlderEpoch: many ask at once while it is raised; each gets at least what was
// committed when it asked.
func TestNobodyIsToldAnOlderEpochAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := epoch.NewClock(db)
		var wait sync.WaitGroup
		defer wait.Wait()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		for range 4 {
			wait.Go(func() {
				for ctx.Err() == nil {
					_, _, _ = clock.Pin(ctx) // ends with ctx
				}
			})
		}
		for range 50 {
			raise(t, t.Context(), db, epoch.Figures)
			known, err := epoch.Now(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			if _, told, err := clock.Pin(t.Context()); err != nil || told.Figures < known.Figures {
				t.Fatalf("told %d after %d, err %v", told.Figures, known.Figures, err)
			}
		}
	})
}
