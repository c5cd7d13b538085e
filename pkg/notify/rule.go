package notify

import (
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// side is a group of people around a unit.
type side int

const (
	filers        side = iota + 1 // clerks, and of a city or county those who review below it
	reviewers                     // of the level where the report stood
	cityReviewers                 // of the city alone
	monitors                      // of any division above the unit
	otherSide                     // who did not act: reviewers when a filer did, else filers
)

// rule says who is told of an act. What is urgent goes out at once, all else waits for the digest. key
// is that of the text.
type rule struct {
	to     []side
	urgent bool
	key    string
}

// rules has every act that somebody is told of. Those that end an obligation of nobody, like a
// withdrawal, are not in it.
var rules = map[string]rule{
	string(reporting.ActReturn):  {to: []side{filers}, urgent: true, key: "notice.returned"},
	string(reporting.ActReopen):  {to: []side{filers}, urgent: true, key: "notice.reopened"},
	string(reporting.ActUrge):    {to: []side{filers}, urgent: true, key: "notice.urged"},
	string(reporting.ActAccept):  {to: []side{filers}, key: "notice.accepted"},
	string(reporting.ActSubmit):  {to: []side{reviewers}, key: "notice.submitted"},
	string(reporting.ActPass):    {to: []side{reviewers}, key: "notice.passed"},
	string(reporting.ActDiscuss): {to: []side{otherSide}, key: "notice.discussed"},
	"supervision.issued":         {to: []side{filers, cityReviewers}, urgent: true, key: "notice.supervision_issued"},
	"supervision.raised":         {to: []side{filers, cityReviewers}, urgent: true, key: "notice.supervision_raised"},
	"supervision.signed":         {to: []side{monitors}, key: "notice.supervision_signed"},
	"supervision.closed":         {to: []side{monitors}, key: "notice.supervision_closed"},
}

// scene is what an act was about: the unit, the level of the tree that reviewed its report after the act
// (0 for whoever reviews), and who acted.
type scene struct {
	unit  plan.Unit
	stage int
	by    accounts.User
}

// has tells whether a user belongs to the side.
func (s side) has(u accounts.User, at scene) bool {
	place := at.unit.Place
	switch s {
	case filers:
		return u.Role == accounts.Clerk && u.Unit == at.unit.ID || reviewerOf(u, ownDivision(at.unit))
	case reviewers:
		return at.reviewedBy(u)
	case cityReviewers:
		return reviewerOf(u, place.City)
	case monitors:
		return u.Role == accounts.Monitor && place.Within(u.Division)
	case otherSide:
		if filers.has(at.by, at) {
			return reviewers.has(u, at)
		}
		return filers.has(u, at)
	}
	return false
}

// reviewedBy tells whether a user reviews at the stage. Where whoever reviews may, those of the city and
// of the county are told, or of a unit that has neither above it the monitors.
func (at scene) reviewedBy(u accounts.User) bool {
	place, own := at.unit.Place, ownDivision(at.unit)
	switch at.stage {
	case divisions.County:
		return reviewerOf(u, place.County)
	case divisions.City:
		return reviewerOf(u, place.City)
	case divisions.Province:
		return monitors.has(u, at)
	}
	above := slices.DeleteFunc([]int64{place.City, place.County}, func(d int64) bool { return d == 0 || d == own })
	if len(above) == 0 {
		return monitors.has(u, at)
	}
	return u.Role == accounts.Reviewer && slices.Contains(above, u.Division)
}

func reviewerOf(u accounts.User, division int64) bool {
	return u.Role == accounts.Reviewer && division != 0 && u.Division == division
}

// ownDivision gives the city or county that a unit reports as; 0 for a pilot.
func ownDivision(unit plan.Unit) int64 {
	if plan.Authority(unit.Type) {
		return unit.Division
	}
	return 0
}
