// Package divisions knows the tree in time: which division had which code and name, and lay under
// which other one, from when to when. It owns the tables divisions and division_versions, and reads
// division files into them. It does not know who reports, nor which program a division is for.
//
// A division is valid from a day until, but not on, another. Every question names the day it is
// asked for; codes are attributes of that day, the key and the id are for ever.
package divisions

import (
	"pilotboard/pkg/database"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// The levels. A division lies under one of a smaller level, not always the next smaller one: some
// communities lie directly under a district.
const (
	Province = iota + 1
	City
	County
	Township
	Village
)

// Service answers questions about the tree and imports it.
type Service struct {
	db     *database.DB
	clock  period.Clock
	ledger *ledger.Ledger
	known  *epoch.Kept[question, []Division]
	lies   *epoch.Kept[question, Place]
}

// question is one about a day: what is asked, of which division or code.
type question struct {
	what string
	id   int64
	code string
	on   period.Date
}

// New makes the service. The clock dates what it records.
func New(db *database.DB, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{
		db: db, clock: clock, ledger: l,
		known: epoch.KeepCommon[question, []Division](16384), lies: epoch.KeepCommon[question, Place](4096),
	}
}

// Division is a division as it was on one day. Parent is 0 for a province. Key is the first code it
// is known under and never changes.
type Division struct {
	ID             int64
	Key            string
	Code           string
	Name           string
	Level          int
	Parent         int64
	StatisticsOnly bool // a zone that exists for statistics alone, never counted
}

// unknown is the fault for a code, key or id that no division has on that day.
func unknown(what any, on period.Date) error {
	return fault.New(fault.NotFound, "division.unknown", what, on)
}
