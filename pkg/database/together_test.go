package database_test

import (
	"errors"
	"strings"
	"testing"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// TestTogether: all statements are run, and the rows of the last are told; when one fails none has been.
func TestTogether(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, sql := range []string{"CREATE TABLE heads (id BIGINT PRIMARY KEY, n BIGINT)", "CREATE TABLE tails (id BIGINT PRIMARY KEY)", "INSERT INTO heads VALUES (1, 0), (2, 0)"} {
			if err := db.Read(t.Context()).Exec(sql).Error; err != nil {
				t.Fatal(err)
			}
		}
		insert := func(id int) database.Statement {
			return database.Statement{SQL: "INSERT INTO tails (id) VALUES (?)", Args: []any{id}}
		}
		update := func(most int) database.Statement {
			return database.Statement{SQL: "UPDATE heads SET n = n + ? WHERE id <= ?", Args: []any{1, most}}
		}
		many := []database.Statement{}
		for id := 1000; id < 1000+11*1000; id += 1000 { // more places than one statement takes
			one := database.Statement{SQL: "INSERT INTO tails (id) VALUES (?)" + strings.Repeat(", (?)", 999)}
			for i := range 1000 {
				one.Args = append(one.Args, id+i)
			}
			many = append(many, one)
		}
		cases := []struct {
			name       string
			statements []database.Statement
			rows       int64
			err        error
			tails      int
		}{
			{"one", []database.Statement{update(2)}, 2, nil, 0},
			{"three", []database.Statement{insert(1), insert(2), update(1)}, 1, nil, 2},
			{"no row", []database.Statement{insert(3), update(0)}, 0, nil, 3},
			{"twice the same", []database.Statement{insert(4), insert(1), update(2)}, 0, gorm.ErrDuplicatedKey, 3},
			{"very many", append(many, update(2)), 2, nil, 3 + 11*1000},
		}
		for _, c := range cases {
			var rows int64
			err := db.Write(t.Context(), func(tx *gorm.DB) (err error) {
				rows, err = database.Together(tx, c.statements...)
				return err
			})
			var tails int
			if err := db.Read(t.Context()).Raw("SELECT COUNT(*) FROM tails").Scan(&tails).Error; err != nil {
				t.Fatal(err)
			}
			if rows != c.rows || !errors.Is(err, c.err) || tails != c.tails {
				t.Errorf("%s: %d rows, err %v, %d in the other table", c.name, rows, err, tails)
			}
		}
	})
}
