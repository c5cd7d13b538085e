package reporting_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// county and city are the cells of a county's and a city's report, right but for nothing.
var county = map[string]any{"access": true, "document": "办法", "before": "20", "now": "5"}

// fileBurden saves cells and files them with every warning explained.
func (p province) fileBurden(t testing.TB, actor accounts.Actor, ref reporting.Ref, values map[string]any, behalf string) (reporting.Report, error) {
	t.Helper()
	report, err := p.Reports.Report(t.Context(), actor, ref)
	if err != nil {
		return report, err
	}
	edit := reporting.Edit{Version: report.Version, Values: values}
	if report, err = p.Reports.Save(t.Context(), actor, ref, edit); err != nil {
		return report, err
	}
	edit = reporting.Edit{Version: report.Version, Explanations: map[string]string{}}
	for _, f := range report.Findings {
		if f.Severity == forms.Warning {
			edit.Explanations[f.Check] = "已核实"
		}
	}
	if report, err = p.Reports.Save(t.Context(), actor, ref, edit); err != nil {
		return report, err
	}
	return p.Reports.File(t.Context(), actor, ref, report.Version, reporting.Filing{OnBehalf: behalf})
}

// TestCitiesAndCountiesOweTheirForms: one report each, as long as the division is valid and the form is.
func TestCitiesAndCountiesOweTheirForms(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.BurdenForm(t)
		if n := p.count(t, "reports WHERE form = 'burden' AND period = '2019Q3'"); n != 5 {
			t.Errorf("%d reports, want those of three counties and two cities", n)
		}
		if n := p.count(t, "units"); n != 10 {
			t.Errorf("%d units, want five pilots, three counties, two cities and no zone for statistics", n)
		}
		p.OpenPeriods(t)
		if n := p.count(t, "units"); n != 10 {
			t.Errorf("opened again there are %d units", n)
		}
		p.Clock.Set("2020-10-12")
		p.OpenPeriods(t)
		if n := p.count(t, "periods WHERE form = 'burden' AND period >= '2020Q3'"); n != 0 {
			t.Error("an expired form was opened")
		}
		if n := p.count(t, "periods WHERE form = 'burden' AND period = '2020Q2'"); n != 1 {
			t.Error("the last quarter in which the form is valid was not opened")
		}
		_, err := p.Reports.Save(t.Context(), p.Actor(t, "reviewer-340104"), reportingtest.BurdenRef("340104", "2020Q2"), reporting.Edit{Version: 1})
		wantFault(t, err, fault.Conflict, "report.locked")
		p.exec(t, "UPDATE reports SET lock = '2021-01-01' WHERE form = 'burden'")
		_, err = p.Reports.Save(t.Context(), p.Actor(t, "reviewer-340104"), reportingtest.BurdenRef("340104", "2020Q2"), reporting.Edit{Version: 1})
		wantFault(t, err, fault.Conflict, "form.expired")
	})
}

// TestAReportClimbsTheLevels: a county's report is reviewed by its city and then the province; nobody
// below the stage, nobody who filed it, and whoever stands above may skip a level.
func TestAReportClimbsTheLevels(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.BurdenForm(t)
		ctx, ref := t.Context(), reportingtest.BurdenRef("340104", "2019Q3")
		filer, reviewer, monitor := p.Actor(t, "reviewer-340104"), p.Actor(t, "reviewer-340100"), p.Actor(t, "monitor")
		report, err := p.fileBurden(t, filer, ref, county, "")
		if err != nil || report.Stage != divisions.City {
			t.Fatalf("stage %d, err %v", report.Stage, err)
		}
		if v := report.Values["removed"]; v.Number != 15 {
			t.Errorf("computed %+v", v)
		}
		_, err = p.Reports.Accept(ctx, filer, ref, 0)
		wantFault(t, err, fault.Forbidden, "report.other_stage")
		if report, err = p.Reports.Accept(ctx, reviewer, ref, 0); err != nil || report.Status != reporting.Submitted || report.Stage != divisions.Province {
			t.Fatalf("passed on: %s at stage %d, err %v", report.Status, report.Stage, err)
		}
		if n := p.count(t, "acceptances"); n != 0 {
			t.Error("passing on is no acceptance")
		}
		_, err = p.Reports.Accept(ctx, reviewer, ref, 0)
		wantFault(t, err, fault.Forbidden, "report.other_stage")
		if report, err = p.Reports.Accept(ctx, monitor, ref, 0); err != nil || report.Status != reporting.Accepted {
			t.Fatalf("accepted: %s, err %v", report.Status, err)
		}
		var acts []string
		if err := p.DB.Read(ctx).Raw("SELECT act FROM ledger WHERE form = 'burden' AND act LIKE 'report.%' AND act NOT IN ('report.opened', 'report.saved') ORDER BY id").Scan(&acts).Error; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"report.submitted", "report.passed", "report.accepted"}, acts); diff != "" {
			t.Error(diff)
		}

		other := reportingtest.BurdenRef("340181", "2019Q3")
		if _, err := p.fileBurden(t, p.Actor(t, "reviewer-340181"), other, county, ""); err != nil {
			t.Fatal(err)
		}
		if report, err = p.Reports.Accept(ctx, monitor, other, 0); err != nil || report.Status != reporting.Accepted {
			t.Errorf("the province skips the city: %s, err %v", report.Status, err)
		}
	})
}

