package reporting

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// AcceptedRevision is a revision that is a figure: what analytics makes facts of.
type AcceptedRevision struct {
	UnitID      int64
	Form        string
	Period      period.Quarter
	No          int64
	FormVersion int64
	Document    string
	AcceptedAt  time.Time
}

// AcceptedRevisions gives every accepted revision of the given units inside tx, by unit, period and number.
func AcceptedRevisions(tx *gorm.DB, units []int64) ([]AcceptedRevision, error) {
	var rows []AcceptedRevision
	err := tx.Raw(`SELECT r.unit_id, r.form, r.period, r.no, r.form_version, r.document, a.accepted_at
		FROM acceptances a JOIN revisions r ON r.unit_id = a.unit_id AND r.form = a.form AND r.period = a.period AND r.no = a.no
		WHERE a.unit_id IN ? ORDER BY r.unit_id, r.period, r.no`, units).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read accepted revisions: %w", err)
	}
	return rows, nil
}

// Obligation is what analytics needs of a report row: who owes what, where, and whether it is in.
type Obligation struct {
	UnitID           int64
	Form             string
	Period           period.Quarter
	Batch            string
	UnitType         string
	ProvinceID       int64
	CityID           int64
	CountyID         int64
	Due              period.Date
	Status           Status
	Revision         int64
	AcceptedRevision int64
	FirstSubmittedAt *time.Time
	SubmittedAt      *time.Time
}

// Submitted tells whether the report has come in: filed and not withdrawn. That it was returned or
// reopened does not undo it.
func (o Obligation) Submitted() bool { return o.SubmittedAt != nil }

// OnTime tells whether it came in on or before its due date.
func (o Obligation) OnTime() bool {
	return o.Submitted() && o.FirstSubmittedAt != nil && o.FirstSubmittedAt.Before(o.Due.End())
}

// Accepted tells whether some revision of it is a figure.
func (o Obligation) Accepted() bool { return o.AcceptedRevision > 0 }

// Obligations gives the expected reports of the given units inside tx, by unit and period.
func Obligations(tx *gorm.DB, units []int64) ([]Obligation, error) {
	var rows []Obligation
	err := tx.Model(&row{}).Where("unit_id IN ? AND expected = ?", units, true).Order("unit_id, form, period").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read obligations: %w", err)
	}
	return rows, nil
}

// ReportingUnits gives every unit that owes or has filed anything, ascending, after the given one.
func ReportingUnits(tx *gorm.DB, after int64, most int) ([]int64, error) {
	var ids []int64
	err := tx.Raw("SELECT DISTINCT unit_id FROM reports WHERE unit_id > ? ORDER BY unit_id LIMIT ?", after, most).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read reporting units: %w", err)
	}
	return ids, nil
}

// ReadValues reads the values of a revision by the version of the form it was filed on.
func ReadValues(versions *forms.Reading, r AcceptedRevision) (forms.Values, error) {
	form, err := versions.Version(r.Form, r.FormVersion)
	if err != nil {
		return nil, err
	}
	return form.Unmarshal(r.Document)
}

// HoldStill waits for the acts on reports that are under way and lets none begin until tx ends.
func (s *Service) HoldStill(tx *gorm.DB) error { return s.db.HoldStill(tx, "reports") }
