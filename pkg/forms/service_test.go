package forms_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

func TestThePlansFormBeforeAnyFile(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		form := w.current(t, "progress")
		if form.Version != 1 || form.PlanNo != 1 || w.count(t, "form_versions") != 0 {
			t.Fatalf("version %d on plan %d", form.Version, form.PlanNo)
		}
		w.importPlan(t, strings.Replace(planFile, "网格覆盖", "网格全覆盖", 1))
		if form := w.current(t, "progress"); form.Version != 2 || form.PlanNo != 2 {
			t.Errorf("on a new plan: version %d on plan %d", form.Version, form.PlanNo)
		}
		old := w.version(t, "progress", 1)
		if item, _ := old.Item("m2"); item.Title != "网格覆盖" || old.Version != 1 {
			t.Errorf("version 1 later: %+v", item)
		}
		w.keep(t, w.current(t, "progress"))
		w.keep(t, w.current(t, "progress"))
		if w.count(t, "form_versions WHERE form = 'progress' AND no = 2 AND plan_no = 2 AND document = ''") != 1 || w.count(t, "form_versions") != 1 {
			t.Error("not kept once")
		}
		if form := w.version(t, "progress", 2); form.Version != 2 || len(keys(form)) != len(keys(old)) {
			t.Errorf("kept: %+v", form)
		}
		for key, no := range map[string]int64{"progress": 9, "linkage": 1} {
			_, err := w.forms.VersionIn(w.db.Read(t.Context()), key, no)
			wants(t, err, fault.NotFound, "form.no_version")
		}
		_, err := w.forms.CurrentIn(w.db.Read(t.Context()), "linkage")
		wants(t, err, fault.NotFound, "form.unknown")
	})
}

func TestTheFormOfThePlanFollowsThePlan(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		form := w.publish(t, progressFile, "初次发布")
		if form.Version != 2 || form.PlanNo != 1 || form.DueDays != 10 || form.LockDays != 30 {
			t.Fatalf("got %+v", form)
		}
		want := []string{"communities", "m1", "m1_covered", "m2", "practices"}
		if diff := cmp.Diff(want, keys(form)); diff != "" {
			t.Fatal(diff)
		}
		if item, _ := form.Item("m1"); item.Basis != "方案第一条" || item.Milestone != "M1" || item.Aggregation != forms.CountTrue {
			t.Errorf("m1: %+v", item)
		}
		yes := forms.Values{"m1": {State: forms.Given, Number: 1}}
		if found := w.current(t, "progress").For("2018", "community").Evaluate("community", yes, forms.Around{}); len(found) != 1 || found[0].Check != "grid" {
			t.Errorf("found %+v", found)
		}
		// the plan goes on without M2, which a check names
		without := planFile[:strings.Index(planFile, "      - {key: M2")]
		w.importPlan(t, without)
		next := w.current(t, "progress")
		if next.Version != 3 || next.PlanNo != 2 || slices.Contains(keys(next), "m2") || len(next.Checks) != 0 {
			t.Errorf("after the plan: version %d, %v, %v", next.Version, keys(next), next.Checks)
		}
		if again := w.version(t, "progress", 3); again.Version != 3 || again.PlanNo != 2 {
			t.Errorf("not kept yet: %+v", again)
		}
		if old := w.version(t, "progress", 2); old.PlanNo != 1 || !slices.Contains(keys(old), "m2") || len(old.Checks) != 1 {
			t.Errorf("before: %+v", old)
		}
		if first := w.version(t, "progress", 1); first.Version != 1 || len(first.Checks) != 0 {
			t.Errorf("before any file: %+v", first)
		}
		w.keep(t, next)
		if w.count(t, "form_versions WHERE no = 3 AND plan_no = 2 AND document <> ''") != 1 {
			t.Error("not kept")
		}
		if again := w.current(t, "progress"); again.Version != 3 {
			t.Errorf("kept as %d", again.Version)
		}
		w.keep(t, w.version(t, "progress", 2)) // which is stored
		stale := next
		stale.PlanNo = 1
		err := w.db.Write(t.Context(), func(tx *gorm.DB) error { return w.instance().Keep(tx, stale) })
		wants(t, err, fault.Conflict, "form.changed_meanwhile")
	})
}

func TestKeepingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.publish(t, progressFile, "初次发布")
		w.importPlan(t, strings.Replace(planFile, "网格覆盖", "网格全覆盖", 1))
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				s := w.instance()
				err := w.db.Write(context.Background(), func(tx *gorm.DB) error {
					form, err := s.CurrentIn(tx, "progress")
					if err != nil {
						return err
					}
					return s.Keep(tx, form)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if n := w.count(t, "form_versions"); n != 2 {
			t.Errorf("%d versions", n)
		}
	})
}

