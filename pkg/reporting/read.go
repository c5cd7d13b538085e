package reporting

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/plan"
)

// Report gives one report. A quarter that has not ended yet gives NotDue with last quarter's values;
// a quarter for which the unit owes nothing is NotFound `report.not_owed`.
func (s *Service) Report(ctx context.Context, actor accounts.Actor, ref Ref) (Report, error) {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return Report{}, err
	}
	form, err := s.forms.Current(ctx, ref.Form)
	if err != nil {
		return Report{}, err
	}
	p, err := s.plans.Current(ctx)
	if err != nil {
		return Report{}, err
	}
	var report Report
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if ref.Period > lastEnded(s.clock.Today()) && form.Asks(ref.Period, p) && form.Owes(unit.Type) && unit.DesignatedOn(ref.Period.Last()) {
			h, err := s.notDue(tx, unit, form, ref)
			if err != nil {
				return err
			}
			report, err = s.read(tx, h, unit, form)
			return err
		}
		h, err := load(tx, unit.ID, ref)
		if err != nil {
			return err
		}
		if report, err = s.read(tx, h, unit, form); err != nil || len(report.Unchanged) == 0 {
			return err
		}
		report.Unchanged, err = s.lookBack(tx, h, report.Form, report.Values)
		return err
	})
	return report, err
}

// notDue stands for a report whose quarter has not ended.
func (s *Service) notDue(tx *gorm.DB, unit plan.Unit, form forms.Form, ref Ref) (held, error) {
	h := held{row: row{
		UnitID: unit.ID, Form: ref.Form, Period: ref.Period, Batch: unit.Batch, UnitType: unit.Type, Status: NotDue,
		ProvinceID: unit.Place.Province, CityID: unit.Place.City, CountyID: unit.Place.County,
		Due: ref.Period.Last().AddDays(form.DueDays), Lock: ref.Period.Last().AddDays(form.LockDays),
	}}
	rows, err := s.latestRevisions(tx, h.UnitID, h.Form, h.Period, 1)
	if err == nil && len(rows) > 0 {
		h.last = rows[0]
	}
	return h, err
}

// Filed gives one revision of a report as it was filed.
func (s *Service) Filed(ctx context.Context, actor accounts.Actor, ref Ref, no int64) (Revision, error) {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return Revision{}, err
	}
	r, err := revisionOf(s.db.Read(ctx), unit.ID, ref.Form, ref.Period, no)
	if err != nil {
		return Revision{}, err
	}
	revisions, err := s.revisions(ctx, unit.ID, []revisionRow{r})
	if err != nil {
		return Revision{}, err
	}
	return revisions[0], nil
}

// Revisions lists every filing of a report, newest first.
func (s *Service) Revisions(ctx context.Context, actor accounts.Actor, ref Ref) ([]Revision, error) {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return nil, err
	}
	var rows []revisionRow
	err = s.db.Read(ctx).Where("unit_id = ? AND form = ? AND period = ?", unit.ID, ref.Form, ref.Period).Order("no DESC").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	return s.revisions(ctx, unit.ID, rows)
}

// Earlier gives the latest filing of each of the unit's periods before ref's, newest first, at most most.
func (s *Service) Earlier(ctx context.Context, actor accounts.Actor, ref Ref, most int) ([]Revision, error) {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return nil, err
	}
	rows, err := s.latestRevisions(s.db.Read(ctx), unit.ID, ref.Form, ref.Period, most)
	if err != nil {
		return nil, err
	}
	return s.revisions(ctx, unit.ID, rows)
}

// revisions reads rows of one unit, each whole and by the version of the form it was filed on.
func (s *Service) revisions(ctx context.Context, unit int64, rows []revisionRow) ([]Revision, error) {
	var acceptances []acceptanceRow
	if len(rows) > 0 {
		err := s.db.Read(ctx).Where("unit_id = ? AND form = ?", unit, rows[0].Form).Find(&acceptances).Error
		if err != nil {
			return nil, fmt.Errorf("read acceptances: %w", err)
		}
	}
	list := make([]Revision, len(rows))
	for i, r := range rows {
		form, err := s.forms.VersionIn(s.db.Read(ctx), r.Form, r.FormVersion)
		if err != nil {
			return nil, err
		}
		content, err := unmarshal(form, r.Document)
		if err != nil {
			return nil, err
		}
		list[i] = Revision{
			Period: r.Period, No: r.No, FormVersion: r.FormVersion, Form: form, Content: content, Hash: r.Hash,
			SubmittedAt: r.SubmittedAt, SubmittedBy: r.SubmittedBy, OnBehalf: r.OnBehalf,
		}
		for _, a := range acceptances {
			if a.Period == r.Period && a.No == r.No {
				list[i].AcceptedAt, list[i].AcceptedBy = a.AcceptedAt, a.AcceptedBy
			}
		}
	}
	return list, nil
}

// MaxHistory is how many acts History gives.
const MaxHistory = 200

// History lists the newest acts on a report, oldest first. What one person saved in a row is one act,
// and comes without the cells.
func (s *Service) History(ctx context.Context, actor accounts.Actor, ref Ref) ([]ledger.Run, error) {
	unit, err := s.unit(ctx, actor, ref.Unit)
	if err != nil {
		return nil, err
	}
	return ledger.ReportEntries(ctx, s.db, ledger.Report{Unit: unit.ID, Form: ref.Form, Period: ref.Period},
		ledger.Wanted{Merged: string(ActSave), Detailed: []string{string(ActSubmit), string(ActReturn), string(ActReopen), string(ActDiscuss)}, Most: MaxHistory})
}
