package reporting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Calendar is a period of a form with its two dates: the last day for filing on time and the last
// for filing at all.
type Calendar struct {
	Form     string
	Period   period.Quarter
	Due      period.Date
	Lock     period.Date
	OpenedAt time.Time
}

// periodRow is a row of periods.
type periodRow Calendar

func (periodRow) TableName() string { return "periods" }

// OpenPeriods makes every obligation that the forms, the designations, the tree and the calendar call
// for and that is not there yet: for each form and each quarter that it asks about and that has ended,
// one report per unit of its types that is designated on the quarter's last day; cities and counties
// are as long as they are valid. A unit that turns out not to be designated then leaves the counts;
// nothing it filed is lost. It may run at any time, on several instances, and gives the number of
// obligations it made or changed. Meant for the program itself.
func (s *Service) OpenPeriods(ctx context.Context, actor accounts.Actor) (int, error) {
	p, err := s.plans.Current(ctx)
	if err != nil {
		return 0, err
	}
	all, err := s.forms.Forms(ctx)
	if err != nil {
		return 0, err
	}
	if err := s.keepAuthorities(ctx, p, all); err != nil {
		return 0, err
	}
	total := 0
	for q := p.First; q <= min(lastEnded(s.clock.Today()), p.Last); q++ {
		for _, form := range all {
			if !form.Asks(q, p) {
				continue
			}
			changed, err := s.openPeriod(ctx, actor, p, form, q)
			if err != nil {
				return total, fmt.Errorf("open %s %s: %w", form.Key, q, err)
			}
			total += changed
		}
	}
	return total, nil
}

// keepAuthorities sees to it that the cities and counties that forms ask are reporting units.
func (s *Service) keepAuthorities(ctx context.Context, p *plan.Plan, all []forms.Form) error {
	var types []string
	for _, t := range plan.AuthorityTypes {
		if slices.ContainsFunc(all, func(f forms.Form) bool { return f.Owes(t) }) {
			types = append(types, t)
		}
	}
	if len(types) == 0 {
		return nil
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, "reporting.open"); err != nil {
			return err
		}
		_, err := s.plans.KeepAuthorities(ctx, tx, p, types)
		return err
	})
}

func lastEnded(today period.Date) period.Quarter { return period.QuarterOf(today) - 1 }

func (s *Service) openPeriod(ctx context.Context, actor accounts.Actor, p *plan.Plan, form forms.Form, q period.Quarter) (int, error) {
	changed := 0
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, "reporting.open"); err != nil {
			return err
		}
		calendar, made, err := s.calendarRow(tx, form, q)
		if err != nil {
			return err
		}
		owed, err := s.plans.Designated(ctx, tx, p.ID, q.Last(), form.FilledBy)
		if err != nil {
			return err
		}
		kept, err := obligations(tx, form.Key, q)
		if err != nil {
			return err
		}
		fresh, moved := reconcile(p, calendar, owed, kept)
		if err := s.keepObligations(tx, actor, fresh, moved); err != nil {
			return err
		}
		changed = len(fresh) + len(moved)
		if made {
			return epoch.Raise(tx, epoch.Common, calendar.OpenedAt)
		}
		return nil
	})
	return changed, err
}

// calendarRow gives the period's row, made from the form's days when it is not there.
func (s *Service) calendarRow(tx *gorm.DB, form forms.Form, q period.Quarter) (r periodRow, made bool, err error) {
	result := tx.Where("form = ? AND period = ?", form.Key, q).Limit(1).Find(&r)
	if result.Error != nil {
		return r, false, fmt.Errorf("read the calendar: %w", result.Error)
	}
	if result.RowsAffected > 0 {
		return r, false, nil
	}
	r = periodRow{
		Form: form.Key, Period: q, OpenedAt: s.now(),
		Due: q.Last().AddDays(form.DueDays), Lock: q.Last().AddDays(form.LockDays),
	}
	if err := tx.Create(&r).Error; err != nil {
		return r, false, fmt.Errorf("write the calendar: %w", err)
	}
	return r, true, nil
}

