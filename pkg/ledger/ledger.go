// Package ledger is the append-only record of every act, written in the act's own transaction: the
// audit trail, and the feed from which downstream packages learn what happened. It owns the tables
// ledger and ledger_feed. It does not know what an act means, nor who consumes the feed.
package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/period"
)

// Entry is one act. Unit, Form, Period and Revision say which report it touched, if any.
// Detail is kept as JSON; nil is kept as {}. An act that touches no single report changes what all units
// share, and raises its epoch, unless it is Local: somebody signed in, a file was added.
type Entry struct {
	At        time.Time
	ActorID   int64
	ActorName string
	Act       string
	Unit      int64
	Form      string
	Period    period.Quarter
	Revision  int64
	Detail    any
	Local     bool
}

// shared tells whether the act changes what all units share.
func (e Entry) shared() bool { return !e.Local && (e.Unit == 0 || e.Form == "") }

// Consumer is a downstream package that pulls the acts it names from its own feed.
type Consumer struct {
	Name string
	Acts []string
}

// Ledger records acts and hands them on to the consumers it was made with.
type Ledger struct {
	consumers []Consumer
}

// New makes a ledger that feeds consumers.
func New(consumers ...Consumer) *Ledger { return &Ledger{consumers: consumers} }

// Record writes entries inside tx, and a feed row for each consumer that wants the act. It is called last.
func (l *Ledger) Record(tx *gorm.DB, entries ...Entry) error {
	statements, err := l.Recording(entries...)
	if err != nil || len(statements) == 0 {
		return err
	}
	if _, err := database.Together(tx, statements...); err != nil {
		return fmt.Errorf("record %s: %w", entries[0].Act, err)
	}
	if slices.ContainsFunc(entries, Entry.shared) {
		return epoch.Raise(tx, epoch.Common, entries[len(entries)-1].At)
	}
	return nil
}

// Recording gives what Record does for acts on single reports, as statements for a caller that has more to
// write at the same time.
func (l *Ledger) Recording(entries ...Entry) ([]database.Statement, error) {
	rows := make([]entryRow, 0, len(entries))
	var feed []feedRow
	for _, e := range entries {
		row, err := newRow(e)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
		for _, consumer := range l.consumers {
			if slices.Contains(consumer.Acts, e.Act) {
				feed = append(feed, feedRow{Consumer: consumer.Name, UnitID: e.Unit, EntryID: row.ID})
			}
		}
	}
	return append(inserts(insertEntries, rows, entryRow.values), inserts(insertFeed, feed, feedRow.values)...), nil
}

const (
	insertEntries = "INSERT INTO ledger (unit_id, id, at, actor_id, actor_name, act, form, period, revision, detail) VALUES "
	insertFeed    = "INSERT INTO ledger_feed (consumer, unit_id, entry_id) VALUES "
)

// inserts gives the statements that insert rows, a batch each.
func inserts[R any](insert string, rows []R, values func(R) []any) []database.Statement {
	var list []database.Statement
	for chunk := range slices.Chunk(rows, database.BatchSize) {
		var sql strings.Builder
		sql.WriteString(insert)
		var args []any
		for i, r := range chunk {
			row := values(r)
			sql.WriteString([]string{"(?", ", (?"}[min(i, 1)] + strings.Repeat(", ?", len(row)-1) + ")")
			args = append(args, row...)
		}
		list = append(list, database.Statement{SQL: sql.String(), Args: args})
	}
	return list
}

// entryRow is a row of ledger.
type entryRow struct {
	UnitID    int64
	ID        string
	At        time.Time
	ActorID   int64
	ActorName string
	Act       string
	Form      string
	Period    period.Quarter
	Revision  int64
	Detail    database.JSON
}

func (entryRow) TableName() string { return "ledger" }

func (r entryRow) values() []any {
	return []any{r.UnitID, r.ID, r.At, r.ActorID, r.ActorName, r.Act, r.Form, r.Period, r.Revision, r.Detail}
}

// feedRow is a row of ledger_feed: one entry that one consumer has not taken yet.
type feedRow struct {
	Consumer string
	UnitID   int64
	EntryID  string
}

func (feedRow) TableName() string { return "ledger_feed" }

func (r feedRow) values() []any { return []any{r.Consumer, r.UnitID, r.EntryID} }

// entry gives the act as it was recorded.
func (r entryRow) entry() Entry {
	return Entry{
		At: r.At, ActorID: r.ActorID, ActorName: r.ActorName, Act: r.Act, Unit: r.UnitID,
		Form: r.Form, Period: r.Period, Revision: r.Revision, Detail: json.RawMessage(r.Detail),
	}
}

func newRow(e Entry) (entryRow, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return entryRow{}, fmt.Errorf("make a ledger id: %w", err)
	}
	detail := json.RawMessage("{}")
	if e.Detail != nil {
		if detail, err = json.Marshal(e.Detail); err != nil {
			return entryRow{}, fmt.Errorf("write the detail of %s: %w", e.Act, err)
		}
	}
	return entryRow{
		UnitID: e.Unit, ID: id.String(), At: e.At, ActorID: e.ActorID, ActorName: e.ActorName, Act: e.Act,
		Form: e.Form, Period: e.Period, Revision: e.Revision, Detail: database.JSON(detail),
	}, nil
}
