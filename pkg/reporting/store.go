package reporting

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// unit finds the unit of ref and asks the actor's scope.
func (s *Service) unit(ctx context.Context, actor accounts.Actor, key string) (plan.Unit, error) {
	return s.plans.Unit(ctx, actor, key)
}

// updateReport writes what acts change.
const updateReport = `UPDATE reports SET lock = ?, status = ?, version = ?, draft = ?, note = ?, remarks = ?, revision = ?,
	accepted_revision = ?, first_submitted_at = ?, submitted_at = ?, accepted_at = ?, edited_at = ?, edited_by = ?, stage = ?,
	risk = ?, risks = ?, returned = ?, reopen_reason = ?, looked_at = ?
	WHERE unit_id = ? AND form = ? AND period = ? AND version = ? AND `

// store adds to what the act writes the row of h, as the last, provided that nobody else has changed it since
// it was read, and raises its version.
func (h *held) store(tx *gorm.DB) {
	read, r := h.Version, &h.row
	r.Version++
	h.writes = append(h.writes, database.Statement{SQL: updateReport + database.RowMark(tx, "reports") + " = ?", Args: []any{
		r.Lock, string(r.Status), r.Version, r.Draft, r.Note, r.Remarks, r.Revision,
		r.AcceptedRevision, r.FirstSubmittedAt, r.SubmittedAt, r.AcceptedAt, r.EditedAt, r.EditedBy, r.Stage,
		r.Risk, r.Risks, r.Returned, r.ReopenReason, r.LookedAt, r.UnitID, r.Form, r.Period, read, h.mark,
	}})
}

// act gives the entry for what actor did to the report.
func (r row) act(actor accounts.Actor, act Act, at time.Time, detail any) ledger.Entry {
	return ledger.Entry{
		At: at, ActorID: actor.UserID, ActorName: actor.Name, Act: string(act), Unit: r.UnitID,
		Form: r.Form, Period: r.Period, Revision: r.Revision, Detail: detail,
	}
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// latestRevisions gives the latest revision of each of the unit's periods before q,
// newest first, at most most.
func (s *Service) latestRevisions(tx *gorm.DB, unit int64, form string, before period.Quarter, most int) ([]revisionRow, error) {
	var rows []revisionRow
	err := tx.Raw(`SELECT r.* FROM revisions r
		WHERE r.unit_id = ? AND r.form = ? AND r.period < ?
		AND r.no = (SELECT max(l.no) FROM revisions l WHERE l.unit_id = r.unit_id AND l.form = r.form AND l.period = r.period)
		ORDER BY r.period DESC LIMIT ?`, unit, form, before, database.AtMost(most)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read earlier reports: %w", err)
	}
	return rows, nil
}

// insert is what writes a new revision.
func (r revisionRow) insert() database.Statement {
	return database.Statement{
		SQL: `INSERT INTO revisions (unit_id, form, period, no, form_version, document, hash, prev_hash, submitted_at, submitted_by, on_behalf)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		Args: []any{r.UnitID, r.Form, r.Period, r.No, r.FormVersion, r.Document, r.Hash, r.PrevHash, r.SubmittedAt, r.SubmittedBy, r.OnBehalf},
	}
}

// insert is what writes a new acceptance.
func (a acceptanceRow) insert() database.Statement {
	return database.Statement{
		SQL:  "INSERT INTO acceptances (unit_id, form, period, no, accepted_at, accepted_by) VALUES (?, ?, ?, ?, ?, ?)",
		Args: []any{a.UnitID, a.Form, a.Period, a.No, a.AcceptedAt, a.AcceptedBy},
	}
}

func revisionOf(tx *gorm.DB, unit int64, form string, q period.Quarter, no int64) (revisionRow, error) {
	var r revisionRow
	result := tx.Where("unit_id = ? AND form = ? AND period = ? AND no = ?", unit, form, q, no).Limit(1).Find(&r)
	if result.Error != nil {
		return revisionRow{}, fmt.Errorf("read a revision: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return revisionRow{}, fault.New(fault.NotFound, "report.no_revision", no)
	}
	return r, nil
}
