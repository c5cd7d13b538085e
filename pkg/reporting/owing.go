package reporting

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// Owing is a report that is still to be filed, with its dates. Corrects tells that an accepted revision
// of it is a figure: it was reopened, and its due date no longer counts.
type Owing struct {
	UnitID    int64
	Form      string
	Period    period.Quarter
	Due, Lock period.Date
	Corrects  bool
	Sample    bool // of a demonstration
}

// Days is a span of days, both included.
type Days struct{ From, To period.Date }

// Owed gives, inside tx, the reports still to be filed of the units after the given one whose due date
// or lock date lies in a span: for reminders, which are the program's own and ask no scope. All of a
// unit's reports come together; at most most units, by unit; a next of 0 is the end.
func Owed(tx *gorm.DB, due, lock Days, after int64, most int) (list []Owing, next int64, err error) {
	const owed = `expected = ? AND status IN ('open', 'returned') AND unit_id > ?
		AND (due BETWEEN ? AND ? OR lock BETWEEN ? AND ?)`
	args := []any{true, after, due.From, due.To, lock.From, lock.To}
	err = tx.Raw(`SELECT unit_id, form, period, due, lock, accepted_revision > 0 AS corrects, sample FROM reports
		WHERE `+owed+` AND unit_id IN (SELECT DISTINCT unit_id FROM reports WHERE `+owed+` ORDER BY unit_id LIMIT ?)
		ORDER BY unit_id, form, period`, append(append(args, args...), database.AtMost(most))...).Scan(&list).Error
	if err != nil {
		return nil, 0, fmt.Errorf("read what is still to be filed: %w", err)
	}
	units := 0
	for i, r := range list {
		if i == 0 || list[i-1].UnitID != r.UnitID {
			units++
		}
	}
	if units == most {
		next = list[len(list)-1].UnitID
	}
	return list, next, nil
}

// SampleReports gives, inside tx, which reports of some units for some periods are of a demonstration.
func SampleReports(tx *gorm.DB, units []int64, periods []period.Quarter) (map[ledger.Report]bool, error) {
	var rows []row
	err := tx.Raw("SELECT unit_id, form, period FROM reports WHERE unit_id IN ? AND period IN ? AND sample", units, periods).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read which reports are samples: %w", err)
	}
	samples := make(map[ledger.Report]bool, len(rows))
	for _, r := range rows {
		samples[ledger.Report{Unit: r.UnitID, Form: r.Form, Period: r.Period}] = true
	}
	return samples, nil
}
