package web

import (
	"net/http"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestLightsLeadToTheMilestoneOfTheUnit, and say in words what their marks mean.
func TestLightsLeadToTheMilestoneOfTheUnit(t *testing.T) {
	b := newBoard(t, databasetest.Open(t, database.SQLite))
	b.worked(t)
	monitor := b.as(t, "monitor")
	page := monitor.open(t, "/dashboards/lights")
	wants(t, page, `class="light light-done" href="/units/community-01?period=2019Q3#M1.1" title="方兴社区，M1.1 建设方案报备：完成，计划 100.0%，实际 100.0%"`,
		`<ul class="legend card-legend"`, `href="/dashboards/workstream?period=2019Q3&amp;workstream=W1"`, `href="/dashboards/milestone?milestone=M2.1&amp;period=2019Q3"`)
	grouped := monitor.open(t, "/dashboards/lights?group=workstream&sort=name")
	wants(t, grouped, `<option value="workstream" selected>`, "方兴社区，W2 政府服务协同化：")
	lacks(t, grouped, "方兴社区，M1.1")
	if answer := monitor.get("/dashboards/lights?sort=size"); answer.Code != http.StatusBadRequest {
		t.Errorf("an unknown order: %d", answer.Code)
	}
	lacks(t, b.as(t, "reviewer-340100").open(t, "/dashboards/lights"), "长江路街道")
	lacks(t, b.as(t, "clerk-community-01").open(t, "/dashboards/lights"), "长江路街道", "340181")
}

// TestAMilestoneNamesWhoIsLateAndByWhichReport.
func TestAMilestoneNamesWhoIsLateAndByWhichReport(t *testing.T) {
	b := newBoard(t, databasetest.Open(t, database.SQLite))
	b.worked(t)
	page := b.as(t, "monitor").open(t, "/dashboards/milestone?milestone=M2.1")
	wants(t, page, "92 天", "2019年第三季度第 1 版", `href="/reports/community-01/progress/2019Q3"`, "70 项", `href="/units/community-01?period=2019Q3#M2.1"`)
	lacks(t, page, "长江路街道") // the milestone does not apply to streets
	if answer := b.as(t, "monitor").get("/dashboards/milestone?milestone=M9"); answer.Code != http.StatusBadRequest {
		t.Errorf("no milestone: %d", answer.Code)
	}
	lacks(t, b.as(t, "reviewer-340700").open(t, "/dashboards/milestone?milestone=M2.1"), "方兴社区")
}

// TestAComparisonSaysWhatIsWrongBesideTheForm, and never shows another's unit.
func TestAComparisonSaysWhatIsWrongBesideTheForm(t *testing.T) {
	b := newBoard(t, databasetest.Open(t, database.SQLite))
	b.worked(t)
	monitor, reviewer := b.as(t, "monitor"), b.as(t, "reviewer-340100")
	for _, c := range []struct {
		who   *reader
		query string
		want  []string
	}{
		{monitor, "kind=units&a=community-01&b=district-01", []string{"甲 方兴社区", `value="community-01"`, "选用"}},
		{monitor, "kind=units&a=nobody", []string{chinese("compare.wrong"), "没有编号为“nobody”的试点单位。", `value="nobody"`, "方兴社区"}},
		{monitor, "kind=periods&a=long-ago", []string{chinese("compare.wrong"), chinese("period.invalid", "long-ago")}},
		{monitor, "kind=dates&b=2019-13-01", []string{chinese("compare.wrong"), chinese("period.invalid_date", "2019-13-01")}},
		{monitor, "kind=periods&a=2019Q2&b=2019Q3", []string{"甲 2019年第二季度", `<option value="2019Q1">`}},
		{monitor, "kind=dates&a=2019Q2", []string{`value="2019-09-30"`, chinese("compare.wrong"), "该时点尚无工作方案"}}, // left over from another kind
		{monitor, "kind=dates&a=2019-10-12&b=2019-10-12", []string{chinese("compare.none_restated")}},
		{reviewer, "kind=units&a=community-01&b=street-01", []string{chinese("compare.wrong"), chinese("scope.forbidden")}},
	} {
		page := c.who.open(t, "/dashboards/compare?"+c.query)
		for _, text := range c.want {
			if !strings.Contains(page, text) && !strings.Contains(page, strings.ReplaceAll(text, "“", "&#34;")) {
				t.Errorf("%s does not say %q", c.query, text)
			}
		}
		if c.who == reviewer {
			lacks(t, page, "长江路街道")
		}
	}
}

// TestAComparisonOfTwoDaysListsTheCorrectionsInBetween.
func TestAComparisonOfTwoDaysListsTheCorrectionsInBetween(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		b.On("2019-10-14", func() {
			_, err := b.Reports.Reopen(t.Context(), b.Actor(t, "monitor"), reportingtest.Ref("community-01", "2019Q2"), 0, "面积有误", period.MustParseDate("2019-10-20"))
			if err != nil {
				t.Fatal(err)
			}
			b.Submit(t, "community-01", "2019Q2", reportingtest.Values{"m1_2": "41.5"})
			b.Accept(t, "community-01", "2019Q2")
			b.refresh(t)
		})
		listed := "第 1 号（第 1 版改为第 2 版）" // the page names every correction of its figures, whenever it was
		b.On("2019-10-15", func() {
			monitor := b.as(t, "monitor")
			wants(t, monitor.open(t, "/dashboards/compare?kind=dates&a=2019-10-13&b=2019-10-14"), "面积有误", listed)
			for _, query := range []string{"a=2019-10-12&b=2019-10-13", "a=2019-10-13&b=2019-10-14&period=2019Q1", "a=2019-10-13&b=2019-10-14&scope=340700"} {
				lacks(t, monitor.open(t, "/dashboards/compare?kind=dates&"+query), listed)
			}
		})
	})
}
