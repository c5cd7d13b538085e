package analytics

import (
	"fmt"

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

// refreshEfforts computes the efforts of the reports that acts have submitted.
func (s *Service) refreshEfforts(tx *gorm.DB, acts []ledger.Touched) error {
	filed := map[asked][]int64{}
	for _, act := range acts {
		if act.Act == string(reporting.ActSubmit) {
			key := asked{act.Form, act.Period}
			filed[key] = append(filed[key], act.UnitID)
		}
	}
	return s.replaceEfforts(tx, filed)
}

// efforts computes the efforts of all reports that some units have filed.
func (s *Service) efforts(tx *gorm.DB, units []int64) error {
	obligations, err := reporting.Obligations(tx, units)
	if err != nil {
		return err
	}
	filed := map[asked][]int64{}
	for _, o := range obligations {
		if o.Revision > 0 {
			key := asked{o.Form, o.Period}
			filed[key] = append(filed[key], o.UnitID)
		}
	}
	return s.replaceEfforts(tx, filed)
}

func (s *Service) replaceEfforts(tx *gorm.DB, filed map[asked][]int64) error {
	for key, units := range filed {
		found, err := s.reports.Efforts(tx, key.form, key.period, units)
		if err != nil {
			return err
		}
		err = tx.Where("unit_id IN ? AND form = ? AND period = ?", units, key.form, key.period).Delete(&effort{}).Error
		if err != nil {
			return fmt.Errorf("remove efforts: %w", err)
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
