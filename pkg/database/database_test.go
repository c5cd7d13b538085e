package database_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/period"
)

func TestMigrateTwiceChangesNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		steps, err := db.Migrate(t.Context())
		if err != nil || steps != 0 {
			t.Fatalf("second migration took %d steps, err %v", steps, err)
		}
		if err := db.CheckSchema(t.Context()); err != nil {
			t.Fatalf("schema: %v", err)
		}
	})
}

// Several instances that start at once on one database all come up.
func TestMigratingAtOnce(t *testing.T) {
	url := databasetest.URL(t, database.Postgres)
	failures := make(chan error, 4)
	for range cap(failures) {
		db := databasetest.Connect(t, url)
		go func() {
			_, err := db.Migrate(context.Background())
			failures <- err
		}()
	}
	for range cap(failures) {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
}

// What grows with units × quarters can be spread over shards by unit: the unit is in every key.
func TestLargeTablesAreKeyedByUnit(t *testing.T) {
	large := databasetest.Large
	db := databasetest.Open(t, database.Postgres)
	keys := uniqueIndexes(t, db, large)
	if len(keys) < len(large) {
		t.Fatalf("%d keys", len(keys))
	}
	for _, key := range keys {
		if !strings.Contains(","+key.Columns+",", ",unit_id,") {
			t.Errorf("a unique index of %s is on %s", key.Table, key.Columns)
		}
	}
}

type uniqueIndex struct{ Table, Columns string }

// uniqueIndexes gives the columns of every unique index of tables.
func uniqueIndexes(t *testing.T, db *database.DB, tables []string) (keys []uniqueIndex) {
	t.Helper()
	err := db.Read(t.Context()).Raw(`SELECT c.relname AS "table", string_agg(a.attname, ',') AS columns
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
		WHERE i.indisunique AND c.relname IN ? GROUP BY i.indexrelid, c.relname`, tables).Scan(&keys).Error
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestEmptyDatabaseIsOlder(t *testing.T) {
	db := databasetest.Connect(t, databasetest.URL(t, database.SQLite))
	if err := db.CheckSchema(t.Context()); err == nil || errors.Is(err, database.ErrNewerSchema) {
		t.Fatalf("schema of an empty database: %v", err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
		if _, err := db.Migrate(t.Context()); !errors.Is(err, database.ErrNewerSchema) {
			t.Fatalf("migrate: %v", err)
		}
		if err := db.CheckSchema(t.Context()); !errors.Is(err, database.ErrNewerSchema) {
			t.Fatalf("check: %v", err)
		}
	})
}

func TestSchemasAreTheSame(t *testing.T) {
	sqlite := columns(t, databasetest.Open(t, database.SQLite),
		`SELECT m.name || '.' || c.name || ' ' || lower(c.type) || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END
		 FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'goose_db_version'`)
	postgres := columns(t, databasetest.Open(t, database.Postgres),
		`SELECT table_name || '.' || column_name || ' ' || CASE data_type
			WHEN 'character varying' THEN 'varchar' || coalesce('(' || character_maximum_length || ')', '')
			WHEN 'timestamp with time zone' THEN 'timestamp' WHEN 'jsonb' THEN 'text' WHEN 'bytea' THEN 'blob'
			ELSE data_type END || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
		 FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'goose_db_version'`)
	for i := range postgres { // {{pk}} is INTEGER on SQLite, 64 bits there too
		if strings.HasSuffix(strings.Fields(postgres[i])[0], ".id") && strings.Contains(postgres[i], "bigint") {
			postgres[i] = strings.Replace(postgres[i], "bigint", "integer", 1)
		}
	}
	sort.Strings(postgres)
	if diff := cmp.Diff(sqlite, postgres); diff != "" {
		t.Fatalf("schemas differ (-sqlite +postgres):\n%s", diff)
	}
	if len(sqlite) < 100 {
		t.Fatalf("only %d columns found", len(sqlite))
	}
}

func columns(t *testing.T, db *database.DB, query string) []string {
	t.Helper()
	var names []string
	if err := db.Read(t.Context()).Raw(query).Scan(&names).Error; err != nil {
		t.Fatal(err)
	}
	sort.Strings(names)
	return names
}

func TestBrokenConstraintsAreNamed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, "INSERT INTO divisions (key, level) VALUES ('34', 1)")
		cases := []struct {
			name, sql string
			want      error
		}{
			{"unique", "INSERT INTO divisions (key, level) VALUES ('34', 1)", gorm.ErrDuplicatedKey},
			{"check", "INSERT INTO divisions (key, level) VALUES ('35', 9)", gorm.ErrCheckConstraintViolated},
			{"reference", "INSERT INTO tokens (user_id, hash, created_at) VALUES (77, 'x', CURRENT_TIMESTAMP)", gorm.ErrForeignKeyViolated},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				if err := db.Read(t.Context()).Exec(c.sql).Error; !errors.Is(err, c.want) {
					t.Fatalf("got %v, want %v", err, c.want)
				}
			})
		}
	})
}

