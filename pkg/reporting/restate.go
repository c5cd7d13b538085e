package reporting

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Restatement is a correction (更正) of a report that was a figure already: numbered per report, with
// its reason and the cells it changed, item -> before and after as typed.
type Restatement struct {
	Unit           plan.Unit
	Form           string
	Period         period.Quarter
	No             int64
	Revision       int64
	BeforeRevision int64
	Reason         string
	Changes        map[string][2]any
	AcceptedAt     time.Time
	AcceptedBy     string
}

// restatementRow is a row of restatements.
type restatementRow struct {
	UnitID         int64
	Form           string
	Period         period.Quarter
	No             int64
	Revision       int64
	BeforeRevision int64
	ProvinceID     int64
	CityID         int64
	CountyID       int64
	Reason         string
	Changes        database.JSON
	AcceptedAt     time.Time
	AcceptedBy     string
}

func (restatementRow) TableName() string { return "restatements" }

// restate records that the revision replaces the accepted one of r. Others who correct a report wait from then
// on until tx ends, for which only the row of r is left to be written.
func (s *Service) restate(tx *gorm.DB, actor accounts.Actor, r row, revision revisionRow, now time.Time) error {
	before, err := revisionOf(tx, r.UnitID, r.Form, r.Period, r.AcceptedRevision)
	if err != nil {
		return err
	}
	form, err := s.forms.VersionIn(tx, r.Form, revision.FormVersion)
	if err != nil {
		return err
	}
	was, err := form.Unmarshal(before.Document)
	if err != nil {
		return err
	}
	is, err := form.Unmarshal(revision.Document)
	if err != nil {
		return err
	}
	changed, err := json.Marshal(changedCells(form, was, is))
	if err != nil {
		return fmt.Errorf("write a restatement: %w", err)
	}
	one := restatementRow{
		UnitID: r.UnitID, Form: r.Form, Period: r.Period, Revision: revision.No, BeforeRevision: before.No,
		ProvinceID: r.ProvinceID, CityID: r.CityID, CountyID: r.CountyID,
		Reason: r.ReopenReason, Changes: database.JSON(changed), AcceptedAt: now, AcceptedBy: actor.Name,
	}
	err = tx.Raw("SELECT COUNT(*) + 1 FROM restatements WHERE unit_id = ? AND form = ? AND period = ?", r.UnitID, r.Form, r.Period).Scan(&one.No).Error
	if err != nil {
		return fmt.Errorf("number a restatement: %w", err)
	}
	if err := tx.Create(&one).Error; err != nil {
		return fmt.Errorf("write a restatement: %w", err)
	}
	return epoch.Raise(tx, epoch.Corrections, now)
}

// Restatements lists the corrections of accepted reports that a filter chooses by scope, unit, form,
// period and moment, the latest first; next is the cursor of the following page.
func (s *Service) Restatements(ctx context.Context, actor accounts.Actor, f Filter) (list []Restatement, next string, err error) {
	on := s.clock.Today()
	if at := max(f.Period, f.UpTo); at != 0 {
		on = at.Last()
	}
	query, err := s.within(ctx, s.db.Read(ctx).Model(&restatementRow{}), actor, f.Scope, on)
	if err != nil {
		return nil, "", err
	}
	if f.Unit != "" {
		unit, err := s.unit(ctx, actor, f.Unit)
		if err != nil {
			return nil, "", err
		}
		query = query.Where("unit_id = ?", unit.ID)
	}
	if f.Form != "" {
		query = query.Where("form = ?", f.Form)
	}
	if f.Period != 0 {
		query = query.Where("period = ?", f.Period)
	}
	if f.UpTo != 0 {
		query = query.Where("period <= ?", f.UpTo)
	}
	if !f.Since.IsZero() {
		query = query.Where("accepted_at > ?", f.Since.UTC())
	}
	if !f.Until.IsZero() {
		query = query.Where("accepted_at <= ?", f.Until.UTC())
	}
	if f.After != "" {
		at, unit, err := parseMoment(f.After)
		if err != nil {
			return nil, "", err
		}
		query = query.Where("(accepted_at < ? OR (accepted_at = ? AND unit_id > ?))", at, at, unit)
	}
	limit := f.limit()
	var rows []restatementRow
	if err := query.Order("accepted_at DESC, unit_id").Limit(limit + 1).Find(&rows).Error; err != nil {
		return nil, "", fmt.Errorf("list restatements: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		next = fmt.Sprintf("%d.%d", last.AcceptedAt.UnixMicro(), last.UnitID)
	}
	list, err = s.restatements(ctx, rows)
	return list, next, err
}

func parseMoment(cursor string) (time.Time, int64, error) {
	var micro, unit int64
	if n, err := fmt.Sscanf(cursor, "%d.%d", &micro, &unit); n != 2 || err != nil {
		return time.Time{}, 0, fault.New(fault.Invalid, "list.bad_cursor")
	}
	return time.UnixMicro(micro).UTC(), unit, nil
}

func (s *Service) restatements(ctx context.Context, rows []restatementRow) ([]Restatement, error) {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.UnitID
	}
	units, err := s.plans.UnitsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Restatement, len(rows))
	for i, r := range rows {
		list[i] = Restatement{
			Unit: units[r.UnitID], Form: r.Form, Period: r.Period, No: r.No, Revision: r.Revision, BeforeRevision: r.BeforeRevision,
			Reason: r.Reason, AcceptedAt: r.AcceptedAt, AcceptedBy: r.AcceptedBy,
		}
		if err := json.Unmarshal([]byte(r.Changes), &list[i].Changes); err != nil {
			return nil, fmt.Errorf("read a restatement: %w", err)
		}
	}
	return list, nil
}
