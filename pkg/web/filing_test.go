package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// chinese gives the texts that pages show in tests.
func chinese(key string, args ...any) string { return locale.For(locale.Chinese).T(key, args...) }

// typed gives the form with some cells typed anew.
func typed(fields url.Values, cells reportingtest.Values) url.Values {
	for item, text := range cells {
		fields.Set(cellField+item, text)
	}
	return fields
}

func TestClerkBeginsAtTheTasks(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		clerk := s.as(t, "clerk-community-01")
		a := clerk.get("/")
		a.has(t, http.StatusOK, "10月10日前按时（已逾期2天）", "10月30日锁定（还剩18天）", chinese("status.late"), chinese("tasks.begin"),
			`href="`+ourReport+`"`, chinese("status.accepted"))
		if strings.Contains(a.body, "/home") {
			t.Error("a clerk is offered the monitoring home")
		}
		s.Submit(t, "community-01", "2019Q3", nil)
		if a := clerk.get("/"); strings.Contains(a.body, "10月10日前按时") || !strings.Contains(a.body, chinese("status.submitted")) {
			t.Error("a submitted report is still to be done")
		}
	})
}

// TestFilingWithoutScripts saves a form as a whole, leaves it and comes back.
func TestFilingWithoutScripts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		clerk := s.as(t, "clerk-community-01")
		a := clerk.get(ourReport)
		a.has(t, http.StatusOK, chinese("filing.prefilled"), "2019Q2", "40%", chinese("page.sample"), "纸质证明事项", "由 100 项降至 40 项")

		fields := typed(formFields(t, a.body), reportingtest.Values{"m1_2": "５５．５%", "m2_1": "0", "m1_3": "", "practices": "第一行\r\n第二行"})
		fields.Set(naField+"m2_2", "1")
		clerk.post(ourReport, fields).has(t, http.StatusOK, chinese("filing.saved"))

		again := clerk.filing(ourReport)
		for item, want := range map[string]string{"m1_1": "true", "m1_2": "55.5", "m1_3": "", "m2_1": "0", "practices": "第一行\n第二行"} {
			if got := again.Get(cellField + item); got != want {
				t.Errorf("%s came back as %q, want %q", item, got, want)
			}
		}
		if again.Get(naField+"m2_2") == "" {
			t.Error("not applicable came back as something else")
		}
		r := s.Report(t, "community-01", "2019Q3")
		if r.Values["m2_1"].State != forms.Given || r.Values["m1_3"].State != forms.Blank || r.Values["m2_2"].State != forms.NotApplicable {
			t.Errorf("0, blank and not applicable are kept as %+v", r.Values)
		}
		if a := s.as(t, "monitor").get(ourReport); true {
			a.has(t, http.StatusOK, `<span class="value value-given">0 项</span>`, `<span class="value value-blank">未填</span>`,
				`<span class="value value-na">不适用</span>`, chinese("report.draft_note"))
		}
		version := r.Version
		clerk.post(ourReport, again)
		if after := s.Report(t, "community-01", "2019Q3").Version; after != version {
			t.Errorf("saving without a change went from version %d to %d", version, after)
		}
	})
}

func TestWrongCellsComeBackAsTyped(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		clerk := s.as(t, "clerk-community-01")
		million := strings.Repeat("长", 1<<20/9) // nearly the greatest form that is let in
		for name, tc := range map[string]struct{ item, text, message string }{
			"percent over 100":  {"m1_2", "120", chinese("cell.over_max", "100")},
			"text for a number": {"m1_3", "十二点五", chinese("cell.not_a_number")},
			"markup":            {"m1_3", `"><script>alert(1)</script>`, chinese("cell.not_a_number")},
			"negative":          {"m2_1", "-1", chinese("cell.negative")},
			"half a thing":      {"m2_1", "1.5", chinese("cell.not_whole")},
			"too exact":         {"m1_2", "1.23", chinese("cell.too_many_decimals", 1)},
			"over its bound":    {"m1_3", "1000.1", chinese("cell.over_max", "1000")},
			"narrative":         {"practices", million, chinese("cell.too_long", 1<<20/9, forms.MaxNarrative)},
		} {
			t.Run(name, func(t *testing.T) {
				clerk.t = t
				fields := typed(clerk.filing(ourReport), reportingtest.Values{"m1_1": "true", tc.item: tc.text})
				a := clerk.post(ourReport, fields)
				a.has(t, http.StatusUnprocessableEntity, chinese("report.invalid"), tc.message, `href="#cell-`+tc.item+`"`)
				back := formFields(t, a.body)
				if back.Get(cellField+tc.item) != tc.text || back.Get(cellField+"m1_1") != "true" {
					t.Error("what was typed is lost")
				}
				if strings.Contains(a.body, "<script>alert") {
					t.Error("what was typed is in the page as markup")
				}
				if v := s.Report(t, "community-01", "2019Q3").Version; v != 1 {
					t.Errorf("the report has version %d", v)
				}
			})
		}
		t.Run("more than is let in", func(t *testing.T) {
			clerk.t = t
			fields := typed(clerk.filing(ourReport), reportingtest.Values{"practices": strings.Repeat("a", 3<<20)})
			clerk.post(ourReport, fields).has(t, http.StatusRequestEntityTooLarge, chinese("error.too_large", bodyLimit))
		})
		t.Run("no version", func(t *testing.T) {
			clerk.t = t
			clerk.get("/")
			clerk.post(ourReport, url.Values{"version": {"x"}}).has(t, http.StatusBadRequest, chinese("error.bad_request"))
		})
	})
}

