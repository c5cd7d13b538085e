package database_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// Through PgBouncer in transaction mode, where no session keeps its connection: several instances migrate
// at once, and then read, write, load and lock with more sessions than there are connections.
func TestThroughAPooler(t *testing.T) {
	url := databasetest.Pooled(t)
	instances := make([]*database.DB, 5)
	for i := range instances {
		instances[i] = databasetest.Connect(t, url)
	}
	atOnce(t, len(instances), func(i int) error {
		_, err := instances[i].Migrate(context.Background())
		return err
	})
	exec(t, instances[0], "INSERT INTO epochs (subject, number, raised_at) VALUES ('figures', 0, CURRENT_TIMESTAMP)")
	const writers, rounds = 12, 10
	atOnce(t, writers, func(i int) error {
		db := instances[i%len(instances)]
		for round := range rounds {
			if err := increment(t.Context(), db); err != nil {
				return err
			}
			if err := loadPeriods(t.Context(), db, i, round); err != nil {
				return err
			}
		}
		return nil
	})
	err := instances[1].Snapshot(t.Context(), func(tx *gorm.DB) error {
		var version, loaded int
		var last time.Time
		if err := tx.Raw("SELECT number FROM epochs").Scan(&version).Error; err != nil {
			return err
		}
		if err := tx.Raw("SELECT count(*) FROM periods WHERE form IN ?", []string{"form0", "form1", "form11"}).Scan(&loaded).Error; err != nil {
			return err
		}
		if version != writers*rounds || loaded != 3*rounds {
			t.Errorf("version %d, %d rows", version, loaded)
		}
		return tx.Raw("SELECT max(opened_at) FROM periods").Scan(&last).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	var locks int
	if err := instances[0].Read(t.Context()).Raw("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").Scan(&locks).Error; err != nil || locks != 0 {
		t.Errorf("%d locks are left, %v", locks, err)
	}
}

// loadPeriods loads one row by COPY.
func loadPeriods(ctx context.Context, db *database.DB, i, round int) error {
	return db.Load(ctx, func(l *database.Loader) error {
		return l.Rows("periods", []string{"form", "period", "due", "lock", "opened_at"}, func(yield func([]any, error) bool) {
			yield([]any{fmt.Sprintf("form%d", i), fmt.Sprintf("20%d0Q1", round), "2020-01-10", "2020-01-30", time.Now()}, nil)
		})
	})
}

// atOnce runs fn n times at once and reports what fails.
func atOnce(t *testing.T, n int, fn func(i int) error) {
	t.Helper()
	var wait sync.WaitGroup
	failures := make(chan error, n)
	for i := range n {
		wait.Go(func() { failures <- fn(i) })
	}
	wait.Wait()
	close(failures)
	for err := range failures {
		if err != nil {
			t.Error(err)
		}
	}
}
