package web

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/notify"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestHomeShowsWhoIsDueLateAndBehind(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		page := b.as(t, "monitor").open(t, "/home")
		wants(t, page,
			"2019年第三季度已过报送截止日（2019年10月10日）：未报 4 份，退回待改 0 份。", "及时率 20.0%", "审核通过率 20.0%",
			"方兴社区", "名称待核", "示例数据", "逾期未报", "已逾期2天", `data-live-version=`, "1/5 已审核",
			`href="/home?period=2019Q3&amp;scope=340100"`, `href="/units/community-01?period=2019Q3#M1.1"`,
			"逾期未完成：M1.1 建设方案报备、M2.1 纸质证明事项", "■ 严重滞后",
			`href="/reports?form=progress&amp;period=2019Q3&amp;status=accepted"`)
	})
}

// TestHomeAndTheListOfTheLateAgree: what is not in and what was returned are two numbers; an accepted
// report that is open for a correction is neither.
func TestHomeAndTheListOfTheLateAgree(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.On("2019-10-08", func() {
			b.Submit(t, "community-01", "2019Q3", reportingtest.Community)
			b.Submit(t, "community-02", "2019Q3", reportingtest.Community)
		})
		b.Accept(t, "community-02", "2019Q3")
		admin := b.Actor(t, "admin")
		if _, err := b.Reports.Return(t.Context(), admin, reportingtest.Ref("community-01", "2019Q3"), 0, "请核对。", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Reports.Reopen(t.Context(), admin, reportingtest.Ref("community-02", "2019Q3"), 0, "更正", period.MustParseDate("2019-10-30")); err != nil {
			t.Fatal(err)
		}
		b.refresh(t)
		monitor := b.as(t, "monitor")
		wants(t, monitor.open(t, "/home"), "未报 3 份，退回待改 1 份。", "未报 3 份；退回待改 1 份")
		list := monitor.open(t, "/reports?period=2019Q3&status=late")
		wants(t, list, chinese("reports.about", 4), "逾期（未报或退回待改）", "方兴社区")
		lacks(t, list, `href="/reports/community-02/progress/2019Q3"`)
		lacks(t, monitor.open(t, "/reports/community-02/progress/2019Q3"), chinese("status.late"))

		b.addUnits(t, 12)
		wants(t, monitor.open(t, "/home"), "未报 15 份；退回待改 1 份", `href="/reports?form=progress&amp;period=2019Q3&amp;status=late"`)
		b.On("2019-10-09", func() {
			page := monitor.open(t, "/home")
			wants(t, page, `href="/reports?form=progress&amp;period=2019Q3&amp;status=open"`, `href="/reports?form=progress&amp;period=2019Q3&amp;status=returned"`)
			lacks(t, page, "status=late", "已过报送截止日")
		})
	})
}

func TestHomeFollowsItsFilters(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		monitor := b.as(t, "monitor")
		city := monitor.open(t, "/home?scope=340700&period=2019Q2")
		wants(t, city, "各县（市、区）进度", "铜官区", `<option value="340700" selected>`, `<option value="2019Q2" selected>`)
		lacks(t, city, "方兴社区")
		county := monitor.open(t, "/home?scope=340705")
		wants(t, county, "长江路街道", `<option value="340705" selected>`, `<a href="/home?period=2019Q3&amp;scope=340700">铜陵市</a>`)
		second := monitor.open(t, "/home?batch=2019&type=street")
		wants(t, second, "长江路街道")
		lacks(t, second, "方兴社区")
		wants(t, monitor.open(t, "/home?type=street&period=2019Q2"), "没有应报的试点单位")
	})
}