// TestFilingOnBehalf: a city may file for its county, names who answers for the figures, and does not
// review that itself.
func TestFilingOnBehalf(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.BurdenForm(t)
		ctx, ref, city := t.Context(), reportingtest.BurdenRef("340104", "2019Q3"), p.Actor(t, "reviewer-340100")
		_, err := p.fileBurden(t, city, ref, county, " ")
		wantFault(t, err, fault.Invalid, "report.incomplete")
		if got := fields(err); got != "on_behalf=report.behalf_missing" {
			t.Errorf("fields %s", got)
		}
		_, err = p.fileBurden(t, p.Actor(t, "reviewer-340700"), ref, county, "某人")
		wantFault(t, err, fault.Forbidden, "unit.forbidden")
		report, err := p.fileBurden(t, city, ref, county, "张三")
		if err != nil || report.Stage != divisions.Province {
			t.Fatalf("stage %d, err %v", report.Stage, err)
		}
		filed, err := p.Reports.Filed(ctx, city, ref, 1)
		if err != nil || filed.OnBehalf != "张三" || filed.SubmittedBy != city.Name {
			t.Errorf("filed %+v, err %v", filed, err)
		}
		pilot := reportingtest.Ref("community-01", "2019Q3") // anybody reviews it, but for who filed it
		p.Save(t, "community-01", "2019Q3", reportingtest.Community)
		if _, err := p.Reports.File(ctx, city, pilot, 0, reporting.Filing{OnBehalf: "李四"}); err != nil {
			t.Fatal(err)
		}
		_, err = p.Reports.Accept(ctx, city, pilot, 0)
		wantFault(t, err, fault.Forbidden, "report.own_filing")
		if !slices.ContainsFunc(report.Risks, func(r reporting.Risk) bool { return r.Key == "risk.behalf" }) {
			t.Errorf("risks %+v", report.Risks)
		}
		if _, err := p.Reports.Verify(ctx); err != nil {
			t.Errorf("the chain with a name in it: %v", err)
		}
	})
}

// TestChecksKeepAReportBack: an error blocks, a warning wants its explanation, a required cell a value,
// and a city's figure is the sum of its counties'.
func TestChecksKeepAReportBack(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.BurdenForm(t)
		ctx, ref := t.Context(), reportingtest.BurdenRef("340100", "2019Q3")
		city := p.Actor(t, "reviewer-340100")
		submit := func(values map[string]any) string {
			t.Helper()
			report, err := p.Reports.Report(ctx, city, ref)
			if err != nil {
				t.Fatal(err)
			}
			if report, err = p.Reports.Save(ctx, city, ref, reporting.Edit{Version: report.Version, Values: values}); err != nil {
				t.Fatal(err)
			}
			_, err = p.Reports.Submit(ctx, city, ref, report.Version)
			return fields(err)
		}
		if got := submit(map[string]any{"before": "5", "now": "9"}); got != "access=check.required now=check.message" && !strings.Contains(got, "now=") {
			t.Errorf("blank and over: %s", got)
		}
		if got := submit(map[string]any{"access": true, "now": "5"}); got != "explanation.documented=report.explanation_missing" {
			t.Errorf("without a document: %s", got)
		}
		if _, err := p.fileBurden(t, p.Actor(t, "reviewer-340104"), reportingtest.BurdenRef("340104", "2019Q3"), county, ""); err != nil {
			t.Fatal(err)
		}
		report, err := p.Reports.Report(ctx, city, ref)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, f := range report.Findings {
			words = append(words, f.Check)
			if f.Check == "sum" && !strings.Contains(f.Message.String(), "20") || f.Check == "sum" && !strings.Contains(f.Message.String(), "巢湖市") {
				t.Errorf("says %s", f.Message)
			}
		}
		if diff := cmp.Diff([]string{"documented", "sum"}, words); diff != "" {
			t.Errorf("findings:\n%s", diff)
		}
		if _, err := p.Reports.Explain(ctx, city, ref, "nosuch", "话"); fields(err) != "explanation.nosuch=report.no_check" {
			t.Errorf("an unknown check: %v", err)
		}
		if _, err := p.fileBurden(t, city, ref, map[string]any{"before": "20"}, ""); err != nil {
			t.Errorf("with the sum right and the warning explained: %v", err)
		}
	})
}

