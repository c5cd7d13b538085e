package divisions_test

import (
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
)

// TestWhatIsKeptOfTheTree: within a request answers come from memory, also that there is none, until
// another import.
func TestWhatIsKeptOfTheTree(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := divisions.New(db, ledger.New(), clock)
		mustImport(t, s, "340000,340000,安徽省,1,,,,,\n340100,340100,合肥市,2,340000,2019-07-01,,,\n")
		clock := epoch.NewClock(db)
		ctx, _, err := clock.Pin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		city := byCode(t, s, "340100", "2019-12-31")
		for range 2 {
			if _, err := s.ByID(ctx, city.ID, day("2019-06-30")); !fault.Is(err, fault.NotFound) {
				t.Fatalf("before it was valid: %v", err)
			}
			names, err := s.Names(ctx, []int64{city.ID}, day("2019-06-30"))
			if err != nil || len(names) != 0 {
				t.Fatalf("before it was valid it is called %v, err %v", names, err)
			}
			if names, err = s.Names(ctx, []int64{city.ID}, day("2019-12-31")); err != nil || names[city.ID].Name != "合肥市" {
				t.Fatalf("it is called %v, err %v", names, err)
			}
		}
		mustImport(t, s, "340100,340100,庐州市,2,340000,2019-07-01,,,\n")
		if ctx, _, err = clock.Pin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if names, err := s.Names(ctx, []int64{city.ID}, day("2019-12-31")); err != nil || names[city.ID].Name != "庐州市" {
			t.Fatalf("after another import it is called %v, err %v", names, err)
		}
	})
}
