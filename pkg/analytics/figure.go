package analytics

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
)

// figureKey is the key of unit_figures.
type figureKey struct {
	unit   int64
	form   string
	period period.Quarter
}

func keptFigures(tx *gorm.DB, units []int64) (map[figureKey]unitFigure, error) {
	var rows []unitFigure
	if err := tx.Where("unit_id IN ?", units).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read unit figures: %w", err)
	}
	kept := make(map[figureKey]unitFigure, len(rows))
	for _, r := range rows {
		kept[figureKey{r.UnitID, r.Form, r.Period}] = r
	}
	return kept, nil
}

// replaceFigures writes changed rows and removes those that nothing calls for any more.
func replaceFigures(tx *gorm.DB, changed []unitFigure, gone map[figureKey]unitFigure, dirty *dirtyPlaces) error {
	for key, figure := range gone {
		dirty.note(figure)
		if err := removeFigure(tx, key); err != nil {
			return err
		}
	}
	for _, f := range changed {
		if err := removeFigure(tx, figureKey{f.UnitID, f.Form, f.Period}); err != nil {
			return err
		}
	}
	if len(changed) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(changed, database.BatchSize).Error; err != nil {
		return fmt.Errorf("write unit figures: %w", err)
	}
	return nil
}

func removeFigure(tx *gorm.DB, key figureKey) error {
	err := tx.Where("unit_id = ? AND form = ? AND period = ?", key.unit, key.form, key.period).Delete(&unitFigure{}).Error
	if err != nil {
		return fmt.Errorf("remove a unit figure: %w", err)
	}
	return nil
}
