package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

const linkageFile = `# 三社联动
key: linkage
number: 智社试4表
title: 三社联动季报
valid: {until: 2020-12-31}
due_days: 10
lock_days: 30
filled_by: [county]
review: [city, province]
sections:
  - key: organisations
    title: 社会组织
    items:
      - {key: hubs, title: 枢纽型组织, type: count, kind: stock, definition: 登记成立的, basis: 皖民发1号}
      - {key: registered, title: 登记组织, type: count, kind: stock, basis: 皖民发1号}
      - {key: share, title: 占比, type: percent, kind: stock, computed: hubs / registered * 100, basis: 皖民发1号}
checks:
  - {key: within, expr: hubs <= registered, severity: error, at: [hubs, registered], message: "{item}大于登记数"}
  - {key: fell, expr: hubs >= last.hubs, severity: warning, message: "{item}由 {last} 降到 {value}"}
`

const linkagePath = "/forms/linkage"

// withLinkage publishes the form for counties, before anything is owed on it.
func (s *site) withLinkage(t *testing.T) {
	t.Helper()
	if _, err := s.Forms.Import(context.Background(), accounts.System("test"), "linkage.yaml", []byte(linkageFile), "", false); err != nil {
		t.Fatal(err)
	}
}

// draft gives the draft of the form.
func (s *site) draft(t *testing.T, form string) forms.DraftFile {
	t.Helper()
	draft, err := s.Forms.Draft(context.Background(), s.Actor(t, "admin"), form)
	if err != nil {
		t.Fatal(err)
	}
	return draft
}

// posted is the fields of a page, some of them changed.
func posted(fields url.Values, changed ...string) url.Values {
	for i := 0; i+1 < len(changed); i += 2 {
		fields.Set(changed[i], changed[i+1])
	}
	return fields
}

// rowFields are the fields of a row's page, with the choices of its lists.
func (v *visitor) rowFields(path, itemType string) url.Values {
	v.t.Helper()
	fields := v.filing(path)
	if itemType != "" {
		fields.Set("type", itemType)
		fields.Set("kind", "stock")
		fields.Set("section", "organisations")
	}
	return fields
}

func TestFormsAreOpenToEverybody(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.withLinkage(t)
		clerk := s.as(t, "clerk-community-01")
		list := clerk.get("/forms")
		list.has(t, http.StatusOK, "智社试4表", "三社联动季报", "试行", "市 → 省", "季后10日报送，30日锁定", "至2020年12月31日", "试点")
		if strings.Contains(list.body, "/edit") || strings.Contains(list.body, chinese("formedit.new_form")) {
			t.Error("a clerk is offered to edit")
		}
		form := clerk.get(linkagePath)
		form.has(t, http.StatusOK, "枢纽型组织", "登记成立的", "皖民发1号", "时点数", "hubs / registered * 100", "枢纽型组织大于登记数", "〔上期数〕", "第1版")
		clerk.get(linkagePath+"/versions/1").has(t, http.StatusOK, "# 三社联动")
		clerk.get(linkagePath+"/versions/9").has(t, http.StatusNotFound)
		clerk.get(linkagePath+"/versions/x").has(t, http.StatusBadRequest)
		clerk.get("/forms/nosuch").has(t, http.StatusNotFound)
		s.as(t, "admin").get(linkagePath).has(t, http.StatusOK, linkagePath+"/edit")
	})
}

