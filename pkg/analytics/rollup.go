package analytics

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// rollupKey is the key of rollups.
type rollupKey struct {
	division int64
	form     string
	period   period.Quarter
	batch    string
	unitType string
}

// placePeriod is a division in a period of a form, whose roll-ups are recomputed together.
type placePeriod struct {
	division int64
	form     string
	period   period.Quarter
}

// dirtyPlaces are the divisions whose roll-ups no longer hold, with the division above each, by
// level: counties, cities, provinces.
type dirtyPlaces [3]map[placePeriod]int64

// note marks every division that counts the unit.
func (d *dirtyPlaces) note(f unitFigure) { d.mark(f, true) }

// noteFormer marks every division that counted the unit before; what is above it now is for others to say.
func (d *dirtyPlaces) noteFormer(f unitFigure) { d.mark(f, false) }

func (d *dirtyPlaces) mark(f unitFigure, now bool) {
	levels := [3]int64{f.CountyID, f.CityID, f.ProvinceID}
	for i, division := range levels {
		if division == 0 {
			continue
		}
		parent := int64(0)
		for _, above := range levels[i+1:] {
			if parent == 0 {
				parent = above
			}
		}
		if d[i] == nil {
			d[i] = map[placePeriod]int64{}
		}
		key := placePeriod{division, f.Form, f.Period}
		if _, there := d[i][key]; now || !there {
			d[i][key] = parent
		}
	}
}

// rollUp recomputes the dirty places level by level, each from its own units and from the roll-ups
// of the divisions below it: exact, without counters that could drift.
func (s *Service) rollUp(tx *gorm.DB, p *plan.Plan, dirty *dirtyPlaces) error {
	for i, places := range dirty {
		level := divisions.County - i
		byPeriod := map[placePeriod][]int64{} // division 0: all dirty ones of a form and period
		for place := range places {
			group := placePeriod{0, place.form, place.period}
			byPeriod[group] = append(byPeriod[group], place.division)
		}
		for group, ids := range byPeriod {
			for start := 0; start < len(ids); start += unitsAtOnce {
				chunk := ids[start:min(start+unitsAtOnce, len(ids))]
				if err := rollUpChunk(tx, p, group.form, group.period, chunk, level, places); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func rollUpChunk(tx *gorm.DB, p *plan.Plan, form string, q period.Quarter, ids []int64, level int, parents map[placePeriod]int64) error {
	sums, err := addUp(tx, p, form, q, ids)
	if err != nil {
		return err
	}
	if err := tx.Where("division_id IN ? AND form = ? AND period = ?", ids, form, q).Delete(&rollup{}).Error; err != nil {
		return fmt.Errorf("remove roll-ups: %w", err)
	}
	rows := make([]rollup, 0, len(sums))
	for key, sum := range sums {
		rows = append(rows, newRollup(key, level, parents[placePeriod{key.division, form, q}], *sum))
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(rows, database.BatchSize).Error; err != nil {
		return fmt.Errorf("write roll-ups: %w", err)
	}
	return nil
}

// addUp sums the units that lie directly in the divisions and the roll-ups right below them.
func addUp(tx *gorm.DB, p *plan.Plan, form string, q period.Quarter, ids []int64) (map[rollupKey]*Sum, error) {
	sums := map[rollupKey]*Sum{}
	add := func(division int64, batch, unitType string, s Sum) {
		key := rollupKey{division, form, q, batch, unitType}
		if sums[key] == nil {
			sums[key] = &Sum{}
		}
		sums[key].Add(s)
	}
	var units []unitFigure
	err := tx.Where(`form = ? AND period = ? AND until = ? AND (county_id IN ? OR (county_id = 0 AND city_id IN ?)
		OR (county_id = 0 AND city_id = 0 AND province_id IN ?))`, form, q, forever, ids, ids, ids).Find(&units).Error
	if err != nil {
		return nil, fmt.Errorf("read unit figures: %w", err)
	}
	for _, f := range units {
		s, err := sumOf(p, f)
		if err != nil {
			return nil, err
		}
		add(f.home(), f.Batch, f.UnitType, s)
	}
	var below []rollup
	if err := tx.Where("parent_id IN ? AND form = ? AND period = ?", ids, form, q).Find(&below).Error; err != nil {
		return nil, fmt.Errorf("read roll-ups: %w", err)
	}
	for _, r := range below {
		s, err := r.sum(true)
		if err != nil {
			return nil, err
		}
		add(r.ParentID, r.Batch, r.UnitType, s)
	}
	return sums, nil
}
