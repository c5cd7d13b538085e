// Package epoch says for how long what a program keeps in memory holds. It counts how often what is
// stored has changed, by subject, in the table epochs, which it owns. Whoever changes something raises
// its epoch in the same transaction; a door reads all numbers once at the start of a request (Clock)
// and pins them to the request's context; what was kept under other numbers is read anew (Kept). So no
// instance ever answers with something older than what was committed when the request came in. It does
// not know what is kept.
package epoch

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
)

// Subject is what an epoch counts the changes of.
type Subject string

// The subjects: what all units share (tree, plan, units, users, forms, calendar, lights set by hand), what is
// derived from reports, and numbered corrections of reports.
const (
	Common      Subject = "common"
	Figures     Subject = "figures"
	Corrections Subject = "corrections"
)

// Epoch is the number of changes of each subject, 0 before the first, and the moment of the latest one:
// after a database has been brought back to an earlier state, numbers come again, moments do not.
type Epoch struct {
	Common, Figures, Corrections       int64
	CommonAt, FiguresAt, CorrectionsAt time.Time
}

// Read gives the epoch as tx sees it. Every request waits for it, so it does without gorm's reflection.
func Read(tx *gorm.DB) (e Epoch, err error) {
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, "SELECT subject, number, raised_at FROM epochs")
	if err != nil {
		return Epoch{}, fmt.Errorf("read the epoch: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var subject Subject
		var number int64
		var at time.Time
		if err := rows.Scan(&subject, &number, &at); err != nil {
			return Epoch{}, fmt.Errorf("read the epoch: %w", err)
		}
		switch subject {
		case Common:
			e.Common, e.CommonAt = number, at.UTC()
		case Figures:
			e.Figures, e.FiguresAt = number, at.UTC()
		case Corrections:
			e.Corrections, e.CorrectionsAt = number, at.UTC()
		}
	}
	if err := rows.Err(); err != nil {
		return Epoch{}, fmt.Errorf("read the epoch: %w", err)
	}
	return e, nil
}

// Raise begins a new epoch of a subject inside tx. Until tx ends, others who raise it wait, so it is
// called last. What the request of tx has pinned holds no more.
func Raise(tx *gorm.DB, subject Subject, at time.Time) error {
	err := tx.Exec(`INSERT INTO epochs (subject, number, raised_at) VALUES (?, 1, ?)
		ON CONFLICT (subject) DO UPDATE SET number = epochs.number + 1, raised_at = excluded.raised_at`, subject, at.UTC()).Error
	if err != nil {
		return fmt.Errorf("raise the epoch of %s: %w", subject, err)
	}
	if p, ok := tx.Statement.Context.Value(pinKey{}).(*pin); ok {
		p.loose.Store(true)
	}
	return nil
}

// Now gives the epoch that ctx has pinned, else the one that db says.
func Now(ctx context.Context, db *database.DB) (Epoch, error) {
	if e, ok := pinned(ctx); ok {
		return e, nil
	}
	return Read(db.Read(ctx))
}
