package ledger

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
)

// Touched is an act in a consumer's feed and the unit it touched; 0 means that it touched no single one.
type Touched struct {
	UnitID  int64
	EntryID string
	Act     string
	Form    string
	Period  period.Quarter
}

// Recorded is an act in a consumer's feed with all that was recorded of it; its detail is a
// json.RawMessage.
type Recorded struct {
	ID string
	Entry
}

// taken reads the oldest rows of a feed along its key, however many there are, and then their entries.
const taken = ` FROM (SELECT unit_id, entry_id FROM ledger_feed WHERE consumer = ? ORDER BY entry_id LIMIT ?) f
	JOIN ledger l ON l.unit_id = f.unit_id AND l.id = f.entry_id ORDER BY f.entry_id`

// TakeEntries is Take for a consumer that needs to know all that was recorded.
func TakeEntries(tx *gorm.DB, consumer string, most int) ([]Recorded, error) {
	var rows []entryRow
	err := tx.Raw("SELECT l.*"+taken, consumer, database.AtMost(most)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("take from the feed of %s: %w", consumer, err)
	}
	entries := make([]Recorded, len(rows))
	for i, r := range rows {
		entries[i] = Recorded{ID: r.ID, Entry: r.entry()}
	}
	return entries, nil
}

// Touched gives of an act what Done asks for.
func (r Recorded) Touched() Touched {
	return Touched{UnitID: r.Unit, EntryID: r.ID, Act: r.Act}
}

// Take reads up to most feed rows of consumer inside tx, oldest first.
func Take(tx *gorm.DB, consumer string, most int) ([]Touched, error) {
	var rows []Touched
	err := tx.Raw("SELECT f.unit_id, f.entry_id, l.act, l.form, l.period"+taken, consumer, database.AtMost(most)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("take from the feed of %s: %w", consumer, err)
	}
	return rows, nil
}

// Waits tells whether anything is in the feed of consumer.
func Waits(tx *gorm.DB, consumer string) (bool, error) { return holds(tx, "consumer = ?", consumer) }

// WaitsForAll tells whether any act that touched no single unit is in the feed of consumer.
func WaitsForAll(tx *gorm.DB, consumer string) (bool, error) {
	return holds(tx, "consumer = ? AND unit_id = 0", consumer)
}

func holds(tx *gorm.DB, condition, consumer string) (bool, error) {
	var found []string
	err := tx.Raw("SELECT entry_id FROM ledger_feed WHERE "+condition+" LIMIT 1", consumer).Scan(&found).Error
	if err != nil {
		return false, fmt.Errorf("look into the feed of %s: %w", consumer, err)
	}
	return len(found) > 0, nil
}

// Done removes the rows consumer has dealt with, inside the transaction that dealt with them.
func Done(tx *gorm.DB, consumer string, rows []Touched) error {
	for start := 0; start < len(rows); start += 500 {
		chunk := rows[start:min(start+500, len(rows))]
		ids := make([]string, len(chunk))
		for i, r := range chunk {
			ids[i] = r.EntryID
		}
		if err := tx.Where("consumer = ? AND entry_id IN ?", consumer, ids).Delete(&feedRow{}).Error; err != nil {
			return fmt.Errorf("finish the feed of %s: %w", consumer, err)
		}
	}
	return nil
}
