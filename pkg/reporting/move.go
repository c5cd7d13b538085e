package reporting

import (
	"context"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
)

// step is what one act does to the row of a report; detail goes into the ledger. form is as asked of
// the unit.
type step func(tx *gorm.DB, r *row, form forms.Form, now time.Time) (detail any, err error)

// move does act to the report of ref in one transaction: scope, workflow, lock date, then take, then
// store and ledger. version 0 means: whatever the version is. A stale version is StaleError.
func (s *Service) move(ctx context.Context, actor accounts.Actor, ref Ref, version int64, act Act, take step) (Report, error) {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return Report{}, err
	}
	var report Report
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		form, err := s.forms.CurrentIn(tx, ref.Form)
		if err != nil {
			return err
		}
		r, err := hold(tx, unit.ID, ref)
		if err != nil {
			return err
		}
		if err := s.may(act, actor, r, form); err != nil {
			return err
		}
		if version != 0 && version != r.Version {
			return &StaleError{Version: r.Version, By: r.EditedBy}
		}
		now := s.now()
		detail, err := take(tx, &r, form.For(r.Batch, r.UnitType), now)
		if err != nil {
			return err
		}
		act := done(act, r)
		if to := transitions[act].to; to != "" {
			r.Status = to
		}
		if act != ActDiscuss { // words change nothing that somebody else may be editing
			if err := store(tx, &r); err != nil {
				return err
			}
		}
		if err := s.record(tx, actor, act, r, now, detail); err != nil {
			return err
		}
		report, err = s.read(tx, r, unit, form, 1)
		return err
	})
	return report, err
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
