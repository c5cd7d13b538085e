package analytics

import (
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// effort is a row of efforts.
type effort reporting.Effort

func (effort) TableName() string { return "efforts" }

// refreshEfforts computes the efforts that acts have changed: of a submitted report and of those that its
// unit filed for later periods, which are compared with it; and of a report that left the counts.
func (s *Service) refreshEfforts(tx *gorm.DB, w *work, acts []ledger.Touched) error {
	if slices.ContainsFunc(acts, func(act ledger.Touched) bool { return act.Act == reporting.ActLoaded }) {
		return s.allEfforts(tx, w.forms, nil)
	}
	touched := map[string]map[int64]period.Quarter{} // by form, the first period of each unit
	note := func(form string, unit int64, q period.Quarter) {
		if touched[form] == nil {
			touched[form] = map[int64]period.Quarter{}
		}
		if first, there := touched[form][unit]; !there || q < first {
			touched[form][unit] = q
		}
	}
	opened := map[asked][]int64{}
	for _, act := range acts {
		switch act.Act {
		case string(reporting.ActSubmit):
			note(act.Form, act.UnitID, act.Period)
		case string(reporting.ActOpen):
			opened[asked{act.Form, act.Period}] = append(opened[asked{act.Form, act.Period}], act.UnitID)
		}
	}
	for key, units := range opened {
		for chunk := range slices.Chunk(units, unitsAtOnce) {
			var measured []int64
			err := tx.Model(&effort{}).Where("unit_id IN ? AND form = ? AND period = ?", chunk, key.form, key.period).Pluck("unit_id", &measured).Error
			if err != nil {
				return fmt.Errorf("read efforts: %w", err)
			}
			for _, unit := range measured {
				note(key.form, unit, key.period)
			}
		}
	}
	for form, since := range touched {
		for chunk := range slices.Chunk(slices.Sorted(maps.Keys(since)), unitsAtOnce) {
			first := since[chunk[0]]
			for _, unit := range chunk {
				first = min(first, since[unit])
			}
			if err := s.efforts(tx, chunk, form, first, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// effortKey is the key of efforts.
type effortKey struct {
	unit   int64
	form   string
	period period.Quarter
}

var effortColumns = []string{"unit_id", "form", "period"}

// efforts computes the efforts of all reports that some units have filed on a form for a period and later
// ones.
func (s *Service) efforts(tx *gorm.DB, units []int64, form string, first period.Quarter, differ *Differences) error {
	var stored []effort
	if err := tx.Where("unit_id IN ? AND form = ? AND period >= ?", units, form, first).Find(&stored).Error; err != nil {
		return fmt.Errorf("read efforts: %w", err)
	}
	found, err := s.reports.Efforts(tx, form, first, units)
	if err != nil {
		return err
	}
	kept, fresh := map[effortKey]effort{}, map[effortKey]effort{}
	for _, e := range stored {
		kept[effortKey{e.UnitID, e.Form, e.Period}] = e
	}
	for _, e := range found {
		fresh[effortKey{e.UnitID, e.Form, e.Period}] = effort(e)
	}
	return replace(tx, effortColumns, kept, fresh, differ)
}

// allEfforts computes the efforts of every report on some forms.
func (s *Service) allEfforts(tx *gorm.DB, forms []string, differ *Differences) error {
	for _, form := range forms {
		for after := int64(0); ; {
			units, err := reporting.ReportingUnits(tx, form, after, unitsAtOnce)
			if err != nil {
				return err
			}
			if len(units) == 0 {
				break
			}
			if err := s.efforts(tx, units, form, 0, differ); err != nil {
				return err
			}
			after = units[len(units)-1]
		}
	}
	return nil
}
