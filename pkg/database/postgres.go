package database

import (
	"database/sql"
	"strconv"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

func openPostgres(url string) gorm.Dialector {
	return postgresDialector{&postgres.Dialector{Config: &postgres.Config{DSN: url}}}
}

// postgresDialector does not write statements out for a log: gorm does so for whatever is scanned, and nobody
// reads it. And it writes how many rows are asked for into the statement.
type postgresDialector struct{ *postgres.Dialector }

// Initialize implements gorm.Dialector.
func (d postgresDialector) Initialize(db *gorm.DB) error {
	if err := d.Dialector.Initialize(db); err != nil {
		return err
	}
	db.ClauseBuilders["LIMIT"] = func(c clause.Clause, builder clause.Builder) {
		limit, limited := c.Expression.(clause.Limit)
		if !limited || limit.Limit == nil {
			c.Build(builder)
			return
		}
		_, _ = builder.WriteString("LIMIT ")
		builder.AddVar(builder, AtMost(*limit.Limit))
		if limit.Offset > 0 {
			_, _ = builder.WriteString(" OFFSET ")
			builder.AddVar(builder, limit.Offset)
		}
	}
	return nil
}

// AtMost is the number behind LIMIT, as a part of the statement: of one that comes as a value Postgres knows
// nothing when it makes a plan for every value, takes that for a tenth of all rows and plans anew for each.
func AtMost(rows int) clause.Expr { return clause.Expr{SQL: strconv.Itoa(rows)} }

// Explain gives the statement as it is.
func (postgresDialector) Explain(sql string, _ ...any) string { return sql }

// shape says how many connections to one server of Postgres there are, and for how long. None lasts for
// ever, so that all end up at a new primary where an address has moved to one.
func shape(pool *sql.DB) {
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(32) // to open one again costs more than many acts
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(30 * time.Minute)
}
