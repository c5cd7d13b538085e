// Package databasetest gives tests real databases: a SQLite file in a temporary folder, and a
// database of its own on a throw-away Postgres server that lives as long as the test binary.
// It is imported by tests, and by the program that measures.
package databasetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pilotboard/pkg/database"
)

// RequireAll names the setting under which a missing Postgres (or browser) fails a test that would
// otherwise be skipped.
const RequireAll = "PILOTBOARD_REQUIRE_ALL"

// Each runs fn on SQLite and on Postgres, each migrated and empty.
func Each(t *testing.T, fn func(t *testing.T, db *database.DB)) {
	t.Helper()
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		t.Run(string(dialect), func(t *testing.T) { fn(t, Open(t, dialect)) })
	}
}

// Open gives one migrated, empty database that is closed when the test ends: a copy of one that is
// migrated once for the test binary.
func Open(t testing.TB, dialect database.Dialect) *database.DB {
	t.Helper()
	if dialect == database.SQLite {
		file, err := migratedFile()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "test.db")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		return Connect(t, "sqlite:"+path)
	}
	server, err := startPostgres()
	if err != nil {
		Missing(t, fmt.Sprintf("Postgres: %v", err))
	}
	if err := server.makeTemplate(); err != nil {
		t.Fatal(err)
	}
	return Connect(t, server.address(t, server.newDatabase(t, "TEMPLATE "+template)))
}

// migratedFile is a migrated, empty SQLite database.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "pilotboard-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "migrated.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // #nosec G304: made above
})

// migrate brings the schema of a database up to date.
func migrate(url string) error {
	db, err := database.Open(context.Background(), url)
	if err != nil {
		return err
	}
	if _, err := db.Migrate(context.Background()); err != nil {
		return errors.Join(err, db.Close())
	}
	return db.Close()
}

// Connect opens url and closes it when the test ends.
func Connect(t testing.TB, url string) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), url)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// URL gives the address of an empty database with no schema yet.
func URL(t testing.TB, dialect database.Dialect) string {
	t.Helper()
	if dialect == database.SQLite {
		return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	}
	server, err := startPostgres()
	if err != nil {
		Missing(t, fmt.Sprintf("Postgres: %v", err))
	}
	return server.address(t, server.newDatabase(t, ""))
}

// Missing skips the test because what is missing, or fails it where nothing may be missing.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv(RequireAll) != "" || os.Getenv("CI") != "" {
		t.Fatalf("missing: %s", what)
	}
	t.Skipf("missing: %s", what)
}
