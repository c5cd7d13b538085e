package reporting

import (
	"context"
	"encoding/json"
	"fmt"

	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
)

// Verify recomputes every revision's hash and its link to the one before, compares it with what the
// ledger recorded when it was filed, and looks for revisions and ledger entries that are not there. It
// gives the first break as Conflict `verify.broken` with unit key, form, period and number.
func (s *Service) Verify(ctx context.Context) (checked int, err error) {
	rows, err := s.db.Read(ctx).Raw(`SELECT r.*, l.detail FROM revisions r LEFT JOIN ledger l
			ON l.unit_id = r.unit_id AND l.form = r.form AND l.period = r.period AND l.revision = r.no AND l.act = ?
		ORDER BY r.unit_id, r.form, r.period, r.no`, string(ActSubmit)).Rows()
	if err != nil {
		return 0, fmt.Errorf("read revisions: %w", err)
	}
	defer rows.Close()
	var before revisionRow
	for rows.Next() {
		var r struct {
			Revision revisionRow `gorm:"embedded"`
			Detail   database.JSON
		}
		if err := s.db.Read(ctx).ScanRows(rows, &r); err != nil {
			return checked, fmt.Errorf("read a revision: %w", err)
		}
		if !r.Revision.follows(before) || recordedHash(r.Detail) != r.Revision.Hash {
			return checked, s.broken(ctx, r.Revision)
		}
		before = r.Revision
		checked++
	}
	if err := rows.Err(); err != nil {
		return checked, fmt.Errorf("read revisions: %w", err)
	}
	return checked, s.verifyNoneMissing(ctx)
}

// follows tells whether the revision's hash is right and continues the chain of the one read before.
func (r revisionRow) follows(before revisionRow) bool {
	if r.UnitID != before.UnitID || r.Form != before.Form || r.Period != before.Period {
		before = revisionRow{}
	}
	return r.No == before.No+1 && r.PrevHash == before.Hash && r.Hash == r.hash()
}

// recordedHash reads the hash out of the detail of a submission; none when there is no such entry.
func recordedHash(detail database.JSON) string {
	var recorded struct{ Hash string }
	if json.Unmarshal([]byte(detail), &recorded) != nil {
		return ""
	}
	return recorded.Hash
}

// verifyNoneMissing looks for a revision that a report, an acceptance or the ledger speaks of and that
// is not there (no hash tells that the last one of a chain was taken away), and for an acceptance that
// the ledger does not know.
func (s *Service) verifyNoneMissing(ctx context.Context) error {
	var missing revisionRow
	result := s.db.Read(ctx).Raw(`SELECT k.unit_id, k.form, k.period, k.no FROM (
			SELECT unit_id, form, period, revision AS no FROM reports WHERE revision > 0
			UNION SELECT unit_id, form, period, accepted_revision FROM reports WHERE accepted_revision > 0
			UNION SELECT unit_id, form, period, revision FROM ledger WHERE act IN ?
			UNION SELECT unit_id, form, period, no FROM acceptances) k
		WHERE NOT EXISTS (SELECT 1 FROM revisions r
			WHERE r.unit_id = k.unit_id AND r.form = k.form AND r.period = k.period AND r.no = k.no)
		UNION SELECT a.unit_id, a.form, a.period, a.no FROM acceptances a
		WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.unit_id = a.unit_id AND l.form = a.form
			AND l.period = a.period AND l.revision = a.no AND l.act = ?)
		ORDER BY 1, 2, 3, 4 LIMIT 1`, []string{string(ActSubmit), string(ActAccept)}, string(ActAccept)).Scan(&missing)
	if result.Error != nil {
		return fmt.Errorf("look for missing revisions: %w", result.Error)
	}
	if result.RowsAffected > 0 {
		return s.broken(ctx, missing)
	}
	return nil
}

// broken names the place of a break.
func (s *Service) broken(ctx context.Context, r revisionRow) error {
	units, err := s.plans.UnitsByID(ctx, []int64{r.UnitID})
	if err != nil {
		return err
	}
	name := units[r.UnitID].Key
	if name == "" {
		name = fmt.Sprint(r.UnitID)
	}
	return fault.New(fault.Conflict, "verify.broken", name, r.Form, r.Period, r.No)
}