func TestTimesAndDatesKeepTheirMeaning(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		moment := time.Date(2019, 10, 12, 7, 30, 0, 0, period.Zone) // the day before in UTC
		err := db.Read(t.Context()).Exec("INSERT INTO periods (form, period, due, lock, opened_at) VALUES (?, ?, ?, ?, ?)",
			"progress", period.MustParse("2019Q3"), period.MustParseDate("2019-10-10"), period.MustParseDate("2019-10-30"), moment).Error
		if err != nil {
			t.Fatal(err)
		}
		var row struct {
			Period   period.Quarter
			Due      period.Date
			OpenedAt time.Time
		}
		err = db.Read(t.Context()).Raw("SELECT period, due, opened_at FROM periods WHERE opened_at = ?", moment.UTC()).Scan(&row).Error
		if err != nil {
			t.Fatal(err)
		}
		if row.Period != period.Of(2019, 3) || row.Due != period.NewDate(2019, 10, 10) || !row.OpenedAt.Equal(moment) {
			t.Fatalf("read back %+v", row)
		}
	})
}

func TestConcurrentWritersAllSucceed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, "INSERT INTO epochs (subject, number, raised_at) VALUES ('figures', 0, CURRENT_TIMESTAMP)")
		const writers, rounds = 8, 20
		var wait sync.WaitGroup
		failures := make(chan error, writers*rounds)
		for range writers {
			wait.Go(func() {
				for range rounds {
					failures <- increment(t.Context(), db)
				}
			})
		}
		wait.Wait()
		close(failures)
		for err := range failures {
			if err != nil {
				t.Fatal(err)
			}
		}
		var version int
		if err := db.Read(t.Context()).Raw("SELECT number FROM epochs").Scan(&version).Error; err != nil || version != writers*rounds {
			t.Fatalf("version %d, err %v", version, err)
		}
	})
}

// increment reads, then writes: the pattern that fails at once in a deferred SQLite transaction.
func increment(ctx context.Context, db *database.DB) error {
	return db.Write(ctx, func(tx *gorm.DB) error {
		if err := db.Lock(tx, "increment"); err != nil {
			return err
		}
		var version int
		if err := tx.Raw("SELECT number FROM epochs").Scan(&version).Error; err != nil {
			return err
		}
		return tx.Exec("UPDATE epochs SET number = ?", version+1).Error
	})
}

func TestAppendOnlyTablesRefuseChanges(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO revisions (unit_id, form, period, no, form_version, document, hash, prev_hash, submitted_at, submitted_by)
			VALUES (1, 'progress', '2019Q3', 1, 1, '{}', 'h', '', CURRENT_TIMESTAMP, 'a')`)
		exec(t, db, "INSERT INTO acceptances (unit_id, form, period, no, accepted_at, accepted_by) VALUES (1, 'progress', '2019Q3', 1, CURRENT_TIMESTAMP, 'a')")
		exec(t, db, `INSERT INTO ledger (unit_id, id, at, actor_id, actor_name, act, form, period, revision, detail)
			VALUES (1, 'i', CURRENT_TIMESTAMP, 1, 'a', 'x', '', '', 0, '{}')`)
		exec(t, db, `INSERT INTO form_versions (form, no, plan_no, document, hash, note, published_at, by_name)
			VALUES ('linkage', 1, 0, '', 'h', '', CURRENT_TIMESTAMP, 'a')`)
		exec(t, db, `INSERT INTO light_overrides (unit_id, period, milestone, no, light, reason, at, by_id, by_name)
			VALUES (1, '2019Q3', '', 1, 'watch', 'r', CURRENT_TIMESTAMP, 1, 'a')`)
		columns := map[string]string{"revisions": "unit_id", "acceptances": "unit_id", "ledger": "unit_id", "form_versions": "no", "light_overrides": "unit_id"}
		for table, column := range columns {
			for _, change := range []string{"UPDATE %s SET " + column + " = 2", "DELETE FROM %s"} {
				err := db.Read(t.Context()).Exec(fmt.Sprintf(change, table)).Error
				if err == nil || !strings.Contains(err.Error(), "append-only") {
					t.Errorf("%s: %v", fmt.Sprintf(change, table), err)
				}
			}
		}
	})
}

func TestPostgresIsToldHowManyRows(t *testing.T) {
	tx := databasetest.Open(t, database.Postgres).Read(t.Context()).Session(&gorm.Session{DryRun: true})
	var rows []struct{ ID int64 }
	for want, query := range map[string]*gorm.DB{
		`SELECT * FROM "units" LIMIT 17`:           tx.Table("units").Limit(17).Find(&rows),
		`SELECT * FROM "units" LIMIT 17 OFFSET $1`: tx.Table("units").Limit(17).Offset(34).Find(&rows),
		`SELECT * FROM "units" OFFSET $1`:          tx.Table("units").Offset(34).Find(&rows),
		`SELECT id FROM units LIMIT 17`:            tx.Raw("SELECT id FROM units LIMIT ?", database.AtMost(17)).Find(&rows),
	} {
		if got := query.Statement.SQL.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestUnknownURLIsRefused(t *testing.T) {
	if _, err := database.Open(t.Context(), "mysql://x"); err == nil {
		t.Fatal("opened")
	}
}

func exec(t *testing.T, db *database.DB, sql string) {
	t.Helper()
	if err := db.Read(t.Context()).Exec(sql).Error; err != nil {
		t.Fatal(err)
	}
}
