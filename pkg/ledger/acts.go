package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"pilotboard/pkg/database"
)

// ActEntries gives the newest entries with one of acts, oldest first, at most most: those that touched
// of, whose empty form and zero period choose all, and whose unit is 0 for acts that touched no single
// one. Details are json.RawMessage.
func ActEntries(ctx context.Context, db *database.DB, of Report, acts []string, most int) ([]Entry, error) {
	query := db.Read(ctx).Where("unit_id = ? AND act IN ?", of.Unit, acts)
	if of.Form != "" {
		query = query.Where("form = ?", of.Form)
	}
	if of.Period != 0 {
		query = query.Where("period = ?", of.Period)
	}
	var rows []entryRow
	if err := query.Order("id DESC").Limit(most).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read acts: %w", err)
	}
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		entries[len(rows)-1-i] = Entry{
			At: r.At, ActorID: r.ActorID, ActorName: r.ActorName, Act: r.Act, Unit: r.UnitID,
			Form: r.Form, Period: r.Period, Revision: r.Revision, Detail: json.RawMessage(r.Detail),
		}
	}
	return entries, nil
}
