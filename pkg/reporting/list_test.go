package reporting_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// fill brings the reports of the province into all states, as on 2019-10-12.
func (p province) fill(t testing.TB) {
	t.Helper()
	p.Past(t, "community-01", "2018Q4", reportingtest.Community)
	p.Past(t, "community-01", "2019Q1", typed{"m1_2": "45"})
	p.On("2019-07-20", func() { // late, and never looked at
		p.Submit(t, "community-01", "2019Q2", nil)
	})
	p.Save(t, "community-01", "2019Q3", typed{"m1_2": "50"})
	p.Submit(t, "district-01", "2019Q3", typed{"communities": "5", "m1_1_covered": "2"})
	p.Return(t, "district-01", "2019Q3")
	p.Submit(t, "community-03", "2019Q3", typed{"m1_1": "true"})
}

// lines gives a list as `unit quarter status`.
func lines(list []reporting.Summary) []string {
	texts := []string{}
	for _, s := range list {
		texts = append(texts, fmt.Sprint(s.Unit.Key, " ", s.Period, " ", s.Status))
	}
	return texts
}

var everything = []string{
	"community-01 2019Q3 open", "community-02 2019Q3 open", "district-01 2019Q3 returned", "street-01 2019Q3 open", "community-03 2019Q3 submitted",
	"community-01 2019Q2 submitted", "community-02 2019Q2 open", "community-01 2019Q1 accepted", "community-02 2019Q1 open",
	"community-01 2018Q4 accepted", "community-02 2018Q4 open",
}

func TestListFilters(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		cases := []struct {
			name   string
			filter reporting.Filter
			want   []string
		}{
			{"none", reporting.Filter{}, everything},
			{"period", reporting.Filter{Period: period.MustParse("2019Q2")}, everything[5:7]},
			{"period without reports", reporting.Filter{Period: period.MustParse("2019Q4")}, []string{}},
			{"form", reporting.Filter{Form: "progress"}, everything},
			{"unknown form", reporting.Filter{Form: "burden"}, []string{}},
			{"open", reporting.Filter{Status: reporting.Open, Period: period.MustParse("2019Q3")}, []string{everything[0], everything[1], everything[3]}},
			{"returned", reporting.Filter{Status: reporting.Returned}, everything[2:3]},
			{"submitted", reporting.Filter{Status: reporting.Submitted}, everything[4:6]},
			{"accepted", reporting.Filter{Status: reporting.Accepted}, []string{everything[7], everything[9]}},
			{"not due has no rows", reporting.Filter{Status: reporting.NotDue}, []string{}},
			{"unknown status", reporting.Filter{Status: "' OR 1=1 --"}, []string{}},
			{"batch", reporting.Filter{Batch: "2019"}, everything[2:5]},
			{"type", reporting.Filter{Type: "street"}, everything[3:4]},
			{"batch and type", reporting.Filter{Batch: "2019", Type: "community"}, everything[4:5]},
			{"unit", reporting.Filter{Unit: "community-02"}, []string{everything[1], everything[6], everything[8], everything[10]}},
			{"city", reporting.Filter{Scope: "340700", Period: period.MustParse("2019Q3")}, []string{everything[1], everything[3]}},
			{"county", reporting.Filter{Scope: "340181"}, []string{everything[2], everything[4]}},
			{"county without units", reporting.Filter{Scope: "340171"}, []string{}},
			{"late", reporting.Filter{Late: true, Scope: "340100"}, []string{everything[0], everything[2]}},
			{"late and returned", reporting.Filter{Late: true, Status: reporting.Returned}, everything[2:3]},
			{"late and submitted", reporting.Filter{Late: true, Status: reporting.Submitted}, []string{}},
			{"everything at once", reporting.Filter{
				Scope: "340104", Form: "progress", Period: period.MustParse("2019Q3"), Status: reporting.Open, Batch: "2018", Type: "community", Unit: "community-01", Late: true,
			}, everything[:1]},
		}
		for _, c := range cases {
			list, next, err := p.Reports.Reports(t.Context(), p.Actor(t, "monitor"), c.filter)
			if err != nil || next != "" {
				t.Fatalf("%s: next %q, err %v", c.name, next, err)
			}
			if diff := cmp.Diff(c.want, lines(list)); diff != "" {
				t.Errorf("%s:\n%s", c.name, diff)
			}
			if n, err := p.Reports.Count(t.Context(), p.Actor(t, "monitor"), c.filter); err != nil || n != int64(len(c.want)) {
				t.Errorf("%s: counted %d, err %v", c.name, n, err)
			}
		}
	})
}

