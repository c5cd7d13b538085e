package database

import (
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// Statement is one statement with the values of its places.
type Statement struct {
	SQL  string
	Args []any
}

// mostPlaces is the number of places that are sent in one round trip; Postgres takes 65 535.
const mostPlaces = 10_000

// Together runs statements inside tx of which none needs what another one writes, on Postgres in one round
// trip. It gives the number of rows that the last one touched.
func Together(tx *gorm.DB, statements ...Statement) (int64, error) {
	if tx.Name() == string(Postgres) && places(statements) <= mostPlaces {
		return joined(statements, "").run(tx)
	}
	var rows int64
	for _, one := range statements {
		var err error
		if rows, err = one.run(tx); err != nil {
			return 0, err
		}
	}
	return rows, nil
}

func places(statements []Statement) (n int) {
	for _, one := range statements {
		n += len(one.Args)
	}
	return n
}

func (s Statement) run(tx *gorm.DB) (int64, error) {
	result := tx.Exec(s.SQL, s.Args...)
	return result.RowsAffected, result.Error
}

// joined puts all but the last statement before it, as what Postgres runs with it. Under a name the last but
// one tells the last which rows it touches.
func joined(statements []Statement, name string) Statement {
	last := len(statements) - 1
	if last == 0 {
		return statements[0]
	}
	var sql strings.Builder
	var args []any
	for i, one := range statements[:last] {
		sql.WriteString([]string{"WITH ", ", "}[min(i, 1)])
		if i == last-1 && name != "" {
			sql.WriteString(name + " AS (" + one.SQL + " RETURNING 1)")
		} else {
			fmt.Fprintf(&sql, "w%d AS (%s)", i, one.SQL)
		}
		args = append(args, one.Args...)
	}
	sql.WriteString(" " + statements[last].SQL)
	return Statement{sql.String(), append(args, statements[last].Args...)}
}
