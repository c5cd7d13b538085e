package analytics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

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
	if q.split() == 0 {
		return q.alone(own), nil
	}
	var all groups
	for _, part := range q.below {
		g := all.at(strconv.FormatInt(part.division, 10))
		g.division = part.division
		g.add(part.kind, part.Sum)
	}
	return s.namedRows(ctx, q, all)
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
		if id := all.byKey[key].division; id != 0 {
			ids = append(ids, id)
		}
	}
	names, err := s.tree.Names(ctx, ids, q.treeDay)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, 0, len(all.order))
	for _, id := range ids {
		rows = append(rows, q.row(names[id].Code, names[id].Name, *all.byKey[strconv.FormatInt(id, 10)]))
	}
	sortRows(rows)
	if direct := all.byKey["0"]; direct != nil {
		rows = append(rows, q.row(Direct, Direct, *direct))
	}
	return rows, nil
}

// unitRows lists units with the figures they come from and what their lights remember, those furthest
// behind first.
func (s *Service) unitRows(ctx context.Context, q question) ([]Row, []unitFigure, map[int64]remembered, string, error) {
	figures, next, err := s.unitPage(ctx, q, q.ranking())
	if err != nil {
		return nil, nil, nil, "", err
	}
	units, err := s.unitsOf(ctx, figures)
	if err != nil {
		return nil, nil, nil, "", err
	}
	lights, err := s.remember(ctx, q, figures)
	if err != nil {
		return nil, nil, nil, "", err
	}
	rows := make([]Row, len(figures))
	for i, f := range figures {
		rows[i] = q.unitRow(units[f.UnitID], f, lights[f.UnitID])
	}
	return rows, figures, lights, next, nil
}

// unitRow gives one unit in one quarter, with its own light.
func (q question) unitRow(unit plan.Unit, f unitFigure, light remembered) Row {
	g := group{period: f.Period}
	g.add(kind{f.Batch, f.UnitType}, totalOf(f))
	r := q.row(unit.Key, unit.Name, g)
	r.Light, r.Memory = light.light, light.Memory
	r.Placeholder, r.Batch, r.Type = unit.Placeholder, f.Batch, f.UnitType
	return r
}

// byUnit is the order of units whose cursor is the last unit, so that no unit is lost. A ranking can change
// between two pages; its cursor is a row number.
const byUnit = "unit_id"

func (q question) ranking() string {
	if q.Basis == AllSubmitted {
		return "planned - all_earned DESC, unit_id"
	}
	return "planned - earned DESC, unit_id"
}

// unitPage reads one page of unit figures of the question's quarter.
func (s *Service) unitPage(ctx context.Context, q question, order string) ([]unitFigure, string, error) {
	limit, after, err := q.paging()
	if err != nil {
		return nil, "", err
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
	for i, f := range figures {
		figures[i] = f.utc().on(q.Basis)
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
