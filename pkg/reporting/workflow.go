package reporting

import (
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
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

// The acts. ActPass is an acceptance after which another level still reviews.
const (
	ActOpen     Act = "report.opened"
	ActSave     Act = "report.saved"
	ActSubmit   Act = "report.submitted"
	ActWithdraw Act = "report.withdrawn"
	ActReturn   Act = "report.returned"
	ActPass     Act = "report.passed"
	ActAccept   Act = "report.accepted"
	ActReopen   Act = "report.reopened"
	ActDiscuss  Act = "report.discussed"
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
	ActDiscuss:  {from: []Status{Open, Submitted, Returned, Accepted}, permission: accounts.DiscussReports},
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

// mayReview gives nil when the actor, who covers the unit, reviews it at the stage where it stands or
// above: a level may be skipped by the ones above it.
func mayReview(actor accounts.Actor, place divisions.Place, stage int) error {
	if stage == 0 || actor.Level(place) <= stage {
		return nil
	}
	return fault.New(fault.Forbidden, "report.other_stage", fault.Message{Key: levelKeys[stage]})
}

// mayReopen gives nil for whoever stands above the unit: nobody opens their own city's or county's report
// again.
func mayReopen(actor accounts.Actor, place divisions.Place, unitType string) error {
	if actor.Level(place) < ownLevel(unitType) {
		return nil
	}
	return fault.New(fault.Forbidden, "report.own_reopen")
}

// mayWithdraw gives nil while no reviewer has looked at the report.
func (r row) mayWithdraw() error {
	if r.LookedAt == nil {
		return nil
	}
	return fault.New(fault.Conflict, "report.looked_at")
}

// levelKeys are the keys of the names of the levels that review.
var levelKeys = map[int]string{divisions.Province: "level.province", divisions.City: "level.city", divisions.County: "level.county"}

// LevelKey gives the key of the name of a level that reviews.
func LevelKey(stage int) string { return levelKeys[stage] }

// nextStage gives the level that reviews after one, by the form's chain: the first of the chain above it
// that the unit lies in. 0 when none is left. A chain none of whose levels lies above is reviewed
// by the province.
func nextStage(chain []int, place divisions.Place, after int, first bool) int {
	if len(chain) == 0 {
		return 0
	}
	in := map[int]bool{divisions.Province: true, divisions.City: place.City != 0, divisions.County: place.County != 0}
	for _, level := range chain {
		if level < after && in[level] {
			return level
		}
	}
	if first {
		return divisions.Province
	}
	return 0
}

// Allowed lists the acts that actor may do to the report today.
func (r Report) Allowed(actor accounts.Actor, today period.Date) []Act {
	var acts []Act
	for _, act := range []Act{ActSave, ActSubmit, ActWithdraw, ActReturn, ActAccept, ActReopen, ActDiscuss} {
		if r.Status == NotDue || allowed(act, actor, r.Status, r.Lock, today) != nil {
			continue
		}
		if (act == ActReturn || act == ActAccept) && mayReview(actor, r.Unit.Place, r.Stage) != nil {
			continue
		}
		if act == ActWithdraw && !r.LookedAt.IsZero() || act == ActReopen && mayReopen(actor, r.Unit.Place, r.UnitType) != nil {
			continue
		}
		acts = append(acts, act)
	}
	return acts
}

// Own tells whether the report is the actor's own to file: a clerk's unit, or the division of whoever
// reviews below it. Everybody else who may file it files on behalf of the unit.
func (r Report) Own(actor accounts.Actor) bool {
	return own(actor, r.Unit.ID, r.Unit.Division, r.UnitType)
}

// Check gives the faults that keep a report from being submitted, by item: what the progress form asks
// beyond the checks that it lists.
func Check(form forms.Form, values forms.Values, mustHaveEvidence map[string]bool) []fault.Field {
	var faults []fault.Field
	add := func(item, key string, args ...any) {
		faults = append(faults, fault.Field{Name: item, Message: fault.Message{Key: key, Args: args}})
	}
	scope := values[forms.CommunitiesItem]
	for _, s := range form.Sections {
		for i := range s.Items {
			item := &s.Items[i]
			v := values[item.Key]
			if v.State != forms.Given {
				continue
			}
			if item.CountsCommunities() {
				if scope.State != forms.Given || scope.Number == 0 {
					add(forms.CommunitiesItem, "report.communities_missing")
					return faults
				}
				if v.Number > scope.Number {
					add(item.Key, "report.covered_over_scope", v.Number, scope.Number)
				}
			}
			if mustHaveEvidence[item.Key] {
				add(item.Key, "report.evidence_missing", item.Title)
			}
		}
	}
	if !says(form, values) {
		add("", "report.empty")
	}
	return faults
}

// says tells whether any cell beside the words, and beside the communities in scope, has a value.
func says(form forms.Form, values forms.Values) bool {
	for _, s := range form.Sections {
		for i := range s.Items {
			item := &s.Items[i]
			if item.Type != forms.Text && item.Key != forms.CommunitiesItem && item.Computed == "" && values[item.Key].State == forms.Given {
				return true
			}
		}
	}
	return false
}
