package database

import (
	"database/sql"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

func openPostgres(url string) gorm.Dialector {
	return postgresDialector{&postgres.Dialector{Config: &postgres.Config{DSN: url}}}
}

// postgresDialector does not write statements out for a log: gorm does so for whatever is scanned, and nobody
// reads it.
type postgresDialector struct{ *postgres.Dialector }

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
