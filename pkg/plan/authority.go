package plan

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/epoch"
)

// AuthorityTypes are the types of units that report as a whole city or county, not as a pilot.
var AuthorityTypes = []string{"city", "county"}

// authorityLevels are the levels of the tree at which they stand.
var authorityLevels = map[string]int{"city": divisions.City, "county": divisions.County}

// Authority tells whether units of this type report as a whole city or county.
func Authority(unitType string) bool { return slices.Contains(AuthorityTypes, unitType) }

// KeepAuthorities makes, inside tx, every city or county (by the given types) that the tree has ever
// counted a reporting unit under its permanent key, designated as long as it is valid. It may run at
// any time and gives the number of units made or changed.
func (s *Service) KeepAuthorities(ctx context.Context, tx *gorm.DB, p *Plan, types []string) (int, error) {
	changed := 0
	for _, unitType := range types {
		n, err := s.keepAuthorities(ctx, tx, p, unitType)
		if err != nil {
			return 0, err
		}
		changed += n
	}
	if changed == 0 {
		return 0, nil
	}
	return changed, epoch.Raise(tx, epoch.Common, s.now())
}

func (s *Service) keepAuthorities(ctx context.Context, tx *gorm.DB, p *Plan, unitType string) (int, error) {
	spans, err := s.tree.Spans(tx, authorityLevels[unitType])
	if err != nil {
		return 0, err
	}
	wanted := make([]pilot, len(spans))
	for i, span := range spans {
		u := Unit{Key: span.Key, Name: span.Name, Division: span.ID, Type: unitType, Since: span.From, SincePrecision: "day", Until: span.To}
		wanted[i] = pilot{Unit: u, designations: []designation{designationOf(u)}}
	}
	c, err := s.compare(ctx, tx, p, wanted)
	if err != nil || len(c.created)+len(c.updated) == 0 {
		return 0, err
	}
	return len(c.created) + len(c.updated), c.apply(tx, p)
}

// Own gives the units that the actor files for itself: a clerk's own, and the city or county of whoever
// has one; none for everybody else.
func (s *Service) Own(ctx context.Context, actor accounts.Actor) ([]Unit, error) {
	key, q := ownKey{}, &unitQuery{sql: selectUnit + "WHERE 1 = 1"}
	switch {
	case actor.Role == accounts.Clerk:
		key.unit = actor.Unit
		q.and("u.id = ?", actor.Unit)
	case actor.Division != 0 && actor.Can(accounts.FileReports):
		key.division = actor.Division
		q.and("u.division_id = ? AND d.type IN ?", actor.Division, AuthorityTypes)
	default:
		return nil, nil
	}
	list, err := s.owned.Get(ctx, key, func() ([]Unit, error) { return units(s.db.Read(ctx).Raw(q.sql+" ORDER BY u.id", q.args...)) })
	return slices.Clone(list), err
}

// ownKey names whose own units they are: those of a unit's clerk, or of a division.
type ownKey struct{ unit, division int64 }

// Below gives, inside tx, the units of a type that lie in a division on their place of today, by id.
func (s *Service) Below(tx *gorm.DB, division int64, unitType string) ([]Unit, error) {
	q := &unitQuery{sql: selectUnit + "WHERE d.type = ?", args: []any{unitType}}
	q.within(division)
	list, err := units(tx.Raw(q.sql+" ORDER BY u.id LIMIT ?", append(q.args, database.AtMost(database.BatchSize))...))
	if err != nil {
		return nil, fmt.Errorf("read the units below a division: %w", err)
	}
	return list, nil
}
