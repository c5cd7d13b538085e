package divisions_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
)

// checkTreeAgrees walks down to a random division on a random day and asks for it in every way.
func checkTreeAgrees(t *testing.T, s *divisions.Service) {
	rapid.Check(t, func(t *rapid.T) {
		on := day("2018-10-31").AddDays(rapid.IntRange(0, 760).Draw(t, "days"))
		way := walkDown(t, s, on)
		last := way[len(way)-1]
		ancestors, err := s.Ancestors(t.Context(), last.ID, on)
		if err != nil || !slices.Equal(ancestors, way) {
			t.Fatalf("ancestors %v, way down %v, err %v", ancestors, way, err)
		}
		for _, find := range []func() (divisions.Division, error){
			func() (divisions.Division, error) { return s.ByCode(t.Context(), last.Code, on) },
			func() (divisions.Division, error) { return s.ByKey(t.Context(), last.Key, on) },
			func() (divisions.Division, error) { return s.ByID(t.Context(), last.ID, on) },
		} {
			if d, err := find(); err != nil || d != last {
				t.Fatalf("found %v, want %v, err %v", d, last, err)
			}
		}
		var ids []int64
		for _, d := range way {
			ids = append(ids, d.ID)
		}
		places, err := s.Places(t.Context(), nil, ids, on)
		if err != nil {
			t.Fatal(err)
		}
		names, err := s.Names(t.Context(), ids, on)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range way {
			if names[d.ID] != d || places[d.ID] != placeOf(way[:i+1]) {
				t.Fatalf("%v: name %v, place %v", d, names[d.ID], places[d.ID])
			}
		}
	})
}

func walkDown(t *rapid.T, s *divisions.Service, on period.Date) []divisions.Division {
	var way []divisions.Division
	next, err := s.Roots(t.Context(), on)
	for {
		if err != nil {
			t.Fatal(err)
		}
		if len(next) == 0 {
			return way
		}
		way = append(way, next[rapid.IntRange(0, len(next)-1).Draw(t, "child")])
		next, err = s.Children(t.Context(), way[len(way)-1].ID, on)
	}
}

func placeOf(way []divisions.Division) divisions.Place {
	var p divisions.Place
	for _, d := range way {
		p.Division = d.ID
		switch d.Level {
		case divisions.Province:
			p.Province = d.ID
		case divisions.City:
			p.City = d.ID
		case divisions.County:
			p.County = d.ID
		}
	}
	return p
}