// TestADraftIsEditedRowByRow goes through every sort of change; the file keeps its comment.
func TestADraftIsEditedRowByRow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.withLinkage(t)
		admin := s.as(t, "admin")
		edit := linkagePath + "/edit"
		saved := func(a answer, texts ...string) string {
			t.Helper()
			a.has(t, http.StatusOK)
			document := s.draft(t, "linkage").Document
			for _, text := range texts {
				if !strings.Contains(document, text) {
					t.Errorf("there is no %q in\n%s", text, document)
				}
			}
			return document
		}
		version := func() string { return admin.filing(edit).Get("version") }
		act := func(path, part, key, to string) answer {
			return admin.post(edit+path, url.Values{"version": {version()}, "part": {part}, "key": {key}, "to": {to}})
		}

		head := posted(admin.filing(edit), "number", "智社试14表", "due_days", "12", "valid.until", "2021-12-31")
		head["filled_by"], head["review"] = []string{"county", "city"}, []string{"county", "city"}
		saved(admin.post(edit, head), "# 三社联动", "number: 智社试14表", "due_days: 12", "valid: {until: 2021-12-31}", "filled_by: [county, city]", "review: [county, city]")
		saved(admin.post(edit+"/section", posted(admin.filing(edit+"/section"), "key", "funds", "title", "资金")), "- key: funds", "title: 资金")
		item := posted(admin.rowFields(edit+"/item?section=funds", "money"), "section", "funds", "key", "grants", "title", "奖补资金", "basis", "财社〔2019〕1号", "kind", "flow")
		saved(admin.post(edit+"/item", item), "- key: grants", "title: 奖补资金", "kind: flow")
		changed := posted(admin.rowFields(edit+"/item?key=hubs", "count"), "definition", "登记和备案的", "max", "999", "required", "true")
		saved(admin.post(edit+"/item", changed), "definition: 登记和备案的", "max: 999", "required: true")
		check := posted(admin.filing(edit+"/check"), "key", "some", "expr", "grants > 0", "severity", "warning", "message", "没有资金", "at", "grants")
		saved(admin.post(edit+"/check", check), "expr: grants > 0")
		saved(admin.post(edit+"/check", posted(admin.filing(edit+"/check?key=some"), "severity", "error", "message", "资金为0")), "message: 资金为0")

		moved := saved(act("/move", "item", "registered", "up"))
		if strings.Index(moved, "key: registered") > strings.Index(moved, "key: hubs") {
			t.Errorf("the item did not move up:\n%s", moved)
		}
		moved = saved(act("/move", "section", "organisations", "down"))
		if strings.Index(moved, "key: organisations") < strings.Index(moved, "key: funds") {
			t.Errorf("the section did not move down:\n%s", moved)
		}
		if gone := saved(act("/delete", "check", "fell", "")); strings.Contains(gone, "key: fell") {
			t.Error("the check is still there")
		}
		if faults := s.draft(t, "linkage").Faults; len(faults) > 0 {
			t.Errorf("the draft has faults: %v", faults)
		}
		act("/delete", "item", "nosuch", "").has(t, http.StatusNotFound)
		act("/move", "page", "hubs", "up").has(t, http.StatusBadRequest)
		admin.get(edit+"/item?key=nosuch").has(t, http.StatusNotFound)
		admin.post(edit+"/item", posted(item, "version", version(), "key", "hubs")).has(t, http.StatusConflict, chinese("formedit.key_taken", "hubs"), "奖补资金")
		admin.post(edit+"/item", posted(item, "version", version(), "key", "")).has(t, http.StatusBadRequest, chinese("formedit.no_key"))
		admin.post(edit+"/item", posted(item, "version", "x")).has(t, http.StatusBadRequest)
		if current, _ := s.Forms.Form(context.Background(), s.Actor(t, "admin"), "linkage"); current.Version != 1 || current.Number != "智社试4表" {
			t.Errorf("the form in force has changed: %+v", current)
		}
	})
}

