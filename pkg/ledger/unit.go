package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pilotboard/pkg/database"
)

// UnitEntries gives the newest acts of the given sorts on a unit since a moment, newest first, at most
// most. Their Detail is a json.RawMessage.
func UnitEntries(ctx context.Context, db *database.DB, unit int64, acts []string, since time.Time, most int) ([]Entry, error) {
	var rows []entryRow
	err := db.Read(ctx).Where("unit_id = ? AND act IN ? AND at >= ?", unit, acts, since.UTC()).Order("id DESC").Limit(most).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the acts on a unit: %w", err)
	}
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		entries[i] = Entry{
			At: r.At, ActorID: r.ActorID, ActorName: r.ActorName, Act: r.Act, Unit: r.UnitID,
			Form: r.Form, Period: r.Period, Revision: r.Revision, Detail: json.RawMessage(r.Detail),
		}
	}
	return entries, nil
}