func TestLateBeginsTheDayAfterTheDueDate(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		filter := reporting.Filter{Period: period.MustParse("2019Q3"), Late: true}
		for day, want := range map[string]int{"2019-10-10": 0, "2019-10-11": 4, "2019-11-11": 4} {
			p.Clock.Set(day)
			list, _, err := p.Reports.Reports(t.Context(), p.Actor(t, "monitor"), filter)
			if err != nil || len(list) != want {
				t.Errorf("on %s %v are late, err %v", day, lines(list), err)
			}
			all, _, err := p.Reports.Reports(t.Context(), p.Actor(t, "monitor"), reporting.Filter{Period: filter.Period})
			if err != nil {
				t.Fatal(err)
			}
			late := 0
			for _, s := range all {
				if s.Late(period.MustParseDate(day)) {
					late++
				}
			}
			if late != want {
				t.Errorf("on %s %d say that they are late", day, late)
			}
		}
	})
}

func TestASummaryIsWhatTheReportSays(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		list, _, err := p.Reports.Reports(t.Context(), p.Actor(t, "viewer"), reporting.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		started := map[string]bool{}
		for _, s := range list {
			r := p.Report(t, s.Unit.Key, s.Period.String())
			want := reporting.Summary{
				Unit: r.Unit, Batch: r.Batch, UnitType: r.UnitType, Form: r.Form.Key, Period: r.Period, Status: r.Status, Version: r.Version, Revision: r.Revision, AcceptedRevision: r.AcceptedRevision, Due: r.Due, Lock: r.Lock,
				Started: !r.EditedAt.IsZero(), SubmittedAt: r.SubmittedAt, AcceptedAt: r.AcceptedAt, Note: r.Note,
			}
			if diff := cmp.Diff(want, s); diff != "" {
				t.Errorf("%s %s:\n%s", s.Unit.Key, s.Period, diff)
			}
			started[s.Unit.Key+s.Period.String()] = s.Started
		}
		if !started["community-012019Q3"] || started["community-022019Q3"] {
			t.Errorf("started: %v", started)
		}
	})
}

// TestPagesCoverTheListExactlyOnce: whatever the size of the pages, the filter and the acts in between
// that move no report.
func TestPagesCoverTheListExactlyOnce(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		monitor := p.Actor(t, "monitor")
		rapid.Check(t, func(t *rapid.T) {
			filter := reporting.Filter{
				Scope:  rapid.SampledFrom([]string{"", "340100", "340705"}).Draw(t, "scope"),
				Batch:  rapid.SampledFrom([]string{"", "", "2018", "2019"}).Draw(t, "batch"),
				Status: rapid.SampledFrom([]reporting.Status{"", "", reporting.Open}).Draw(t, "status"),
				Late:   rapid.Bool().Draw(t, "late"),
				Form:   rapid.SampledFrom([]string{"", "progress"}).Draw(t, "form"),
				Period: rapid.SampledFrom([]period.Quarter{0, 0, period.MustParse("2019Q2")}).Draw(t, "period"),
			}
			whole, _, err := p.Reports.Reports(t.Context(), monitor, filter)
			if err != nil {
				t.Fatal(err)
			}
			paged := []reporting.Summary{}
			for {
				filter.Limit = rapid.IntRange(1, 12).Draw(t, "limit")
				page, err := p.Reports.Page(t.Context(), monitor, filter)
				if err != nil || len(page.Reports) > filter.Limit || (page.Next != "" && len(page.Reports) < filter.Limit) {
					t.Fatalf("%d of at most %d, next %q, err %v", len(page.Reports), filter.Limit, page.Next, err)
				}
				if page.Count != int64(len(whole)) {
					t.Fatalf("counted %d of %d", page.Count, len(whole))
				}
				paged = append(paged, page.Reports...)
				if filter.After = page.Next; page.Next == "" {
					break
				}
			}
			if diff := cmp.Diff(lines(whole), lines(paged)); diff != "" {
				t.Fatal(diff)
			}
			filter.After, filter.Limit = "", 1
			if n, err := p.Reports.Count(t.Context(), monitor, filter); err != nil || n != int64(len(whole)) {
				t.Fatalf("counted %d of %d, err %v", n, len(whole), err)
			}
		})
	})
}

