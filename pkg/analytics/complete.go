package analytics

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/plan"
)

// Complete gives, inside tx, the milestones of some units whose actual fraction is 1 by the figures of
// each unit's latest quarter. Meant for services that have asked the scope.
func Complete(tx *gorm.DB, units []int64) (map[int64][]string, error) {
	var rows []unitFigure
	err := tx.Raw(`SELECT f.* FROM unit_figures f WHERE f.unit_id IN ? AND f.actual <> '' AND f.until = ? AND f.period = (
		SELECT MAX(l.period) FROM unit_figures l WHERE l.unit_id = f.unit_id AND l.form = f.form)`, units, forever).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the latest unit figures: %w", err)
	}
	complete := map[int64][]string{}
	for _, f := range rows {
		actual, err := f.fractions()
		if err != nil {
			return nil, err
		}
		for key, fraction := range actual {
			if fraction == plan.One {
				complete[f.UnitID] = append(complete[f.UnitID], key)
			}
		}
	}
	return complete, nil
}
