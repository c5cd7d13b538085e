package web

import (
	"pilotboard/pkg/accounts"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// state is where a report stands, for its coloured mark: Class names the style, Key the words.
type state struct {
	Class, Key string
}

func stateOf(status reporting.Status, late bool) state {
	if late && status == reporting.Open {
		return state{"late", "status.late"}
	}
	return state{string(status), "status." + string(status)}
}

// reportHead is what every page about a report says first, and what the reader may do to it.
type reportHead struct {
	reporting.Report
	URL       string
	State     state
	Waits     string // for whose review, in words; empty when it does not wait
	DueText   deadline
	LockText  deadline
	InTime    deadline // whether a report that is in came in time, in place of the two
	MayEdit   bool
	MaySubmit bool
	Withdraw  bool
	Review    bool // return and accept
	Reopen    bool
	Discuss   bool
	Own       bool   // the reader's own report to file
	PassesOn  string // the level that reviews after the reader's acceptance; empty when it is the last
	Draft     bool   // what is shown has not been submitted
	Today     period.Date
}

func (s *Server) reportHead(words locale.Printer, actor accounts.Actor, r reporting.Report) reportHead {
	today := s.today()
	head := reportHead{
		Report: r, URL: reportURL(r.Unit.Key, r.Form.Key, r.Period),
		State:   stateOf(r.Status, today.After(r.Due) && r.AcceptedRevision == 0),
		DueText: dueDate(words, today, r.Due), LockText: lockDate(words, today, r.Lock),
		Draft: (r.Status == reporting.Open || r.Status == reporting.Returned) && !r.EditedAt.IsZero(),
		Today: today, Own: r.Own(actor), PassesOn: passesOn(words, actor, r),
	}
	if r.Status == reporting.Submitted {
		head.Waits = stageText(words, r.Stage)
	}
	if (r.Status == reporting.Submitted || r.Status == reporting.Accepted) && !r.FirstSubmittedAt.IsZero() {
		head.InTime = inTime(words, today, r.Due, period.DateOf(r.FirstSubmittedAt))
	}
	for _, act := range r.Allowed(actor, today) {
		switch act {
		case reporting.ActSave:
			head.MayEdit = true
		case reporting.ActSubmit:
			head.MaySubmit = true
		case reporting.ActWithdraw:
			head.Withdraw = true
		case reporting.ActAccept:
			head.Review = true
		case reporting.ActDiscuss:
			head.Discuss = true
		case reporting.ActReopen:
			head.Reopen = r.Status == reporting.Accepted || today.After(r.Lock)
		}
	}
	return head
}

// reportCrumbs is the way to a report.
func reportCrumbs(words locale.Printer, r reporting.Report) []crumb {
	return []crumb{
		{words.T("menu.reports"), "/reports"},
		{r.Unit.Name, "/reports?unit=" + r.Unit.Key},
		{words.Quarter(r.Period), ""},
	}
}
