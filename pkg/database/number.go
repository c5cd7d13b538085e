package database

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// Number is a question to which the database answers one whole number, together with others of its kind.
// Its zero value is answered 0.
type Number struct{ query *gorm.DB }

// NumberOf makes a question of a query that gives one row with one number.
func NumberOf(query *gorm.DB) Number { return Number{query} }

// UpTo is the question how many rows a query gives, of which at most most are counted.
func UpTo(query *gorm.DB, most int) Number {
	rows := query.Select("1 AS one").Limit(most)
	return NumberOf(query.Session(&gorm.Session{NewDB: true}).Raw("SELECT COUNT(*) FROM (?) AS counted", rows))
}

// Numbers answers questions in one statement, in their order.
func (db *DB) Numbers(ctx context.Context, questions ...Number) ([]int64, error) {
	numbers := make([]int64, len(questions))
	var columns []string
	var asked, answers []any
	for i, q := range questions {
		if q.query != nil {
			columns, asked, answers = append(columns, "(?)"), append(asked, q.query), append(answers, &numbers[i])
		}
	}
	if len(asked) == 0 {
		return numbers, nil
	}
	rows, err := db.Read(ctx).Raw("SELECT "+strings.Join(columns, ", "), asked...).Rows()
	if err != nil {
		return nil, fmt.Errorf("answer %d questions for a number: %w", len(asked), err)
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan(answers...)
	}
	if err = errors.Join(err, rows.Err()); err != nil {
		return nil, fmt.Errorf("answer %d questions for a number: %w", len(asked), err)
	}
	return numbers, nil
}
