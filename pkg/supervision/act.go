package supervision

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// Act is something a person does to an order that stands.
type Act string

// What can be done to an order.
const (
	Raise    Act = "raise"
	Sign     Act = "sign"
	Withdraw Act = "withdraw"
)

// Allowed lists what the actor, who has been given the order by Order, may do to it now.
func (s *Service) Allowed(ctx context.Context, actor accounts.Actor, o Order) ([]Act, error) {
	if !o.Open() {
		return nil, nil
	}
	stands, err := s.standing(ctx, actor)
	if err != nil {
		return nil, err
	}
	var acts []Act
	if stands.signs(o.issuerLevel) && o.SignedAt.IsZero() {
		acts = append(acts, Sign)
	}
	if stands.issues(o.issuerLevel) && o.Level.Next() != "" {
		acts = append(acts, Raise)
	}
	if stands.issues(o.issuerLevel) {
		acts = append(acts, Withdraw)
	}
	return acts, nil
}

// standing is on which side of orders an actor who covers the unit stands.
type standing struct {
	reviews, files bool
	level          int
}

func (s *Service) standing(ctx context.Context, actor accounts.Actor) (standing, error) {
	st := standing{reviews: actor.Can(accounts.ReviewReports), files: actor.Can(accounts.FileReports)}
	if !st.reviews {
		return st, nil
	}
	var err error
	st.level, err = s.level(ctx, actor)
	return st, err
}

// issues: a reviewer of the issuer's level or one above.
func (st standing) issues(issuer int) bool { return st.reviews && st.level <= issuer }

// signs: the unit's clerk, or a reviewer below the issuer's level.
func (st standing) signs(issuer int) bool {
	if st.reviews {
		return st.level > issuer
	}
	return st.files
}

// Raise takes an open order one level up, for a reason, with a new last day unless due is zero; the
// unit then has to sign for it again. The side that issued it.
func (s *Service) Raise(ctx context.Context, actor accounts.Actor, unit string, no int64, reason string, due period.Date) (Order, error) {
	return s.do(ctx, actor, unit, no, ActRaised, reason, func(r *row, now time.Time) error {
		if r.Level.Next() == "" {
			return fault.New(fault.Conflict, "supervision.at_the_top", r.No)
		}
		wrong := fault.New(fault.Invalid, "supervision.invalid")
		checkText(wrong, "reason", strings.TrimSpace(reason), true)
		if !due.IsZero() {
			s.checkDue(wrong, due)
			r.Due = due
		}
		if len(wrong.Fields) > 0 {
			return wrong
		}
		r.Level, r.RaisedAt, r.SignedAt, r.SignedBy, r.Reply = r.Level.Next(), &now, nil, "", ""
		return nil
	})
}

// Sign signs for an open order (签收), once at each level, with a reply where there is something to say.
// The unit's clerk, or a reviewer below the issuer's level.
func (s *Service) Sign(ctx context.Context, actor accounts.Actor, unit string, no int64, reply string) (Order, error) {
	return s.do(ctx, actor, unit, no, ActSigned, reply, func(r *row, now time.Time) error {
		if r.SignedAt != nil {
			return fault.New(fault.Conflict, "supervision.is_signed", r.No)
		}
		wrong := fault.New(fault.Invalid, "supervision.invalid")
		if checkText(wrong, "reply", strings.TrimSpace(reply), false); len(wrong.Fields) > 0 {
			return wrong
		}
		r.SignedAt, r.SignedBy, r.Reply = &now, actor.Display, strings.TrimSpace(reply)
		return nil
	})
}

// Withdraw closes an open order that should not stand, for a reason. The side that issued it.
func (s *Service) Withdraw(ctx context.Context, actor accounts.Actor, unit string, no int64, reason string) (Order, error) {
	return s.do(ctx, actor, unit, no, ActClosed, reason, func(r *row, now time.Time) error {
		wrong := fault.New(fault.Invalid, "supervision.invalid")
		if checkText(wrong, "reason", strings.TrimSpace(reason), true); len(wrong.Fields) > 0 {
			return wrong
		}
		r.ClosedAt, r.ClosedReason = &now, Withdrawn
		return nil
	})
}

// do takes an open order through an act in one transaction: scope, side, change, store, ledger.
func (s *Service) do(ctx context.Context, actor accounts.Actor, key string, no int64, act, reason string, change func(*row, time.Time) error) (Order, error) {
	unit, err := s.unit(ctx, actor, key)
	if err != nil {
		return Order{}, err
	}
	stands, err := s.standing(ctx, actor)
	if err != nil {
		return Order{}, err
	}
	var r row
	err = s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		if r, err = load(tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}), unit.ID, no); err != nil {
			return err
		}
		mine := stands.issues(r.IssuerLevel)
		if act == ActSigned {
			mine = stands.signs(r.IssuerLevel)
		}
		if !mine {
			return fault.New(fault.Forbidden, "supervision.not_your_side")
		}
		if err := r.open(); err != nil {
			return err
		}
		now := s.now()
		if err := change(&r, now); err != nil {
			return err
		}
		if err := tx.Model(&row{}).Where("unit_id = ? AND no = ?", r.UnitID, r.No).Select("*").Updates(&r).Error; err != nil {
			return fmt.Errorf("store a supervision order: %w", err)
		}
		return s.record(tx, actor, act, r, unit.Key, now, strings.TrimSpace(reason))
	})
	return r.order(unit), err
}

// load reads an order; none is NotFound `supervision.unknown`.
func load(tx *gorm.DB, unit, no int64) (row, error) {
	var r row
	result := tx.Where("unit_id = ? AND no = ?", unit, no).Limit(1).Find(&r)
	if result.Error != nil {
		return row{}, fmt.Errorf("read a supervision order: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return row{}, fault.New(fault.NotFound, "supervision.unknown", no)
	}
	return r, nil
}

// record writes what actor did to an order into the ledger.
func (s *Service) record(tx *gorm.DB, actor accounts.Actor, act string, r row, unit string, at time.Time, reason string) error {
	return s.ledger.Record(tx, r.entry(actor, act, unit, at, reason))
}

func (r row) entry(actor accounts.Actor, act, unit string, at time.Time, reason string) ledger.Entry {
	return ledger.Entry{
		At: at, ActorID: actor.UserID, ActorName: actor.Name, Act: act, Unit: r.UnitID, Form: r.Form, Period: r.Period,
		Detail: r.detail(unit, reason),
	}
}
