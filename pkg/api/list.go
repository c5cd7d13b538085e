package api

import (
	"pilotboard/pkg/period"
)

// list is a page of rows. Next is empty on the last page.
type list[R any] struct {
	Rows []R    `json:"rows" nullable:"false"`
	Next string `json:"next" doc:"Cursor of the next page; empty on the last."`
}

// countedList is a list that also tells how long it is. It embeds no list: huma looks into exported fields
// only.
type countedList[R any] struct {
	Rows  []R    `json:"rows" nullable:"false"`
	Next  string `json:"next" doc:"Cursor of the next page; empty on the last."`
	Count int64  `json:"count" doc:"How many rows all pages have together."`
}

// listOf makes the page of what convert makes of each of found.
func listOf[T, R any](found []T, next string, convert func(T) R) list[R] {
	l := list[R]{Rows: make([]R, len(found)), Next: next}
	for i, one := range found {
		l.Rows[i] = convert(one)
	}
	return l
}

// quarterParameter reads a quarter from a parameter; empty is none.
func quarterParameter(name, text string) (period.Quarter, error) {
	if text == "" {
		return 0, nil
	}
	q, err := period.Parse(text)
	if err != nil {
		return 0, parameter(name, err)
	}
	return q, nil
}

// orNull gives null for a zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
