package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/stdlib"
)

// mostAhead is the number of rows that are read before any is given, so that the primary can answer
// instead when a replica breaks off among them.
const mostAhead = 500

// aheadRows are rows of which the first ones have been read.
type aheadRows struct {
	*stdlib.Rows
	first [][]driver.Value
	end   error // of the first ones: io.EOF when there are no more
	ended context.CancelFunc
}

// readAhead reads the first rows; a failure among them is one of the query. ended is called when the rows
// are closed.
func readAhead(rows driver.Rows, ended context.CancelFunc) (driver.Rows, error) {
	pg, ok := rows.(*stdlib.Rows)
	if !ok {
		return nil, errors.Join(fmt.Errorf("unexpected rows %T", rows), rows.Close())
	}
	ahead := &aheadRows{Rows: pg, ended: ended}
	for len(ahead.first) < mostAhead && ahead.end == nil {
		row := make([]driver.Value, len(pg.Columns()))
		if ahead.end = pg.Next(row); ahead.end == nil {
			ahead.first = append(ahead.first, row)
		}
	}
	if ahead.end != nil && !errors.Is(ahead.end, io.EOF) {
		return nil, errors.Join(ahead.end, pg.Close())
	}
	return ahead, nil
}

// Next implements driver.Rows.
func (r *aheadRows) Next(into []driver.Value) error {
	if len(r.first) > 0 {
		copy(into, r.first[0])
		r.first = r.first[1:]
		return nil
	}
	if r.end != nil {
		return r.end
	}
	return r.Rows.Next(into)
}

// Close implements driver.Rows.
func (r *aheadRows) Close() error {
	err := r.Rows.Close()
	r.ended()
	return err
}
