package evidence

import (
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
)

// Use says, inside tx, which files a report shows by item, in place of what was said before. It asks no
// scope: the caller has. The unit must have every file (see Known).
func (s *Service) Use(tx *gorm.DB, unit int64, form string, q period.Quarter, byItem map[string][]string) error {
	err := tx.Where("unit_id = ? AND form = ? AND period = ?", unit, form, q).Delete(&useRow{}).Error
	if err != nil {
		return fmt.Errorf("forget what evidence a report showed: %w", err)
	}
	var rows []useRow
	for _, item := range slices.Sorted(maps.Keys(byItem)) {
		hashes := slices.Sorted(slices.Values(byItem[item]))
		for _, hash := range slices.Compact(hashes) {
			rows = append(rows, useRow{UnitID: unit, Form: form, Period: q, Item: item, Hash: hash})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(rows, database.BatchSize).Error; err != nil {
		return fmt.Errorf("keep what evidence a report shows: %w", err)
	}
	return nil
}

// MaxReuses is the greatest number of reuses that are told of one report.
const MaxReuses = 50

// Reuse is a file of a report that another report shows too: of another unit, quarter or form.
type Reuse struct {
	Item, Hash string // in this report
	Unit       int64
	Form       string
	Period     period.Quarter
	OtherItem  string
}

// Reused tells, as tx sees it, which other reports show the same content as this one, by item, the
// earliest first, MaxReuses at most. It asks no scope: the caller has, for this report, and must not show more of the
// other units than the reader may know.
func (s *Service) Reused(tx *gorm.DB, unit int64, form string, q period.Quarter) ([]Reuse, error) {
	var list []Reuse
	err := tx.Raw(`SELECT mine.item, mine.hash, o.unit_id AS unit, o.form, o.period, o.item AS other_item
		FROM evidence_uses mine JOIN evidence_uses o ON o.hash = mine.hash
		WHERE mine.unit_id = ? AND mine.form = ? AND mine.period = ?
		AND NOT (o.unit_id = mine.unit_id AND o.form = mine.form AND o.period = mine.period)
		ORDER BY mine.item, mine.hash, o.period, o.unit_id, o.form, o.item LIMIT ?`, unit, form, q, database.AtMost(MaxReuses)).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("look for reused evidence: %w", err)
	}
	return list, nil
}