// TestUnchangedSectionsAreConfirmed: a page's report is filed when each section that says the same as last
// quarter has been confirmed; a program's goes as it is.
func TestUnchangedSectionsAreConfirmed(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ctx, clerk := t.Context(), p.Actor(t, "clerk-community-01")
		p.Past(t, "community-01", "2019Q1", reportingtest.Community)
		p.Past(t, "community-01", "2019Q2", reportingtest.Community)
		ref := reportingtest.Ref("community-01", "2019Q3")
		report := p.Report(t, "community-01", "2019Q3")
		for section, quarters := range report.Unchanged {
			if quarters != 2 {
				t.Errorf("section %s is unchanged for %d quarters, want 2", section, quarters)
			}
		}
		p.Save(t, "community-01", "2019Q3", typed{"m1_2": "45"})
		_, err := p.Reports.File(ctx, clerk, ref, 0, reporting.Filing{Confirmed: true})
		wantFault(t, err, fault.Invalid, "report.incomplete")
		open := fields(err)
		if strings.Contains(open, "section.W1=") || !strings.Contains(open, "section.narrative=report.section_unconfirmed") {
			t.Errorf("to confirm: %s", open)
		}
		for _, field := range strings.Fields(open) {
			section, _, _ := strings.Cut(strings.TrimPrefix(field, reporting.SectionField), "=")
			if _, err := p.Reports.Confirm(ctx, clerk, ref, section, true); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := p.Reports.Confirm(ctx, clerk, ref, "nosuch", true); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown section: %v", err)
		}
		filed, err := p.Reports.File(ctx, clerk, ref, 0, reporting.Filing{Confirmed: true})
		if err != nil || !filed.Confirmed["narrative"] {
			t.Errorf("filed with %v, err %v", filed.Confirmed, err)
		}
		p.Return(t, "community-01", "2019Q3")
		if _, err := p.Reports.File(ctx, clerk, ref, 0, reporting.Filing{Confirmed: true}); err != nil {
			t.Errorf("what was confirmed once is asked again: %v", err)
		}
	})
}

// TestTheQueueBeginsWithTheUnusual and lets the usual be accepted together.
func TestTheQueueBeginsWithTheUnusual(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.BurdenForm(t)
		ctx, monitor := t.Context(), p.Actor(t, "monitor")
		p.On("2019-10-09", func() {
			for unit, behalf := range map[string]string{"340104": "张三", "340181": "李四"} {
				if _, err := p.fileBurden(t, p.Actor(t, "reviewer-340100"), reportingtest.BurdenRef(unit, "2019Q3"), county, behalf); err != nil {
					t.Fatal(err)
				}
			}
			p.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		})
		p.Submit(t, "community-02", "2019Q3", reportingtest.Community) // late
		list, next, err := p.Reports.Queue(ctx, monitor, reporting.Filter{Limit: 2})
		if err != nil || len(list) != 2 || next == "" {
			t.Fatalf("%d in the queue, next %q, err %v", len(list), next, err)
		}
		rest, next, err := p.Reports.Queue(ctx, monitor, reporting.Filter{Limit: 2, After: next})
		if err != nil || len(rest) != 2 || next != "" {
			t.Fatalf("%d more, next %q, err %v", len(rest), next, err)
		}
		list = append(list, rest...)
		var order []string
		for _, w := range list {
			order = append(order, w.Unit.Key)
		}
		if order[0] != "community-02" || list[1].Risk != 0 || list[3].Risk != 0 {
			t.Errorf("in order %v", order)
		}
		if all, usual, err := p.Reports.CountQueue(ctx, monitor, reporting.Filter{}); err != nil || all != 4 || usual != 3 {
			t.Errorf("%d wait, %d of them usual, err %v", all, usual, err)
		}
		if own, _, err := p.Reports.Queue(ctx, p.Actor(t, "reviewer-340100"), reporting.Filter{}); err != nil || len(own) != 1 {
			t.Errorf("the city sees %d, want its pilot alone: what it filed waits for the province (%v)", len(own), err)
		}
		_, _, err = p.Reports.Queue(ctx, p.Actor(t, "viewer"), reporting.Filter{})
		wantFault(t, err, fault.Forbidden, "permission.denied")
		accepted, refused, err := p.Reports.AcceptUsual(ctx, monitor, []reporting.Ref{
			reportingtest.Ref("community-01", "2019Q3"), reportingtest.Ref("community-02", "2019Q3"), reportingtest.Ref("nosuch", "2019Q3")})
		if err != nil || accepted != 1 || len(refused) != 2 || refused[reportingtest.Ref("community-02", "2019Q3")].Key != "report.unusual" {
			t.Errorf("%d accepted, refused %v, err %v", accepted, refused, err)
		}
	})
}