func TestHomeKeepsToTheScope(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		reviewer := b.as(t, "reviewer-340100")
		page := reviewer.open(t, "/home")
		wants(t, page, "方兴社区", `<li class="breadcrumb-item active" aria-current="page">安徽省</li>`)
		lacks(t, page, "长江路街道", `href="/home?period=2019Q3&amp;scope=340000"`)
		clerk := b.as(t, "clerk-community-01")
		page = clerk.open(t, "/home")
		wants(t, page, "方兴社区", "1/1 已审核")
		lacks(t, page, "长江路街道", "巢湖市")
		for _, c := range []struct {
			who     *reader
			address string
			status  int
		}{
			{reviewer, "/home?scope=340700", http.StatusForbidden},
			{reviewer, "/home?scope=340000", http.StatusForbidden},
			{reviewer, "/home?scope=340181", http.StatusOK},
			{clerk, "/home?scope=340100", http.StatusForbidden},
			{reviewer, "/home?scope=990000", http.StatusNotFound},
			{reviewer, "/home?period=2019Q5", http.StatusBadRequest},
			{reviewer, "/home?batch=2031", http.StatusBadRequest},
			{reviewer, "/home?type=village", http.StatusBadRequest},
			{reviewer, "/home?after=-1", http.StatusBadRequest},
			{&reader{b.router, map[string]*http.Cookie{}}, "/home", http.StatusSeeOther},
		} {
			if answer := c.who.get(c.address); answer.Code != c.status {
				t.Errorf("%s: got %d, want %d", c.address, answer.Code, c.status)
			}
		}
	})
}

func TestHomeOfAFreshInstallation(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		clock := reportingtest.NewClock(reportingtest.Today)
		log := ledger.New(analytics.Feeds()...)
		tree := divisions.New(db, log, clock.Now)
		users := accounts.New(db, log, clock.Now)
		plans := plan.New(db, tree, log, clock.Now)
		formList := forms.New(db, plans, log, clock.Now)
		reports := reporting.New(db, plans, formList, nil, tree, log, clock.Now)
		figures := analytics.New(db, plans, tree, reports, clock.Now)
		orders := supervisionOf(&reportingtest.Province{DB: db, Ledger: log, Tree: tree, Plans: plans, Reports: reports, Clock: clock}, figures)
		router := routerOf(t, Services{
			Accounts: users, Plans: plans, Forms: formList, Tree: tree, Reports: reports, Figures: figures, Orders: orders, Database: db, Notices: notify.New(db, plans, formList, reports, clock.Now),
		}, clock.Now)
		system := accounts.System("test")
		_, err := users.Add(context.Background(), system, accounts.NewUser{Name: "admin", Password: reportingtest.Password, Role: accounts.Admin})
		if err != nil {
			t.Fatal(err)
		}
		admin := logIn(t, router, "admin")
		wants(t, admin.open(t, "/home"), "尚未导入工作方案")
		if _, err := plans.Import(context.Background(), system, "plan.yaml", sample(t, "plan.yaml"), "", false); err != nil {
			t.Fatal(err)
		}
		wants(t, admin.open(t, "/home"), "尚未导入行政区划")
		if _, err := tree.Import(context.Background(), bytes.NewReader(sample(t, "divisions.csv")), "divisions.csv", false, "test"); err != nil {
			t.Fatal(err)
		}
		wants(t, admin.open(t, "/home"), "没有应报的试点单位")
	})
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "reporting", "reportingtest", "data", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestHomeBeforeAnyReport(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		page := b.as(t, "viewer").open(t, "/home")
		wants(t, page, "尚无审核通过的报表", "没有落后于计划的单位", "0/5 已审核")
	})
}

// mostStatements is how many statements the home may take while what it shows stays as it is, and
// mostAnew how many just after figures have changed. The one that reads the epoch is shared by all who come in
// together, and comes on top.
const mostStatements, mostAnew = 3, 5

