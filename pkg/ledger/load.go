package ledger

import (
	"iter"

	"pilotboard/pkg/database"
)

// Load writes acts of the past in bulk. No consumer is told: whoever loads says once that it did.
func (l *Ledger) Load(into *database.Loader, entries iter.Seq[Entry]) error {
	columns := []string{"unit_id", "id", "at", "actor_id", "actor_name", "act", "form", "period", "revision", "detail"}
	return into.Rows("ledger", columns, func(yield func([]any, error) bool) {
		for e := range entries {
			r, err := newRow(e)
			if !yield([]any{r.UnitID, r.ID, r.At, r.ActorID, r.ActorName, r.Act, r.Form, r.Period, r.Revision, r.Detail}, err) {
				return
			}
		}
	})
}
