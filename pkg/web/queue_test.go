package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestTheQueue lists the most unusual first, and lets what has nothing unusual be accepted together.
func TestTheQueue(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.On("2019-10-08", func() {
			s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
			s.Submit(t, "community-02", "2019Q3", reportingtest.Community)
		})
		s.Submit(t, "street-01", "2019Q3", reportingtest.Values{"communities": "4", "m1_1_covered": "1"}) // late
		monitor := s.as(t, "monitor")
		a := monitor.get("/review?period=2019Q3")
		a.has(t, http.StatusOK, chinese("review.queue_about", 3, 2), chinese("risk.late"), chinese("review.nothing_unusual"), "方兴社区", "长江路街道")
		if late, usual := strings.Index(a.body, "长江路街道"), strings.Index(a.body, "方兴社区"); late > usual {
			t.Error("the unusual report is not the first")
		}
		if n := strings.Count(a.body, `name="report"`); n != 2 {
			t.Errorf("%d reports can be chosen, want 2", n)
		}
		if !strings.Contains(a.body, `class="nav-count" aria-label="`+chinese("menu.waiting", 3)) {
			t.Error("the menu does not count the queue")
		}

		street := refText(reportingtest.Ref("street-01", "2019Q3"))
		chosen := url.Values{"which": {"chosen"}, "report": {refText(reportingtest.Ref("community-01", "2019Q3")), street, "community-01/progress/2019Q3"}}
		a = monitor.post("/review/accept?period=2019Q3", chosen)
		a.has(t, http.StatusOK, chinese("review.bulk_accepted", 1), chinese("review.bulk_refused", 1), "长江路街道 2019年第三季度", chinese("report.unusual"), chinese("review.queue_about", 2, 1))
		if strings.Contains(a.body, "方兴社区") {
			t.Error("an accepted report still waits")
		}
		if s.nudges != 1 {
			t.Errorf("%d nudges", s.nudges)
		}
		a = monitor.post("/review/accept", formFields(t, strings.Replace(a.body, `name="report"`, `name="none"`, -1)))
		a.has(t, http.StatusOK, chinese("review.bulk_none"))
		page := formFields(t, a.body)
		page.Set("which", "page")
		monitor.post("/review/accept", page).has(t, http.StatusOK, chinese("review.bulk_accepted", 1), chinese("review.queue_about", 1, 0))
		if r := s.Report(t, "community-02", "2019Q3"); r.Status != reporting.Accepted {
			t.Errorf("the report is %s", r.Status)
		}
	})
}

// TestTheMenuStopsCounting where the exact number says no more than that it is large.
func TestTheMenuStopsCounting(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		crowd := func(from, to int) {
			err := db.Read(t.Context()).Exec(`WITH RECURSIVE others(id) AS (SELECT CAST(? AS BIGINT) UNION ALL SELECT id + 1 FROM others WHERE id < ?)
				INSERT INTO reports (unit_id, form, period, plan_id, batch, unit_type, province_id, city_id, county_id, due, lock, status, version, stage)
				SELECT others.id, form, period, plan_id, batch, unit_type, province_id, city_id, county_id, due, lock, status, version, stage
				FROM reports, others WHERE status = 'submitted' AND unit_id < 1000000`, from, to).Error
			if err != nil {
				t.Fatal(err)
			}
		}
		monitor := s.as(t, "monitor")
		crowd(1000001, 1000998)
		monitor.get("/inbox").has(t, http.StatusOK, `aria-label="`+chinese("menu.waiting", 999)+`">999</span>`)
		crowd(1000999, 1001001)
		monitor.get("/inbox").has(t, http.StatusOK, `aria-label="`+chinese("menu.waiting_many")+`">999+</span>`)
	})
}

