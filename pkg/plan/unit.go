package plan

import (
	"context"
	"fmt"

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

// UnitFilter chooses units. Division is an id, 0 for the actor's whole scope; After is the cursor.
type UnitFilter struct {
	Division    int64
	Batch, Type string
	After       string
	Limit       int
}

// unitRow is a unit with a designation, as queries read it.
type unitRow struct {
	ID             int64
	Key            string
	Name           string
	DivisionID     int64
	Placeholder    bool
	ProvinceID     int64
	CityID         int64
	CountyID       int64
	Batch          string
	Type           string
	Since          period.Date
	SincePrecision string
	Until          period.Date
	Document       string
}

func (r unitRow) unit() Unit {
	return Unit{
		ID: r.ID, Key: r.Key, Name: r.Name, Division: r.DivisionID, Placeholder: r.Placeholder, Batch: r.Batch, Type: r.Type,
		Place: divisions.Place{Province: r.ProvinceID, City: r.CityID, County: r.CountyID, Division: r.DivisionID},
		Since: r.Since, SincePrecision: r.SincePrecision, Until: r.Until, Document: r.Document,
	}
}

// selectUnit reads units with their latest designation.
const selectUnit = `SELECT u.id, u.key, u.name, u.division_id, u.placeholder, u.province_id, u.city_id, u.county_id,
	d.batch, d.type, d.since, d.since_precision, d.until, d.document
	FROM units u JOIN designations d ON d.unit_id = u.id
		AND d.since = (SELECT max(l.since) FROM designations l WHERE l.unit_id = u.id AND l.plan_id = d.plan_id) `

func units(query *gorm.DB) ([]Unit, error) {
	var rows []unitRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read units: %w", err)
	}
	list := make([]Unit, len(rows))
	for i, r := range rows {
		list[i] = r.unit()
	}
	return list, nil
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
	list, err := units(s.db.Read(ctx).Raw(selectUnit+"WHERE u.key = ?", key))
	if err != nil {
		return Unit{}, err
	}
	if len(list) == 0 {
		return Unit{}, fault.New(fault.NotFound, "unit.unknown", key)
	}
	return list[0], nil
}

// UnitsByID gives units by id without asking any scope: for services that have asked it.
func (s *Service) UnitsByID(ctx context.Context, ids []int64) (map[int64]Unit, error) {
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

// Units lists units in the actor's scope by id; next is the cursor of the following page.
func (s *Service) Units(ctx context.Context, actor accounts.Actor, f UnitFilter) (list []Unit, next string, err error) {
	condition, args := "WHERE u.id > ?", []any{int64(0)}
	if f.After != "" {
		after, err := s.UnitByKey(ctx, f.After)
		if err != nil {
			return nil, "", fault.New(fault.Invalid, "list.bad_cursor")
		}
		args[0] = after.ID
	}
	choose := func(what string, values ...any) {
		condition += " AND " + what
		args = append(args, values...)
	}
	const lies = "(u.province_id = ? OR u.city_id = ? OR u.county_id = ? OR u.division_id = ?)"
	switch {
	case actor.Role == accounts.Clerk:
		choose("u.id = ?", actor.Unit)
	case !actor.Everywhere():
		choose(lies, actor.Division, actor.Division, actor.Division, actor.Division)
	}
	if f.Division != 0 {
		choose(lies, f.Division, f.Division, f.Division, f.Division)
	}
	if f.Batch != "" {
		choose("d.batch = ?", f.Batch)
	}
	if f.Type != "" {
		choose("d.type = ?", f.Type)
	}
	if f.Limit <= 0 || f.Limit > MaxPage {
		f.Limit = MaxPage
	}
	list, err = units(s.db.Read(ctx).Raw(selectUnit+condition+" ORDER BY u.id LIMIT ?", append(args, f.Limit+1)...))
	if err == nil && len(list) > f.Limit {
		list = list[:f.Limit]
		next = list[f.Limit-1].Key
	}
	return list, next, err
}

// Designated gives, inside tx, every unit designated under the plan on a day, with the batch and type
// of then and the place of then: those who owe a report for the quarter that ends on it.
func (s *Service) Designated(ctx context.Context, tx *gorm.DB, plan int64, on period.Date) ([]Unit, error) {
	list, err := units(tx.Raw(`SELECT u.id, u.key, u.name, u.division_id, u.placeholder, d.batch, d.type, d.since, d.since_precision, d.until, d.document
		FROM units u JOIN designations d ON d.unit_id = u.id
		WHERE d.plan_id = ? AND d.since <= ? AND (d.until IS NULL OR d.until > ?) ORDER BY u.id`, plan, on, on))
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(list))
	for i, u := range list {
		ids[i] = u.Division
	}
	places, err := s.tree.Places(ctx, tx, ids, on)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Place = places[list[i].Division]
	}
	return list, nil
}
