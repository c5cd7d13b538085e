package reporting

import (
	"context"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

// step is what one act does to the row of a report; detail goes into the ledger. form is as asked of
// the unit.
type step func(tx *gorm.DB, r *row, form forms.Form, p *plan.Plan, now time.Time) (detail any, err error)

// move does act to the report of ref in one transaction: scope, workflow, lock date, then take, then
// store and ledger. version 0 means: whatever the version is. A stale version is StaleError.
func (s *Service) move(ctx context.Context, actor accounts.Actor, ref Ref, version int64, act Act, take step) (Report, error) {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return Report{}, err
	}
	form, p, err := s.form(ctx, ref.Form, 0)
	if err != nil {
		return Report{}, err
	}
	var report Report
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		r, err := hold(tx, unit.ID, ref)
		if err != nil {
			return err
		}
		if err := allowed(act, actor, r.Status, r.Lock, s.clock.Today()); err != nil {
			return err
		}
		if version != 0 && version != r.Version {
			return &StaleError{Version: r.Version, By: r.EditedBy}
		}
		now := s.now()
		asked := form.For(r.Batch, r.UnitType)
		detail, err := take(tx, &r, asked, p, now)
		if err != nil {
			return err
		}
		if to := transitions[act].to; to != "" {
			r.Status = to
		}
		if err := store(tx, &r); err != nil {
			return err
		}
		if err := s.record(tx, actor, act, r, now, detail); err != nil {
			return err
		}
		if report, err = r.report(unit, form); err != nil {
			return err
		}
		report.Values, report.Prefilled, err = s.values(tx, r, asked)
		return err
	})
	return report, err
}