// TestAStaleDraftIsShown: of two people who change one draft, the second one sees what the first has made.
func TestAStaleDraftIsShown(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.withLinkage(t)
		admin, other := s.as(t, "admin"), s.as(t, "admin")
		edit := linkagePath + "/edit"
		mine := posted(admin.rowFields(edit+"/item?key=hubs", "count"), "title", "我的名称")
		head := posted(admin.filing(edit), "number", "我的表号")
		text := posted(admin.filing(edit+"/text"), "text", linkageFile+"# 我的\n")
		other.post(edit+"/item", posted(other.rowFields(edit+"/item?key=hubs", "count"), "title", "他人名称")).has(t, http.StatusOK)

		a := admin.post(edit+"/item", mine)
		a.has(t, http.StatusConflict, chinese("form.draft_stale", "admin"), `value="我的名称"`, chinese("formedit.theirs", "他人名称"))
		admin.post(edit, head).has(t, http.StatusConflict, "我的表号", chinese("formedit.theirs", "智社试4表"))
		admin.post(edit+"/text", text).has(t, http.StatusConflict, "# 我的", "他人名称")
		admin.post(edit+"/move", url.Values{"version": {"0"}, "part": {"item"}, "key": {"hubs"}, "to": {"down"}}).has(t, http.StatusConflict, "他人名称")
		admin.post(linkagePath+"/discard", noDraft).has(t, http.StatusConflict)
		admin.post(linkagePath+"/publish", posted(url.Values{"note": {"改"}}, "version", "7")).has(t, http.StatusConflict, "改")
		if draft := s.draft(t, "linkage"); draft.Version != 1 || strings.Contains(draft.Document, "我的") {
			t.Fatalf("version %d:\n%s", draft.Version, draft.Document)
		}

		again := formFields(t, a.body)
		again["types"] = nil
		for name, values := range mine {
			if name != "version" && name != csrfField {
				again[name] = values
			}
		}
		admin.post(edit+"/item", again).has(t, http.StatusOK, "我的名称")

		typed := posted(admin.rowFields(edit+"/item?key=hubs", "count"), "title", "晚了")
		other.post(edit+"/delete", url.Values{"version": {"2"}, "part": {"item"}, "key": {"hubs"}}).has(t, http.StatusOK)
		admin.post(edit+"/item", typed).has(t, http.StatusConflict, "晚了", chinese("formedit.row_gone"), `name="new"`)
	})
}

// TestAFaultyDraftIsKept: with every fault at its field, and mended from there or in the text.
func TestAFaultyDraftIsKept(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.withLinkage(t)
		admin := s.as(t, "admin")
		edit := linkagePath + "/edit"
		faulty := posted(admin.rowFields(edit+"/item?key=hubs", "count"), "decimals", "2", "max", "viel", "title", "<script>alert(3)</script>")
		a := admin.post(edit+"/item", faulty)
		a.has(t, http.StatusOK, chinese("formedit.saved_faulty"), chinese("form.not_for_type", "count"), `value="viel"`, "&lt;script&gt;alert(3)", "sections[0].items[0].max")
		soundPage(t, a, "zh-CN")
		admin.get(edit).has(t, http.StatusOK, chinese("formedit.wrong", 2), edit+"/item?key=hubs")
		admin.get(linkagePath+"/try").has(t, http.StatusOK, chinese("formedit.mend_first"))
		admin.get(linkagePath+"/publish").has(t, http.StatusOK, chinese("formedit.mend_first"))
		admin.post(linkagePath+"/publish", url.Values{"version": {"1"}, "note": {"改"}}).has(t, http.StatusUnprocessableEntity, chinese("formedit.not_published"))

		broken := posted(admin.filing(edit+"/text"), "text", "key: linkage\ntitle: [")
		admin.post(edit+"/text", broken).has(t, http.StatusOK, chinese("formedit.saved_faulty"), "title: [", chinese("formedit.place", 2, 1))
		admin.get(edit).has(t, http.StatusOK, chinese("formedit.only_text"))
		if at := admin.get(edit + "/item?key=hubs").at; at != edit+"/text" {
			t.Errorf("the way leads to %s", at)
		}
		admin.post(edit+"/move", url.Values{"version": {"2"}, "part": {"item"}, "key": {"hubs"}}).has(t, http.StatusConflict, chinese("formedit.only_text"))
		admin.post(edit+"/item", posted(faulty, "version", "2")).has(t, http.StatusConflict, "title: [")
		admin.post(edit+"/text", posted(admin.filing(edit+"/text"), "text", strings.ReplaceAll(linkageFile, "\n", "\r\n"))).has(t, http.StatusOK, chinese("formedit.saved"))
		if draft := s.draft(t, "linkage"); draft.Document != linkageFile || len(draft.Faults) > 0 {
			t.Errorf("kept as %q, %v", draft.Document, draft.Faults)
		}
		admin.post(linkagePath+"/discard", url.Values{"version": {"3"}}).has(t, http.StatusOK, chinese("formedit.discarded"))
		if draft := s.draft(t, "linkage"); draft.Version != 0 {
			t.Errorf("there is a draft of version %d", draft.Version)
		}
	})
}

