package reporting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// MaxPage is the greatest number of rows a list gives at once.
const MaxPage = 200

// Filter chooses reports. Scope is a division code valid at the period, today when none is asked for,
// and empty for the actor's whole scope; the other
// fields choose nothing when empty. After is the cursor that the page before gave.
type Filter struct {
	Scope  string
	Form   string
	Period period.Quarter
	UpTo   period.Quarter // of restatements: those of this period and earlier ones
	Status Status
	Batch  string
	Type   string
	Unit   string
	Late   bool // only reports that are late, as Summary.Late says
	Own    bool // only reports that are the actor's own to file, as Report.Own says
	ToFile bool // only reports that can be filed today and are not in
	// Since and Until choose corrections accepted after the one moment and not after the other.
	Since, Until time.Time
	After        string
	Limit        int
}

// Summary is a report in a list: everything but its cells.
type Summary struct {
	Batch, UnitType string // of the unit in the period
	Unit            plan.Unit
	Form            string
	Period          period.Quarter
	Status          Status
	Version         int64
	Revision        int64
	// AcceptedRevision is the revision that is the figure, 0 for none.
	AcceptedRevision int64
	Due, Lock        period.Date
	Started          bool
	Sample           bool // of a demonstration
	SubmittedAt      time.Time
	AcceptedAt       time.Time
	Note             string
}

// Late tells whether the due date has passed and something is still to be filed: the report is not in,
// or was returned. A correction of an accepted report is never late.
func (s Summary) Late(today period.Date) bool {
	return today.After(s.Due) && (s.Status == Open || s.Status == Returned) && s.AcceptedRevision == 0
}

// Missing tells whether the due date has passed and the report is not in: never filed, or withdrawn.
func (s Summary) Missing(today period.Date) bool { return today.After(s.Due) && s.SubmittedAt.IsZero() }

// summaryRow is what a list reads of reports.
type summaryRow struct {
	Batch            string
	UnitType         string
	UnitID           int64
	Sample           bool
	Form             string
	Period           period.Quarter
	Status           Status
	Version          int64
	Revision         int64
	AcceptedRevision int64
	Due, Lock        period.Date
	EditedAt         *time.Time
	SubmittedAt      *time.Time
	AcceptedAt       *time.Time
	Note             string
}

const summaryColumns = "unit_id, batch, unit_type, sample, form, period, status, version, revision, accepted_revision, due, lock, edited_at, submitted_at, accepted_at, note"

// limit gives the number of rows of a page.
func (f Filter) limit() int {
	if f.Limit <= 0 || f.Limit > MaxPage {
		return MaxPage
	}
	return f.Limit
}

// Reports lists reports in the actor's scope, the newest period first, then by unit and form; next is the
// cursor of the following page, empty at the end.
func (s *Service) Reports(ctx context.Context, actor accounts.Actor, f Filter) (list []Summary, next string, err error) {
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return nil, "", err
	}
	page, err := s.page(ctx, query, f, false)
	return page.Reports, page.Next, err
}

// Count gives how many reports the filter chooses.
func (s *Service) Count(ctx context.Context, actor accounts.Actor, f Filter) (int64, error) {
	number, err := s.Number(ctx, actor, f)
	if err != nil {
		return 0, err
	}
	n, err := s.db.Numbers(ctx, number)
	if err != nil {
		return 0, fmt.Errorf("count reports: %w", err)
	}
	return n[0], nil
}

// Number is Count, to be answered together with other numbers.
func (s *Service) Number(ctx context.Context, actor accounts.Actor, f Filter) (database.Number, error) {
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return database.Number{}, err
	}
	return database.NumberOf(query.Select("COUNT(*)")), nil
}

// unfinished chooses what has still to be filed, in the words of the index of it.
const unfinished = "status IN ('open', 'returned')"

func (s *Service) chosen(ctx context.Context, actor accounts.Actor, f Filter) (*gorm.DB, error) {
	query := s.db.Read(ctx).Model(&row{}).Where("expected")
	on := s.clock.Today()
	if f.Period != 0 {
		on = f.Period.Last()
	}
	query, err := s.within(ctx, query, actor, f.Scope, on)
	if err != nil {
		return nil, err
	}
	if f.Unit != "" {
		unit, err := s.unit(ctx, actor, f.Unit)
		if err != nil {
			return nil, err
		}
		query = query.Where("unit_id = ?", unit.ID)
	}
	for _, asked := range [][2]string{{"form", f.Form}, {"status", string(f.Status)}, {"batch", f.Batch}, {"unit_type", f.Type}} {
		if asked[1] != "" { // in one order, so that the database knows the statement again
			query = query.Where(asked[0]+" = ?", asked[1])
		}
	}
	if f.Period != 0 {
		query = query.Where("period = ?", f.Period)
	}
	if f.Own {
		query = query.Where(ownReports, ownArgs(actor)...)
	}
	if f.ToFile {
		query = query.Where(unfinished+" AND lock >= ?", s.clock.Today())
	}
	if f.Late {
		query = query.Where(unfinished+" AND due < ? AND accepted_revision = 0", s.clock.Today())
	}
	return query, nil
}

// within narrows query to the division that has the code scope on a day, or to all that actor may see.
func (s *Service) within(ctx context.Context, query *gorm.DB, actor accounts.Actor, scope string, on period.Date) (*gorm.DB, error) {
	if scope == "" && actor.Unit != 0 {
		return query.Where("unit_id = ?", actor.Unit), nil
	}
	division, err := accounts.Scope(ctx, s.tree, actor, scope, on)
	if err != nil {
		return nil, err
	}
	switch division.Level {
	case divisions.Province:
		return query.Where("province_id = ?", division.ID), nil
	case divisions.City:
		return query.Where("city_id = ?", division.ID), nil
	case divisions.County:
		return query.Where("county_id = ?", division.ID), nil
	}
	return nil, fault.New(fault.Invalid, "scope.too_low", scope)
}

func (s *Service) summaries(ctx context.Context, rows []summaryRow) ([]Summary, error) {
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.UnitID)
	}
	slices.Sort(ids)
	units, err := s.plans.UnitsByID(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	list := make([]Summary, len(rows))
	for i, r := range rows {
		list[i] = Summary{
			Unit: units[r.UnitID], Batch: r.Batch, UnitType: r.UnitType, Form: r.Form, Period: r.Period, Status: r.Status, Version: r.Version, Revision: r.Revision, AcceptedRevision: r.AcceptedRevision,
			Due: r.Due, Lock: r.Lock, Started: r.EditedAt != nil, Sample: r.Sample, SubmittedAt: moment(r.SubmittedAt), AcceptedAt: moment(r.AcceptedAt), Note: r.Note,
		}
	}
	return list, nil
}
