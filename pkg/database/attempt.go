package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// ErrLost tells that an attempt wrote nothing, because its last statement touched no row or somebody else had
// written a key before.
var ErrLost = errors.New("somebody else has changed it meanwhile")

// Attempt runs fn and then the statements that it gives, as one transaction that is committed only when the
// last of them touches a row; else ErrLost. On Postgres, where fn executes nothing itself, nobody waits for
// anybody and the statements are sent at once, so that an act is two round trips and not five: the last
// statement has to choose its row as it was read (RowMark). Whoever was overtaken does it again and holds the
// row meanwhile, so fn may be called twice; lock is the statement that holds it, before anything else that fn
// executes. On SQLite it is a transaction like any other.
func (db *DB) Attempt(ctx context.Context, lock Statement, fn func(tx *gorm.DB) ([]Statement, error)) error {
	if db.dialect == SQLite {
		return db.Write(ctx, func(tx *gorm.DB) error {
			statements, err := fn(tx)
			if err != nil {
				return err
			}
			return run(tx, statements)
		})
	}
	fromPrimary(ctx)
	err := db.attempt(ctx, lock, false, fn)
	if errors.Is(err, ErrLost) {
		err = db.attempt(ctx, lock, true, fn)
	}
	return err
}

func (db *DB) attempt(ctx context.Context, lock Statement, held bool, fn func(tx *gorm.DB) ([]Statement, error)) error {
	pool := &late{db: db, lock: lock}
	defer pool.rollback()
	if held {
		if err := pool.begin(ctx); err != nil {
			return err
		}
	}
	tx := db.on(ctx, pool)
	statements, err := fn(tx)
	if err != nil {
		return overtaken(err)
	}
	if pool.tx == nil && len(statements) > 0 && places(statements) <= mostPlaces {
		return alone(db.gorm.WithContext(ctx), statements)
	}
	if err := run(tx, statements); err != nil {
		return overtaken(err)
	}
	return pool.commit()
}

// on gives a handle on a pool.
func (db *DB) on(ctx context.Context, pool gorm.ConnPool) *gorm.DB {
	tx := db.gorm.WithContext(ctx)
	tx.Statement.ConnPool = pool
	return tx
}

// RowMark gives the expression that tells one state of a row of table from every other, as text. On SQLite,
// where nobody else writes, there is only one.
func RowMark(tx *gorm.DB, table string) string {
	if tx.Name() == string(SQLite) {
		return "''"
	}
	return "CAST(" + table + ".xmin AS TEXT)"
}

// run runs statements inside tx.
func run(tx *gorm.DB, statements []Statement) error {
	if len(statements) == 0 {
		return nil
	}
	rows, err := Together(tx, statements...)
	if err == nil && rows == 0 {
		err = ErrLost
	}
	return err
}

// divisionByZero is the fault by which alone is undone.
const divisionByZero = "22012"

// alone runs statements as one that fails as a whole when the last of them touches no row.
func alone(db *gorm.DB, statements []Statement) error {
	one := joined(append(statements, Statement{SQL: "SELECT 1 / COUNT(*) FROM touched"}), "touched")
	_, err := one.run(db)
	if failed := (*pgconn.PgError)(nil); errors.As(err, &failed) && failed.Code == divisionByZero {
		return ErrLost
	}
	return overtaken(err)
}

// overtaken gives ErrLost with a fault that comes of others having written the same key first.
func overtaken(err error) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	return err
}

// late is a pool of connections that begins a transaction, and takes a lock in it, with the first statement
// that is no plain read.
type late struct {
	db   *DB
	lock Statement
	tx   *sql.Tx
}

func (l *late) begin(ctx context.Context) (err error) {
	if l.tx != nil {
		return nil
	}
	if l.tx, err = l.db.pool.BeginTx(ctx, nil); err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	if _, err = l.lock.run(l.db.on(ctx, l.tx)); err != nil {
		return fmt.Errorf("hold a row: %w", err)
	}
	return nil
}

func (l *late) commit() error {
	if l.tx == nil {
		return nil
	}
	err := l.tx.Commit()
	l.tx = nil
	return err
}

func (l *late) rollback() {
	if l.tx != nil {
		_ = l.tx.Rollback() // it ends with its connection at the latest
	}
}

// reads tells whether a query changes and locks nothing.
func reads(query string) bool {
	return strings.HasPrefix(query, "SELECT") && !strings.Contains(query, "FOR UPDATE") && !strings.Contains(query, "pg_advisory")
}

// PrepareContext implements gorm.ConnPool.
func (l *late) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	return l.tx.PrepareContext(ctx, query)
}

// ExecContext implements gorm.ConnPool.
func (l *late) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	return l.tx.ExecContext(ctx, query, args...)
}

// QueryContext implements gorm.ConnPool.
func (l *late) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if l.tx == nil && reads(query) {
		return l.db.pool.QueryContext(ctx, query, args...)
	}
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	return l.tx.QueryContext(ctx, query, args...)
}

// QueryRowContext implements gorm.ConnPool. A row tells no other fault than that of its query: one for
// which no transaction could begin is not asked for at all, and tells context.Canceled.
func (l *late) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if l.tx == nil && !reads(query) {
		if err := l.begin(ctx); err != nil {
			ended, end := context.WithCancel(ctx)
			end()
			return l.db.pool.QueryRowContext(ended, query, args...)
		}
	}
	if l.tx == nil {
		return l.db.pool.QueryRowContext(ctx, query, args...)
	}
	return l.tx.QueryRowContext(ctx, query, args...)
}
