package analytics

import (
	"cmp"
	"context"
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
	known, next, err := s.furthestBehind(ctx, q)
	if err != nil {
		return nil, nil, nil, "", err
	}
	var figures []unitFigure
	for _, f := range known {
		if f.Period == q.Period && f.knownAt(q.moment()) {
			figures = append(figures, f)
		}
	}
	units, err := s.unitsOf(ctx, figures)
	if err != nil {
		return nil, nil, nil, "", err
	}
	lights, err := s.lightsOf(ctx, q, figures, known)
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

// furthestBehind reads one page of units by their gap in the question's quarter, and of each of them what its
// light remembers. The ranking can change between two pages; its cursor is a row number.
func (s *Service) furthestBehind(ctx context.Context, q question) ([]unitFigure, string, error) {
	limit, after, err := q.paging()
	if err != nil {
		return nil, "", err
	}
	gap := "planned - earned"
	if q.Basis == AllSubmitted {
		gap = "planned - all_earned"
	}
	page := q.chosen(s.db.Read(ctx).Model(&unitFigure{})).Where("period = ?", q.Period).
		Select("unit_id, " + gap + " AS gap").Order(gap + " DESC, unit_id").Offset(after).Limit(limit + 1)
	known, err := q.read(q.recalled(s.db.Read(ctx).Table("(?) AS p", page).Select("f.*").Joins("JOIN unit_figures AS f ON f.unit_id = p.unit_id")).
		Order("p.gap DESC, f.unit_id, f.period, f.since"))
	if err != nil {
		return nil, "", err
	}
	units := 0
	for i, f := range known {
		if i > 0 && f.UnitID == known[i-1].UnitID {
			continue
		}
		if units++; units > limit {
			return known[:i], strconv.Itoa(after + limit), nil
		}
	}
	return known, "", nil
}

// unitPage reads one page of unit figures of the question's quarter, by unit: the cursor is the last unit, so
// that none is lost.
func (s *Service) unitPage(ctx context.Context, q question) ([]unitFigure, string, error) {
	limit, after, err := q.paging()
	if err != nil {
		return nil, "", err
	}
	figures, err := q.read(q.chosen(s.db.Read(ctx)).Where("period = ? AND unit_id > ?", q.Period, after).Order("unit_id").Limit(limit + 1))
	if err != nil || len(figures) <= limit {
		return figures, "", err
	}
	figures = figures[:limit]
	return figures, strconv.FormatInt(figures[limit-1].UnitID, 10), nil
}

func (s *Service) unitsOf(ctx context.Context, figures []unitFigure) (map[int64]plan.Unit, error) {
	return s.plans.UnitsByID(ctx, unitIDs(figures))
}

func unitIDs(figures []unitFigure) []int64 {
	ids := make([]int64, len(figures))
	for i, f := range figures {
		ids[i] = f.UnitID
	}
	return ids
}
