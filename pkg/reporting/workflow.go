package reporting

import (
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// Status is where a report stands in the workflow; State is that of a cell.
type Status string

// The states of a report. NotDue has no row yet: its quarter has not ended.
const (
	NotDue    Status = "not_due"
	Open      Status = "open"
	Submitted Status = "submitted"
	Returned  Status = "returned"
	Accepted  Status = "accepted"
)

// Act is something a person does to a report; its text is the act in the ledger.
type Act string

// The acts.
const (
	ActOpen     Act = "report.opened"
	ActSave     Act = "report.saved"
	ActSubmit   Act = "report.submitted"
	ActWithdraw Act = "report.withdrawn"
	ActReturn   Act = "report.returned"
	ActAccept   Act = "report.accepted"
	ActReopen   Act = "report.reopened"
)

// transition says from which states an act leads to which (none: it stays), who may do it, and
// whether the lock date ends it.
type transition struct {
	from       []Status
	to         Status
	permission accounts.Permission
	untilLock  bool
}

var transitions = map[Act]transition{
	ActSave:     {from: []Status{Open, Returned}, permission: accounts.FileReports, untilLock: true},
	ActSubmit:   {from: []Status{Open, Returned}, to: Submitted, permission: accounts.FileReports, untilLock: true},
	ActWithdraw: {from: []Status{Submitted}, to: Open, permission: accounts.FileReports, untilLock: true},
	ActReturn:   {from: []Status{Submitted}, to: Returned, permission: accounts.ReviewReports},
	ActAccept:   {from: []Status{Submitted}, to: Accepted, permission: accounts.ReviewReports},
	ActReopen:   {from: []Status{Open, Submitted, Returned, Accepted}, to: Open, permission: accounts.ReviewReports},
}

// allowed gives nil when actor may do act to a report in this state today; the report's scope has
// been asked before.
func allowed(act Act, actor accounts.Actor, status Status, lock, today period.Date) error {
	t := transitions[act]
	if !actor.Can(t.permission) {
		return fault.New(fault.Forbidden, "report.not_your_role")
	}
	if !slices.Contains(t.from, status) {
		return fault.New(fault.Conflict, "report.wrong_status", fault.Message{Key: "status." + string(status)})
	}
	if t.untilLock && today.After(lock) {
		return fault.New(fault.Conflict, "report.locked", lock)
	}
	return nil
}

// Allowed lists the acts that actor may do to the report today.
func (r Report) Allowed(actor accounts.Actor, today period.Date) []Act {
	var acts []Act
	for _, act := range []Act{ActSave, ActSubmit, ActWithdraw, ActReturn, ActAccept, ActReopen} {
		if r.Status != NotDue && allowed(act, actor, r.Status, r.Lock, today) == nil {
			acts = append(acts, act)
		}
	}
	return acts
}

// Check gives the faults that keep a report from being submitted, by item.
func Check(form forms.Form, values forms.Values, mustHaveEvidence map[string]bool) []fault.Field {
	var faults []fault.Field
	add := func(item, key string, args ...any) {
		faults = append(faults, fault.Field{Name: item, Message: fault.Message{Key: key, Args: args}})
	}
	measured := false
	scope := values[forms.CommunitiesItem]
	for _, s := range form.Sections {
		for _, item := range s.Items {
			v := values[item.Key]
			if item.Milestone == "" || v.State != forms.Given {
				continue
			}
			measured = true
			if item.CountsCommunities() {
				if scope.State != forms.Given || scope.Number == 0 {
					add(forms.CommunitiesItem, "report.communities_missing")
					return faults
				}
				if v.Number > scope.Number {
					add(item.Key, "report.covered_over_scope", v.Number, scope.Number)
				}
			}
			if mustHaveEvidence[item.Milestone] {
				add(item.Key, "report.evidence_missing", item.Title)
			}
		}
	}
	if !measured {
		add("", "report.empty")
	}
	return faults
}
