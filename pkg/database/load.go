package database

import (
	"context"
	"database/sql/driver"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// Loader writes many rows into tables, in one transaction.
type Loader struct {
	ctx  context.Context
	gorm *gorm.DB       // of SQLite
	copy *pgconn.PgConn // of Postgres
}

// Load runs fn in one transaction that only writes, by COPY on Postgres, and commits when it returns nil.
func (db *DB) Load(ctx context.Context, fn func(*Loader) error) error {
	if db.dialect == SQLite {
		return db.Write(ctx, func(tx *gorm.DB) error { return fn(&Loader{ctx: ctx, gorm: tx}) })
	}
	fromPrimary(ctx)
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer conn.Close()
	return conn.Raw(func(raw any) error {
		pg := raw.(*stdlib.Conn).Conn().PgConn()
		if _, err := pg.Exec(ctx, "BEGIN").ReadAll(); err != nil {
			return fmt.Errorf("begin to load: %w", err)
		}
		if err := fn(&Loader{ctx: ctx, copy: pg}); err != nil {
			_, _ = pg.Exec(context.WithoutCancel(ctx), "ROLLBACK").ReadAll() // the first error counts
			return err
		}
		if _, err := pg.Exec(ctx, "COMMIT").ReadAll(); err != nil {
			return fmt.Errorf("load: %w", err)
		}
		return nil
	})
}

// Rows writes rows into the columns of a table. A value is nil, a bool, an integer, a string, a time, or
// what gives one of these to a database.
func (l *Loader) Rows(table string, columns []string, rows iter.Seq2[[]any, error]) error {
	if l.gorm != nil {
		return l.insert(table, columns, rows)
	}
	read, write := io.Pipe()
	go func() { write.CloseWithError(writeRows(write, rows)) }()
	_, err := l.copy.CopyFrom(l.ctx, read, fmt.Sprintf(`COPY %s (%s) FROM STDIN (FORMAT csv, NULL '\N')`, table, strings.Join(columns, ", ")))
	read.Close()
	if err != nil {
		return fmt.Errorf("load %s: %w", table, err)
	}
	return nil
}

func writeRows(w io.Writer, rows iter.Seq2[[]any, error]) error {
	out := csv.NewWriter(w)
	var line []string
	for row, err := range rows {
		if err != nil {
			return err
		}
		line = line[:0]
		for _, value := range row {
			text, err := copied(value)
			if err != nil {
				return err
			}
			line = append(line, text)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// resolved gives what a value is to a database.
func resolved(value any) (any, error) {
	if v, ok := value.(driver.Valuer); ok {
		return v.Value()
	}
	return value, nil
}

// copied writes a value as COPY reads it.
func copied(value any) (string, error) {
	value, err := resolved(value)
	if err != nil {
		return "", err
	}
	switch v := value.(type) {
	case nil:
		return null, nil
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), nil
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	}
	return fmt.Sprint(value), nil
}

// null is how COPY reads that there is no value.
const null = `\N`

// mostParameters is the number of parameters that one statement of SQLite takes.
const mostParameters = 32_000

func (l *Loader) insert(table string, columns []string, rows iter.Seq2[[]any, error]) error {
	place := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
	var values []any
	write := func() error {
		if len(values) == 0 {
			return nil
		}
		n := len(values) / len(columns)
		err := l.gorm.Exec(head+strings.Repeat(place+", ", n-1)+place, values...).Error
		values = values[:0]
		if err != nil {
			return fmt.Errorf("load %s: %w", table, err)
		}
		return nil
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		values = append(values, row...)
		if len(values)+len(columns) > mostParameters {
			if err := write(); err != nil {
				return err
			}
		}
	}
	return write()
}