// TestACursorIsAPlaceInTheOrder: also one of another list, whose report this one does not hold.
func TestACursorIsAPlaceInTheOrder(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.fill(t)
		for _, c := range []struct {
			filter reporting.Filter
			want   []string
		}{
			{reporting.Filter{After: "2019Q2.0.progress"}, everything[5:]},
			{reporting.Filter{After: "2019Q2.0.progress", Form: "progress"}, everything[5:]},
			{reporting.Filter{After: "2019Q2.999999.progress"}, everything[7:]},
			{reporting.Filter{After: "2019Q3.0.progress", Period: period.MustParse("2019Q2")}, everything[5:7]},
			{reporting.Filter{After: "2019Q1.0.progress", Period: period.MustParse("2019Q2")}, []string{}},
			{reporting.Filter{After: "2018Q1.0.progress"}, []string{}},
		} {
			whole := c.filter
			whole.After = ""
			n, err := p.Reports.Count(t.Context(), p.Actor(t, "monitor"), whole)
			if err != nil {
				t.Fatal(err)
			}
			page, err := p.Reports.Page(t.Context(), p.Actor(t, "monitor"), c.filter)
			if err != nil || page.Count != n {
				t.Errorf("%+v: counted %d of %d, err %v", c.filter, page.Count, n, err)
			}
			if diff := cmp.Diff(c.want, lines(page.Reports)); diff != "" {
				t.Errorf("%+v:\n%s", c.filter, diff)
			}
		}
	})
}

func TestABadCursorIsRefused(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		for _, cursor := range []string{"x", "2019Q3", "2019Q3.", "2019Q3.x", "2019Q5.1", ".1", "2019Q3 1", "2019Q3.99999999999999999999", "' OR 1=1 --", "\x00"} {
			_, _, err := p.Reports.Reports(t.Context(), p.Actor(t, "monitor"), reporting.Filter{After: cursor})
			wantFault(t, err, fault.Invalid, "list.bad_cursor")
		}
	})
}

// TestALimitIsBounded: none, a negative and a great one all give the greatest page.
func TestALimitIsBounded(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		var rows []string
		for i := range reporting.MaxPage {
			rows = append(rows, fmt.Sprintf("street-%03d,亚父街道,340181001,street,2019,2019-07-01,day,,true,", i+2))
		}
		p.importPilots(t, rows...)
		p.open(t, "2019-10-12", reporting.MaxPage)
		for _, limit := range []int{0, -1, reporting.MaxPage, reporting.MaxPage + 1, 1 << 40} {
			list, next, err := p.Reports.Reports(t.Context(), p.Actor(t, "monitor"), reporting.Filter{Limit: limit})
			if err != nil || len(list) != reporting.MaxPage || next == "" {
				t.Errorf("limit %d gave %d, next %q, err %v", limit, len(list), next, err)
			}
		}
	})
}
