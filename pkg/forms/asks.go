package forms

import (
	"slices"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Asks tells whether reports on the form are owed for a quarter at all: one that lies in the plan, did
// not end before the plan was issued, and ends while the form is valid.
func (f Form) Asks(q period.Quarter, p *plan.Plan) bool {
	end := q.Last()
	return q >= max(p.First, period.QuarterOf(p.Issued)) && q <= p.Last &&
		(f.ValidFrom.IsZero() || !end.Before(f.ValidFrom)) && !f.Expired(end)
}

// Owes tells whether units of this type file the form.
func (f Form) Owes(unitType string) bool { return slices.Contains(f.FilledBy, unitType) }
