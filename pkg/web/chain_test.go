package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms/formstest"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// hubsPath is the report of 蜀山区 on formstest.HubForm; hubsRef names it.
const hubsPath = "/reports/340104/hubs/2019Q3"

var hubsRef = reporting.Ref{Unit: "340104", Form: "hubs", Period: period.MustParse("2019Q3")}

// withHubs publishes formstest.HubForm and opens its reports.
func (s *site) withHubs(t *testing.T) {
	t.Helper()
	if _, err := s.Forms.Import(t.Context(), accounts.System("test"), "hubs.yaml", []byte(formstest.HubForm), "", false); err != nil {
		t.Fatal(err)
	}
	s.OpenPeriods(t)
}

// fileHubs files the report of hubsRef as its county, with an explained warning and a picture that is
// also shown by another county.
func (s *site) fileHubs(t *testing.T) {
	t.Helper()
	for _, county := range []string{"340181", "340104"} {
		reviewer, ref := s.Actor(t, "reviewer-"+county), reporting.Ref{Unit: county, Form: "hubs", Period: hubsRef.Period}
		file, err := s.Evidence.Add(t.Context(), reviewer, county, "揭牌照片.png", bytes.NewReader(picture(t)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Reports.Attach(t.Context(), reviewer, ref, "hubs", file.Hash); err != nil {
			t.Fatal(err)
		}
		report, err := s.Reports.Report(t.Context(), reviewer, ref)
		if err != nil {
			t.Fatal(err)
		}
		edit := reporting.Edit{Version: report.Version, Values: map[string]any{"hubs": "5", "staff": "3"}, Explanations: map[string]string{"staffed": "两家由街道代管。"}}
		if report, err = s.Reports.Save(t.Context(), reviewer, ref, edit); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Reports.Submit(t.Context(), reviewer, ref, report.Version); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAReportGoesUpLevelByLevel: the county files its own, the city sees warning, explanation, evidence
// and reuse, passes it on, and the province accepts.
func TestAReportGoesUpLevelByLevel(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.withHubs(t)
		county, city, monitor := s.as(t, "reviewer-340104"), s.as(t, "reviewer-340100"), s.as(t, "monitor")
		county.get(hubsPath).has(t, http.StatusOK, "data-filing", chinese("filing.submit")) // its own: to be filed at once
		s.fileHubs(t)

		waits := chinese("review.at_stage", chinese("level.city"))
		county.get(hubsPath).has(t, http.StatusOK, waits, chinese("filing.withdraw"))
		monitor.get("/review").has(t, http.StatusOK, chinese("reports.none_to_review"))
		city.get("/review").has(t, http.StatusOK, waits, "三社联动季报", chinese("risk.warnings", 1), chinese("risk.reused", 1))
		city.get("/review?form=hubs").has(t, http.StatusOK, "蜀山区")
		city.get("/review?form=progress").has(t, http.StatusOK, chinese("reports.none_to_review"))
		a := city.get(hubsPath)
		passOn := chinese("review.pass", chinese("level.province"))
		a.has(t, http.StatusOK, passOn, "专职人员少于组织数", "两家由街道代管。", "揭牌照片.png", "/thumbnail", chinese("evidence.reused_by", "巢湖市", hubsRef.Period),
			`<li class="way-now" aria-current="step">市级审核</li>`, `<li class="way-ahead">省级审核</li>`)
		county.post(hubsPath+"/withdraw", formFields(t, county.get(hubsPath).body)).has(t, http.StatusConflict, chinese("report.looked_at"))

		city.post(hubsPath+"/accept", formFields(t, a.body)).has(t, http.StatusOK, chinese("review.passed"), chinese("review.at_stage", chinese("level.province")))
		a = monitor.get(hubsPath)
		a.has(t, http.StatusOK, chinese("review.accept"), `<li class="way-now" aria-current="step">省级审核</li>`)
		if strings.Contains(a.body, passOn) {
			t.Error("the last level is offered to pass on")
		}
		monitor.post(hubsPath+"/accept", formFields(t, a.body)).has(t, http.StatusOK, chinese("review.accepted"), `<li class="way-done">省级审核</li>`)
	})
}

// TestReuseElsewhereIsNotNamed: who may not know the other unit is told that there is one.
func TestReuseElsewhereIsNotNamed(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.withHubs(t)
	s.fileHubs(t)
	a := s.as(t, "reviewer-340104").get(hubsPath)
	a.has(t, http.StatusOK, chinese("evidence.reused_elsewhere", hubsRef.Period))
	if strings.Contains(a.body, "巢湖市") {
		t.Error("another county is named")
	}
	s.as(t, "viewer").get(hubsPath).has(t, http.StatusOK, "揭牌照片.png")
}

// TestFilingOnBehalf: a reviewer reads others' open report, asks to fill it in, and names who answers for
// the figures.
func TestFilingOnBehalf(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		reviewer := s.as(t, "reviewer-340104")
		a := reviewer.get(ourReport)
		a.has(t, http.StatusOK, chinese("review.fill"), ourReport+"?behalf=1")
		if strings.Contains(a.body, "data-filing") {
			t.Error("others' report opens as a form")
		}
		fields := typed(reviewer.filing(ourReport+"?behalf=1"), reportingtest.Values{"m1_1": "true", "m1_2": "40"})
		a = reviewer.post(ourReport, fields)
		a.has(t, http.StatusOK, chinese("filing.saved"), "data-filing")
		a = reviewer.post(ourReport+"/submit", formFields(t, a.body))
		a.has(t, http.StatusUnprocessableEntity, chinese("report.behalf_missing"), `href="#on_behalf"`, "data-filing")
		fields = formFields(t, a.body)
		fields.Set("on_behalf", "张三<b>")
		reviewer.post(ourReport+"/submit", fields).has(t, http.StatusOK, chinese("filing.submitted"), chinese("review.behalf", "张三&lt;b&gt;"))
		s.as(t, "reviewer-340100").get(ourReport).has(t, http.StatusOK, chinese("risk.behalf", "张三&lt;b&gt;"))
		a = s.as(t, "monitor").get(reportPathOf("community-02", "2019Q3"))
		a.has(t, http.StatusOK)
		if strings.Contains(a.body, chinese("review.fill")) || strings.Contains(s.as(t, "monitor").get(reportPathOf("community-02", "2019Q3")+"?behalf=1").body, "data-filing") {
			t.Error("who may not file is offered to")
		}
		clerk := s.as(t, "clerk-community-02").get(reportPathOf("community-02", "2019Q3"))
		clerk.has(t, http.StatusOK, "data-filing")
		if strings.Contains(clerk.body, "on_behalf") {
			t.Error("a clerk is asked on whose behalf")
		}
	})
}

