package analytics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/plan"
)

// MaxPage is the greatest number of units an answer gives at once.
const MaxPage = 200

func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Key, b.Key) })
}

// divisionRows splits the scope by province, city or county, by code; units that lie in none of
// these come last, under Direct.
func (s *Service) divisionRows(ctx context.Context, q question, own group) ([]Row, error) {
	level := divisionLevels[q.By]
	if q.scope.Unit != nil || q.scope.Division.Level >= level {
		return q.alone(own), nil
	}
	children := s.db.Read(ctx).Model(&rollup{}).Select("division_id").
		Where("form = ? AND period = ? AND parent_id = ?", q.Form, q.Period, q.scope.Division.ID)
	rows, err := s.rollups(ctx, q, "period = ? AND level = ? AND (parent_id = ? OR parent_id IN (?))", q.Period, level, q.scope.Division.ID, children)
	if err != nil {
		return nil, err
	}
	var all groups
	for _, r := range rows {
		sum, err := r.sum()
		if err != nil {
			return nil, err
		}
		g := all.at(strconv.FormatInt(r.DivisionID, 10))
		g.division = r.DivisionID
		g.add(kind{r.Batch, r.UnitType}, sum)
	}
	named, err := s.namedRows(ctx, q, all)
	if err != nil {
		return nil, err
	}
	direct, err := s.directGroup(ctx, q, level)
	if err != nil || direct.total().Expected == 0 {
		return named, err
	}
	return append(named, q.row(Direct, Direct, direct)), nil
}

// alone is the answer when the scope itself is at or below the asked level.
func (q question) alone(own group) []Row {
	if q.scope.Unit != nil {
		return []Row{q.row(q.scope.Unit.Key, q.scope.Unit.Name, own)}
	}
	return []Row{q.row(q.scope.Division.Code, q.scope.Division.Name, own)}
}

func (s *Service) namedRows(ctx context.Context, q question, all groups) ([]Row, error) {
	ids := make([]int64, 0, len(all.order))
	for _, key := range all.order {
		ids = append(ids, all.byKey[key].division)
	}
	names, err := s.tree.Names(ctx, ids, q.Period.Last())
	if err != nil {
		return nil, err
	}
	rows := make([]Row, 0, len(ids))
	for _, key := range all.order {
		g := *all.byKey[key]
		rows = append(rows, q.row(names[g.division].Code, names[g.division].Name, g))
	}
	sortRows(rows)
	return rows, nil
}

// directGroup sums the units in the scope that lie in no division of the level.
func (s *Service) directGroup(ctx context.Context, q question, level int) (group, error) {
	column := map[int]string{divisions.City: "city_id", divisions.County: "county_id"}[level]
	var g group
	figures, err := s.figures(ctx, q, "period = ? AND "+column+" = 0", q.Period)
	if err != nil {
		return g, err
	}
	for _, f := range figures {
		sum, err := sumOf(q.plan, f)
		if err != nil {
			return g, err
		}
		g.add(kind{f.Batch, f.UnitType}, sum)
	}
	return g, nil
}

// unitRows lists units with the figures they come from, those furthest behind first.
func (s *Service) unitRows(ctx context.Context, q question) ([]Row, []unitFigure, string, error) {
	figures, next, err := s.unitPage(ctx, q, ranking)
	if err != nil {
		return nil, nil, "", err
	}
	units, err := s.unitsOf(ctx, figures)
	if err != nil {
		return nil, nil, "", err
	}
	rows := make([]Row, len(figures))
	for i, f := range figures {
		if rows[i], err = q.unitRow(units[f.UnitID], f); err != nil {
			return nil, nil, "", err
		}
	}
	return rows, figures, next, nil
}

// unitRow gives one unit in one quarter, with its own light.
func (q question) unitRow(unit plan.Unit, f unitFigure) (Row, error) {
	sum, err := sumOf(q.plan, f)
	if err != nil {
		return Row{}, err
	}
	g := group{period: f.Period}
	g.add(kind{f.Batch, f.UnitType}, sum)
	r := q.row(unit.Key, unit.Name, g)
	r.Light = f.Light.onDay(f.Submitted, f.Due, q.today)
	r.Placeholder, r.Batch, r.Type = unit.Placeholder, f.Batch, f.UnitType
	return r, nil
}

// ranking and byUnit are the orders in which units are paged. A ranking can change between two pages,
// so its cursor is a row number; by unit the cursor is the last unit, and no unit is lost.
const (
	ranking = "planned - earned DESC, unit_id"
	byUnit  = "unit_id"
)

// unitPage reads one page of unit figures of the question's quarter.
func (s *Service) unitPage(ctx context.Context, q question, order string) ([]unitFigure, string, error) {
	limit, after := q.Limit, 0
	if limit <= 0 || limit > MaxPage {
		limit = MaxPage
	}
	if q.After != "" {
		n, err := strconv.Atoi(q.After)
		if err != nil || n < 0 {
			return nil, "", fault.New(fault.Invalid, "list.bad_cursor")
		}
		after = n
	}
	query := q.chosen(s.db.Read(ctx)).Where("period = ?", q.Period).Order(order).Limit(limit + 1)
	if order == byUnit {
		query = query.Where("unit_id > ?", after)
	} else {
		query = query.Offset(after)
	}
	var figures []unitFigure
	if err := query.Find(&figures).Error; err != nil {
		return nil, "", fmt.Errorf("read unit figures: %w", err)
	}
	if len(figures) <= limit {
		return figures, "", nil
	}
	figures = figures[:limit]
	if order == byUnit {
		return figures, strconv.FormatInt(figures[limit-1].UnitID, 10), nil
	}
	return figures, strconv.Itoa(after + limit), nil
}

func (s *Service) unitsOf(ctx context.Context, figures []unitFigure) (map[int64]plan.Unit, error) {
	ids := make([]int64, len(figures))
	for i, f := range figures {
		ids[i] = f.UnitID
	}
	return s.plans.UnitsByID(ctx, ids)
}