// TestConflict: two people have the same form open. Cells that only one of them touched are kept; for
// the others the second is asked, and nothing of theirs is lost.
func TestConflict(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		first, second := s.as(t, "clerk-community-01"), s.as(t, "clerk-community-01")
		mine, theirs := second.filing(ourReport), first.filing(ourReport)
		first.post(ourReport, typed(theirs, reportingtest.Values{"m1_2": "30", "m1_3": "5"})).has(t, http.StatusOK)

		a := second.post(ourReport, typed(mine, reportingtest.Values{"m1_2": "31", "m2_1": "60", "practices": "我写的"}))
		a.has(t, http.StatusConflict, chinese("conflict.title"), "31%", "30%", "用户 clerk-community-01")
		if strings.Contains(a.body, "建设投入") {
			t.Error("a cell that only one of them touched is asked about")
		}
		if v := s.Report(t, "community-01", "2019Q3"); v.Values["m1_2"].Number != 300 || v.Version != 2 {
			t.Errorf("before the choice the report holds %+v, version %d", v.Values, v.Version)
		}
		choose := func(keep, version string, want int64) {
			choice := formFields(t, a.body)
			choice.Set(keepField+"m1_2", keep)
			choice.Set("version", version)
			second.post(ourReport, choice).has(t, http.StatusOK)
			v := s.Report(t, "community-01", "2019Q3").Values
			if v["m1_2"].Number != want || v["m1_3"].Number != 50 || v["m2_1"].Number != 60 || v["practices"].Text != "我写的" {
				t.Errorf("after keeping %s the report holds %+v", keep, v)
			}
		}
		choose("theirs", "2", 300)
		choose("mine", "3", 310) // having thought better of it
	})
}

func TestOthersCellsAreNoConflict(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	first, second := s.as(t, "clerk-community-01"), s.as(t, "clerk-community-01")
	mine, theirs := second.filing(ourReport), first.filing(ourReport)
	first.post(ourReport, typed(theirs, reportingtest.Values{"m1_2": "30"})).has(t, http.StatusOK)
	second.post(ourReport, typed(mine, reportingtest.Values{"m2_1": "60"})).has(t, http.StatusOK, chinese("filing.saved"))
	if v := s.Report(t, "community-01", "2019Q3").Values; v["m1_2"].Number != 300 || v["m2_1"].Number != 60 {
		t.Errorf("the report holds %+v", v)
	}
}

// TestCells saves cells as filing.js does.
func TestCells(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		clerk := s.as(t, "clerk-community-01")
		cell := func(item, body string) (answer, map[string]any) {
			a := clerk.postJSON(ourReport+"/cells/"+item, fmt.Sprintf(`{"user":%d,%s`, clerk.user, strings.TrimPrefix(body, "{")))
			var got map[string]any
			if err := json.Unmarshal([]byte(a.body), &got); err != nil {
				t.Fatalf("%s is no JSON: %v", a.body, err)
			}
			return a, got
		}
		a, got := cell("m1_2", `{"base":{"value":""},"value":"12.50"}`)
		a.has(t, http.StatusOK)
		if got["value"] != "12.5" || got["version"] != 2.0 || !strings.HasPrefix(got["message"].(string), "已保存 09:0") {
			t.Errorf("saved: %v", got)
		}
		if a, got = cell("m1_2", `{"base":{"value":"12.5"},"value":"120"}`); a.status != http.StatusUnprocessableEntity || got["message"] != chinese("cell.over_max", "100") {
			t.Errorf("wrong: %d %v", a.status, got)
		}
		a, got = cell("m1_2", `{"base":{"value":""},"value":"13"}`)
		if theirs, _ := got["content"].(map[string]any); a.status != http.StatusConflict || got["theirs"] != "12.5%" || got["mine"] != "13%" || theirs["value"] != "12.5" {
			t.Errorf("clash: %d %v", a.status, got)
		}
		if a, got = cell("m1_2", `{"base":{"value":"12.5"},"value":"","not_applicable":true}`); a.status != http.StatusOK || got["not_applicable"] != true {
			t.Errorf("not applicable: %d %v", a.status, got)
		}
		if a, _ = cell("nosuch", `{"base":{"value":""},"value":"1"}`); a.status != http.StatusUnprocessableEntity {
			t.Errorf("an item that is not there: %d", a.status)
		}
		if a, got = cell("m1_2", `{"user":0,"base":{"value":"12.5"},"value":"1"}`); a.status != http.StatusForbidden || got["message"] != chinese("filing.other_user") {
			t.Errorf("for another user: %d %v", a.status, got)
		}
		if a, _ = cell("m1_2", `{"base":`); a.status != http.StatusBadRequest {
			t.Errorf("no JSON: %d", a.status)
		}
		s.Clock.Set("2019-11-01")
		if a, got = cell("m2_1", `{"base":{"value":""},"value":"1"}`); a.status != http.StatusConflict || got["content"] != nil {
			t.Errorf("after the lock: %d %v", a.status, got)
		}
		clerk.post("/logout", nil)
		clerk.get("/login")
		if a, got = cell("m2_1", `{"base":{"value":""},"value":"1"}`); a.status != http.StatusUnauthorized || got["message"] == "" {
			t.Errorf("logged out: %d %v", a.status, got)
		}
		if v := s.Report(t, "community-01", "2019Q3"); v.Version != 3 {
			t.Errorf("the report has version %d", v.Version)
		}
	})
}

