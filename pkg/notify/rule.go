package notify

import (
	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/reporting"
)

// side is a group of people around a unit.
type side int

const (
	clerks        side = iota + 1
	reviewers          // of the city and of the county; monitors of a unit whose city is not known
	cityReviewers      // of the city alone
	monitors           // of any division above the unit
	otherSide          // who did not act: reviewers when a clerk did, else clerks
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
	string(reporting.ActReturn): {to: []side{clerks}, urgent: true, key: "notice.returned"},
	string(reporting.ActReopen): {to: []side{clerks}, urgent: true, key: "notice.reopened"},
	string(reporting.ActUrge):   {to: []side{clerks}, urgent: true, key: "notice.urged"},
	string(reporting.ActAccept): {to: []side{clerks}, key: "notice.accepted"},
	string(reporting.ActSubmit): {to: []side{reviewers}, key: "notice.submitted"},
	"report.passed":             {to: []side{monitors}, key: "notice.passed"},
	"report.discussed":          {to: []side{otherSide}, key: "notice.discussed"},
	"supervision.issued":        {to: []side{clerks, cityReviewers}, urgent: true, key: "notice.supervision_issued"},
	"supervision.raised":        {to: []side{clerks, cityReviewers}, urgent: true, key: "notice.supervision_raised"},
	"supervision.signed":        {to: []side{monitors}, key: "notice.supervision_signed"},
	"supervision.closed":        {to: []side{monitors}, key: "notice.supervision_closed"},
}

// is tells whether a user belongs to the side for a unit at place; by is the role of who acted.
func (s side) is(u accounts.User, unit int64, place divisions.Place, by accounts.Role) bool {
	switch s {
	case clerks:
		return u.Role == accounts.Clerk && u.Unit == unit
	case reviewers:
		if place.City == 0 && place.County == 0 {
			return monitors.is(u, unit, place, by)
		}
		return u.Role == accounts.Reviewer && u.Division != 0 && (u.Division == place.City || u.Division == place.County)
	case cityReviewers:
		return u.Role == accounts.Reviewer && u.Division != 0 && u.Division == place.City
	case monitors:
		return u.Role == accounts.Monitor && place.Within(u.Division)
	case otherSide:
		if by == accounts.Clerk {
			return reviewers.is(u, unit, place, by)
		}
		return clerks.is(u, unit, place, by)
	}
	return false
}
