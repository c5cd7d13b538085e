package accounts

import (
	"context"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// Scope gives the division that a question is about: the one with the code on that day, or with an
// empty code the actor's own sub-tree (the first province for one who covers everything). Forbidden
// `scope.forbidden` when the actor does not cover it, NotFound `division.unknown` when there is none.
func Scope(ctx context.Context, tree *divisions.Service, actor Actor, code string, on period.Date) (divisions.Division, error) {
	if code == "" {
		return ownScope(ctx, tree, actor, on)
	}
	division, err := tree.ByCode(ctx, code, on)
	if err != nil {
		return divisions.Division{}, err
	}
	places, err := tree.Places(ctx, nil, []int64{division.ID}, on)
	if err != nil {
		return divisions.Division{}, err
	}
	if !actor.CoversPlace(places[division.ID]) {
		return divisions.Division{}, fault.New(fault.Forbidden, "scope.forbidden")
	}
	return division, nil
}

func ownScope(ctx context.Context, tree *divisions.Service, actor Actor, on period.Date) (divisions.Division, error) {
	if actor.Division != 0 {
		return tree.ByID(ctx, actor.Division, on)
	}
	if !actor.Everywhere() {
		return divisions.Division{}, fault.New(fault.Forbidden, "scope.forbidden")
	}
	roots, err := tree.Roots(ctx, on)
	if err != nil {
		return divisions.Division{}, err
	}
	if len(roots) == 0 {
		return divisions.Division{}, fault.New(fault.NotFound, "division.none")
	}
	return roots[0], nil
}
