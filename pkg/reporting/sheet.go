package reporting

import (
	"context"
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// SheetRow is one unit's report as a row of a sheet of many. Form is as asked of the unit; Values are
// what Report gives, and Last what was filed for the latest earlier period, nil without any. Editable
// tells whether its cells can be saved today.
type SheetRow struct {
	Summary
	Form      forms.Form
	Values    forms.Values
	Last      forms.Values
	Prefilled bool // Values are last quarter's
	Editable  bool
}

// Sheet gives a page of the reports of one form and period that the actor may file for, by unit; next
// is the cursor of the following page. Of the filter Form and Period must be given (Invalid
// `sheet.what`). The number of queries does not depend on the number of units. For whoever may file.
func (s *Service) Sheet(ctx context.Context, actor accounts.Actor, f Filter) (rows []SheetRow, form forms.Form, next string, err error) {
	if err := actor.Require(accounts.FileReports); err != nil {
		return nil, form, "", err
	}
	if f.Form == "" || f.Period == 0 {
		return nil, form, "", fault.New(fault.Invalid, "sheet.what")
	}
	tx := s.db.Read(ctx)
	if form, err = s.forms.CurrentIn(tx, f.Form); err != nil {
		return nil, form, "", err
	}
	kept, next, err := s.sheetPage(ctx, actor, f)
	if err != nil || len(kept) == 0 {
		return nil, form, next, err
	}
	sheet, err := s.readSheet(ctx, tx, form, f.Period, kept)
	if err != nil {
		return nil, form, "", err
	}
	today := s.clock.Today()
	for _, r := range kept {
		row, err := sheet.row(r)
		if err != nil {
			return nil, form, "", err
		}
		row.Editable = allowed(ActSave, actor, r.Status, r.Lock, today) == nil && !form.Expired(today)
		rows = append(rows, row)
	}
	return rows, form, next, nil
}

// sheetPage gives the reports of a page.
func (s *Service) sheetPage(ctx context.Context, actor accounts.Actor, f Filter) (rows []row, next string, err error) {
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return nil, "", err
	}
	if f.After != "" {
		after, err := strconv.ParseInt(f.After, 10, 64)
		if err != nil {
			return nil, "", fault.New(fault.Invalid, "list.bad_cursor")
		}
		query = query.Where("unit_id > ?", after)
	}
	limit := f.limit()
	if err := query.Order("unit_id").Limit(limit + 1).Find(&rows).Error; err != nil {
		return nil, "", fmt.Errorf("read the reports of a sheet: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = strconv.FormatInt(rows[limit-1].UnitID, 10)
	}
	return rows, next, nil
}

// sheet is what the reports of a page are read with, by unit.
type sheet struct {
	form    forms.Form
	units   map[int64]plan.Unit
	filed   map[int64]revisionRow // of this period
	earlier map[int64]revisionRow // the latest one before it
	forms   map[int64]forms.Form  // versions that earlier ones were filed on
}

func (s *Service) readSheet(ctx context.Context, tx *gorm.DB, form forms.Form, q period.Quarter, rows []row) (sheet, error) {
	sh := sheet{form: form, forms: map[int64]forms.Form{}}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.UnitID
	}
	var err error
	if sh.units, err = s.plans.UnitsByID(ctx, ids); err != nil {
		return sh, err
	}
	if sh.filed, err = sheetRevisions(tx, `SELECT v.* FROM revisions v
		JOIN reports p ON p.unit_id = v.unit_id AND p.form = v.form AND p.period = v.period AND p.revision = v.no
		WHERE v.form = ? AND v.period = ? AND v.unit_id IN ?`, form.Key, q, ids); err != nil {
		return sh, err
	}
	if sh.earlier, err = sheetRevisions(tx, `SELECT v.* FROM revisions v JOIN (
			SELECT l.unit_id, l.form, l.period, MAX(l.no) AS no FROM revisions l JOIN (
				SELECT unit_id, MAX(period) AS period FROM revisions WHERE form = ? AND period < ? AND unit_id IN ? GROUP BY unit_id
			) m ON m.unit_id = l.unit_id AND m.period = l.period WHERE l.form = ? GROUP BY l.unit_id, l.form, l.period
		) n ON n.unit_id = v.unit_id AND n.form = v.form AND n.period = v.period AND n.no = v.no`, form.Key, q, ids, form.Key); err != nil {
		return sh, err
	}
	for _, r := range sh.earlier {
		if _, known := sh.forms[r.FormVersion]; known {
			continue
		}
		if sh.forms[r.FormVersion], err = s.forms.VersionIn(tx, form.Key, r.FormVersion); err != nil {
			return sh, err
		}
	}
	return sh, nil
}

func sheetRevisions(tx *gorm.DB, sql string, args ...any) (map[int64]revisionRow, error) {
	var rows []revisionRow
	if err := tx.Raw(sql, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the revisions of a sheet: %w", err)
	}
	byUnit := make(map[int64]revisionRow, len(rows))
	for _, r := range rows {
		byUnit[r.UnitID] = r
	}
	return byUnit, nil
}

// row reads one report as view does: the draft, else the latest revision, else last quarter's.
func (sh sheet) row(r row) (SheetRow, error) {
	line := SheetRow{Form: sh.form.For(r.Batch, r.UnitType), Summary: Summary{
		Unit: sh.units[r.UnitID], Batch: r.Batch, UnitType: r.UnitType, Form: r.Form, Period: r.Period, Status: r.Status, Version: r.Version,
		Revision: r.Revision, AcceptedRevision: r.AcceptedRevision, Due: r.Due, Lock: r.Lock, Started: r.EditedAt != nil, Sample: r.Sample,
		SubmittedAt: moment(r.SubmittedAt), AcceptedAt: moment(r.AcceptedAt), Note: r.Note,
	}}
	text := string(r.Draft)
	if text == "" {
		text = sh.filed[r.UnitID].Document
	}
	if last, ok := sh.earlier[r.UnitID]; ok {
		values, err := sh.forms[last.FormVersion].For(r.Batch, r.UnitType).Unmarshal(last.Document)
		if err != nil {
			return line, err
		}
		line.Last = values
		if text == "" {
			text, line.Prefilled = last.Document, true
		}
	}
	values, err := line.Form.Unmarshal(text)
	if err != nil {
		return line, err
	}
	line.Values = line.Form.Compute(values)
	return line, nil
}
