package evidence

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/period"
)

// Place is where a report shows files: an item of a unit's report for a period.
type Place struct {
	Unit   int64
	Period period.Quarter
	Item   string
}

// Shown gives, as tx sees it, how many files the units' reports on a form show, as last filed; places
// without any are left out. It asks no scope: the caller has.
func Shown(tx *gorm.DB, form string, units []int64) (map[Place]int64, error) {
	var rows []struct {
		UnitID int64
		Period period.Quarter
		Item   string
		Files  int64
	}
	err := tx.Raw(`SELECT unit_id, period, item, COUNT(*) AS files FROM evidence_uses
		WHERE unit_id IN ? AND form = ? GROUP BY unit_id, period, item`, units, form).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count the evidence of reports: %w", err)
	}
	shown := make(map[Place]int64, len(rows))
	for _, r := range rows {
		shown[Place{r.UnitID, r.Period, r.Item}] = r.Files
	}
	return shown, nil
}
