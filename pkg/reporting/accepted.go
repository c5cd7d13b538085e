package reporting

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
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

// ReadValues reads, inside tx, the values of an accepted revision by the version of the plan it was
// filed on; p is the newest version, which mostly is that one.
func (s *Service) ReadValues(tx *gorm.DB, p *plan.Plan, r AcceptedRevision) (Values, error) {
	if r.FormVersion != p.No {
		var err error
		if p, err = s.plans.VersionIn(tx, r.FormVersion); err != nil {
			return nil, err
		}
	}
	return FormOf(p).unmarshal(r.Document)
}

// HoldStill waits for the acts on reports that are under way and lets none begin until tx ends. On
// SQLite the transaction itself does.
func (s *Service) HoldStill(tx *gorm.DB) error {
	if s.db.Dialect() == database.SQLite {
		return nil
	}
	if err := tx.Exec("LOCK TABLE reports IN EXCLUSIVE MODE").Error; err != nil {
		return fmt.Errorf("hold the reports still: %w", err)
	}
	return nil
}

// Verify recomputes every revision's hash and its link to the one before, and looks for an accepted
// or numbered revision that is not there. It gives the first break as a fault, nil when all holds.
func (s *Service) Verify(ctx context.Context) (checked int, err error) {
	rows, err := s.db.Read(ctx).Model(&revisionRow{}).Order("unit_id, form, period, no").Rows()
	if err != nil {
		return 0, fmt.Errorf("read revisions: %w", err)
	}
	defer rows.Close()
	var before revisionRow
	for rows.Next() {
		var r revisionRow
		if err := s.db.Read(ctx).ScanRows(rows, &r); err != nil {
			return checked, fmt.Errorf("read a revision: %w", err)
		}
		prev := ""
		if r.UnitID == before.UnitID && r.Form == before.Form && r.Period == before.Period {
			prev = before.Hash
		}
		if r.PrevHash != prev || r.hash() != r.Hash || (prev == "" && r.No != 1) || (prev != "" && r.No != before.No+1) {
			return checked, fault.New(fault.Conflict, "verify.broken", r.UnitID, r.Form, r.Period, r.No)
		}
		before = r
		checked++
	}
	if err := rows.Err(); err != nil {
		return checked, fmt.Errorf("read revisions: %w", err)
	}
	return checked, s.verifyNoneMissing(ctx)
}

// verifyNoneMissing looks for a revision that a report or an acceptance speaks of and that is not there:
// no hash tells that the last one of a chain was taken away.
func (s *Service) verifyNoneMissing(ctx context.Context) error {
	var missing revisionRow
	result := s.db.Read(ctx).Raw(`SELECT k.unit_id, k.form, k.period, k.no FROM (
			SELECT unit_id, form, period, revision AS no FROM reports WHERE revision > 0
			UNION SELECT unit_id, form, period, accepted_revision FROM reports WHERE accepted_revision > 0
			UNION SELECT unit_id, form, period, no FROM acceptances) k
		WHERE NOT EXISTS (SELECT 1 FROM revisions r
			WHERE r.unit_id = k.unit_id AND r.form = k.form AND r.period = k.period AND r.no = k.no)
		ORDER BY k.unit_id, k.form, k.period, k.no LIMIT 1`).Scan(&missing)
	if result.Error != nil {
		return fmt.Errorf("look for missing revisions: %w", result.Error)
	}
	if result.RowsAffected > 0 {
		return fault.New(fault.Conflict, "verify.broken", missing.UnitID, missing.Form, missing.Period, missing.No)
	}
	return nil
}
