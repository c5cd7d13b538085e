package reporting

import (
	"database/sql"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

// held is the row of a report with what acts look at beside it: the revision that it has, and the latest
// one of the latest period before; a No of 0 is none.
type held struct {
	row
	own, last revisionRow
	plan      *plan.Plan           // about which the form asks; of a submission alone
	view      *view                // what the report says after the act, as far as the act has found it out
	writes    []database.Statement // what the act writes, the row last
	mark      string               // of the row as it was read (database.RowMark)
}

// selectHeld reads a report with its revisions in one statement.
const selectHeld = `SELECT p.unit_id, p.form, p.period, p.plan_id, p.batch, p.unit_type, p.province_id, p.city_id, p.county_id,
	p.due, p.lock, p.status, p.version, p.draft, p.note, p.remarks, p.expected, p.sample, p.revision, p.accepted_revision,
	p.first_submitted_at, p.submitted_at, p.accepted_at, p.edited_at, p.edited_by, p.stage, p.risk, p.risks, p.returned,
	p.reopen_reason, p.looked_at,
	COALESCE(o.no, 0), COALESCE(o.form_version, 0), COALESCE(o.document, ''), COALESCE(o.hash, ''), COALESCE(o.submitted_by, ''),
	COALESCE(l.no, 0), COALESCE(l.period, ''), COALESCE(l.form_version, 0), COALESCE(l.document, ''), `

const heldOf = `
	FROM reports p
	LEFT JOIN revisions o ON o.unit_id = p.unit_id AND o.form = p.form AND o.period = p.period AND o.no = p.revision `

// The latest revision of the latest period before: Postgres walks down the key once, which SQLite cannot say.
const (
	lastOnSQLite = `LEFT JOIN revisions l ON l.unit_id = p.unit_id AND l.form = p.form
	AND l.period = (SELECT max(e.period) FROM revisions e WHERE e.unit_id = p.unit_id AND e.form = p.form AND e.period < p.period)
	AND l.no = (SELECT max(n.no) FROM revisions n WHERE n.unit_id = l.unit_id AND n.form = l.form AND n.period = l.period)`
	lastOnPostgres = `LEFT JOIN LATERAL (SELECT e.no, e.period, e.form_version, e.document FROM revisions e
	WHERE e.unit_id = p.unit_id AND e.form = p.form AND e.period < p.period ORDER BY e.period DESC, e.no DESC LIMIT 1) l ON TRUE`
	whereHeld = ` WHERE p.unit_id = ? AND p.form = ? AND p.period = ?`
)

// hold is load for a change that others have been in the way of: on Postgres nobody else changes the row
// until tx ends, and what is read is what the one before has left. On SQLite the write transaction itself is
// that lock.
func hold(tx *gorm.DB, unit int64, ref Ref) (held, error) {
	if tx.Name() == string(database.Postgres) {
		err := tx.Exec("SELECT 1 FROM reports p"+whereHeld+" FOR UPDATE", unit, ref.Form, ref.Period).Error
		if err != nil {
			return held{}, fmt.Errorf("hold a report: %w", err)
		}
	}
	return load(tx, unit, ref)
}

// load reads a report inside tx; no row is NotFound `report.not_owed`.
func load(tx *gorm.DB, unit int64, ref Ref) (held, error) {
	var h held
	r, o, l := &h.row, &h.own, &h.last
	last := lastOnSQLite
	if tx.Name() == string(database.Postgres) {
		last = lastOnPostgres
	}
	err := tx.Raw(selectHeld+database.RowMark(tx, "p")+heldOf+last+whereHeld, unit, ref.Form, ref.Period).Row().Scan(
		&r.UnitID, &r.Form, &r.Period, &r.PlanID, &r.Batch, &r.UnitType, &r.ProvinceID, &r.CityID, &r.CountyID,
		&r.Due, &r.Lock, &r.Status, &r.Version, &r.Draft, &r.Note, &r.Remarks, &r.Expected, &r.Sample, &r.Revision, &r.AcceptedRevision,
		&r.FirstSubmittedAt, &r.SubmittedAt, &r.AcceptedAt, &r.EditedAt, &r.EditedBy, &r.Stage, &r.Risk, &r.Risks, &r.Returned,
		&r.ReopenReason, &r.LookedAt,
		&o.No, &o.FormVersion, &o.Document, &o.Hash, &o.SubmittedBy, &l.No, &l.Period, &l.FormVersion, &l.Document, &h.mark)
	if errors.Is(err, sql.ErrNoRows) {
		return held{}, fault.New(fault.NotFound, "report.not_owed", ref.Unit, ref.Period)
	}
	if err != nil {
		return held{}, fmt.Errorf("read a report: %w", err)
	}
	o.UnitID, o.Form, o.Period = r.UnitID, r.Form, r.Period
	l.UnitID, l.Form = r.UnitID, r.Form
	return h, nil
}

// document gives what the report holds: its draft, else its own latest revision, else (prefilled) the
// latest one of the period before; empty when there is nothing.
func (h held) document() (text string, prefilled bool) {
	switch {
	case h.Draft != "":
		return string(h.Draft), false
	case h.Revision > 0:
		return h.own.Document, false
	}
	return h.last.Document, h.last.No > 0
}

// content reads what the report holds, computed cells filled in.
func (h held) content(form forms.Form) (c Content, prefilled bool, err error) {
	text, prefilled := h.document()
	if c, err = unmarshal(form, text); err != nil {
		return c, prefilled, err
	}
	if prefilled {
		c.Explanations, c.Confirmed = map[string]string{}, map[string]bool{}
	}
	c.Values = form.Compute(c.Values)
	return c, prefilled, nil
}
