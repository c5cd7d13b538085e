package ledger

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/period"
)

// Deed is an act on a report and what it was done to.
type Deed struct {
	UnitID   int64
	Form     string
	Period   period.Quarter
	At       time.Time
	Act      string
	Revision int64
}

// Report names the report that it touched.
func (d Deed) Report() Report { return Report{Unit: d.UnitID, Form: d.Form, Period: d.Period} }

// Deeds gives, as tx sees it, the given acts on all reports of units on some forms, by unit and in the order
// in which they were done.
func Deeds(tx *gorm.DB, forms []string, units []int64, acts []string) ([]Deed, error) {
	var rows []Deed
	err := tx.Raw(`SELECT unit_id, form, period, at, act, revision FROM ledger
		WHERE unit_id IN ? AND act IN ? AND form IN ? ORDER BY unit_id, id`, units, acts, forms).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what was done to reports: %w", err)
	}
	return rows, nil
}
