package analytics

import (
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// effort is a row of efforts.
type effort reporting.Effort

func (effort) TableName() string { return "efforts" }

// asked is a form in a period.
type asked struct {
	form   string
	period period.Quarter
}

// refreshEfforts computes the efforts that acts have changed: of a submitted report and of those that its
// unit filed for later periods, which are compared with it; and of a report that left the counts.
func (s *Service) refreshEfforts(tx *gorm.DB, acts []ledger.Touched) error {
	if slices.ContainsFunc(acts, func(act ledger.Touched) bool { return act.Act == reporting.ActLoaded }) {
		return s.allEfforts(tx)
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
			if err := s.efforts(tx, chunk, form, first); err != nil {
				return err
			}
		}
	}
	return nil
}

// efforts computes the efforts of all reports that some units have filed on a form (every form when it is
// empty) for a period and later ones.
func (s *Service) efforts(tx *gorm.DB, units []int64, form string, first period.Quarter) error {
	obligations, err := reporting.Obligations(tx, units)
	if err != nil {
		return err
	}
	filed := map[asked][]int64{}
	for _, o := range obligations {
		if o.Revision > 0 && o.Period >= first && (form == "" || o.Form == form) {
			key := asked{o.Form, o.Period}
			filed[key] = append(filed[key], o.UnitID)
		}
	}
	gone := tx.Where("unit_id IN ? AND period >= ?", units, first)
	if form != "" {
		gone = gone.Where("form = ?", form)
	}
	if err := gone.Delete(&effort{}).Error; err != nil {
		return fmt.Errorf("remove efforts: %w", err)
	}
	for key, units := range filed {
		found, err := s.reports.Efforts(tx, key.form, key.period, units)
		if err != nil {
			return err
		}
		rows := make([]effort, len(found))
		for i, e := range found {
			rows[i] = effort(e)
		}
		if len(rows) == 0 {
			continue
		}
		if err := tx.CreateInBatches(rows, database.BatchSize).Error; err != nil {
			return fmt.Errorf("write efforts: %w", err)
		}
	}
	return nil
}

// allEfforts computes the efforts of every report there is.
func (s *Service) allEfforts(tx *gorm.DB) error {
	for after := int64(0); ; {
		units, err := reporting.ReportingUnits(tx, after, unitsAtOnce)
		if err != nil || len(units) == 0 {
			return err
		}
		if err := s.efforts(tx, units, "", 0); err != nil {
			return err
		}
		after = units[len(units)-1]
	}
}
