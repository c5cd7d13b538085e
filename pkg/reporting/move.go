package reporting

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

// step is what one act does to a report; detail goes into the ledger. form is as asked of the unit.
type step func(tx *gorm.DB, h *held, form forms.Form, now time.Time) (detail any, err error)

// move does act to the report of ref in one transaction. version 0 means: whatever the version is. A
// stale version is StaleError. Scope, form and plan are asked before the transaction begins: inside it
// nothing waits for a second connection. Whoever finds that somebody else was faster does it again, and
// keeps others waiting meanwhile.
func (s *Service) move(ctx context.Context, actor accounts.Actor, ref Ref, version int64, act Act, take step) (Report, error) {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return Report{}, err
	}
	form, err := s.forms.Current(ctx, ref.Form)
	if err != nil {
		return Report{}, err
	}
	var asked *plan.Plan
	if act == ActSubmit && form.PlanNo != 0 {
		if asked, err = s.plans.Version(ctx, form.PlanNo); err != nil {
			return Report{}, err
		}
	}
	var report Report
	moved := func(read func(*gorm.DB, int64, Ref) (held, error)) func(*gorm.DB) ([]database.Statement, error) {
		return func(tx *gorm.DB) ([]database.Statement, error) {
			h, err := read(tx, unit.ID, ref)
			if err != nil {
				return nil, err
			}
			h.plan = asked
			if err := s.act(tx, actor, &h, form, version, act, take); err != nil {
				return nil, err
			}
			report, err = s.read(tx, h, unit, form)
			return h.writes, err
		}
	}
	if err = s.db.Attempt(ctx, moved(load)); errors.Is(err, database.ErrLost) {
		err = s.db.Attempt(ctx, moved(hold))
	}
	if errors.Is(err, database.ErrLost) && !errors.Is(err, gorm.ErrDuplicatedKey) {
		err = fault.New(fault.Conflict, "report.stale")
	}
	return report, err
}

// act does act to a report that is held: workflow and lock date, then take, then ledger and row.
func (s *Service) act(tx *gorm.DB, actor accounts.Actor, h *held, form forms.Form, version int64, act Act, take step) error {
	if err := s.may(act, actor, h.row, form); err != nil {
		return err
	}
	if version != 0 && version != h.Version {
		return &StaleError{Version: h.Version, By: h.EditedBy}
	}
	now := s.now()
	detail, err := take(tx, h, form.For(h.Batch, h.UnitType), now)
	if err != nil {
		return err
	}
	act = done(act, h.row)
	if to := transitions[act].to; to != "" {
		h.Status = to
	}
	entry := h.act(actor, act, now, detail)
	if act == ActDiscuss { // words change nothing that somebody else may be editing
		return s.ledger.Record(tx, entry)
	}
	recording, err := s.ledger.Recording(entry)
	if err != nil {
		return err
	}
	h.writes = append(h.writes, recording...)
	h.store(tx)
	return nil
}

// done gives the act that was really done: an acceptance after which a level still reviews passes on.
func done(act Act, r row) Act {
	if act == ActAccept && r.Stage != 0 {
		return ActPass
	}
	return act
}

// may gives nil when actor, whose scope has been asked, may do act to the report now.
func (s *Service) may(act Act, actor accounts.Actor, r row, form forms.Form) error {
	today := s.clock.Today()
	if err := allowed(act, actor, r.Status, r.Lock, today); err != nil {
		return err
	}
	switch act {
	case ActSave, ActSubmit:
		if form.Expired(today) {
			return fault.New(fault.Conflict, "form.expired", form.Title, form.ValidUntil)
		}
	case ActWithdraw:
		return r.mayWithdraw()
	case ActReopen:
		return mayReopen(actor, r.place(), r.UnitType)
	case ActReturn, ActAccept:
		return mayReview(actor, r.place(), r.Stage)
	}
	return nil
}
