package web

import (
	"net/http"
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/plan"
)

func TestScreenAnswersItsFiveQuestions(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		page := b.as(t, "viewer").open(t, "/screen")
		for _, key := range slideKeys {
			wants(t, page, `data-key="`+key+`"`)
		}
		wants(t, page, "安徽省智慧社区建设试点", "2019年第三季度", "1/5 已审核", "示例数据", `data-version="`, `data-rotate="15"`,
			`data-figures="/screen/figures"`, `href="/login?next=%2Fscreen"`,
			"方兴社区", chinese("reason.not_reported"), "逾期未完成：M1.1 建设方案报备、M2.1 纸质证明事项", "已逾期2天",
			"合肥市", "铜陵市", `<rect class="bar-`)
		lacks(t, page, "{time}</") // the words of the note are its script's
	})
}

func TestScreenFollowsItsAddress(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		monitor := b.as(t, "monitor")
		city := monitor.open(t, "/screen?scope=340700&period=2019Q2&rotate=40")
		wants(t, city, "铜陵市智慧社区建设试点", "2019年第二季度", `data-rotate="40"`, `href="/home?period=2019Q2&amp;scope=340700"`,
			`data-figures="/screen/figures?period=2019Q2&amp;rotate=40&amp;scope=340700"`)
		lacks(t, city, "方兴社区", `data-key="places"`)
		one := monitor.open(t, "/screen?slide=workstreams")
		wants(t, one, `data-key="workstreams"`)
		lacks(t, one, `data-key="stand"`)
		wants(t, monitor.open(t, "/screen?scope=340181&slide=places"), chinese("screen.no_places"))
		wants(t, monitor.open(t, "/screen?type=street&period=2019Q2"), chinese("home.no_units"))
		monitor.cookies[languageCookie] = &http.Cookie{Name: languageCookie, Value: "en"}
		wants(t, monitor.open(t, "/screen"), "Where we stand", "2019 Q3", "1/5 accepted", "Severely behind")
	})
}

func TestScreenKeepsToTheScope(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		reviewer, clerk := b.as(t, "reviewer-340100"), b.as(t, "clerk-community-01")
		lacks(t, reviewer.open(t, "/screen"), "长江路街道", "铜陵市")
		page := clerk.open(t, "/screen")
		wants(t, page, "方兴社区智慧社区建设试点", "1/1 已审核")
		lacks(t, page, "巢湖市")
		for _, c := range []struct {
			who     *reader
			address string
			status  int
		}{
			{reviewer, "/screen?scope=340700", http.StatusForbidden},
			{reviewer, "/screen/figures?scope=340000", http.StatusForbidden},
			{reviewer, "/screen?scope=340181", http.StatusOK},
			{clerk, "/screen?scope=340100", http.StatusForbidden},
			{reviewer, "/screen?scope=990000", http.StatusNotFound},
			{reviewer, "/screen?rotate=4", http.StatusBadRequest},
			{reviewer, "/screen?rotate=3601", http.StatusBadRequest},
			{reviewer, "/screen?rotate=soon", http.StatusBadRequest},
			{reviewer, "/screen?slide=nosuch", http.StatusBadRequest},
			{reviewer, "/screen?batch=2031", http.StatusBadRequest},
			{&reader{b.router, map[string]*http.Cookie{}}, "/screen", http.StatusSeeOther},
			{&reader{b.router, map[string]*http.Cookie{}}, "/screen/figures", http.StatusUnauthorized},
			{&reader{b.router, map[string]*http.Cookie{}}, "/screen/events", http.StatusUnauthorized},
		} {
			if answer := c.who.get(c.address); answer.Code != c.status {
				t.Errorf("%s: got %d, want %d", c.address, answer.Code, c.status)
			}
		}
	})
}

// TestScreenBeforeAnyReport: nothing accepted is not nothing done.
func TestScreenBeforeAnyReport(t *testing.T) {
	b := newBoard(t, databasetest.Open(t, database.SQLite))
	page := b.as(t, "viewer").open(t, "/screen")
	wants(t, page, chinese("home.no_figures"), chinese("home.none_behind"), "0/5 已审核", "—")
	lacks(t, page, "比计划")
}

// TestScreenAsksAsOftenForManyUnits: the number of statements does not grow with the number of units.
func TestScreenAsksAsOftenForManyUnits(t *testing.T) {
	b := newBoard(t, databasetest.Open(t, database.SQLite))
	b.worked(t)
	viewer := b.as(t, "viewer")
	statements := databasetest.CountStatements(t, b.DB)
	asked := func() int64 {
		before := statements.Load()
		viewer.open(t, "/screen")
		return statements.Load() - before
	}
	b.addUnits(t, 11)
	few := asked()
	b.addUnits(t, 184)
	if many := asked(); many != few || few > 60 {
		t.Errorf("%d statements for 16 units, %d for 200", few, many)
	}
}

func TestScreenRanksByTheGap(t *testing.T) {
	row := func(key string, gap int64, has bool) analytics.Row {
		return analytics.Row{Key: key, Name: key, Gap: gap, HasFigures: has, Planned: plan.One}
	}
	b := screenBuilder{homeBuilder: homeBuilder{homeFigures: homeFigures{answer: analytics.Answer{
		Rows: []analytics.Row{row("none", 0, false), row("ahead", -5, true), row("far", 30, true), row("near", 2, true)},
	}}}}
	many := b
	for range 2 * mostBars {
		many.answer.Rows = append(many.answer.Rows, row("more", 1, true))
	}
	if n := len(many.placesSlide().Bars); n != mostBars {
		t.Errorf("%d rows do not fit", n)
	}
	var got []string
	for _, r := range b.placesSlide().Bars {
		got = append(got, r.Name)
	}
	for i, want := range []string{"far", "near", "ahead", "none"} {
		if got[i] != want {
			t.Fatalf("got %v", got)
		}
	}
}