// TestWithdrawEndsWhenAReviewerHasLooked and the look of others does not count.
func TestWithdrawEndsWhenAReviewerHasLooked(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ctx, ref := t.Context(), reportingtest.Ref("community-01", "2019Q3")
		clerk, reviewer := p.Actor(t, "clerk-community-01"), p.Actor(t, "reviewer-340100")
		p.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		for _, name := range []string{"clerk-community-01", "viewer"} {
			if err := p.Reports.Look(ctx, p.Actor(t, name), p.Report(t, "community-01", "2019Q3")); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := p.Reports.Withdraw(ctx, clerk, ref, 0); err != nil {
			t.Fatalf("nobody has looked: %v", err)
		}
		if _, err := p.Reports.Submit(ctx, clerk, ref, 0); err != nil {
			t.Fatal(err)
		}
		if err := p.Reports.Look(ctx, reviewer, p.Report(t, "community-01", "2019Q3")); err != nil {
			t.Fatal(err)
		}
		_, err := p.Reports.Withdraw(ctx, clerk, ref, 0)
		wantFault(t, err, fault.Conflict, "report.looked_at")
		report := p.Report(t, "community-01", "2019Q3")
		if slices.Contains(report.Allowed(clerk, period.MustParseDate(reportingtest.Today)), reporting.ActWithdraw) {
			t.Error("withdrawal is still offered")
		}
	})
}

// TestACorrectionIsANumberedRestatement with its reason and what it changed.
func TestACorrectionIsANumberedRestatement(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ctx, ref, monitor := t.Context(), reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "monitor")
		p.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		p.Accept(t, "community-01", "2019Q3")
		correct := func(reason, value string) {
			t.Helper()
			if _, err := p.Reports.Reopen(ctx, monitor, ref, 0, reason, period.MustParseDate("2019-11-20")); err != nil {
				t.Fatal(err)
			}
			p.Submit(t, "community-01", "2019Q3", typed{"m1_2": value})
			p.Accept(t, "community-01", "2019Q3")
		}
		correct("数据录入有误", "55")
		correct("口径理解有误", "60")
		list, next, err := p.Reports.Restatements(ctx, monitor, reporting.Filter{Scope: "340100", Limit: 1})
		if err != nil || len(list) != 1 || next == "" {
			t.Fatalf("%d restatements, next %q, err %v", len(list), next, err)
		}
		if r := list[0]; r.No != 2 || r.Reason != "口径理解有误" || r.Revision != 3 || r.BeforeRevision != 2 || r.Changes["m1_2"] != [2]any{"55", "60"} {
			t.Errorf("the latest is %+v", r)
		}
		list, _, err = p.Reports.Restatements(ctx, monitor, reporting.Filter{Scope: "340100", Limit: 1, After: next})
		if err != nil || len(list) != 1 || list[0].No != 1 || list[0].Reason != "数据录入有误" {
			t.Errorf("the first is %+v, err %v", list, err)
		}
		_, _, err = p.Reports.Restatements(ctx, p.Actor(t, "reviewer-340700"), reporting.Filter{Scope: "340100"})
		wantFault(t, err, fault.Forbidden, "scope.forbidden")
		if err := p.DB.Read(ctx).Exec("UPDATE restatements SET reason = ''").Error; err == nil {
			t.Error("a restatement can be changed")
		}
	})
}

// TestDiscussion: words of those who file and review are part of the history; others write none.
func TestDiscussion(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ctx, ref := t.Context(), reportingtest.Ref("community-01", "2019Q3")
		for _, name := range []string{"clerk-community-01", "reviewer-340100"} {
			if _, err := p.Reports.Discuss(ctx, p.Actor(t, name), ref, "请问口径？"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := p.Reports.Discuss(ctx, p.Actor(t, "viewer"), ref, "话")
		wantFault(t, err, fault.Forbidden, "report.not_your_role")
		_, err = p.Reports.Discuss(ctx, p.Actor(t, "clerk-community-02"), ref, "话")
		wantFault(t, err, fault.Forbidden, "unit.forbidden")
		_, err = p.Reports.Discuss(ctx, p.Actor(t, "monitor"), ref, " ")
		wantFault(t, err, fault.Invalid, "report.words_invalid")
		history, err := p.Reports.History(ctx, p.Actor(t, "monitor"), ref)
		if err != nil || len(history) != 3 || history[2].Act != string(reporting.ActDiscuss) {
			t.Errorf("history %+v, err %v", history, err)
		}
	})
}