// TestTheThread is what clerk and reviewers write to each other, on every page of the report.
func TestTheThread(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		clerk, reviewer := s.as(t, "clerk-community-01"), s.as(t, "reviewer-340104")
		clerk.get(ourReport)
		a := clerk.post(ourReport+"/discussion", url.Values{"words": {"面积按<b>哪年</b>的口径？"}})
		a.has(t, http.StatusOK, chinese("review.said"), "面积按&lt;b&gt;哪年&lt;/b&gt;的口径？", "data-filing", chinese("act.report.discussed"))
		reviewer.get(ourReport)
		reviewer.post(ourReport+"/discussion", url.Values{"words": {"按年初。"}}).has(t, http.StatusOK, "面积按", "按年初。", "用户 reviewer-340104")
		a = clerk.get(ourReport)
		if first, second := strings.Index(a.body, "面积按"), strings.Index(a.body, "按年初。"); first < 0 || second < first {
			t.Error("the thread does not read from the top")
		}
		clerk.post(ourReport+"/discussion", url.Values{"words": {" "}}).has(t, http.StatusUnprocessableEntity, chinese("report.words_missing"), `href="#words"`)
		long := strings.Repeat("长", reporting.MaxNote+1)
		clerk.post(ourReport+"/discussion", url.Values{"words": {long}}).has(t, http.StatusUnprocessableEntity, long)
		viewer := s.as(t, "viewer").get(ourReport)
		viewer.has(t, http.StatusOK, "按年初。")
		if strings.Contains(viewer.body, `name="words"`) {
			t.Error("a viewer is offered to write")
		}
		if s.nudges != 0 {
			t.Errorf("%d nudges for words", s.nudges)
		}
	})
}
