package reporting

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// ActUrge is what the ledger calls a reviewer's call to file (催办). It changes nothing of the report.
const ActUrge Act = "report.urged"

// Urgeable tells whether a reviewer may urge the unit to file: something is still to be filed and can
// be. A correction of an accepted report is not urged.
func (s Summary) Urgeable(today period.Date) bool {
	return urgeable(s.Status, s.AcceptedRevision, s.Lock, today)
}

func urgeable(status Status, accepted int64, lock, today period.Date) bool {
	return (status == Open || status == Returned) && accepted == 0 && !today.After(lock)
}

// Urge calls on the units of at most MaxPage reports to file them, and gives how many were urged. A
// report is urged once a day: those urged today, and those with nothing to urge, are passed over.
// Reviewers whose sub-tree holds every one of the units. Faults: Forbidden `report.not_your_role`,
// `unit.forbidden`; NotFound `unit.unknown`; Invalid `urge.too_many`; and when nobody was urged
// Conflict `urge.today` or, when it could not be otherwise, `urge.nothing`.
func (s *Service) Urge(ctx context.Context, actor accounts.Actor, refs []Ref) (urged int, err error) {
	if !actor.Can(accounts.ReviewReports) {
		return 0, fault.New(fault.Forbidden, "report.not_your_role")
	}
	if len(refs) > MaxPage {
		return 0, fault.New(fault.Invalid, "urge.too_many", MaxPage)
	}
	wanted, err := s.reportsOf(ctx, actor, refs)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		open, err := s.urgeableOf(tx, wanted)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			return fault.New(fault.Conflict, "urge.nothing")
		}
		fresh, err := s.notUrgedToday(tx, open)
		if err != nil {
			return err
		}
		if len(fresh) == 0 {
			return fault.New(fault.Conflict, "urge.today")
		}
		urged = len(fresh)
		return s.recordUrged(tx, actor, fresh)
	})
	if err != nil {
		return 0, err
	}
	return urged, nil
}

// reportsOf finds the units of refs, each in the actor's scope.
func (s *Service) reportsOf(ctx context.Context, actor accounts.Actor, refs []Ref) (map[ledger.Report]bool, error) {
	keys := make([]string, len(refs))
	for i, ref := range refs {
		keys[i] = ref.Unit
	}
	units, err := s.plans.UnitsByKey(ctx, actor, keys)
	if err != nil {
		return nil, err
	}
	wanted := make(map[ledger.Report]bool, len(refs))
	for _, ref := range refs {
		wanted[ledger.Report{Unit: units[ref.Unit].ID, Form: ref.Form, Period: ref.Period}] = true
	}
	return wanted, nil
}

// urgeableOf reads the wanted reports that can be urged; until tx ends nobody else urges them.
func (s *Service) urgeableOf(tx *gorm.DB, wanted map[ledger.Report]bool) ([]row, error) {
	var units []int64
	var forms []string
	var quarters []period.Quarter
	for r := range wanted {
		units, forms, quarters = append(units, r.Unit), append(forms, r.Form), append(quarters, r.Period)
	}
	if len(units) == 0 {
		return nil, nil
	}
	var rows []row
	err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
		Where("unit_id IN ? AND form IN ? AND period IN ? AND expected = ?", units, forms, quarters, true).
		Order("unit_id, form, period").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read reports to urge: %w", err)
	}
	today := s.clock.Today()
	return slices.DeleteFunc(rows, func(r row) bool {
		return !wanted[ledger.Report{Unit: r.UnitID, Form: r.Form, Period: r.Period}] || !urgeable(r.Status, r.AcceptedRevision, r.Lock, today)
	}), nil
}

// notUrgedToday leaves out what was urged since midnight in Asia/Shanghai.
func (s *Service) notUrgedToday(tx *gorm.DB, rows []row) ([]row, error) {
	units := make([]int64, len(rows))
	for i, r := range rows {
		units[i] = r.UnitID
	}
	done, err := ledger.ReportsSince(tx, string(ActUrge), units, s.clock.Today().AddDays(-1).End())
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(r row) bool {
		return done[ledger.Report{Unit: r.UnitID, Form: r.Form, Period: r.Period}]
	}), nil
}

func (s *Service) recordUrged(tx *gorm.DB, actor accounts.Actor, rows []row) error {
	now := s.now()
	entries := make([]ledger.Entry, len(rows))
	for i, r := range rows {
		entries[i] = ledger.Entry{
			At: now, ActorID: actor.UserID, ActorName: actor.Name, Act: string(ActUrge), Unit: r.UnitID,
			Form: r.Form, Period: r.Period, Revision: r.Revision, Detail: map[string]any{"due": r.Due},
		}
	}
	return s.ledger.Record(tx, entries...)
}
