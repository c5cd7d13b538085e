package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestSheetPage(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		s.Save(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "55", "m2_1": ""})
		s.Submit(t, "community-03", "2019Q3", reportingtest.Values{"m1_1": "false"})
		reviewer := s.as(t, "reviewer-340100")
		a := reviewer.get("/matrix")
		a.has(t, http.StatusOK, "试点任务进度季报", `data-edit="`+ourReport+`"`, `href="`+ourReport+`"`,
			`<td data-cell tabindex="-1" data-was="=true" data-last="=true" class="same">是</td>`,
			`<td data-cell tabindex="-1" data-was="=55" data-last="=40">55</td>`, // changed
			`<td data-cell tabindex="-1" data-was="=" data-last="=70"></td>`,
			`<td data-cell tabindex="-1" data-was="=false">否</td>`, `<td class="none" tabindex="-1">—</td>`, chinese("matrix.closed"))
		for _, wrong := range []string{`data-edit="/reports/community-03`, "community-02", "practices"} {
			if strings.Contains(a.body, wrong) {
				t.Errorf("the sheet has %q", wrong)
			}
		}
		reviewer.get("/matrix?scope=340700").has(t, http.StatusForbidden)
		reviewer.get("/matrix?form=none&period=2019Q3").has(t, http.StatusNotFound, "none")
		reviewer.get("/matrix?period=2019Q5").has(t, http.StatusBadRequest)
		reviewer.get("/matrix?after=x").has(t, http.StatusBadRequest)
		reviewer.get("/matrix?period=2019Q4").has(t, http.StatusOK, chinese("matrix.nothing"))
		if a := s.as(t, "clerk-community-01").get("/matrix"); strings.Count(a.body, "data-edit=") != 1 {
			t.Error("a clerk's sheet has not one row")
		}
	})
}

// TestManyUnitsAskAsOften: the statements of the task page and of the sheet do not grow with the units.
func TestManyUnitsAskAsOften(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard(t, db)
		b.worked(t)
		reviewer := b.as(t, "reviewer-340100")
		statements := databasetest.CountStatements(t, db)
		asked := func(address string) int64 {
			reviewer.open(t, address) // what all units share is read once
			before := statements.Load()
			reviewer.open(t, address)
			return statements.Load() - before
		}
		tasks, sheet := asked("/tasks"), asked("/matrix")
		b.addUnits(t, 200)
		if n := asked("/tasks"); n != tasks || n > 40 {
			t.Errorf("tasks: %d statements, %d for 200 more units", tasks, n)
		}
		if n := asked("/matrix"); n != sheet || n > 40 {
			t.Errorf("sheet: %d statements, %d for 200 more units", sheet, n)
		}
		page := reviewer.open(t, "/matrix")
		wants(t, page, chinese("matrix.shown", 50), "after=")
		wants(t, reviewer.open(t, "/tasks"), "/matrix?form=progress&amp;period=2019Q3", "/reports?form=progress&amp;period=2019Q3&amp;status=open")
	})
}

func TestTasksOfEverySort(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		if err := db.Read(t.Context()).Exec("UPDATE reports SET stage = 2 WHERE status = 'submitted'").Error; err != nil {
			t.Fatal(err)
		}
		clerk := s.as(t, "clerk-community-01")
		clerk.get("/").has(t, http.StatusOK, "待市级审核", chinese("tasks.missed"), "2018年第四季度 试点任务进度季报", chinese("tasks.coming"),
			"2020年1月1日", "2020年1月10日", "2020年1月30日", `href="/reports/community-01/progress/2019Q4"`)
		s.Return(t, "community-01", "2019Q3")
		a := clerk.get("/tasks")
		a.has(t, http.StatusOK, "请核对。", chinese("tasks.correct"))
		reviewer := s.as(t, "reviewer-340700")
		reviewer.get("/tasks").has(t, http.StatusOK, chinese("tasks.below"), chinese("tasks.units", 2), chinese("tasks.nothing"))
		if a := reviewer.get("/review"); strings.Contains(a.body, `href="/tasks"`) || !strings.Contains(a.body, `href="/matrix"`) {
			t.Error("a city that files nothing itself is offered tasks, or no sheet")
		}
	})
}

func TestHandOverOnThePage(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Save(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "41"})
		old, admin := s.as(t, "clerk-community-01"), s.as(t, "admin")
		admin.get("/handover").has(t, http.StatusOK, "/handover/community-01/clerk-community-01", chinese("handover.nobody"))
		address := "/handover/community-01/clerk-community-01"
		admin.get(address).has(t, http.StatusOK, chinese("handover.do"))
		admin.get("/handover/community-02/clerk-community-01").has(t, http.StatusNotFound)
		admin.get("/handover/community-01/nobody").has(t, http.StatusNotFound, "nobody")
		admin.get("/handover?scope=349999").has(t, http.StatusNotFound)

		filled := func(change map[string]string) url.Values {
			fields := url.Values{"note": {"调离"}, "name": {"li"}, "display": {"李强"}, "password": {"a new password"}, "again": {"a new password"}}
			for name, text := range change {
				fields.Set(name, text)
			}
			return fields
		}
		admin.post(address, filled(map[string]string{"again": "another one"})).has(t, http.StatusBadRequest, chinese("handover.passwords_differ"), `value="李强"`)
		admin.post(address, filled(map[string]string{"password": "", "again": ""})).has(t, http.StatusBadRequest, chinese("handover.password_missing"))
		admin.post(address, filled(map[string]string{"note": " "})).has(t, http.StatusBadRequest, chinese("handover.note_missing"), `href="#h-note"`)
		admin.post(address, filled(map[string]string{"name": "admin"})).has(t, http.StatusConflict, chinese("user.exists", "admin"))
		if a := old.get("/"); !strings.Contains(a.body, chinese("menu.tasks")) {
			t.Error("a refused hand-over has ended the old clerk's login")
		}
		admin.post(address, filled(nil)).has(t, http.StatusOK, chinese("handover.done"), chinese("handover.disabled"))
		if a := old.get("/"); !strings.HasPrefix(a.at, "/login") {
			t.Errorf("the old clerk is still at %s", a.at)
		}

		li := s.visitor(t)
		li.get("/login")
		li.post("/login", url.Values{"name": {"li"}, "password": {"a new password"}})
		li.get("/").has(t, http.StatusOK, "用户 clerk-community-01于2019年10月12日", "调离", "用户 admin")
		if r := s.Report(t, "community-01", "2019Q3"); r.Values["m1_2"].Number != 410 {
			t.Errorf("the draft holds %+v", r.Values)
		}
		li.get(ourReport).has(t, http.StatusOK, `value="41"`)
		if a := li.post("/tasks/handover", nil); a.status != http.StatusOK || strings.Contains(a.body, "调离") {
			t.Errorf("status %d, or the note is still there", a.status)
		}
		if _, ok, err := s.Accounts.LastHandover(t.Context(), accounts.Actor{Name: "li", Role: accounts.Clerk, Unit: s.Unit(t, "community-01").ID}); ok || err != nil {
			t.Errorf("%t, %v", ok, err)
		}
	})
}
