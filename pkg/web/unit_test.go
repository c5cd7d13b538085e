package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestUnitPageExplainsItsLights(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		monitor := b.as(t, "monitor")
		page := monitor.open(t, "/units/community-01")
		wants(t, page, "方兴社区", "2018年10月", "按此进度测算（非预测）", `<option value="2019Q3" selected>`, "1/1 已审核",
			"2019年第三季度报表第 1 版，填报值：70 项", `href="/reports/community-01/progress/2019Q3?revision=1"`,
			`href="/reports/community-01/progress/2019Q2"`, `<tr id="M2.1">`, `id="why-M2.1"`, "历次报表")
		wants(t, monitor.open(t, "/units/community-01?period=2018Q4"), "—", "尚无审核通过的填报值")
		wants(t, monitor.open(t, "/units/district-01"), "名称待核", "2019年7月1日")
		wants(t, monitor.open(t, "/units/district-01?period=2019Q1"), "该单位在所选季度无须报送报表")
		monitor.open(t, "/units/community-02")
		monitor.open(t, "/units/community-03")
	})
}

func TestUnitPageKeepsToTheScope(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		reviewer, clerk := b.as(t, "reviewer-340100"), b.as(t, "clerk-community-01")
		for _, c := range []struct {
			who     *reader
			address string
			status  int
		}{
			{reviewer, "/units/community-01", http.StatusOK},
			{reviewer, "/units/community-02", http.StatusForbidden},
			{clerk, "/units/community-01", http.StatusOK},
			{clerk, "/units/community-03", http.StatusForbidden},
			{reviewer, "/units/nobody", http.StatusNotFound},
			{reviewer, "/units/community-01?period=yesterday", http.StatusBadRequest},
			{&reader{b.router, map[string]*http.Cookie{}}, "/units/community-01", http.StatusSeeOther},
		} {
			if answer := c.who.get(c.address); answer.Code != c.status {
				t.Errorf("%s: got %d, want %d", c.address, answer.Code, c.status)
			}
		}
	})
}

func TestUnitPageSpeaksEnglish(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		monitor := b.as(t, "monitor")
		monitor.cookies[languageCookie] = &http.Cookie{Name: languageCookie, Value: locale.English}
		wants(t, monitor.open(t, "/units/community-01"), "At this pace (arithmetic, not a forecast)", "10/2018")
		wants(t, monitor.open(t, "/home"), "Who has still to file", "Units × milestones")
	})
}

func TestGapsAndIndexesInWords(t *testing.T) {
	words := locale.For(locale.Chinese)
	for gap, want := range map[int64]string{
		81_501: "落后 8.2 个百分点", 81_499: "落后 8.1 个百分点", 200: "落后不足 0.1 个百分点", 0: "与计划持平", -200: "与计划持平", -13_000: "超前 1.3 个百分点",
	} {
		if got := gapText(words, gap); got != want {
			t.Errorf("gap %d: got %q, want %q", gap, got, want)
		}
	}
	for _, c := range []struct {
		planned, earned int64
		want            string
	}{{200, 125, "0.63"}, {0, 0, noFigure}, {66, 66, "1.00"}, {3, 2, "0.67"}} {
		row := analytics.Row{HasFigures: true, Planned: plan.Ratio(c.planned, 1000), Earned: plan.Ratio(c.earned, 1000)}
		if got := spiText(row); got != c.want {
			t.Errorf("%d of %d: got %q, want %q", c.earned, c.planned, got, c.want)
		}
	}
}

func TestDatesAreNoMoreExactThanKnown(t *testing.T) {
	b := unitBuilder{words: locale.For(locale.Chinese)}
	day := period.MustParseDate("2018-10-01")
	for precision, want := range map[string]string{"day": "2018年10月1日", "month": "2018年10月", "quarter": "2018年第四季度", "year": "2018年"} {
		if got := b.vague(day, precision); got != want {
			t.Errorf("%s: got %q, want %q", precision, got, want)
		}
	}
}

// A light opens into what it remembers, and those who may set it for the quarter that is not locked yet.
func TestLightsAreSetByHand(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		s.refresh(t)
		wants := func(body string, texts ...string) {
			t.Helper()
			for _, text := range texts {
				if !strings.Contains(body, text) {
					t.Errorf("no %q", text)
				}
			}
		}
		monitor := s.as(t, "monitor")
		page := monitor.get("/units/community-01").body
		wants(page, `action="/units/community-01/lights"`, `id="light-M1.2"`, `id="light-unit"`, "最新数据（尚未锁定）", "2019年10月30日锁定后固定")
		if past := monitor.get("/units/community-01?period=2019Q2").body; strings.Contains(past, `/units/community-01/lights"`) || !strings.Contains(past, "锁定日（2019年7月30日）日终") {
			t.Error("a locked quarter can be changed, or does not say that it is frozen")
		}
		for _, who := range []string{"reviewer-340100", "viewer"} {
			if strings.Contains(s.as(t, who).get("/units/community-01").body, `/units/community-01/lights"`) {
				t.Errorf("%s is offered to set lights", who)
			}
		}
		post := func(light, reason string) answer {
			return monitor.post("/units/community-01/lights", url.Values{"period": {"2019Q3"}, "milestone": {"M1.2"}, "light": {light}, "reason": {reason}})
		}
		refused := post("watch", " ")
		wants(refused.body, "请填写理由", `<details class="light-why" id="why-M1.2" open>`)
		if refused.status != http.StatusUnprocessableEntity {
			t.Errorf("without a reason: %d", refused.status)
		}
		wants(post("watch", "现场核实").body, "已记录改灯", "人工改为“关注”，按规则为“未报”。理由：现场核实（用户 monitor", "改灯记录", "撤销人工改灯", `<small class="light-mark">人工改灯</small>`)
		wants(post("none", "误改").body, "撤销改灯：误改")
		if again := post("none", "误改"); again.status != http.StatusConflict {
			t.Errorf("withdrawn twice: %d", again.status)
		}
		if s.nudges == 0 {
			t.Error("nobody was told")
		}
	})
}
