package reporting

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
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

// AcceptedRevisions gives every accepted revision of units on a form inside tx, by unit, period and number.
// known names a table with the columns unit_id, form, period and revision; what has a row in it is left out.
// Without a name nothing is.
func AcceptedRevisions(tx *gorm.DB, form string, units []int64, known string) ([]AcceptedRevision, error) {
	without := ""
	if known != "" {
		without = `AND NOT EXISTS (SELECT 1 FROM ` + known + ` k
			WHERE k.unit_id = a.unit_id AND k.form = a.form AND k.period = a.period AND k.revision = a.no)`
	}
	var rows []AcceptedRevision
	err := tx.Raw(`SELECT r.unit_id, r.form, r.period, r.no, r.form_version, r.document, a.accepted_at
		FROM acceptances a JOIN revisions r ON r.unit_id = a.unit_id AND r.form = a.form AND r.period = a.period AND r.no = a.no
		WHERE a.unit_id IN ? AND a.form = ? `+without+` ORDER BY r.unit_id, r.period, r.no`, units, form).Scan(&rows).Error
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

// obligationColumns are those of Obligation.
const obligationColumns = `unit_id, form, period, batch, unit_type, province_id, city_id, county_id, due, status, revision,
	accepted_revision, first_submitted_at, submitted_at`

// Obligations gives the expected reports of the given units inside tx, by unit, form and period.
func Obligations(tx *gorm.DB, units []int64) ([]Obligation, error) {
	return readObligations(tx.Where("unit_id IN ?", units))
}

// ObligationsFrom is Obligations on one form, for a period and later ones.
func ObligationsFrom(tx *gorm.DB, form string, first period.Quarter, units []int64) ([]Obligation, error) {
	return readObligations(tx.Where("unit_id IN ? AND form = ? AND period >= ?", units, form, first))
}

func readObligations(chosen *gorm.DB) ([]Obligation, error) {
	var rows []Obligation
	err := chosen.Table("reports").Select(obligationColumns).Where("expected = ?", true).Order("unit_id, form, period").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read obligations: %w", err)
	}
	return rows, nil
}

// ReportingUnits gives every unit that owes or has filed a form, ascending, after the given one.
func ReportingUnits(tx *gorm.DB, form string, after int64, most int) ([]int64, error) {
	var ids []int64
	err := tx.Raw("SELECT DISTINCT unit_id FROM reports WHERE form = ? AND unit_id > ? ORDER BY unit_id LIMIT ?", form, after, database.AtMost(most)).Scan(&ids).Error
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

// HoldStill waits for the acts on reports that are under way and lets none be written until tx ends; those
// begun meanwhile bear the moment at which they began.
func (s *Service) HoldStill(tx *gorm.DB) error { return s.db.HoldStill(tx, "reports") }