// TestTryingADraftKeepsNothing: checks, computed cells and what cannot be read are shown by cell.
func TestTryingADraftKeepsNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.withLinkage(t)
		admin := s.as(t, "admin")
		try := linkagePath + "/try"
		admin.get(try).has(t, http.StatusOK, "枢纽型组织", chinese("formedit.computed_here"))
		a := admin.post(try, url.Values{"version": {"0"}, "type": {"county"}, "cell.hubs": {"9"}, "last.hubs": {"12"}, "cell.registered": {"6"}})
		a.has(t, http.StatusOK, chinese("formedit.found", 1, 1), "枢纽型组织大于登记数", "枢纽型组织由 12 降到 9", "150%", `href="#cell-hubs"`)
		soundPage(t, a, "zh-CN")
		admin.post(try, url.Values{"cell.hubs": {"viele"}, "type": {"nosuch"}}).has(t, http.StatusOK, `value="viele"`, chinese("cell.not_a_number"), chinese("formedit.found_nothing"))
		admin.post(try, url.Values{"cell.hubs": {"1"}, "cell.registered": {"3"}}).has(t, http.StatusOK, chinese("formedit.found_nothing"), "33.3%")
		if draft := s.draft(t, "linkage"); draft.Version != 0 {
			t.Error("trying has made a draft")
		}
		admin.get("/forms/progress/try?type=street&batch=2019").has(t, http.StatusOK, `<option value="street" selected>`, `<option value="2019" selected>`)
	})
}

