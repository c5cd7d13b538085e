package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/supervision"
)

// issue issues an order about the milestone M2.1 of a unit as the monitor.
func (s *site) issue(t *testing.T, unit, reason string) {
	t.Helper()
	in := supervision.NewOrder{Unit: unit, Milestone: "M2.1", Reason: reason, Due: period.MustParseDate("2019-10-20")}
	if _, err := s.server.Orders.Issue(t.Context(), s.Actor(t, "monitor"), in); err != nil {
		t.Fatal(err)
	}
}

// TestAnOrderFromTheListToItsEnd: a monitor finds a late report in the list, issues an order, raises it;
// the clerk signs; the monitor withdraws it.
func TestAnOrderFromTheListToItsEnd(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.refresh(t)
		monitor, clerk := s.as(t, "monitor"), s.as(t, "clerk-community-01")
		const address = "/supervision/new?form=progress&amp;period=2019Q3&amp;unit=community-01"
		for _, page := range []string{"/reports?status=late", "/home", "/units/community-01"} {
			monitor.get(page).has(t, http.StatusOK, address, "发起督办")
			if a := clerk.get(page); strings.Contains(a.body, "/supervision/new") {
				t.Errorf("a clerk may supervise from %s", page)
			}
		}
		monitor.get("/units/community-01").has(t, http.StatusOK, "/supervision/new?milestone=M2.1&amp;unit=community-01")
		form := monitor.get("/supervision/new?form=progress&period=2019Q3&unit=community-01")
		form.has(t, http.StatusOK, "方兴社区", "试点任务进度季报逾期", `value="2019-10-19"`)
		fields := formFields(t, form.body)
		refused := monitor.post("/supervision", fields)
		refused.has(t, http.StatusUnprocessableEntity, `<a href="#reason">`, "请填写事由。")
		fields.Set("reason", "逾期两日未报")
		issued := monitor.post("/supervision", fields)
		issued.has(t, http.StatusOK, "督办单已发出。", "蓝色督办", "逾期两日未报", "待签收")
		if issued.at != "/supervision/community-01/1" {
			t.Errorf("at %s", issued.at)
		}
		if a := monitor.get("/supervision/new?form=progress&period=2019Q3&unit=community-01"); a.at != issued.at {
			t.Errorf("a second order would be issued at %s", a.at)
		}
		monitor.post("/supervision", fields).has(t, http.StatusConflict, "已有一份在办的督办单")

		clerk.get("/").has(t, http.StatusOK, `href="/supervision"`, `aria-label="1 项待办"`)
		page := clerk.get(issued.at)
		page.has(t, http.StatusOK, issued.at+"/sign")
		if strings.Contains(page.body, "/raise") || strings.Contains(page.body, "/withdraw") {
			t.Error("a clerk may raise or withdraw")
		}
		clerk.post(issued.at+"/raise", url.Values{"reason": {"x"}}).has(t, http.StatusForbidden)
		clerk.get("/")
		clerk.post(issued.at+"/sign", url.Values{"reply": {"明日补报"}}).has(t, http.StatusOK, "已签收", "明日补报")
		clerk.post(issued.at+"/sign", nil).has(t, http.StatusConflict, "第 1 号督办单已签收。")

		monitor.get(issued.at).has(t, http.StatusOK, "明日补报")
		monitor.post(issued.at+"/raise", url.Values{"reason": {" "}, "due": {"2019-10-30"}}).has(t, http.StatusUnprocessableEntity, `<a href="#raise-reason">`, `value="2019-10-30"`)
		monitor.post(issued.at+"/raise", url.Values{"reason": {"仍未补报"}, "due": {"2019-10-30"}}).has(t, http.StatusOK, "黄色督办", "2019年10月30日")
		monitor.get("/supervision?level=yellow&state=unsigned").has(t, http.StatusOK, "方兴社区", "黄色督办")
		monitor.get("/supervision?level=blue").has(t, http.StatusOK, "没有符合条件的督办单")
		monitor.get("/supervision?level=purple").has(t, http.StatusBadRequest)
		monitor.get("/supervision/community-01/9").has(t, http.StatusNotFound)
		monitor.get("/supervision/community-01/one").has(t, http.StatusNotFound)
		monitor.get(issued.at)
		monitor.post(issued.at+"/withdraw", url.Values{"reason": {"另行安排"}}).has(t, http.StatusOK, "已撤销", "另行安排")
	})
}

func TestTheMadeUpOrderOnItsPage(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.refresh(t)
		s.issue(t, "community-01", "进度滞后")
		s.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m2_1": "40"})
		s.Accept(t, "community-01", "2019Q3")
		s.refresh(t)
		if n, err := s.server.Orders.CloseMadeUp(t.Context()); err != nil || n != 1 {
			t.Fatalf("%d closed, %v", n, err)
		}
		clerk := s.as(t, "clerk-community-01")
		clerk.get("/supervision/community-01/1").has(t, http.StatusOK, "已整改，自动办结", "系统", "里程碑 M2.1 纸质证明事项进度滞后")
		clerk.post("/language", url.Values{"language": {locale.English}})
		clerk.get("/supervision").has(t, http.StatusOK, "Made up, closed by itself", "Milestone M2.1")
	})
}

func TestTheCalendarPage(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		clerk, admin := s.as(t, "clerk-community-01"), s.as(t, "admin")
		page := clerk.get("/calendar")
		page.has(t, http.StatusOK, "2019年10月10日", "季后第 10 天", "季后第 30 天", "还没有调整过日期。")
		if strings.Contains(page.body, "/calendar/progress") {
			t.Error("a clerk may change the dates")
		}
		admin.get("/calendar").has(t, http.StatusOK, `action="/calendar/progress/2019Q3"`)
		wrong := url.Values{"due": {"2019-10-18"}, "lock": {"2019-10-17"}, "reason": {"国庆顺延"}}
		admin.post("/calendar/progress/2019Q3", wrong).has(t, http.StatusUnprocessableEntity,
			`<a href="#lock-progress-2019Q3">`, "锁定日期不能早于截止日期。", `value="国庆顺延"`, `value="2019-10-17"`)
		if s.nudges != 0 {
			t.Error("a nudge for nothing")
		}
		right := url.Values{"due": {"2019-10-18"}, "lock": {"2019-11-18"}, "reason": {"国庆顺延"}}
		admin.post("/calendar/progress/2019Q3", right).has(t, http.StatusOK, "日期已调整", "2019年10月10日 → 2019年10月18日", "国庆顺延")
		if s.nudges != 1 {
			t.Errorf("%d nudges", s.nudges)
		}
		clerk.get("/").has(t, http.StatusOK, "10月18日前按时（还剩6天）")
		admin.get("/calendar")
		admin.post("/calendar/progress/2031Q1", url.Values{"due": {"2031-04-18"}, "lock": {"2031-05-18"}, "reason": {"x"}}).has(t, http.StatusNotFound)
	})
}
