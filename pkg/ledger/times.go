package ledger

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/period"
)

// Moment is when an act on a unit's report happened.
type Moment struct {
	UnitID int64
	Period period.Quarter
	At     time.Time
	Act    string
}

// Moments gives, as tx sees it, when the given acts on the units' reports of one form for a period and later
// ones happened, by unit, period and time.
func Moments(tx *gorm.DB, form string, first period.Quarter, units []int64, acts []string) ([]Moment, error) {
	var rows []Moment
	err := tx.Raw(`SELECT unit_id, period, at, act FROM ledger WHERE unit_id IN ? AND form = ? AND period >= ? AND act IN ?
		ORDER BY unit_id, period, id`, units, form, first, acts).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read when reports were worked on: %w", err)
	}
	return rows, nil
}
