package analytics

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// Standing is how far one report has come, as a matrix of what was filed shows it.
type Standing string

// The standings. A late report is past its due date and can still be filed, a missing one is past its lock
// date; one that is due is before its due date. A correction of an accepted report stays accepted until it
// is filed.
const (
	StandingAccepted Standing = "accepted"
	StandingInReview Standing = "in_review"
	StandingReturned Standing = "returned"
	StandingLate     Standing = "late"
	StandingMissing  Standing = "missing"
	StandingDue      Standing = "due"
	StandingNotOwed  Standing = "not_owed"
)

// Standings lists all standings in the order in which they are shown.
var Standings = []Standing{
	StandingAccepted, StandingInReview, StandingReturned, StandingLate, StandingMissing, StandingDue, StandingNotOwed,
}

// Filed is one report in a matrix. AfterDue tells that it is in, and first came after its due date.
type Filed struct {
	Standing Standing
	AfterDue bool
}

// Filing is one page of units by quarters: which reports on a form are in.
type Filing struct {
	Periods []period.Quarter // that were opened for the form, the latest twelve up to the asked one
	Rows    []FilingRow
	Next    string
}

// FilingRow is one unit. City is the zero division for a unit that lies in none.
type FilingRow struct {
	Unit        plan.Unit
	City        divisions.Division
	Batch, Type string
	Cells       []Filed // one for each quarter
}

// PlaceFiling is one city or county quarter by quarter, a nil row where nothing was expected.
type PlaceFiling struct {
	Key, Name string
	Rows      []*Row
}

// mostPeriods is how many quarters a matrix shows.
const mostPeriods = 12

// Filing gives one page of the units that owed the query's form in any of the shown quarters, by today's
// city and unit. The number of statements does not depend on the number of units.
func (s *Service) Filing(ctx context.Context, actor accounts.Actor, query Query) (Filing, error) {
	query.By = ByUnit
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return Filing{}, err
	}
	filing := Filing{Periods: q.shownPeriods()}
	if len(filing.Periods) == 0 {
		return filing, nil
	}
	page, next, err := s.filingPage(ctx, q, filing.Periods[0])
	if err != nil {
		return filing, err
	}
	filing.Next = next
	filing.Rows, err = s.filingRows(ctx, q, page, filing.Periods)
	return filing, err
}

// FilingByPlace splits the scope by the query's By, city or county, and gives the sums of each quarter.
func (s *Service) FilingByPlace(ctx context.Context, actor accounts.Actor, query Query) ([]period.Quarter, []PlaceFiling, error) {
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, nil, err
	}
	level, ok := divisionLevels[q.By]
	if !ok || level == divisions.Province {
		return nil, nil, fault.New(fault.Invalid, "query.by_unknown", string(q.By))
	}
	var paths []path
	if q.scope.Unit != nil || q.scope.Division.Level >= level {
		own, err := s.ownPath(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		paths = []path{own}
	} else if paths, err = s.divisionPaths(ctx, q, level); err != nil {
		return nil, nil, err
	}
	periods := q.shownPeriods()
	var list []PlaceFiling
	for _, p := range paths {
		place := PlaceFiling{Key: p.key, Name: p.name}
		owed := false
		for _, at := range periods {
			var row *Row
			if g := p.at[at]; g.total().Expected > 0 {
				r := q.row(p.key, p.name, g)
				row, owed = &r, true
			}
			place.Rows = append(place.Rows, row)
		}
		if owed {
			list = append(list, place)
		}
	}
	return periods, list, nil
}

func (q question) shownPeriods() []period.Quarter {
	var periods []period.Quarter
	for at := range q.calendar {
		if at <= q.Period {
			periods = append(periods, at)
		}
	}
	slices.Sort(periods)
	return periods[max(0, len(periods)-mostPeriods):]
}

// placedUnit is a unit with the city it lies in today, 0 for none.
type placedUnit struct{ UnitID, CityID int64 }