func TestPublishing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if form := w.publish(t, linkageFile, ""); form.Version != 1 || form.PlanNo != 0 || len(form.Checks) != 1 {
			t.Fatalf("got %+v", form)
		}
		if form := w.publish(t, linkageFile, ""); form.Version != 1 || w.count(t, "form_versions") != 1 {
			t.Errorf("the same again made version %d", form.Version)
		}
		renamed := strings.Replace(linkageFile, "三社联动季报", "三社联动与社会工作季报", 1)
		_, err := w.forms.Import(t.Context(), admin, "form.yaml", []byte(renamed), " ", false)
		wants(t, err, fault.Invalid, "form.note_missing")
		_, err = w.forms.Import(t.Context(), admin, "form.yaml", []byte(renamed), strings.Repeat("字", 501), false)
		wants(t, err, fault.Invalid, "cell.too_long")
		if form, err := w.forms.Import(t.Context(), admin, "form.yaml", []byte(renamed), "改名", true); err != nil || form.Version != 2 || w.count(t, "form_versions") != 1 {
			t.Errorf("dry run: %v", err)
		}
		w.publish(t, renamed, "改名")
		if w.count(t, "ledger WHERE act = 'form.published' AND form = 'linkage'") != 2 || w.count(t, "form_versions WHERE note = '改名' AND by_name = 'admin'") != 1 {
			t.Error("not recorded")
		}
		other := w.instance()
		all, err := other.Forms(t.Context())
		if err != nil || len(all) != 2 || all[0].Key != "progress" || all[1].Version != 2 {
			t.Errorf("elsewhere: %v, %v", all, err)
		}
		if form, err := other.Form(t.Context(), monitor, "linkage"); err != nil || form.Title != "三社联动与社会工作季报" {
			t.Errorf("elsewhere: %v", err)
		}
		if old := w.version(t, "linkage", 1); old.Title != "三社联动季报" {
			t.Errorf("version 1 later: %s", old.Title)
		}
	})
}

func TestRefusedForms(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(linkageFile, old, new, 1) }
	each(t, func(t *testing.T, w *world) {
		w.publish(t, linkageFile, "")
		conflicts := []struct{ name, text, key string }{
			{"another type", change("title: 登记组织, type: count", "title: 登记组织, type: number"), "form.item_changed"},
			{"another unit", change("type: count, kind: stock, basis", "type: count, unit: 个, kind: stock, basis"), "form.item_changed"},
			{"another code", change("{key: live, code: 1", "{key: live, code: 2"), "form.item_changed"},
			{"a code for another option", change("key: live, code: 1", "key: done, code: 1"), "form.item_changed"},
			{"another form about the plan", strings.Replace(progressFile, "key: progress", "key: other", 1), "form.not_of_plan"},
			{"the plan's form without the plan", change("key: linkage", "key: progress"), "form.of_plan"},
		}
		for _, c := range conflicts {
			for _, dryRun := range []bool{true, false} {
				_, err := w.forms.Import(t.Context(), admin, "form.yaml", []byte(c.text), "理由", dryRun)
				wants(t, err, fault.Conflict, c.key)
			}
		}
		faults := []struct{ name, text, key string }{
			{"a new item without a basis", change("      - {key: state", "      - {key: filed, title: 备案组织, type: count, kind: stock}\n      - {key: state"), "form.basis_missing"},
			{"a form that is not there", change("hubs <= registered", "hubs <= burden.x"), "expression.at"},
			{"an item that the other form does not have", change("hubs <= registered", "hubs <= progress.x"), "expression.at"},
			{"an item of another kind", change("hubs <= registered", "hubs <= progress.m1"), "expression.at"},
			{"a check at an item that the plan does not have", strings.Replace(progressFile, "severity: warning", "severity: warning, at: [m9]", 1), "form.unknown_item"},
			{"an item of the plan", strings.Replace(progressFile, "practices", "m1_covered", 1), "form.item_of_plan"},
			{"a check about an item that the plan does not have", strings.Replace(progressFile, "given(m2)", "given(m9)", 1), "expression.at"},
			{"cut off", linkageFile[:len(linkageFile)-60], "file.syntax"},
		}
		for _, c := range faults {
			_, err := w.forms.Import(t.Context(), admin, "form.yaml", []byte(c.text), "理由", false)
			t.Run(c.name, func(t *testing.T) { noted(t, err, c.key) })
		}
		for _, actor := range []accounts.Actor{{}, monitor, {Role: accounts.Clerk, Unit: 1}, {Role: accounts.Reviewer, Division: 1}, {Role: accounts.Viewer, Division: 1}} {
			_, err := w.forms.Import(t.Context(), actor, "form.yaml", []byte(change("季报", "月报")), "理由", false)
			wants(t, err, fault.Forbidden, "permission.denied")
		}
		_, err := w.forms.Form(t.Context(), accounts.Actor{}, "linkage")
		wants(t, err, fault.Forbidden, "permission.denied")
		if n := w.count(t, "form_versions"); n != 1 {
			t.Errorf("%d versions", n)
		}
	})
}

