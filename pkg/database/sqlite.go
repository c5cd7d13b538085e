package database

import (
	"errors"
	"net/url"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	moderncsqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDSN: write transactions take the lock at once (a deferred one fails when it upgrades), times
// are kept and compared in UTC, and "name" is never taken for a text.
func sqliteDSN(path string, foreignKeys bool) string {
	options := "?_busy_timeout=10000&_journal_mode=WAL&_synchronous=NORMAL" +
		"&_txlock=immediate&_timezone=UTC&_time_format=sqlite&_dqs=0"
	if foreignKeys {
		options += "&_foreign_keys=1"
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + options
}

func openSQLite(path string) gorm.Dialector {
	return sqliteDialector{&sqlite.Dialector{DriverName: "sqlite", DSN: sqliteDSN(path, true)}}
}

// sqliteDialector translates the errors of the pure Go driver, which GORM's own dialector does not know.
type sqliteDialector struct{ *sqlite.Dialector }

// Explain gives the statement as it is: see postgresDialector.
func (sqliteDialector) Explain(sql string, _ ...any) string { return sql }

// Translate gives GORM's error for a broken constraint.
func (d sqliteDialector) Translate(err error) error {
	var e *moderncsqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
		return gorm.ErrDuplicatedKey
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return gorm.ErrForeignKeyViolated
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return gorm.ErrCheckConstraintViolated
	}
	return err
}
