package web

import (
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// TestFindingsInABrowser fills in a county's form that has checks, a required and a computed cell: what
// is found is shown at once, an error keeps it from being filed, a warning takes its explanation.
func TestFindingsInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.BurdenForm(t)
	s.Actor(t, "reviewer-340104")
	w := &window{browsertest.Open(t, s.url), t}
	w.LogIn("reviewer-340104", reportingtest.Password)
	w.Go(reportURL("340104", reportingtest.Burden, period.MustParse("2019Q3")))
	w.See(".filing")
	news := "document.querySelector('.filing-news').textContent"
	text := func(check string) string {
		return "document.querySelector('[data-check=\"" + check + "\"] .finding-text')?.textContent"
	}
	gone := func(check string) {
		w.Becomes("document.querySelector('[data-check=\""+check+"\"]')", "null")
	}

	w.Becomes(text("required"), chinese("filing.required_blank"))
	w.typeIn("before", "60")
	w.typeIn("now", "75")
	w.Becomes(text("within"), "现有牌子 75 大于原有数。")
	w.Becomes("document.querySelector('#findings-now').textContent", "现有牌子 75 大于原有数。")
	w.Click("[data-submit]")
	w.Becomes(news+".startsWith('"+chinese("filing.blocked")+"')", "true")
	if asked := w.Asked(); len(asked) > 0 {
		t.Errorf("the person was asked %q", asked)
	}

	w.typeIn("now", "45")
	gone("within")
	w.Becomes("document.querySelector('#findings-now').hidden", "true")
	w.Becomes("document.querySelector('[data-sum=removed]').textContent", "15 块")
	w.Click(`[name="cell.access"][value="true"]`)
	gone("required")
	w.Becomes(text("documented"), "请填写文件名称。")
	w.Network(false)
	w.Type(`[name="explanation.documented"]`, "文件正在印发")
	w.Becomes("document.querySelector('[data-check=documented] .cell-state').textContent", chinese("filing.retry"))
	w.kept(1)
	w.Network(true)
	w.Becomes("document.querySelector('[data-check=documented]').dataset.state", "saved")
	w.kept(0)
	w.typeIn("now", "44") // the explanation stays where it is
	w.state("now", "saved", "已保存 *")
	w.Becomes(`document.querySelector('[name="explanation.documented"]').value`, "文件正在印发")
	w.Click("[data-submit]")
	w.See(".state-submitted")

	r, err := s.Reports.Report(t.Context(), s.Actor(t, "monitor"), reportingtest.BurdenRef("340104", "2019Q3"))
	if err != nil || r.Status != reporting.Submitted || r.Explanations["documented"] != "文件正在印发" || r.Values["removed"].Number != 16 {
		t.Errorf("the report is %s with %+v, explained %v, err %v", r.Status, r.Values, r.Explanations, err)
	}
	w.Quiet()
}

// TestFindingsWithoutScripts sees the same on pages, and explains by posting the form.
func TestFindingsWithoutScripts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.BurdenForm(t)
		county, path := s.as(t, "reviewer-340104"), reportURL("340104", reportingtest.Burden, period.MustParse("2019Q3"))
		a := county.post(path, typed(county.filing(path), reportingtest.Values{"access": "true", "before": "60", "now": "75"}))
		a.has(t, 200, "现有牌子 75 大于原有数。", `href="#finding-within"`, `name="explanation.documented"`, chinese("filing.computed"))
		a = county.post(path+"/submit", typed(formFields(t, a.body), reportingtest.Values{"now": "45"}))
		a.has(t, 422, `href="#finding-documented"`, locale.For(locale.Chinese).T("report.explanation_missing", fault.Message{Key: "check.message", Args: []any{"请填写文件名称。"}}))
		fields := formFields(t, a.body)
		fields.Set("explanation.documented", "文件正在印发")
		county.post(path+"/submit", fields).has(t, 200, chinese("filing.submitted"))
	})
}
