package reporting

import (
	"pilotboard/pkg/accounts"
)

// Chain lists the levels of the tree that review the report, in turn; none means that whoever reviews
// accepts. The last level accepts, the others pass on.
func (r Report) Chain() []int {
	var levels []int
	after, first := ownLevel(r.UnitType), true
	for {
		after = nextStage(r.Form.Review, r.Unit.Place, after, first)
		if after == 0 {
			return levels
		}
		levels, first = append(levels, after), false
	}
}

// Next gives the level that reviews the report once actor has accepted it, 0 when their acceptance is
// the last.
func (r Report) Next(actor accounts.Actor) int {
	if r.Stage == 0 {
		return 0
	}
	return nextStage(r.Form.Review, r.Unit.Place, min(r.Stage, actor.Level(r.Unit.Place)), false)
}
