package api

import (
	"time"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
)

// Knowledge is what figures may know: which reports count, until when, and in which tree units lie. It is
// exported for huma, which looks into exported fields only.
type Knowledge struct {
	Basis string `query:"basis" default:"accepted" enum:"accepted,submitted" doc:"Which reports count: accepted ones, or also those that wait for review."`
	AsOf  string `query:"as_of" example:"2019-10-12T15:59:59Z" doc:"A moment (RFC 3339): answered as it was known then, by the plan in force then. Now without."`
	Tree  string `query:"tree" default:"then" enum:"then,now" doc:"Under whom units are counted: as it was in the period, or today, merged divisions under their successors; codes are those of the same day."`
}

// ask puts it into a query.
func (k Knowledge) ask(q *analytics.Query) error {
	q.Basis, q.Tree = analytics.Basis(k.Basis), analytics.Tree(k.Tree)
	if k.AsOf == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, k.AsOf)
	if err != nil {
		return notAnswered(fault.New(fault.Invalid, "request.invalid").With("as_of", "request.not_a_moment"))
	}
	q.AsOf = at
	return nil
}

// notAnswered is f with its fields said to be parameters.
func notAnswered(f *fault.Fault) error {
	return &placed{f, func(field string) problemField { return problemField{Parameter: field} }}
}
