package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"

	"pilotboard/migrations"
)

// ErrNewerSchema tells that a newer program has changed the database; this one must not touch it.
var ErrNewerSchema = errors.New("the database was changed by a newer version of pilotboard; use that version, or restore an older backup")

// Migration is one step of the schema and whether it has been taken.
type Migration struct {
	Version int64
	Name    string
	Applied bool
}

// Migrate brings the schema up to date and gives the number of steps taken. A newer schema is
// ErrNewerSchema and left alone.
func (db *DB) Migrate(ctx context.Context) (int, error) {
	provider, finish, err := db.provider(ctx)
	if err != nil {
		return 0, err
	}
	defer finish()
	if err := refuseNewer(ctx, provider); err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	return len(results), db.checkReferences(ctx)
}

// CheckSchema gives ErrNewerSchema, or an error when migrations are still to be taken.
func (db *DB) CheckSchema(ctx context.Context) error {
	provider, finish, err := db.provider(ctx)
	if err != nil {
		return err
	}
	defer finish()
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if pending {
		return errors.New("the database is older than this program: run `pilotboard migrate up`")
	}
	return nil
}

// Migrations lists every step, oldest first.
func (db *DB) Migrations(ctx context.Context) ([]Migration, error) {
	provider, finish, err := db.provider(ctx)
	if err != nil {
		return nil, err
	}
	defer finish()
	status, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the schema version: %w", err)
	}
	list := make([]Migration, len(status))
	for i, s := range status {
		list[i] = Migration{Version: s.Source.Version, Name: s.Source.Path, Applied: s.State == goose.StateApplied}
	}
	return list, nil
}

func refuseNewer(ctx context.Context, provider *goose.Provider) error {
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	sources := provider.ListSources()
	if version > sources[len(sources)-1].Version {
		return ErrNewerSchema
	}
	return nil
}

// provider makes the migrator. On Postgres several instances may start at once, so it holds a lock until
// it is finished with: that of a transaction, since a pooler in transaction mode would leave one of a
// session behind. On SQLite it has a connection of its own with foreign keys off, since rebuilding a
// table with ON DELETE CASCADE would otherwise drop the rows that point to it.
func (db *DB) provider(ctx context.Context) (*goose.Provider, func() error, error) {
	files, err := render(migrations.Files, db.dialect)
	if err != nil {
		return nil, nil, err
	}
	dialect, pool, finish := goose.DialectPostgres, db.pool, func() error { return nil }
	if db.dialect == Postgres {
		if finish, err = db.lockMigrations(ctx); err != nil {
			return nil, nil, fmt.Errorf("lock the migrations: %w", err)
		}
	} else {
		dialect = goose.DialectSQLite3
		if pool, err = sql.Open("sqlite", sqliteDSN(db.path, false)); err != nil {
			return nil, nil, fmt.Errorf("open the database to migrate it: %w", err)
		}
		pool.SetMaxOpenConns(1)
		finish = pool.Close
	}
	provider, err := goose.NewProvider(dialect, pool, files)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read the migrations: %w", err), finish())
	}
	return provider, finish, nil
}

// lockMigrations waits until no other instance migrates, and lets none until it is released. While it waits
// it holds no connection: whoever migrates needs a second one, and a pooler has but few.
func (db *DB) lockMigrations(ctx context.Context) (release func() error, err error) {
	for {
		tx := db.gorm.WithContext(ctx).Begin()
		if tx.Error != nil {
			return nil, tx.Error
		}
		var locked bool
		err := tx.Raw("SELECT pg_try_advisory_xact_lock(hashtext('migrate'))").Scan(&locked).Error
		if err == nil && locked {
			return func() error { return tx.Rollback().Error }, nil
		}
		if err := errors.Join(err, tx.Rollback().Error); err != nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// checkReferences finds rows that point to nothing after a migration without foreign keys.
func (db *DB) checkReferences(ctx context.Context) error {
	if db.dialect == Postgres {
		return nil
	}
	var broken []struct{ Table, Parent string }
	if err := db.Read(ctx).Raw("PRAGMA foreign_key_check").Scan(&broken).Error; err != nil {
		return fmt.Errorf("check references: %w", err)
	}
	if len(broken) > 0 {
		return fmt.Errorf("after migrating, %d rows point to nothing, the first in %s to %s", len(broken), broken[0].Table, broken[0].Parent)
	}
	return nil
}
