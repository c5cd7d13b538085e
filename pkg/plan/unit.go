package plan

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// MaxPage is the greatest number of units a list gives at once.
const MaxPage = 200

// Unit is a reporting unit with its latest designation. Key is for ever. Place is where it lies today,
// or on the asked day. Placeholder marks a unit whose name and place are still to be confirmed
// (名称待核). Until is zero while it is designated; Since is only as exact as SincePrecision says.
type Unit struct {
	ID             int64
	Key            string
	Name           string
	Division       int64
	Placeholder    bool
	Place          divisions.Place
	Batch          string
	Type           string
	Since, Until   period.Date
	SincePrecision string
	Document       string
}

// DesignatedOn tells whether the latest designation holds on a day.
func (u Unit) DesignatedOn(day period.Date) bool {
	return !u.Since.IsZero() && !day.Before(u.Since) && (u.Until.IsZero() || day.Before(u.Until))
}

// UnitFilter chooses units. Division is an id, 0 for the actor's whole scope; empty texts choose all;
// After is the cursor. A Limit of 0 is MaxPage.
type UnitFilter struct {
	Division    int64
	Batch, Type string
	After       string
	Limit       int
}

// Unit gives a unit in the actor's scope; NotFound `unit.unknown`, Forbidden `unit.forbidden`.
func (s *Service) Unit(ctx context.Context, actor accounts.Actor, key string) (Unit, error) {
	unit, err := s.UnitByKey(ctx, key)
	if err != nil {
		return Unit{}, err
	}
	if !actor.Covers(unit.ID, unit.Place) {
		return Unit{}, fault.New(fault.Forbidden, "unit.forbidden")
	}
	return unit, nil
}

// UnitByKey gives a unit without asking any scope: for the program's own commands.
func (s *Service) UnitByKey(ctx context.Context, key string) (Unit, error) {
	return s.units.Get(ctx, key, func() (Unit, error) {
		list, err := units(s.db.Read(ctx).Raw(selectUnit+"WHERE u.key = ?", key))
		if err != nil {
			return Unit{}, err
		}
		if len(list) == 0 {
			return Unit{}, fault.New(fault.NotFound, "unit.unknown", key)
		}
		return list[0], nil
	})
}

// UnitsByKey gives a handful of units by key, all in the actor's scope; NotFound `unit.unknown`,
// Forbidden `unit.forbidden`.
func (s *Service) UnitsByKey(ctx context.Context, actor accounts.Actor, keys []string) (map[string]Unit, error) {
	list, err := units(s.db.Read(ctx).Raw(selectUnit+"WHERE u.key IN ?", keys))
	if err != nil {
		return nil, err
	}
	found := make(map[string]Unit, len(list))
	for _, u := range list {
		if !actor.Covers(u.ID, u.Place) {
			return nil, fault.New(fault.Forbidden, "unit.forbidden")
		}
		found[u.Key] = u
	}
	for _, key := range keys {
		if _, ok := found[key]; !ok {
			return nil, fault.New(fault.NotFound, "unit.unknown", key)
		}
	}
	return found, nil
}

// UnitsByID gives units by id without asking any scope: for services that have asked it.
func (s *Service) UnitsByID(ctx context.Context, ids []int64) (map[int64]Unit, error) {
	return s.byID.Many(ctx, ids, func(missing []int64) (map[int64]Unit, error) { return s.readUnits(ctx, missing) })
}

func (s *Service) readUnits(ctx context.Context, ids []int64) (map[int64]Unit, error) {
	found := make(map[int64]Unit, len(ids))
	for start := 0; start < len(ids); start += database.BatchSize {
		list, err := units(s.db.Read(ctx).Raw(selectUnit+"WHERE u.id IN ?", ids[start:min(start+database.BatchSize, len(ids))]))
		if err != nil {
			return nil, err
		}
		for _, u := range list {
			found[u.ID] = u
		}
	}
	return found, nil
}

// Units lists units in the actor's scope by id; next is the cursor of the following page. Forbidden
// `scope.forbidden` when the actor does not cover the asked division, or nothing at all.
func (s *Service) Units(ctx context.Context, actor accounts.Actor, f UnitFilter) (list []Unit, next string, err error) {
	q := &unitQuery{sql: selectUnit + "WHERE 1 = 1"}
	if err := s.scope(ctx, actor, f.Division, q); err != nil {
		return nil, "", err
	}
	if f.After != "" {
		after, err := s.UnitByKey(ctx, f.After)
		if err != nil {
			return nil, "", fault.New(fault.Invalid, "list.bad_cursor")
		}
		q.and("u.id > ?", after.ID)
	}
	if f.Batch != "" {
		q.and("d.batch = ?", f.Batch)
	}
	if f.Type != "" {
		q.and("d.type = ?", f.Type)
	}
	limit := f.Limit
	if limit <= 0 || limit > MaxPage {
		limit = MaxPage
	}
	list, err = units(s.db.Read(ctx).Raw(q.sql+" ORDER BY u.id LIMIT ?", append(q.args, database.AtMost(limit+1))...))
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Key
	}
	return list, next, err
}

// unitQuery is a query on units that grows by conditions.
type unitQuery struct {
	sql  string
	args []any
}

func (q *unitQuery) and(condition string, args ...any) {
	q.sql += " AND " + condition
	q.args = append(q.args, args...)
}

// within narrows the query to a division, as divisions.Place.Within does.
func (q *unitQuery) within(id int64) {
	q.and("(u.province_id = ? OR u.city_id = ? OR u.county_id = ? OR u.division_id = ?)", id, id, id, id)
}

// scope narrows a query to what the actor covers, and to a division that is covered as a whole.
func (s *Service) scope(ctx context.Context, actor accounts.Actor, division int64, q *unitQuery) error {
	switch {
	case actor.Everywhere():
	case actor.Role == accounts.Clerk:
		q.and("u.id = ?", actor.Unit)
	case actor.Role.Known() && actor.Division != 0:
		q.within(actor.Division)
	default:
		return fault.New(fault.Forbidden, "scope.forbidden")
	}
	if division == 0 {
		return nil
	}
	places, err := s.tree.Places(ctx, nil, []int64{division}, s.clock.Today())
	if err != nil {
		return err
	}
	if !actor.CoversPlace(places[division]) {
		return fault.New(fault.Forbidden, "scope.forbidden")
	}
	q.within(division)
	return nil
}

// Designated gives, inside tx, every unit of the given types designated under the plan on a day, with the
// batch and type of then and the place of then (that of today where the tree says nothing of then): those who owe a
// report for the quarter that ends on it.
func (s *Service) Designated(ctx context.Context, tx *gorm.DB, plan int64, on period.Date, types []string) ([]Unit, error) {
	list, err := units(tx.Raw(unitColumns+`FROM units u JOIN designations d ON d.unit_id = u.id
		WHERE d.plan_id = ? AND d.since <= ? AND (d.until IS NULL OR d.until > ?) AND d.type IN ? ORDER BY u.id`, plan, on, on, types))
	if err != nil {
		return nil, err
	}
	places, err := s.tree.Places(ctx, tx, divisionsOf(list), on)
	if err != nil {
		return nil, err
	}
	for i, u := range list {
		if place, ok := places[u.Division]; ok {
			list[i].Place = place
		}
	}
	return list, nil
}

// divisionsOf gives the divisions that units lie in, each once.
func divisionsOf(list []Unit) []int64 {
	ids := make([]int64, len(list))
	for i, u := range list {
		ids[i] = u.Division
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