// TestAFormIsPublished: a new form becomes owed; a changed definition makes a new version with a mark, and
// what was filed before stays what it was.
func TestAFormIsPublished(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		admin := s.as(t, "admin")
		edit, publish := linkagePath+"/edit", linkagePath+"/publish"
		admin.get("/forms")
		admin.post("/forms", url.Values{"key": {"progress"}, "title": {"又一张"}}).has(t, http.StatusConflict, chinese("formedit.key_taken", "progress"), "又一张")
		admin.post("/forms", url.Values{"key": {"Bad key"}}).has(t, http.StatusBadRequest, "Bad key")
		admin.post("/forms", url.Values{"key": {"linkage"}, "number": {"智社试4表"}, "title": {"三社联动"}}).has(t, http.StatusOK, chinese("formedit.begun"))
		admin.get("/forms").has(t, http.StatusOK, chinese("formedit.unpublished"))
		admin.post(publish, url.Values{"version": {"1"}}).has(t, http.StatusUnprocessableEntity)

		withoutBasis := strings.Replace(linkageFile, "kind: stock, basis: 皖民发1号}", "kind: stock}", 1)
		admin.post(edit+"/text", posted(admin.filing(edit+"/text"), "text", withoutBasis)).has(t, http.StatusOK)
		admin.post(publish, url.Values{"version": {"2"}}).has(t, http.StatusUnprocessableEntity, chinese("form.basis_missing", "登记组织"))
		admin.post(edit+"/item", posted(admin.rowFields(edit+"/item?key=registered", "count"), "basis", "皖民发1号")).has(t, http.StatusOK, chinese("formedit.saved"))
		if owed(t, s, "linkage") {
			t.Fatal("the form is owed before it is published")
		}
		admin.post(publish, admin.filing(publish)).has(t, http.StatusOK, chinese("formedit.published"), "第1版")
		if !owed(t, s, "linkage") || s.nudges == 0 {
			t.Error("nobody owes the new form")
		}

		ref := reporting.Ref{Unit: "340104", Form: "linkage", Period: s.Report(t, "community-01", "2019Q3").Period}
		reviewer := s.Actor(t, "reviewer-340104")
		report, err := s.Reports.Report(context.Background(), reviewer, ref)
		if err != nil {
			t.Fatal(err)
		}
		report, err = s.Reports.Save(context.Background(), reviewer, ref, reporting.Edit{Version: report.Version, Values: map[string]any{"hubs": "3", "registered": "8"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Reports.Submit(context.Background(), reviewer, ref, report.Version); err != nil {
			t.Fatal(err)
		}

		admin.post(edit+"/item", posted(admin.rowFields(edit+"/item?key=hubs", "count"), "definition", "登记和备案的")).has(t, http.StatusOK)
		version := admin.filing(edit).Get("version")
		for _, gone := range [][2]string{{"check", "within"}, {"item", "share"}, {"item", "registered"}} {
			admin.post(edit+"/delete", url.Values{"version": {version}, "part": {gone[0]}, "key": {gone[1]}}).has(t, http.StatusOK)
			version = admin.filing(edit).Get("version")
		}
		admin.get(publish).has(t, http.StatusOK, chinese("formedit.will_break"), "登记成立的", "登记和备案的", chinese("formedit.deleted_items", 2), chinese("formedit.checks_deleted", 1))
		admin.post(publish, url.Values{"version": {version}}).has(t, http.StatusBadRequest, chinese("form.note_missing"))
		admin.post(publish, url.Values{"version": {version}, "note": {"口径并入备案组织"}}).has(t, http.StatusOK, chinese("formedit.published"))

		viewer := s.as(t, "viewer")
		viewer.get(linkagePath).has(t, http.StatusOK, chinese("formedit.break"), "第2版", "口径并入备案组织", chinese("formedit.gone_items"), "登记组织")
		viewer.get(linkagePath+"/versions/1").has(t, http.StatusOK, "登记成立的")
		viewer.get("/reports/340104/linkage/2019Q3?revision=1").has(t, http.StatusOK, "登记组织", "登记成立的", "37.5%")
		breaks, err := s.Forms.Breaks(context.Background(), "linkage")
		if err != nil || !slices.Equal(breaks["hubs"], []int64{2}) {
			t.Errorf("breaks %v, %v", breaks, err)
		}
		admin.get(publish).has(t, http.StatusOK, chinese("formedit.nothing_to_publish"))
	})
}

// owed tells whether a period of the form was opened.
func owed(t *testing.T, s *site, form string) bool {
	t.Helper()
	calendar, err := s.Reports.Periods(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(calendar, func(c reporting.Calendar) bool { return c.Form == form })
}

// TestAnItemIsAddedInABrowser: added, tried and published with the mouse and the keyboard.
func TestAnItemIsAddedInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.withLinkage(t)
	s.Actor(t, "admin")
	w := &window{browsertest.Open(t, s.url), t}
	w.LogIn("admin", reportingtest.Password)
	w.Go(linkagePath)
	w.Click(`a[href="` + linkagePath + `/edit"]`)
	w.Click(`a[href="` + linkagePath + `/edit/item?section=organisations"]`)
	w.Type("#f-key", "filed")
	w.Type("#f-title", "备案组织")
	w.Type("#f-unit", "个")
	w.Type("#f-max", "50")
	w.Click(`.formedit button[type="submit"]`)
	w.See(".formedit-faults")
	w.Becomes("document.querySelector('.formedit .alert-danger').textContent.trim()", chinese("form.basis_missing", "备案组织"))
	w.Type("#f-basis", "皖民发2号")
	w.Click(`.formedit button[type="submit"]`)
	w.See("#item-filed")
	w.Go(linkagePath + "/edit") // which does not scroll under the mouse
	w.Click(`#item-filed button[value="up"]`)
	w.Becomes("document.querySelector('#item-filed + #item-share') !== null", "true")

	w.Click(`a[href="` + linkagePath + `/try"]`)
	w.Type("#in-filed", "51")
	w.Click(`.form-actions button`)
	w.See("#found")
	w.Becomes("document.querySelector('#state-filed').textContent.trim()", chinese("cell.over_max", "50"))

	w.Go(linkagePath + "/publish")
	w.Type("#f-note", "增加备案组织")
	w.Click(`form[action$="/publish"] button`)
	w.See("#item-filed")
	form, err := s.Forms.Form(context.Background(), s.Actor(t, "admin"), "linkage")
	if item, ok := form.Item("filed"); err != nil || form.Version != 2 || !ok || item.Max != 50 || item.Basis != "皖民发2号" {
		t.Errorf("version %d asks %+v, %v", form.Version, item, err)
	}
	if asked := w.Asked(); len(asked) != 1 || asked[0] != chinese("formedit.publish_sure") {
		t.Errorf("the person was asked %q", asked)
	}
	w.Quiet()
}
