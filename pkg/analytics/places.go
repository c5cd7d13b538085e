package analytics

import (
	"context"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
)

// Place is a division that a scope is split into, with its figures; nil where it has no unit.
type Place struct {
	divisions.Division
	Row *Row
}

// Places splits the scope into the divisions right below it, by code, whether or not they have units: a
// province into cities, a city into counties; a county or a unit is not split. Outside is the row of units
// that lie in none of them, nil for none.
func (s *Service) Places(ctx context.Context, actor accounts.Actor, query Query) (places []Place, outside *Row, err error) {
	query.By, query.After = ByCity, ""
	answer, err := s.Progress(ctx, actor, query)
	if err != nil {
		return nil, nil, err
	}
	if answer.Scope.Unit == nil && answer.Scope.Division.Level == divisions.City {
		query.By = ByCounty
		if answer, err = s.Progress(ctx, actor, query); err != nil {
			return nil, nil, err
		}
	}
	scope := answer.Scope
	if scope.Unit != nil || scope.Division.Level >= divisions.County {
		for _, row := range answer.Rows {
			places = append(places, Place{Division: scope.Division, Row: &row})
		}
		return places, nil, nil
	}
	on := answer.Period.Last()
	if query.Tree == AsNow {
		on = s.clock.Today()
	}
	below, err := s.tree.Children(ctx, scope.Division.ID, on)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range below {
		if d.StatisticsOnly {
			continue
		}
		place := Place{Division: d}
		if i := slices.IndexFunc(answer.Rows, func(r Row) bool { return r.Key == d.Code }); i >= 0 {
			place.Row = &answer.Rows[i]
		}
		places = append(places, place)
	}
	if n := len(answer.Rows); n > 0 && answer.Rows[n-1].Key == Direct {
		outside = &answer.Rows[n-1]
	}
	return places, outside, nil
}
