package reporting

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

var (
	reviewers = []accounts.Role{accounts.Reviewer, accounts.Monitor, accounts.Admin}
	filers    = []accounts.Role{accounts.Clerk, accounts.Reviewer}
	writers   = []accounts.Role{accounts.Clerk, accounts.Reviewer, accounts.Monitor, accounts.Admin}
)

// rules is who may do what in which state, and whether the lock date ends it.
var rules = []struct {
	act       Act
	roles     []accounts.Role
	states    []Status
	untilLock bool
}{
	{ActSave, filers, []Status{Open, Returned}, true},
	{ActSubmit, filers, []Status{Open, Returned}, true},
	{ActWithdraw, filers, []Status{Submitted}, true},
	{ActReturn, reviewers, []Status{Submitted}, false},
	{ActAccept, reviewers, []Status{Submitted}, false},
	{ActDiscuss, writers, []Status{Open, Submitted, Returned, Accepted}, false},
	{ActReopen, reviewers, []Status{Open, Submitted, Returned, Accepted}, false},
}

func TestEveryActStateAndRole(t *testing.T) {
	lock := period.MustParseDate("2019-10-30")
	actors := []accounts.Actor{{}, accounts.System("job")}
	for _, role := range accounts.Roles {
		actors = append(actors, accounts.Actor{Name: string(role), Role: role, Division: 1})
	}
	for _, rule := range rules {
		for _, actor := range actors {
			for _, status := range []Status{NotDue, Open, Submitted, Returned, Accepted} {
				t.Run(string(rule.act)+"/"+actor.Name+"/"+string(status), func(t *testing.T) {
					var want *fault.Fault
					switch {
					case actor.Name != "job" && !slices.Contains(rule.roles, actor.Role):
						want = fault.New(fault.Forbidden, "report.not_your_role")
					case !slices.Contains(rule.states, status):
						want = fault.New(fault.Conflict, "report.wrong_status", fault.Message{Key: "status." + string(status)})
					}
					report := Report{Status: status, Lock: lock, Unit: plan.Unit{Place: divisions.Place{Province: 1}}}
					check := func(today period.Date, want *fault.Fault) {
						t.Helper()
						got, _ := fault.As(allowed(rule.act, actor, status, lock, today))
						if diff := cmp.Diff(want, got); diff != "" {
							t.Errorf("on %s:\n%s", today, diff)
						}
						if listed := slices.Contains(report.Allowed(actor, today), rule.act); listed != (want == nil) {
							t.Errorf("on %s it is offered: %v", today, listed)
						}
					}
					check(lock.AddDays(-1), want)
					check(lock, want)
					if want == nil && rule.untilLock {
						want = fault.New(fault.Conflict, "report.locked", lock)
					}
					check(lock.AddDays(1), want)
				})
			}
		}
	}
}

// The cells of a community and of a district about one milestone with required evidence and one without.
var (
	communityForm = forms.Form{Sections: []forms.Section{{Items: []forms.Item{
		{Key: "a", Title: "甲", Milestone: "M1", Type: forms.Percent, Types: []string{"community"}},
		{Key: "b", Milestone: "M2", Type: forms.Count, Types: []string{"community"}},
		{Key: "words", Type: forms.Text},
	}}}}
	districtForm = forms.Form{Sections: []forms.Section{{Items: []forms.Item{
		{Key: forms.CommunitiesItem, Type: forms.Count, Types: []string{"district", "street"}},
		{Key: "a_covered", Title: "甲", Milestone: "M1", Type: forms.Count, Types: []string{"district", "street"}},
		{Key: "b_covered", Milestone: "M2", Type: forms.Count, Types: []string{"street"}},
	}}}}
)