func TestSubmitSaysWhatIsMissing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		street := reportPathOf("street-01", "2019Q3")
		clerk := s.as(t, "clerk-street-01")
		clerk.post(street+"/submit", clerk.filing(street)).has(t, http.StatusUnprocessableEntity, chinese("report.empty"))
		a := clerk.post(street+"/submit", typed(clerk.filing(street), reportingtest.Values{"m1_1_covered": "3"}))
		a.has(t, http.StatusUnprocessableEntity, `href="#cell-communities"`, chinese("report.communities_missing"), chinese("form.item.covered", "建设方案报备"))
		a = clerk.post(street+"/submit", typed(formFields(t, a.body), reportingtest.Values{"communities": "2"}))
		a.has(t, http.StatusUnprocessableEntity, chinese("report.covered_over_scope", 3, 2))
		a = clerk.post(street+"/submit", typed(formFields(t, a.body), reportingtest.Values{"communities": "3"}))
		a.has(t, http.StatusOK, chinese("filing.submitted"), chinese("status.submitted"))
		if s.nudges != 1 {
			t.Errorf("%d nudges", s.nudges)
		}
	})
}

func TestSubmitOfAStaleForm(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	clerk := s.as(t, "clerk-community-01")
	fields := clerk.filing(ourReport)
	s.Save(t, "community-01", "2019Q3", reportingtest.Community)
	a := clerk.post(ourReport+"/submit", fields)
	a.has(t, http.StatusConflict, chinese("report.stale"))
	if got := formFields(t, a.body).Get(cellField + "m1_2"); got != "40" {
		t.Errorf("the form shows %q, not what is kept", got)
	}
	clerk.post(ourReport+"/submit", formFields(t, a.body)).has(t, http.StatusOK, chinese("filing.submitted"))
}

func TestNothingAfterTheLock(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		clerk := s.as(t, "clerk-community-01")
		fields := typed(clerk.filing(ourReport), reportingtest.Community)
		s.Clock.Set("2019-10-31")
		for _, address := range []string{ourReport, ourReport + "/submit"} {
			clerk.post(address, fields).has(t, http.StatusConflict, chinese("report.locked", locale.For(locale.Chinese).Date(s.Report(t, "community-01", "2019Q3").Lock)))
		}
		if r := s.Report(t, "community-01", "2019Q3"); r.Version != 1 || r.Status != reporting.Open {
			t.Errorf("the report is %s, version %d", r.Status, r.Version)
		}
		clerk.get(ourReport).has(t, http.StatusOK, chinese("deadline.locked"))
		clerk.get("/").has(t, http.StatusOK, chinese("tasks.nothing"))
	})
}

func TestReportsThatAreNotThere(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	clerk := s.as(t, "clerk-community-01")
	clerk.get("/reports/community-01/progress/2019Q5").has(t, http.StatusBadRequest, "“2019Q5”不是有效的季度")
	clerk.get("/reports/community-01/progress/2018Q3").has(t, http.StatusNotFound)
	clerk.get("/reports/community-01/burden/2019Q3").has(t, http.StatusNotFound, "burden")
	clerk.get(ourReport+"?revision=7").has(t, http.StatusNotFound, chinese("report.no_revision", 7))
	clerk.get(ourReport+"?revision=x").has(t, http.StatusBadRequest)
	clerk.get("/reports/community-01/progress/2019Q4").has(t, http.StatusOK, chinese("report.not_due_note"), chinese("status.not_due"))
	s.as(t, "monitor").get("/reports/nosuch/progress/2019Q3").has(t, http.StatusNotFound, "nosuch")
}