// obligation is what of a report row follows from designations and tree.
type obligation struct {
	UnitID     int64
	Batch      string
	UnitType   string
	ProvinceID int64
	CityID     int64
	CountyID   int64
	Expected   bool
}

func obligations(tx *gorm.DB, form string, q period.Quarter) (map[int64]obligation, error) {
	var rows []obligation
	err := tx.Raw(`SELECT unit_id, batch, unit_type, province_id, city_id, county_id, expected
		FROM reports WHERE form = ? AND period = ?`, form, q).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the obligations: %w", err)
	}
	byUnit := make(map[int64]obligation, len(rows))
	for _, r := range rows {
		byUnit[r.UnitID] = r
	}
	return byUnit, nil
}

// reconcile compares who owes a report with the rows there are.
func reconcile(p *plan.Plan, calendar periodRow, owed []plan.Unit, kept map[int64]obligation) (fresh, moved []row) {
	for _, unit := range owed {
		want := obligation{
			UnitID: unit.ID, Batch: unit.Batch, UnitType: unit.Type, Expected: true,
			ProvinceID: unit.Place.Province, CityID: unit.Place.City, CountyID: unit.Place.County,
		}
		have, there := kept[unit.ID]
		delete(kept, unit.ID)
		switch {
		case !there:
			fresh = append(fresh, newObligation(p, calendar, want))
		case have != want:
			moved = append(moved, newObligation(p, calendar, want))
		}
	}
	for _, gone := range kept {
		if gone.Expected {
			gone.Expected = false
			moved = append(moved, newObligation(p, calendar, gone))
		}
	}
	return fresh, moved
}

func newObligation(p *plan.Plan, calendar periodRow, o obligation) row {
	return row{
		UnitID: o.UnitID, Form: calendar.Form, Period: calendar.Period, PlanID: p.ID, Batch: o.Batch, UnitType: o.UnitType,
		ProvinceID: o.ProvinceID, CityID: o.CityID, CountyID: o.CountyID, Due: calendar.Due, Lock: calendar.Lock,
		Status: Open, Version: 1, Expected: o.Expected,
	}
}

func (s *Service) keepObligations(tx *gorm.DB, actor accounts.Actor, fresh, moved []row) error {
	now := s.now()
	for i := range fresh {
		fresh[i].Sample = s.sample
	}
	entries := make([]ledger.Entry, 0, len(fresh)+len(moved))
	if err := database.Add(tx, fresh); err != nil {
		return fmt.Errorf("write obligations: %w", err)
	}
	for _, r := range moved {
		err := tx.Model(&row{}).Where("unit_id = ? AND form = ? AND period = ?", r.UnitID, r.Form, r.Period).
			Updates(map[string]any{
				"batch": r.Batch, "unit_type": r.UnitType, "province_id": r.ProvinceID, "city_id": r.CityID,
				"county_id": r.CountyID, "expected": r.Expected,
			}).Error
		if err != nil {
			return fmt.Errorf("change an obligation: %w", err)
		}
	}
	for _, r := range append(fresh, moved...) {
		entries = append(entries, ledger.Entry{
			At: now, ActorID: actor.UserID, ActorName: actor.Name, Act: string(ActOpen), Unit: r.UnitID, Form: r.Form, Period: r.Period,
		})
	}
	return s.ledger.Record(tx, entries...)
}

// Periods lists the periods that have been opened, newest first; everybody who can sign in may read it.
func (s *Service) Periods(ctx context.Context) ([]Calendar, error) {
	list, err := s.opened.Get(ctx, struct{}{}, func() ([]Calendar, error) { return s.PeriodsIn(s.db.Read(ctx)) })
	return slices.Clone(list), err
}

// PeriodsIn is Periods as tx sees it.
func (s *Service) PeriodsIn(tx *gorm.DB) ([]Calendar, error) {
	var rows []Calendar
	err := tx.Raw("SELECT form, period, due, lock, opened_at FROM periods ORDER BY period DESC, form").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the calendar: %w", err)
	}
	return rows, nil
}