func TestCheck(t *testing.T) {
	field := func(name, key string, args ...any) fault.Field {
		return fault.Field{Name: name, Message: fault.Message{Key: key, Args: args}}
	}
	missing := []fault.Field{field(forms.CommunitiesItem, "report.communities_missing")}
	cases := []struct {
		name     string
		form     forms.Form
		values   forms.Values
		evidence map[string]bool
		want     []fault.Field
	}{
		{"nothing", communityForm, forms.Values{}, nil, []fault.Field{field("", "report.empty")}},
		{"words alone", communityForm, forms.Values{"words": {State: forms.Given, Text: "a"}}, nil, []fault.Field{field("", "report.empty")}},
		{"all not applicable", communityForm, forms.Values{"a": {State: forms.NotApplicable}, "b": {State: forms.NotApplicable}}, nil, []fault.Field{field("", "report.empty")}},
		{"nought is something", communityForm, forms.Values{"b": {State: forms.Given, Number: 0}}, nil, nil},
		{"one measure is enough", communityForm, forms.Values{"a": {State: forms.Given, Number: 80}, "b": {State: forms.NotApplicable}}, nil, nil},
		{"evidence missing", communityForm, forms.Values{"a": {State: forms.Given, Number: 100}, "b": {State: forms.Given, Number: 1}}, map[string]bool{"a": true}, []fault.Field{field("a", "report.evidence_missing", "甲")}},
		{"evidence of a cell that is not given", communityForm, forms.Values{"b": {State: forms.Given, Number: 1}}, map[string]bool{"a": true}, nil},
		{"scope alone", districtForm, forms.Values{forms.CommunitiesItem: {State: forms.Given, Number: 5}}, nil, []fault.Field{field("", "report.empty")}},
		{"no scope", districtForm, forms.Values{"a_covered": {State: forms.Given, Number: 3}}, nil, missing},
		{"scope of nought", districtForm, forms.Values{forms.CommunitiesItem: {State: forms.Given, Number: 0}, "a_covered": {State: forms.Given, Number: 0}}, nil, missing},
		{"scope not applicable", districtForm, forms.Values{forms.CommunitiesItem: {State: forms.NotApplicable}, "a_covered": {State: forms.Given, Number: 3}}, nil, missing},
		{"all covered", districtForm, forms.Values{forms.CommunitiesItem: {State: forms.Given, Number: 5}, "a_covered": {State: forms.Given, Number: 5}}, nil, nil},
		{
			"more than there are, twice", districtForm, forms.Values{forms.CommunitiesItem: {State: forms.Given, Number: 5}, "a_covered": {State: forms.Given, Number: 6}, "b_covered": {State: forms.Given, Number: 7}}, nil,
			[]fault.Field{field("a_covered", "report.covered_over_scope", int64(6), int64(5)), field("b_covered", "report.covered_over_scope", int64(7), int64(5))},
		},
		{
			"covered without evidence", districtForm, forms.Values{forms.CommunitiesItem: {State: forms.Given, Number: 5}, "a_covered": {State: forms.Given, Number: 5}}, map[string]bool{"a_covered": true},
			[]fault.Field{field("a_covered", "report.evidence_missing", "甲")},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Check(c.form, c.values, c.evidence)); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

func TestActual(t *testing.T) {
	measured := plan.Milestone{Measure: plan.Measure{Item: "m", Type: plan.Count, HasTarget: true, Target: 40, Baseline: 100}}
	cases := []struct {
		name, unitType string
		values         forms.Values
		want           plan.Fraction
		ok             bool
	}{
		{"community", "community", forms.Values{"m": {State: forms.Given, Number: 70}}, plan.One / 2, true},
		{"community at nought", "community", forms.Values{"m": {State: forms.Given, Number: 0}}, plan.One, true},
		{"community, blank", "community", forms.Values{"m_covered": {State: forms.Given, Number: 3}}, 0, false},
		{"community, not applicable", "community", forms.Values{"m": {State: forms.NotApplicable}}, 0, false},
		{"district", "district", forms.Values{forms.CommunitiesItem: {State: forms.Given, Number: 4}, "m_covered": {State: forms.Given, Number: 3}}, plan.One * 3 / 4, true},
		{"street with none covered", "street", forms.Values{forms.CommunitiesItem: {State: forms.Given, Number: 4}, "m_covered": {State: forms.Given, Number: 0}}, 0, true},
		{"district without a scope", "district", forms.Values{"m_covered": {State: forms.Given, Number: 3}}, 0, false},
		{"district with the measure itself", "district", forms.Values{forms.CommunitiesItem: {State: forms.Given, Number: 4}, "m": {State: forms.Given, Number: 0}}, 0, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := Actual(measured, c.unitType, c.values); got != c.want || ok != c.ok {
				t.Fatalf("got %d, %v", got, ok)
			}
		})
	}
}

func TestObligationCounts(t *testing.T) {
	due := period.MustParseDate("2019-10-10")
	before, after := due.End().Add(-1), due.End()
	cases := []struct {
		name                        string
		o                           Obligation
		submitted, onTime, accepted bool
	}{
		{"nothing filed", Obligation{Status: Open}, false, false, false},
		{"filed in time", Obligation{Status: Submitted, Revision: 1, FirstSubmittedAt: &before, SubmittedAt: &before}, true, true, false},
		{"filed at midnight after the due date", Obligation{Status: Submitted, Revision: 1, FirstSubmittedAt: &after, SubmittedAt: &after}, true, false, false},
		{"withdrawn", Obligation{Status: Open, Revision: 1, FirstSubmittedAt: &before}, false, false, false},
		{"returned", Obligation{Status: Returned, Revision: 1, FirstSubmittedAt: &before, SubmittedAt: &before}, true, true, false},
		{"accepted", Obligation{Status: Accepted, Revision: 1, AcceptedRevision: 1, FirstSubmittedAt: &before, SubmittedAt: &before}, true, true, true},
		{"reopened before it was accepted", Obligation{Status: Open, Revision: 1, FirstSubmittedAt: &before, SubmittedAt: &before}, true, true, false},
		{"reopened", Obligation{Status: Open, Revision: 1, AcceptedRevision: 1, FirstSubmittedAt: &before, SubmittedAt: &before}, true, true, true},
		{"corrected, not accepted yet", Obligation{Status: Submitted, Revision: 2, AcceptedRevision: 1, FirstSubmittedAt: &after, SubmittedAt: &after}, true, false, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.o.Due = due
			if c.o.Submitted() != c.submitted || c.o.OnTime() != c.onTime || c.o.Accepted() != c.accepted {
				t.Fatalf("submitted %v, on time %v, accepted %v", c.o.Submitted(), c.o.OnTime(), c.o.Accepted())
			}
		})
	}
}

func TestLateAndStarted(t *testing.T) {
	due := period.MustParseDate("2019-10-10")
	for status, late := range map[Status]bool{Open: true, Returned: true, Submitted: false, Accepted: false} {
		s := Summary{Status: status, Due: due}
		if s.Late(due) || s.Late(due.AddDays(1)) != late {
			t.Errorf("%s: late on the due date %v, the day after %v", status, s.Late(due), s.Late(due.AddDays(1)))
		}
	}
	edited := due.End()
	cases := []struct {
		name string
		r    Report
		want bool
	}{
		{"untouched", Report{Status: Open}, false},
		{"prefilled", Report{Status: Open, Prefilled: true}, false},
		{"edited", Report{Status: Open, EditedAt: edited}, true},
		{"returned", Report{Status: Returned, EditedAt: edited}, false},
	}
	for _, c := range cases {
		if c.r.Started() != c.want {
			t.Errorf("%s: started %v", c.name, c.r.Started())
		}
	}
}
