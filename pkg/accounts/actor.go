// Package accounts knows who may ask and for what: users, their roles and sub-trees, passwords,
// logins, sessions and access tokens. Its Actor is what every other service asks for as an argument.
// It owns the tables users, sessions, tokens and login_failures. It knows no cookies and no HTTP, and
// it does not decide what a service does with a permission.
package accounts

import (
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
)

// Actor is who asks: a user as of this request, or the program itself. The zero Actor is nobody: it
// may nothing and covers nothing.
type Actor struct {
	UserID   int64  // 0 for the program itself
	Name     string // what the user logs in with
	Display  string // what people read
	Role     Role
	Division int64 // the sub-tree; 0 for a clerk, and for an administrator of everything
	Unit     int64 // of a clerk
	Language string

	system bool
}

// System gives the program itself, under the name of the job or command that acts: it may everything
// and covers everything.
func System(name string) Actor {
	return Actor{Name: name, Display: name, Language: "zh-CN", system: true}
}

// Everywhere tells whether the actor covers every unit whatever its place: the program itself and an
// administrator without a division. Lists leave their filter by sub-tree out for such an actor.
func (a Actor) Everywhere() bool {
	return a.system || (a.Role == Admin && a.Division == 0)
}

// Covers tells whether a unit, which lies at place, is within what the actor was given: a clerk's own
// unit, everybody else's sub-tree.
func (a Actor) Covers(unit int64, place divisions.Place) bool {
	if a.Everywhere() {
		return true
	}
	if a.Role == Clerk {
		return unit != 0 && unit == a.Unit
	}
	return a.Role.Known() && place.Within(a.Division)
}

// Level gives the level of the tree at which the actor stands over a unit that lies at place: 1 for the
// province and for who covers everything, and a level below all that review for everybody else.
func (a Actor) Level(place divisions.Place) int {
	switch {
	case a.Everywhere(), a.Division != 0 && a.Division == place.Province:
		return divisions.Province
	case a.Division != 0 && a.Division == place.City:
		return divisions.City
	case a.Division != 0 && a.Division == place.County:
		return divisions.County
	}
	return divisions.Village
}

// CoversPlace tells whether a whole place, not just one unit in it, is within what the actor was
// given. A clerk has no place.
func (a Actor) CoversPlace(place divisions.Place) bool {
	return a.Role != Clerk && a.Covers(0, place)
}

// Can tells whether the actor has the permission; for which units is asked with Covers.
func (a Actor) Can(p Permission) bool {
	return a.system || a.Role.has(p)
}

// Require gives Forbidden `permission.denied` unless the actor has the permission.
func (a Actor) Require(p Permission) error {
	if a.Can(p) {
		return nil
	}
	return fault.New(fault.Forbidden, "permission.denied")
}
