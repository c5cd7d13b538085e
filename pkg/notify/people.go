package notify

import (
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/plan"
)

// people are those who may be told of something.
type people struct {
	byID map[int64]accounts.User
	near map[int64][]accounts.User // by unit or division; the two have ids of their own, side.has tells them apart
}

// peopleOf sorts users by what they are in charge of.
func peopleOf(users []accounts.User) people {
	p := people{byID: make(map[int64]accounts.User, len(users)), near: make(map[int64][]accounts.User, len(users))}
	for _, u := range users {
		p.byID[u.ID] = u
		p.near[u.Unit+u.Division] = append(p.near[u.Unit+u.Division], u) // one of the two is 0
	}
	return p
}

// filersOf reads those who file for units, in as many queries for many as for one.
func filersOf(tx *gorm.DB, units map[int64]plan.Unit) (people, error) {
	var ids, own []int64
	for _, u := range units {
		ids = append(ids, u.ID)
		if division := ownDivision(u); division != 0 {
			own = append(own, division)
		}
	}
	clerks, err := accounts.ClerksOf(tx, ids)
	if err != nil {
		return people{}, err
	}
	staff, err := accounts.StaffOf(tx, accounts.Reviewer, own)
	if err != nil {
		return people{}, err
	}
	return peopleOf(append(clerks, staff...)), nil
}

// around gives the ids of those of some sides of an act's scene, each once.
func (p people) around(at scene, sides []side) []int64 {
	var ids []int64
	for _, of := range slices.Compact(slices.Sorted(slices.Values(append(divisionsAround(at.unit), at.unit.ID)))) {
		for _, u := range p.near[of] {
			concerned := func(s side) bool { return s.has(u, at) }
			if !slices.Contains(ids, u.ID) && slices.ContainsFunc(sides, concerned) {
				ids = append(ids, u.ID)
			}
		}
	}
	return ids
}

// divisionsAround gives the divisions whose people a unit has to do with; 0 where it lies in none. A
// city or county that was merged into another lies there and is still its own.
func divisionsAround(unit plan.Unit) []int64 {
	return []int64{unit.Place.Province, unit.Place.City, unit.Place.County, ownDivision(unit)}
}
