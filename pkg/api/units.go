package api

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// unit is a reporting unit with its latest designation. The codes are those of the divisions it lies
// in today.
type unit struct {
	Key            string       `json:"key"`
	Name           string       `json:"name"`
	Placeholder    bool         `json:"placeholder" doc:"Name and place are still to be confirmed."`
	Batch          string       `json:"batch"`
	Type           string       `json:"type" enum:"district,street,community"`
	Since          period.Date  `json:"since" format:"date"`
	SincePrecision string       `json:"since_precision" doc:"How exact since is: day, month, quarter or year."`
	Until          *period.Date `json:"until" format:"date" doc:"First day it is no longer designated."`
	Document       string       `json:"document" doc:"What it was designated by."`
	Division       *string      `json:"division" doc:"Code of its own division."`
	Province       *string      `json:"province"`
	City           *string      `json:"city"`
	County         *string      `json:"county"`
}

type unitsQuery struct {
	Scope  string `query:"scope" example:"340000" doc:"Code of a division; the caller's whole scope without."`
	Batch  string `query:"batch"`
	Type   string `query:"type" enum:"district,street,community"`
	Cursor string `query:"cursor" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"Rows per page; 200 without."`
}

func (s *Server) listUnits(ctx context.Context, actor accounts.Actor, in *unitsQuery) (list[unit], error) {
	filter := plan.UnitFilter{Batch: in.Batch, Type: in.Type, After: in.Cursor, Limit: in.Limit}
	if in.Scope != "" {
		scope, err := accounts.Scope(ctx, s.Tree, actor, in.Scope, s.clock.Today())
		if err != nil {
			return list[unit]{}, err
		}
		filter.Division = scope.ID
	}
	found, next, err := s.Plans.Units(ctx, actor, filter)
	if err != nil {
		return list[unit]{}, err
	}
	names, err := s.placeNames(ctx, found)
	if err != nil {
		return list[unit]{}, err
	}
	return listOf(found, next, func(u plan.Unit) unit { return newUnit(u, names) }), nil
}

func (s *Server) showUnit(ctx context.Context, actor accounts.Actor, in *struct {
	Key string `path:"key" example:"fangxing"`
}) (unit, error) {
	found, err := s.Plans.Unit(ctx, actor, in.Key)
	if err != nil {
		return unit{}, err
	}
	names, err := s.placeNames(ctx, []plan.Unit{found})
	return newUnit(found, names), err
}

// placeNames gives the divisions that the units lie in, as they are today.
func (s *Server) placeNames(ctx context.Context, units []plan.Unit) (map[int64]divisions.Division, error) {
	met := map[int64]bool{}
	var ids []int64
	for _, u := range units {
		for _, id := range []int64{u.Place.Province, u.Place.City, u.Place.County, u.Division} {
			if id != 0 && !met[id] {
				met[id] = true
				ids = append(ids, id)
			}
		}
	}
	return s.Tree.Names(ctx, ids, s.clock.Today())
}

func newUnit(u plan.Unit, names map[int64]divisions.Division) unit {
	code := func(id int64) *string { return orNull(names[id].Code) }
	return unit{
		Key: u.Key, Name: u.Name, Placeholder: u.Placeholder, Batch: u.Batch, Type: u.Type, Since: u.Since,
		SincePrecision: u.SincePrecision, Until: orNull(u.Until), Document: u.Document, Division: code(u.Division),
		Province: code(u.Place.Province), City: code(u.Place.City), County: code(u.Place.County),
	}
}
