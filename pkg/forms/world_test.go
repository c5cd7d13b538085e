package forms_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/plan"
)

const planFile = `key: test
title: 测试计划
issuer: 测试机关
issued: 2018-11-22
period: [2018Q1, 2020Q4]
lights: {behind: 10, severe: 30}
batches: [{key: "2018", title: 首批}]
workstreams:
  - key: W1
    title: 工作线
    milestones:
      - {key: M1, title: 平台上线, weight: 5, path: step, due: 2019Q1, types: [community, district], measure: {form: progress, item: m1, type: yes_no, definition: 平台上线}, source: 方案第一条}
      - {key: M2, title: 网格覆盖, weight: 5, path: step, due: 2019Q1, types: [community], measure: {form: progress, item: m2, type: percent, target: 80}}
`

const linkageFile = `key: linkage
number: 智社试4表
title: 三社联动季报
due_days: 10
lock_days: 30
filled_by: [county]
sections:
  - key: organisations
    title: 社会组织
    items:
      - {key: hubs, title: 枢纽型组织, type: count, kind: stock, definition: 登记成立的, basis: 皖民发1号}
      - {key: registered, title: 登记组织, type: count, kind: stock, basis: 皖民发1号}
      - {key: state, title: 平台, type: option, basis: 皖民发1号, options: [{key: none, code: 0, title: 未建}, {key: live, code: 1, title: 已建}]}
checks:
  - {key: within, expr: hubs <= registered, severity: error, message: 大于登记数}
`

const progressFile = `key: progress
number: 智社试2表
title: 试点进度季报
sections:
  - plan: workstreams
  - key: narrative
    items:
      - {key: practices, title: 主要做法, type: text}
checks:
  - {key: grid, expr: given(m2) or not m1, severity: warning, message: 平台已上线而未填网格覆盖率。}
`

// world is the services over one database, with a plan.
type world struct {
	db    *database.DB
	plans *plan.Service
	forms *forms.Service
}

var (
	admin   = accounts.Actor{UserID: 1, Name: "admin", Role: accounts.Admin}
	monitor = accounts.Actor{UserID: 2, Name: "monitor", Role: accounts.Monitor, Division: 1}
)

func clock() time.Time { return time.Date(2019, 10, 12, 1, 2, 3, 4, time.UTC) }

func open(t *testing.T, db *database.DB) *world {
	t.Helper()
	tree := divisions.New(db, ledger.New(), clock)
	w := &world{db: db, plans: plan.New(db, tree, ledger.New(), clock)}
	w.forms = w.instance()
	return w
}

// instance gives another service over the same database.
func (w *world) instance() *forms.Service { return forms.New(w.db, w.plans, ledger.New(), clock) }

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := open(t, db)
		w.importPlan(t, planFile)
		fn(t, w)
	})
}

func (w *world) importPlan(t *testing.T, text string) {
	t.Helper()
	if _, err := w.plans.Import(t.Context(), admin, "plan.yaml", []byte(text), "理由", false); err != nil {
		t.Fatal(err)
	}
}

func (w *world) publish(t *testing.T, text, note string) forms.Form {
	t.Helper()
	form, err := w.forms.Import(t.Context(), admin, "form.yaml", []byte(text), note, false)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func (w *world) current(t *testing.T, key string) forms.Form {
	t.Helper()
	form, err := w.forms.CurrentIn(w.db.Read(t.Context()), key)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func (w *world) version(t *testing.T, key string, no int64) forms.Form {
	t.Helper()
	form, err := w.forms.VersionIn(w.db.Read(t.Context()), key, no)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func (w *world) keep(t *testing.T, form forms.Form) {
	t.Helper()
	if err := w.db.Write(t.Context(), func(tx *gorm.DB) error { return w.forms.Keep(tx, form) }); err != nil {
		t.Fatal(err)
	}
}

func (w *world) count(t *testing.T, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := w.db.Read(t.Context()).Raw("SELECT count(*) FROM "+sql, args...).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

// wants checks the kind and key of a fault.
func wants(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if f, ok := fault.As(err); !ok || f.Kind != kind || f.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

// noted checks that a fault with the key is among those of a file.
func noted(t *testing.T, err error, key string) {
	t.Helper()
	var faults fault.FileFaults
	if !errors.As(err, &faults) || !slices.ContainsFunc(faults, func(f fault.InFile) bool { return f.Key == key && f.Line > 0 }) {
		t.Errorf("got %v, want %s", err, key)
	}
}

func keys(f forms.Form) []string {
	var list []string
	for _, s := range f.Sections {
		for _, i := range s.Items {
			list = append(list, i.Key)
		}
	}
	return list
}