// Files that name each other are published together.
func TestFormsThatNameEachOther(t *testing.T) {
	a := strings.Replace(linkageFile, "hubs <= registered", "hubs <= other.hubs2", 1)
	b := strings.NewReplacer("key: linkage", "key: other", "key: hubs", "key: hubs2", "hubs <= registered", "hubs2 <= linkage.hubs").Replace(linkageFile)
	each(t, func(t *testing.T, w *world) {
		files := []forms.File{{Name: "a.yaml", Data: []byte(a)}, {Name: "b.yaml", Data: []byte(b)}}
		_, err := w.forms.ImportFiles(t.Context(), admin, files[:1], "", false)
		noted(t, err, "expression.at")
		if list, err := w.forms.ImportFiles(t.Context(), admin, files, "", false); err != nil || len(list) != 2 {
			t.Fatal(err)
		}
		files[1].Data = []byte(strings.Replace(b, "linkage.hubs", "linkage.gone", 1))
		_, err = w.forms.ImportFiles(t.Context(), admin, files, "理由", false)
		noted(t, err, "expression.at")
		if n := w.count(t, "form_versions"); n != 2 {
			t.Errorf("%d versions", n)
		}
	})
}

func TestBreaksAndDeletedItems(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.publish(t, linkageFile, "")
		redefined := strings.Replace(linkageFile, "登记成立的", "登记或备案的", 1)
		w.publish(t, redefined, "口径调整")
		line := strings.Index(redefined, "      - {key: registered")
		without := redefined[:line] + redefined[line+strings.Index(redefined[line:], "\n")+1:strings.Index(redefined, "checks:")]
		w.publish(t, without, "精简")
		w.publish(t, strings.Replace(redefined, "kind: stock, basis", "kind: flow, basis", 1), "恢复")
		breaks, err := w.forms.Breaks(t.Context(), "linkage")
		if diff := cmp.Diff(map[string][]int64{"hubs": {2}, "registered": {4}}, breaks); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		w.publish(t, without, "再精简")
		items, err := w.forms.EverItems(t.Context(), "linkage")
		if err != nil || len(items) != 3 || items[0].Definition != "登记或备案的" || items[2].Key != "registered" || items[2].Kind != forms.KindFlow {
			t.Errorf("%v %+v", err, items)
		}
		back := strings.Replace(redefined, "title: 登记组织, type: count", "title: 登记组织, type: money", 1)
		_, err = w.forms.Import(t.Context(), admin, "form.yaml", []byte(back), "恢复", false)
		wants(t, err, fault.Conflict, "form.item_changed") // though the newest version has no such item
		_, err = w.forms.Breaks(t.Context(), "gone")
		wants(t, err, fault.NotFound, "form.unknown")
		// the plan's form: a milestone is defined anew
		w.importPlan(t, strings.Replace(planFile, "definition: 平台上线", "definition: 平台上线并使用", 1))
		w.publish(t, progressFile, "初次发布")
		w.importPlan(t, planFile+"# 改\n")
		breaks, err = w.forms.Breaks(t.Context(), "progress")
		if diff := cmp.Diff(map[string][]int64{"m1": {2, 4}, "m1_covered": {2, 4}}, breaks); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}

func TestVersionsAndDocuments(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.publish(t, linkageFile, "首版")
		renamed := strings.Replace(linkageFile, "三社联动季报", "三社联动与社会工作季报", 1)
		w.publish(t, renamed, "改名")
		list, err := w.forms.Versions(t.Context(), monitor, "linkage")
		if err != nil || len(list) != 2 || list[0].No != 2 || list[0].Note != "改名" || list[0].By != "admin" || list[0].PublishedAt.IsZero() {
			t.Errorf("%+v, %v", list, err)
		}
		for no, want := range map[int64]string{1: linkageFile, 2: renamed} {
			if text, err := w.forms.Document(t.Context(), monitor, "linkage", no); err != nil || text != want {
				t.Errorf("version %d: %v", no, err)
			}
		}
		if text, err := w.forms.Document(t.Context(), monitor, "progress", 1); err != nil || !strings.Contains(text, "plan: workstreams") {
			t.Errorf("the usual form: %q, %v", text, err)
		}
		_, err = w.forms.Document(t.Context(), monitor, "linkage", 3)
		wants(t, err, fault.NotFound, "form.no_version")
		_, err = w.forms.Versions(t.Context(), monitor, "gone")
		wants(t, err, fault.NotFound, "form.unknown")
		_, err = w.forms.Versions(t.Context(), accounts.Actor{}, "linkage")
		wants(t, err, fault.Forbidden, "permission.denied")
		_, err = w.forms.Document(t.Context(), accounts.Actor{}, "linkage", 1)
		wants(t, err, fault.Forbidden, "permission.denied")
	})
}

func TestWithoutAPlanThereIsNoForm(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := open(t, db)
		_, err := w.forms.Import(t.Context(), admin, "form.yaml", []byte(linkageFile), "", false)
		wants(t, err, fault.NotFound, plan.NoPlan)
		_, err = w.forms.Forms(t.Context())
		wants(t, err, fault.NotFound, plan.NoPlan)
	})
}

func TestExpired(t *testing.T) {
	day := period.MustParseDate
	form := forms.Form{ValidUntil: day("2020-12-31")}
	if form.Expired(day("2020-12-31")) || !form.Expired(day("2021-01-01")) || (forms.Form{}).Expired(day("2099-01-01")) {
		t.Fatal("not the last day")
	}
}
