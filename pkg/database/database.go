// Package database opens Postgres or the embedded SQLite behind one type, brings its schema up to
// date, and runs reads and transactions. It knows no table; the schema is in migrations.
//
// Reads of a request may be answered by replicas (UseReplicas). The rule: when a request comes in, the
// primary says how far it has flushed (Position); a replica answers only what it answers from at least
// that state, by a connection that has said so itself; and a request that has begun a transaction reads
// from the primary alone. So an answer holds whatever had been acknowledged to anybody before, through
// whichever instance. A replica that is behind, hangs or fails is passed over. Nothing is remembered of anybody
// between requests. What has no request (jobs, commands) reads from the primary. gorm's dbresolver
// chooses by the statement alone, which cannot hold this.
//
// The limit: a replica may show an act before the primary does, between the moment that its commit is
// flushed and the moment that it is acknowledged. Whoever saw it there and asks again within that moment
// (longer only where processors are overloaded) may be answered by a primary that does not show it yet.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// BatchSize is the number of rows written by one INSERT; SQLite allows 32 766 parameters.
const BatchSize = 500

// Dialect names the two databases.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is an open database.
type DB struct {
	gorm    *gorm.DB
	pool    *sql.DB
	dialect Dialect
	path    string // of the SQLite file

	replicas []*replica
	turn     atomic.Uint32 // of the replicas
	// writing lets one write transaction at a time into SQLite: its own busy handler is unfair
	// (waits of half a second among eight writers), this queue is not.
	writing sync.Mutex
}

// Open opens the database that url names: `sqlite:PATH` or `postgres://…`. It does not migrate.
func Open(ctx context.Context, url string) (*DB, error) {
	db := &DB{}
	var dialector gorm.Dialector
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		db.dialect, db.path = SQLite, strings.TrimPrefix(url, "sqlite:")
		dialector = openSQLite(db.path)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		db.dialect = Postgres
		dialector = openPostgres(url)
	default:
		return nil, fmt.Errorf("database URL must start with sqlite: or postgres://")
	}
	var err error
	db.gorm, err = gorm.Open(dialector, &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		Logger:                 logger.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if db.pool, err = db.gorm.DB(); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if db.dialect == Postgres {
		shape(db.pool)
	} else {
		db.pool.SetMaxOpenConns(8)
		db.pool.SetMaxIdleConns(8)
	}
	if err := db.pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	return db, nil
}

// Dialect tells which of the two it is.
func (db *DB) Dialect() Dialect { return db.dialect }

// Close ends all connections.
func (db *DB) Close() error {
	failed := []error{db.pool.Close()}
	for _, r := range db.replicas {
		failed = append(failed, r.pool.Close())
	}
	return errors.Join(failed...)
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.pool.PingContext(ctx) }

// Read gives a handle for single reads outside a transaction; it writes nothing.
func (db *DB) Read(ctx context.Context) *gorm.DB {
	reads := db.gorm.WithContext(ctx)
	if p, ok := ctx.Value(placeKey{}).(*place); ok && db.Replicated() {
		reads.Statement.ConnPool = &spread{db.pool, db, p}
	}
	return reads
}

// Snapshot runs fn in one read-only transaction, so that its reads belong together.
func (db *DB) Snapshot(ctx context.Context, fn func(tx *gorm.DB) error) error {
	fromPrimary(ctx)
	options := &sql.TxOptions{ReadOnly: true}
	if db.dialect == Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	return db.gorm.WithContext(ctx).Transaction(fn, options)
}

// Write runs fn in one transaction and commits when it returns nil.
func (db *DB) Write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if db.dialect == SQLite {
		db.writing.Lock()
		defer db.writing.Unlock()
	}
	fromPrimary(ctx)
	return db.gorm.WithContext(ctx).Transaction(fn)
}

// Lock makes the rest of tx wait for, and hold until it ends, the lock called name, across all
// instances. On SQLite the write transaction itself is that lock.
func (db *DB) Lock(tx *gorm.DB, name string) error {
	if db.dialect == SQLite {
		return nil
	}
	if err := tx.Exec("SELECT pg_advisory_xact_lock(hashtext(?))", name).Error; err != nil {
		return fmt.Errorf("lock %s: %w", name, err)
	}
	return nil
}

// HoldStill makes everybody else who writes to the table wait until tx ends. On SQLite the write
// transaction itself does. The name is one of the program's own.
func (db *DB) HoldStill(tx *gorm.DB, table string) error {
	if db.dialect == SQLite {
		return nil
	}
	if err := tx.Exec("LOCK TABLE " + table + " IN EXCLUSIVE MODE").Error; err != nil {
		return fmt.Errorf("hold %s still: %w", table, err)
	}
	return nil
}
