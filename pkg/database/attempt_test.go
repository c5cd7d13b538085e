package database_test

import (
	"errors"
	"testing"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// TestAttempt: everything is written when the last statement touches its row, and nothing when somebody else
// was faster or something fails, whether or not the attempt has executed anything before.
func TestAttempt(t *testing.T) {
	fault := errors.New("fault")
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		exec := func(tx *gorm.DB, sql string, args ...any) {
			t.Helper()
			if err := tx.Exec(sql, args...).Error; err != nil {
				t.Fatal(err)
			}
		}
		read := func(tx *gorm.DB, column string) (value string) {
			t.Helper()
			if err := tx.Raw("SELECT " + column + " FROM heads WHERE id = 1").Row().Scan(&value); err != nil {
				t.Fatal(err)
			}
			return value
		}
		others := db.Read(t.Context())
		exec(others, "CREATE TABLE heads (id BIGINT PRIMARY KEY, n BIGINT)")
		exec(others, "CREATE TABLE tails (id BIGINT PRIMARY KEY)")
		exec(others, "INSERT INTO heads VALUES (1, 0)")
		change := func(tx *gorm.DB, mark string) database.Statement {
			return database.Statement{SQL: "UPDATE heads SET n = n + 1 WHERE id = 1 AND " + database.RowMark(tx, "heads") + " = ?", Args: []any{mark}}
		}
		insert := func(id int) database.Statement {
			return database.Statement{SQL: "INSERT INTO tails (id) VALUES (?)", Args: []any{id}}
		}
		holds := func(name string, n, tails string) {
			t.Helper()
			var count string
			if err := others.Raw("SELECT COUNT(*) FROM tails").Row().Scan(&count); err != nil {
				t.Fatal(err)
			}
			if got := read(others, "n"); got != n || count != tails {
				t.Errorf("%s: changed %s times, want %s; %s in the other table, want %s", name, got, n, count, tails)
			}
		}
		for _, c := range []struct {
			name     string
			executes bool
			id       int
			fails    error
			err      error
			n, tails string
		}{
			{name: "at once", id: 1, n: "1", tails: "1"},
			{name: "a key that is there", id: 1, err: gorm.ErrDuplicatedKey, n: "1", tails: "1"},
			{name: "after something executed", executes: true, id: 2, n: "2", tails: "3"},
			{name: "failing after something executed", executes: true, id: 3, fails: fault, err: fault, n: "2", tails: "3"},
			{name: "a key that is there, after something executed", executes: true, id: 2, err: gorm.ErrDuplicatedKey, n: "2", tails: "3"},
		} {
			err := db.Attempt(t.Context(), func(tx *gorm.DB) ([]database.Statement, error) {
				mark := read(tx, database.RowMark(tx, "heads"))
				if c.executes {
					exec(tx, "INSERT INTO tails (id) VALUES (?)", 100+c.id+len(c.name))
				}
				return []database.Statement{insert(c.id), change(tx, mark)}, c.fails
			})
			if !errors.Is(err, c.err) {
				t.Errorf("%s: %v, want %v", c.name, err, c.err)
			}
			holds(c.name, c.n, c.tails)
		}
		if db.Dialect() == database.SQLite {
			return // nobody else writes meanwhile
		}
		for _, executes := range []bool{false, true} {
			before := read(others, "n")
			err := db.Attempt(t.Context(), func(tx *gorm.DB) ([]database.Statement, error) {
				mark := read(tx, database.RowMark(tx, "heads"))
				exec(others, "UPDATE heads SET n = n WHERE id = 1")
				if executes {
					exec(tx, "INSERT INTO tails (id) VALUES (500)")
				}
				return []database.Statement{insert(501), change(tx, mark)}, nil
			})
			if !errors.Is(err, database.ErrLost) {
				t.Errorf("overtaken, executing %v: %v", executes, err)
			}
			holds("overtaken", before, "3")
		}
	})
}
