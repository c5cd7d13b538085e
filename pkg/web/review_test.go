package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestTheWayOfAReport files, returns, corrects, accepts and reopens one report by its pages.
func TestTheWayOfAReport(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		clerk, reviewer := s.as(t, "clerk-community-01"), s.as(t, "reviewer-340104")

		for _, section := range []string{"W2", "narrative"} {
			clerk.post(ourReport+"/sections/"+section+"/confirm", clerk.filing(ourReport))
		}
		a := clerk.post(ourReport+"/submit", typed(clerk.filing(ourReport), reportingtest.Values{"m1_2": "60"}))
		a.has(t, http.StatusOK, chinese("filing.submitted"), chinese("filing.withdraw"), "第 1 版")

		a = reviewer.get("/")
		a.has(t, http.StatusOK, "方兴社区", chinese("reports.go_review"), `class="nav-count"`)
		if a.at != "/review" {
			t.Errorf("a reviewer begins at %s", a.at)
		}
		a = reviewer.get(ourReport)
		a.has(t, http.StatusOK, chinese("review.accept"), "60%", chinese("cell.changed"))
		a = reviewer.post(ourReport+"/return", formFields(t, a.body))
		a.has(t, http.StatusUnprocessableEntity, chinese("report.note_missing"), `href="#note"`)
		fields := formFields(t, a.body)
		fields.Set("note", "请核对面积。")
		fields.Set(remarkField+"m1_2", "与台账不符 <b>")
		reviewer.post(ourReport+"/return", fields).has(t, http.StatusOK, chinese("review.returned"), chinese("status.returned"))

		clerk.get("/").has(t, http.StatusOK, chinese("status.returned"), "请核对面积。", chinese("tasks.correct"))
		a = clerk.get(ourReport)
		a.has(t, http.StatusOK, "请核对面积。", "与台账不符 &lt;b&gt;", chinese("act.report.returned"), "reviewer-340104")
		clerk.post(ourReport+"/submit", typed(formFields(t, a.body), reportingtest.Values{"m1_2": "58"})).
			has(t, http.StatusOK, chinese("filing.submitted"), "第 2 版")

		a = reviewer.get(ourReport)
		a.has(t, http.StatusOK, "58%", "60%", "与台账不符", chinese("review.second_about", 1, 7))
		a = reviewer.get(ourReport + "?all=1")
		a.has(t, http.StatusOK, "58%", chinese("cell.before"), chinese("cell.changed_revision"))
		if strings.Count(a.body, chinese("cell.before")) != 1 {
			t.Error("more than the one corrected cell is said to have changed")
		}
		stale := formFields(t, a.body)
		reviewer.post(ourReport+"/accept", stale).has(t, http.StatusOK, chinese("review.accepted"), chinese("status.accepted"))
		reviewer.post(ourReport+"/accept", stale).has(t, http.StatusConflict, chinese("report.wrong_status", chinese("status.accepted")))
		if s.nudges != 4 {
			t.Errorf("%d nudges, want one for each of four acts", s.nudges)
		}
		clerk.get(ourReport+"?revision=1").has(t, http.StatusOK, "60%", chinese("revisions.shown", 1), s.hash(t, 1))
		clerk.get(ourReport).has(t, http.StatusOK, "58%", s.hash(t, 1), s.hash(t, 2))
		s.reopen(t, reviewer, clerk)
	})
}

func (s *site) hash(t *testing.T, no int64) string {
	t.Helper()
	revision, err := s.Reports.Filed(t.Context(), s.Actor(t, "monitor"), reportingtest.Ref("community-01", "2019Q3"), no)
	if err != nil {
		t.Fatal(err)
	}
	return revision.Hash
}

func (s *site) reopen(t *testing.T, reviewer, clerk *visitor) {
	t.Helper()
	s.Clock.Set("2019-12-01")
	fields := formFields(t, reviewer.get(ourReport).body)
	fields.Set("reason", "补报附件")
	for until, want := range map[string]int{"": http.StatusUnprocessableEntity, "2019-11-30": http.StatusUnprocessableEntity, "2019年": http.StatusUnprocessableEntity} {
		fields.Set("until", until)
		a := reviewer.post(ourReport+"/reopen", fields)
		a.has(t, want, `value="补报附件"`)
	}
	fields.Set("until", "2019-12-05")
	reviewer.post(ourReport+"/reopen", fields).has(t, http.StatusOK, chinese("review.reopened"))
	clerk.get(ourReport).has(t, http.StatusOK, "补报附件", "12月5日锁定（还剩4天）", chinese("filing.submit"))
	if r := s.Report(t, "community-01", "2019Q3"); r.Status != reporting.Open || r.AcceptedRevision != 2 {
		t.Errorf("the report is %s with accepted revision %d", r.Status, r.AcceptedRevision)
	}
}