// TestHomeAsksAsOftenForManyUnits: for every role the number of statements does not grow with the number
// of units, and is small.
func TestHomeAsksAsOftenForManyUnits(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		readers := map[string]*reader{}
		for _, name := range []string{"admin", "monitor", "viewer", "reviewer-340100", "reviewer-340181", "clerk-community-01"} {
			readers[name] = b.as(t, name)
		}
		statements := databasetest.CountStatements(t, db)
		asked := func(who *reader, address string) int64 {
			before := statements.Load()
			who.open(t, address)
			return statements.Load() - before
		}
		few, have := map[string][2]int64{}, 5
		for _, units := range []int{16, 316} {
			b.addUnits(t, units-have)
			have = units
			for name, who := range readers {
				asked(who, "/home") // reads what all units share
				b.Submit(t, "community-02", "2019Q3", nil)
				b.Withdraw(t, "community-02", "2019Q3")
				b.refresh(t)
				now := [2]int64{asked(who, "/home"), asked(who, "/home")}
				if now[0] > mostAnew || now[1] > mostStatements {
					t.Errorf("%s, %d units: %d statements for the home after a change, %d after none", name, units, now[0], now[1])
				}
				if before, ok := few[name]; ok && now != before {
					t.Errorf("%s: %v statements for 16 units, %v for %d", name, before, now, units)
				}
				few[name] = now
			}
		}
		wants(t, readers["monitor"].open(t, "/home"), "after=20")
		wants(t, readers["monitor"].open(t, "/home?after=20"), "after=40", "回到第一页")
	})
}

// TestHomeEscapesNames: the lights of the matrix are drawn without a template.
func TestHomeEscapesNames(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.Past(t, "community-01", "2019Q2", reportingtest.Community)
		if err := db.Read(t.Context()).Exec("UPDATE units SET name = ?", `"><img src=x>&`).Error; err != nil {
			t.Fatal(err)
		}
		b.refresh(t)
		body := b.as(t, "monitor").open(t, "/home?period=2019Q2")
		wants(t, body, `title="&#34;&gt;&lt;img src=x&gt;&amp;，M1.1`)
		lacks(t, body, "<img src=x")
	})
}

// TestHomeIsNeverOlderThanWhatItShows: what is kept in memory goes with an act, the refresh that follows
// it, a correction, a plan, or a light set by hand.
func TestHomeIsNeverOlderThanWhatItShows(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		monitor := b.as(t, "monitor")
		wants(t, monitor.open(t, "/home"), "未报 4 份，退回待改 0 份", "1/5 已审核")
		b.Submit(t, "district-01", "2019Q3", reportingtest.Values{"communities": "5", "m1_1_covered": "2"})
		wants(t, monitor.open(t, "/home"), "未报 3 份，退回待改 0 份", "1/5 已审核")
		b.Return(t, "district-01", "2019Q3")
		wants(t, monitor.open(t, "/home"), "未报 3 份，退回待改 1 份")
		b.Submit(t, "district-01", "2019Q3", nil)
		b.Accept(t, "district-01", "2019Q3")
		b.refresh(t)
		wants(t, monitor.open(t, "/home"), "未报 3 份，退回待改 0 份", "2/5 已审核")
		_, err := b.Reports.Reopen(t.Context(), b.Actor(t, "admin"), reportingtest.Ref("district-01", "2019Q3"), 0, "范围有误", period.MustParseDate("2019-10-30"))
		if err != nil {
			t.Fatal(err)
		}
		b.Submit(t, "district-01", "2019Q3", reportingtest.Values{"m1_1_covered": "3"})
		lacks(t, monitor.open(t, "/home"), "范围有误", chinese("lights.by_hand"))
		b.Accept(t, "district-01", "2019Q3")
		wants(t, monitor.open(t, "/home"), "范围有误")
		byHand := override.Order{Unit: "district-01", Period: period.MustParse("2019Q3"), Milestone: "M1.1", Light: "watch", Reason: "示范已定"}
		if err := override.New(db, b.Plans, b.Reports, b.Ledger, b.Clock.Now).Set(t.Context(), b.Actor(t, "monitor"), byHand); err != nil {
			t.Fatal(err)
		}
		wants(t, monitor.open(t, "/home"), "范围有误", chinese("lights.by_hand"))
		b.addUnits(t, 1)
		wants(t, monitor.open(t, "/home"), "未报 4 份", "2/6 已审核")
	})
}