// TestAcceptingTogetherIsRefused for others' reports one by one, and whole for what is no report.
func TestAcceptingTogetherIsRefused(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.On("2019-10-08", func() { s.Submit(t, "community-01", "2019Q3", reportingtest.Community) })
	other := s.as(t, "reviewer-340700")
	other.get("/review")
	a := other.post("/review/accept", url.Values{"report": {"community-01/progress/2019Q3"}})
	a.has(t, http.StatusOK, chinese("review.bulk_accepted", 0), "community-01 2019年第三季度")
	if strings.Contains(a.body, "方兴社区") || s.Report(t, "community-01", "2019Q3").Status != reporting.Submitted {
		t.Error("another city's report is named or accepted")
	}
	for _, text := range []string{"x", "a/b", "a/b/2019Q9", "a/b/c/d"} {
		other.post("/review/accept", url.Values{"report": {text}}).has(t, http.StatusBadRequest)
	}
	var many []string
	for i := range reporting.MaxPage + 1 {
		many = append(many, fmt.Sprintf("unit-%d/progress/2019Q3", i))
	}
	other.post("/review/accept", url.Values{"report": many}).has(t, http.StatusBadRequest)
}

// restated files and accepts a report, reopens it for a reason, and accepts it again with another value.
func (s *site) restated(t *testing.T, unit, quarter string, values reportingtest.Values, reason string) {
	t.Helper()
	s.Past(t, unit, quarter, values)
	_, err := s.Reports.Reopen(t.Context(), s.Actor(t, "monitor"), reportingtest.Ref(unit, quarter), 0, reason, period.MustParseDate("2019-10-20"))
	if err != nil {
		t.Fatal(err)
	}
	s.Submit(t, unit, quarter, reportingtest.Values{"m1_2": "41.5", "m2_2": ""})
	s.Accept(t, unit, quarter)
}

// TestRestatements lists corrections to those whose units they are of, and at the report itself.
func TestRestatements(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.restated(t, "community-01", "2019Q2", reportingtest.Community, "面积有误")
		s.restated(t, "community-02", "2019Q2", reportingtest.Community, "证明材料有误")
		monitor := s.as(t, "monitor")
		a := monitor.get("/restatements")
		a.has(t, http.StatusOK, chinese("restatement.nth", 1), "面积有误", "证明材料有误", "40%", "41.5%", "方兴社区", "monitor")
		monitor.get("/restatements?scope=340100").has(t, http.StatusOK, "面积有误")
		if a := monitor.get("/restatements?scope=340100&period=2019Q2"); strings.Contains(a.body, "证明材料有误") {
			t.Error("the filter by place does not hold")
		}
		for _, query := range []string{"?period=2019Q1", "?form=none", "?unit=district-01"} {
			monitor.get("/restatements"+query).has(t, http.StatusOK, chinese("restatement.none"))
		}
		monitor.get("/restatements?after=x").has(t, http.StatusBadRequest)
		if a := s.as(t, "reviewer-340700").get("/restatements"); strings.Contains(a.body, "面积有误") || !strings.Contains(a.body, "证明材料有误") {
			t.Error("a reviewer is shown another city's corrections, or not their own")
		}
		s.refresh(t)
		for _, page := range []string{"/home", "/dashboards/scurve"} { // beside the figures that they changed
			monitor.get(page+"?scope=340100&period=2019Q3").has(t, http.StatusOK, chinese("dashboards.restated"), "面积有误", "41.5%")
			if a := monitor.get(page + "?period=2019Q1"); strings.Contains(a.body, "面积有误") {
				t.Errorf("%s of an earlier quarter lists a later correction", page)
			}
		}
		clerk := s.as(t, "clerk-community-01")
		clerk.get("/restatements?unit=community-02").has(t, http.StatusForbidden)
		clerk.get(reportPathOf("community-01", "2019Q2")).has(t, http.StatusOK, chinese("restatement.nth", 1), "面积有误", "41.5%")
		monitor.get(reportPathOf("community-01", "2019Q2")).has(t, http.StatusOK, "将作为更正编号")
	})
}
