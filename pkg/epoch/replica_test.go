package epoch_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/epoch"
)

// app is one instance of the program, with its primary and its replica.
type app struct {
	db    *database.DB
	clock *epoch.Clock
}

// request gives the context of one that comes in now.
func (a app) request(t *testing.T) context.Context {
	t.Helper()
	ctx, _, err := a.clock.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// read gives the number of the figures' epoch as a request sees it, and whether a replica answered.
func (a app) read(t *testing.T, ctx context.Context) (number int64, byReplica bool) {
	t.Helper()
	var row struct {
		Number    int64
		ByReplica bool
	}
	err := a.db.Read(ctx).Raw("SELECT coalesce(max(number), 0) AS number, pg_is_in_recovery() AS by_replica FROM epochs WHERE subject = 'figures'").Scan(&row).Error
	if err != nil {
		t.Fatal(err)
	}
	return row.Number, row.ByReplica
}

// untilReplica waits until a request is answered by the replica again, and gives its context.
func (a app) untilReplica(t *testing.T) context.Context {
	t.Helper()
	for range 200 {
		ctx := a.request(t)
		if _, byReplica := a.read(t, ctx); byReplica {
			return ctx
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the replica is not read from")
	return nil
}

// TestReplica: what anybody did before a request came in is in its answers, through both instances, while
// the replica is as far, is behind, comes back and fails.
func TestReplica(t *testing.T) {
	primary, replica := databasetest.Replicated(t)
	var apps []app
	for range 2 {
		db := databasetest.Connect(t, primary)
		if err := db.UseReplicas([]string{replica.URL("postgres")}); err != nil {
			t.Fatal(err)
		}
		apps = append(apps, app{db, epoch.NewClock(db)})
	}
	a, b := apps[0], apps[1]
	written := int64(0)
	write := func() {
		raise(t, t.Context(), a.db, epoch.Figures)
		written++
		for i, each := range apps {
			if number, _ := each.read(t, each.request(t)); number != written {
				t.Fatalf("instance %d shows %d after %d", i, number, written)
			}
		}
	}
	for range 20 {
		write()
	}
	a.untilReplica(t)
	b.untilReplica(t)

	t.Run("without a request the primary answers", func(t *testing.T) {
		if _, byReplica := a.read(t, t.Context()); byReplica {
			t.Error("a replica answered")
		}
	})
	t.Run("after a transaction the primary answers", func(t *testing.T) {
		read := func(tx *gorm.DB) error { return tx.Exec("SELECT 1").Error }
		load := func(*database.Loader) error { return nil }
		for name, begin := range map[string]func(context.Context) error{
			"write": func(ctx context.Context) error { return a.db.Write(ctx, read) }, "snapshot": func(ctx context.Context) error { return a.db.Snapshot(ctx, read) },
			"load": func(ctx context.Context) error { return a.db.Load(ctx, load) },
		} {
			ctx := a.request(t)
			if _, byReplica := a.read(t, ctx); !byReplica {
				t.Errorf("%s: the primary answers before", name)
			}
			if err := begin(ctx); err != nil {
				t.Fatal(err)
			}
			if _, byReplica := a.read(t, ctx); byReplica {
				t.Errorf("%s: a replica answers after", name)
			}
		}
	})
	t.Run("both answer alike", func(t *testing.T) { answersAlike(t, a) })
	t.Run("one that breaks off is passed over", func(t *testing.T) {
		for _, at := range []int{0, 1, 400} {
			var rows []int
			err := a.db.Read(a.request(t)).Raw("SELECT CASE WHEN n = ? AND pg_is_in_recovery() THEN 1 / (n - n) ELSE n END FROM generate_series(0, 1500) n", at).Scan(&rows).Error
			if err != nil || len(rows) != 1501 || rows[1500] != 1500 {
				t.Errorf("at row %d: %d rows, %v", at, len(rows), err)
			}
		}
	})
	t.Run("one that is behind is passed over", func(t *testing.T) {
		a.untilReplica(t)
		before := b.request(t)
		if err := replica.Replay(false); err != nil {
			t.Fatal(err)
		}
		write()
		write()
		if number, byReplica := b.read(t, before); !byReplica || number != written-2 {
			t.Errorf("a request from before shows %d of %d, replica %v", number, written, byReplica)
		}
		if err := replica.Replay(true); err != nil {
			t.Fatal(err)
		}
		a.untilReplica(t)
		write()
	})
	t.Run("one that hangs is passed over", func(t *testing.T) {
		held := a.untilReplica(t)
		if err := replica.Hang(true); err != nil {
			t.Fatal(err)
		}
		if number, byReplica := a.read(t, held); byReplica || number != written {
			t.Errorf("%d of %d, replica %v", number, written, byReplica)
		}
		write()
		if err := replica.Hang(false); err != nil {
			t.Fatal(err)
		}
		a.untilReplica(t)
		write()
	})
	t.Run("one that has failed is passed over", func(t *testing.T) {
		held := a.request(t)
		a.read(t, held)
		if err := replica.Stop(syscall.SIGQUIT); err != nil {
			t.Fatal(err)
		}
		if number, byReplica := a.read(t, held); byReplica || number != written {
			t.Errorf("%d of %d, replica %v", number, written, byReplica)
		}
		write()
		if err := replica.Start(); err != nil {
			t.Fatal(err)
		}
		write()
		a.untilReplica(t)
		write()
	})
}

// answersAlike reads values of every sort from both.
func answersAlike(t *testing.T, a app) {
	type row struct {
		Number int64
		Text   string
		None   *string
		At     time.Time
		Detail database.JSON
		Bytes  []byte
		Truth  bool
	}
	read := func(ctx context.Context) (rows []row) {
		err := a.db.Read(ctx).Raw(`SELECT n AS number, '示例' || n AS text, NULL AS none, TIMESTAMPTZ '2019-10-12 01:00:00.123456Z' + n * INTERVAL '1 s' AS at,
			jsonb_build_object('n', n) AS detail, decode(lpad(to_hex(n), 8, '0'), 'hex') AS bytes, n % 2 = 0 AS truth
			FROM generate_series(1, ?::int) n`, 1200).Scan(&rows).Error
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	a.untilReplica(t)
	if diff := cmp.Diff(fmt.Sprint(read(t.Context())), fmt.Sprint(read(a.request(t)))); diff != "" {
		t.Error(diff)
	}
}
