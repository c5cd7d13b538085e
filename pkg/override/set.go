package override

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// Order says which light is set to what and why. Milestone is empty for the unit as a whole; an empty Light
// withdraws the override that stands.
type Order struct {
	Unit      string
	Period    period.Quarter
	Milestone string
	Light     string
	Reason    string
}

// May tells whether the actor is one of those who set lights by hand: monitors and administrators of the
// province over the unit.
func May(actor accounts.Actor, unit plan.Unit) bool {
	return actor.Can(accounts.OverrideLights) && actor.Covers(unit.ID, unit.Place) && actor.Level(unit.Place) == divisions.Province
}

// Open tells whether lights of the quarter can be set by hand today: only those of the latest quarter that
// has ended, until its lock date, after which they are frozen.
func Open(p *plan.Plan, q period.Quarter, lock, today period.Date) bool {
	return q == min(period.QuarterOf(today)-1, p.Last) && !lock.IsZero() && !today.After(lock)
}

// Set sets a light for the order's quarter, or withdraws what was set. It holds for that quarter only. Who
// may: see May; else Forbidden `permission.denied` or `override.not_province`. A quarter that is not the
// latest, or is locked, is Conflict `override.closed`; nothing to withdraw is Conflict `override.none`. A
// reason is required.
func (s *Service) Set(ctx context.Context, actor accounts.Actor, in Order) error {
	if err := actor.Require(accounts.OverrideLights); err != nil {
		return err
	}
	unit, err := s.plans.Unit(ctx, actor, in.Unit)
	if err != nil {
		return err
	}
	if !May(actor, unit) {
		return fault.New(fault.Forbidden, "override.not_province")
	}
	in.Reason = strings.TrimSpace(in.Reason)
	if err := in.check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, fmt.Sprintf("override.%d", unit.ID)); err != nil {
			return err
		}
		if err := s.mayChange(tx, unit, in); err != nil {
			return err
		}
		return s.write(tx, actor, unit, in)
	})
}

func (o Order) check() error {
	wrong := fault.New(fault.Invalid, "override.invalid")
	if o.Light != "" && !Known(o.Light) {
		wrong.With("light", "override.light_unknown", o.Light)
	}
	if o.Reason == "" {
		wrong.With("reason", "override.reason_missing")
	}
	if bad := forms.CheckText(o.Reason, MaxReason); bad != nil {
		wrong.With("reason", bad.Key, bad.Args...)
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}

// mayChange refuses a quarter that is closed, a unit that owes nothing for it, and a milestone that does
// not apply.
func (s *Service) mayChange(tx *gorm.DB, unit plan.Unit, in Order) error {
	p, err := s.plans.CurrentIn(tx)
	if err != nil {
		return err
	}
	calendar, err := s.reports.PeriodsIn(tx)
	if err != nil {
		return err
	}
	var lock period.Date
	for _, c := range calendar {
		if c.Form == p.Reporting.Form && c.Period == in.Period {
			lock = c.Lock
		}
	}
	if !Open(p, in.Period, lock, s.clock.Today()) {
		return fault.New(fault.Conflict, "override.closed", in.Period)
	}
	obligations, err := reporting.Obligations(tx, []int64{unit.ID})
	if err != nil {
		return err
	}
	for _, o := range obligations {
		if o.Form != p.Reporting.Form || o.Period != in.Period {
			continue
		}
		applies := func(m plan.Milestone) bool { return m.Key == in.Milestone }
		if in.Milestone != "" && !slices.ContainsFunc(p.Milestones(o.Batch, o.UnitType), applies) {
			return fault.New(fault.NotFound, "override.no_milestone", in.Milestone)
		}
		return nil
	}
	return fault.New(fault.NotFound, "report.not_owed", unit.Key, in.Period)
}

// write adds the act; a moment never lies before that of the act before it.
func (s *Service) write(tx *gorm.DB, actor accounts.Actor, unit plan.Unit, in Order) error {
	var last Entry
	err := tx.Where("unit_id = ? AND period = ? AND milestone = ?", unit.ID, in.Period, in.Milestone).Order("no DESC").Limit(1).Find(&last).Error
	if err != nil {
		return fmt.Errorf("read the last override: %w", err)
	}
	if in.Light == "" && last.Light == "" {
		return fault.New(fault.Conflict, "override.none")
	}
	entry := Entry{
		UnitID: unit.ID, Period: in.Period, Milestone: in.Milestone, No: last.No + 1, Light: in.Light, Reason: in.Reason,
		At: latest(s.now(), last.At.UTC()), ByID: actor.UserID, ByName: actor.Display,
	}
	if err := tx.Create(&entry).Error; err != nil {
		return fmt.Errorf("write an override: %w", err)
	}
	act := ActSet
	if in.Light == "" {
		act = ActWithdrawn
	}
	return s.ledger.Record(tx, ledger.Entry{
		At: entry.At, ActorID: actor.UserID, ActorName: actor.Name, Act: act, Unit: unit.ID, Period: in.Period,
		Detail: Detail{Milestone: in.Milestone, Light: in.Light, Reason: in.Reason},
	})
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
