package databasetest

import (
	"sync/atomic"
	"testing"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
)

// CountStatements counts the statements that gorm sends from now on, without those that begin and end a
// transaction. It is called once for a database.
func CountStatements(t testing.TB, db *database.DB) *atomic.Int64 {
	t.Helper()
	var n atomic.Int64
	count := func(asked *gorm.DB) {
		if !asked.DryRun { // else it is a part of another statement
			n.Add(1)
		}
	}
	callbacks := db.Read(t.Context()).Callback()
	for _, err := range []error{
		callbacks.Query().Before("*").Register("test:count", count), callbacks.Row().Before("*").Register("test:count", count),
		callbacks.Raw().Before("*").Register("test:count", count), callbacks.Create().Before("*").Register("test:count", count),
		callbacks.Update().Before("*").Register("test:count", count), callbacks.Delete().Before("*").Register("test:count", count),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return &n
}