func TestWithdraw(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
	clerk := s.as(t, "clerk-community-01")
	fields := formFields(t, clerk.get(ourReport).body)
	clerk.post(ourReport+"/withdraw", fields).has(t, http.StatusOK, chinese("filing.withdrawn"), chinese("filing.submit"))
	clerk.post(ourReport+"/withdraw", fields).has(t, http.StatusConflict)
}

func TestReviewOfAStalePage(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
	reviewer, clerk := s.as(t, "reviewer-340100"), s.as(t, "clerk-community-01")
	seen := formFields(t, reviewer.get(ourReport).body)
	s.Return(t, "community-01", "2019Q3") // by somebody else
	clerk.post(ourReport+"/submit", typed(clerk.filing(ourReport), reportingtest.Values{"m1_2": "70"})).has(t, http.StatusOK)
	seen.Set("note", "我写的意见")
	reviewer.post(ourReport+"/return", seen).has(t, http.StatusConflict, chinese("report.stale"), "我写的意见", "70%", chinese("review.second_title"))
	reviewer.post(ourReport+"/accept", seen).has(t, http.StatusConflict, chinese("report.stale"))
}

// TestAFormThatCannotBeRead is refused, whichever act it is for.
func TestAFormThatCannotBeRead(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
	reviewer, clerk := s.as(t, "reviewer-340100"), s.as(t, "clerk-community-01")
	for _, c := range []struct {
		who *visitor
		act string
	}{{reviewer, "/return"}, {reviewer, "/accept"}, {reviewer, "/reopen"}, {clerk, "/withdraw"}, {clerk, "/submit"}, {clerk, ""}} {
		c.who.get("/")
		req := c.who.request(http.MethodPost, ourReport+c.act, "application/x-www-form-urlencoded", "version=3&note=%zz")
		req.Header.Set("X-CSRF-Token", c.who.csrf)
		c.who.do(req).has(t, http.StatusBadRequest, chinese("error.bad_request"))
	}
}

func TestReportLists(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		s.Past(t, "community-02", "2019Q1", reportingtest.Community)
		monitor := s.as(t, "monitor")
		for query, want := range map[string]int{
			"":                            11,
			"?period=2019Q3":              5,
			"?period=2019Q3&status=open":  4,
			"?status=submitted":           1,
			"?status=accepted":            1,
			"?status=late&batch=2019":     3,
			"?late=1&type=street":         1,
			"?scope=340700":               5,
			"?scope=340700&type=street":   1,
			"?scope=340181":               2,
			"?unit=community-02":          4,
			"?batch=2018&scope=340100":    4,
			"?period=2018Q4&status=late&": 2,
		} {
			a := monitor.get("/reports" + query)
			a.has(t, http.StatusOK)
			if got := strings.Count(a.body, "<tr>") - min(1, strings.Count(a.body, "<thead>")); got != want {
				t.Errorf("/reports%s lists %d reports, want %d", query, got, want)
			}
		}
		for query, status := range map[string]int{
			"?period=2019Q5": http.StatusBadRequest, "?status=lost": http.StatusBadRequest, "?scope=999999": http.StatusNotFound,
			"?after=x": http.StatusBadRequest, "?unit=nosuch": http.StatusNotFound, "?scope=340104001": http.StatusBadRequest,
		} {
			monitor.get("/reports"+query).has(t, status)
		}
		monitor.get("/reports?batch=none").has(t, http.StatusOK, chinese("reports.none"))
		a := s.as(t, "reviewer-340700").get("/reports")
		a.has(t, http.StatusOK, "长江路街道", "铜官区")
		if strings.Contains(a.body, "方兴社区") || strings.Contains(a.body, "合肥市") {
			t.Error("a reviewer is shown another city")
		}
		s.as(t, "reviewer-340700").get("/review").has(t, http.StatusOK, chinese("reports.none_to_review"))
		a = s.as(t, "clerk-street-01").get("/reports")
		a.has(t, http.StatusOK, "长江路街道")
		if strings.Contains(a.body, `name="scope"`) {
			t.Error("a clerk is offered places to choose from")
		}
	})
}

func TestReportPages(t *testing.T) {
	data := reportsData{Action: "/reports", Next: "2019Q1.3"}
	data.page(url.Values{"period": {"2019Q1"}, "batch": {""}, "after": {"2019Q1.2"}}, "2019Q1.2")
	if data.First != "/reports?period=2019Q1" || data.Next != "/reports?after=2019Q1.3&period=2019Q1" {
		t.Errorf("pages lead to %s and %s", data.First, data.Next)
	}
	data = reportsData{Action: "/review"}
	data.page(url.Values{}, "")
	if data.First != "" || data.Next != "" {
		t.Errorf("the only page leads to %s and %s", data.First, data.Next)
	}
}