// filingPage chooses units; the cursor is the last city and unit.
func (s *Service) filingPage(ctx context.Context, q question, first period.Quarter) ([]placedUnit, string, error) {
	limit := q.Limit
	if limit <= 0 || limit > MaxPage {
		limit = MaxPage
	}
	owing := q.chosen(s.db.Read(ctx).Model(&unitFigure{})).Select("1").
		Where("unit_figures.unit_id = u.id AND period BETWEEN ? AND ?", first, q.Period)
	query := s.db.Read(ctx).Table("units u").Select("u.id AS unit_id, u.city_id").Where("EXISTS (?)", owing)
	if q.scope.Unit != nil {
		query = query.Where("u.id = ?", q.scope.Unit.ID)
	} else if level := q.scope.Division.Level; level != divisions.Province { // few: the units that lay there
		query = query.Where("u.id IN (?)", q.chosen(s.db.Read(ctx).Model(&unitFigure{})).Select("unit_id").Where("period BETWEEN ? AND ?", first, q.Period))
	}
	if q.After != "" {
		city, unit, err := placedCursor(q.After)
		if err != nil {
			return nil, "", err
		}
		query = query.Where("(u.city_id > ? OR (u.city_id = ? AND u.id > ?))", city, city, unit)
	}
	var page []placedUnit
	if err := query.Order("u.city_id, u.id").Limit(limit + 1).Scan(&page).Error; err != nil {
		return nil, "", fmt.Errorf("choose units: %w", err)
	}
	if len(page) <= limit {
		return page, "", nil
	}
	last := page[limit-1]
	return page[:limit], fmt.Sprintf("%d.%d", last.CityID, last.UnitID), nil
}

func placedCursor(text string) (city, unit int64, err error) {
	first, second, _ := strings.Cut(text, ".")
	if city, err = strconv.ParseInt(first, 10, 64); err == nil {
		unit, err = strconv.ParseInt(second, 10, 64)
	}
	if err != nil {
		return 0, 0, fault.New(fault.Invalid, "list.bad_cursor")
	}
	return city, unit, nil
}

func (s *Service) filingRows(ctx context.Context, q question, page []placedUnit, periods []period.Quarter) ([]FilingRow, error) {
	units := make([]int64, len(page))
	for i, p := range page {
		units[i] = p.UnitID
	}
	known, err := s.plans.UnitsByID(ctx, units)
	if err != nil {
		return nil, err
	}
	filed, err := s.filed(ctx, q, units)
	if err != nil {
		return nil, err
	}
	cities := map[int64]int64{} // in which a unit was last counted
	for _, f := range filed {   // by unit and period
		if f.city != 0 && slices.Contains(periods, f.period) {
			cities[f.unit] = f.city
		}
	}
	names, err := s.tree.Names(ctx, slices.Compact(slices.Sorted(maps.Values(cities))), q.treeDay)
	if err != nil {
		return nil, err
	}
	rows := make([]FilingRow, len(page))
	at := map[int64]int{}
	for i, p := range page {
		rows[i] = FilingRow{Unit: known[p.UnitID], City: names[cities[p.UnitID]], Cells: make([]Filed, len(periods))}
		for j := range rows[i].Cells {
			rows[i].Cells[j].Standing = StandingNotOwed
		}
		at[p.UnitID] = i
	}
	for _, f := range filed {
		column := slices.Index(periods, f.period)
		if column < 0 {
			continue
		}
		row := &rows[at[f.unit]]
		row.Batch, row.Type, row.Cells[column] = f.kind.batch, f.kind.unitType, f.Filed
	}
	return rows, nil
}

// filedReport is how far one report has come.
type filedReport struct {
	unit   int64
	city   int64
	period period.Quarter
	kind   kind
	Filed
}

// filed gives how far the reports of some units have come: as they stand now, or at the question's moment
// of knowledge, of which it is not known whether a report had been returned.
func (s *Service) filed(ctx context.Context, q question, units []int64) ([]filedReport, error) {
	var list []filedReport
	if !q.AsOf.IsZero() {
		figures, err := s.figures(ctx, q, "unit_id IN ?", units)
		for _, f := range figures {
			list = append(list, filedReport{f.UnitID, f.CityID, f.Period, kind{f.Batch, f.UnitType}, Filed{
				Standing: q.standing(f.Accepted, f.Submitted, f.Due, f.Period), AfterDue: f.Submitted && !f.OnTime,
			}})
		}
		return list, err
	}
	obligations, err := reporting.ObligationsFrom(s.db.Read(ctx), q.Form, 0, units)
	for _, o := range obligations {
		filed := Filed{Standing: q.standing(o.Accepted(), o.Submitted(), o.Due, o.Period), AfterDue: o.Submitted() && !o.OnTime()}
		switch o.Status {
		case reporting.Returned:
			filed.Standing = StandingReturned
		case reporting.Submitted:
			filed.Standing = StandingInReview
		}
		list = append(list, filedReport{o.UnitID, o.CityID, o.Period, kind{o.Batch, o.UnitType}, filed})
	}
	return list, err
}

// standing tells how far a report has come on the question's day; what is in and not accepted is in review.
func (q question) standing(accepted, submitted bool, due period.Date, at period.Quarter) Standing {
	switch {
	case accepted:
		return StandingAccepted
	case submitted:
		return StandingInReview
	case !q.today.After(due):
		return StandingDue
	case !q.frozen(at):
		return StandingLate
	}
	return StandingMissing
}
