package plan_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// world is the service over one database with a small tree, on a day that a test may change.
type world struct {
	db    *database.DB
	tree  *divisions.Service
	plans *plan.Service
	today period.Date
}

const tree = `key,code,name,level,parent,valid_from,valid_to,statistics_only,successor
340000,340000,安徽省,1,,,,,
340100,340100,合肥市,2,,,,,
340111,340111,包河区,3,,,,,
340111009,340111009,方兴社区,4,,,,,
340200,340200,芜湖市,2,,,,,
340203,340203,弋江区,3,,,2020-07-06,,340209
340209,340209,弋江区,3,,2020-07-06,,,
340203001,340203001,弋江桥街道,4,340203,,2020-07-06,,
340203001,340203001,弋江桥街道,4,340209,2020-07-06,,,
340700,340700,铜陵市,2,,,,,
340705,340705,铜官区,3,,,,,
340705406,340705406,幸福社区街道,4,,2020-06-30,,,
340705198006,340705198006,幸福社区,5,340705,,2020-06-30,,
340705198006,340705406001,幸福社区居委会,5,,2020-06-30,,,
`

func (w *world) clock() time.Time {
	return time.Date(w.today.Year, w.today.Month, w.today.Day, 1, 0, 0, 0, time.UTC)
}

// open gives a world without a plan.
func open(t *testing.T, db *database.DB) *world {
	t.Helper()
	w := &world{db: db, today: period.NewDate(2019, 10, 12)}
	w.tree = divisions.New(db, ledger.New(), w.clock)
	w.plans = w.instance()
	if _, err := w.tree.Import(t.Context(), strings.NewReader(tree), "tree.csv", false, "test"); err != nil {
		t.Fatal(err)
	}
	return w
}

// instance gives another service over the same database.
func (w *world) instance() *plan.Service { return plan.New(w.db, w.tree, ledger.New(), w.clock) }

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { fn(t, open(t, db)) })
}

func (w *world) division(t *testing.T, code string) int64 {
	t.Helper()
	d, err := w.tree.ByCode(t.Context(), code, w.today)
	if err != nil {
		t.Fatal(err)
	}
	return d.ID
}

// actor gives a user of a role; of is a division code, or a unit key for a clerk.
func (w *world) actor(t *testing.T, role accounts.Role, of string) accounts.Actor {
	t.Helper()
	a := accounts.Actor{UserID: 7, Name: string(role), Role: role}
	switch {
	case role == accounts.Clerk:
		u, err := w.plans.UnitByKey(t.Context(), of)
		if err != nil {
			t.Fatal(err)
		}
		a.Unit = u.ID
	case of != "":
		a.Division = w.division(t, of)
	}
	return a
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

var admin = accounts.Actor{UserID: 1, Name: "admin", Role: accounts.Admin}

func (w *world) importPlan(t *testing.T, text, reason string) *plan.Plan {
	t.Helper()
	p, err := w.plans.Import(t.Context(), admin, "plan.yaml", []byte(text), reason, false)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlanVersions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, second := milestone("", ""), milestone("weight: 5", "weight: 6")
		_, err := w.plans.Current(t.Context())
		wants(t, err, fault.NotFound, "plan.none")
		if p := w.importPlan(t, first, ""); p.No != 1 || p.ID == 0 {
			t.Errorf("first version: %d of plan %d", p.No, p.ID)
		}
		other := w.instance()
		if p, err := other.Current(t.Context()); err != nil || p.No != 1 {
			t.Errorf("elsewhere: %v", err)
		}
		if p := w.importPlan(t, first, ""); p.No != 1 || w.count(t, "plan_versions") != 1 || w.count(t, "ledger WHERE act = 'plan.imported'") != 1 {
			t.Errorf("the same again made version %d", p.No)
		}
		for _, reason := range []string{"", " \n"} {
			_, err = w.plans.Import(t.Context(), admin, "plan.yaml", []byte(second), reason, false)
			wants(t, err, fault.Invalid, "plan.reason_missing")
		}
		if p := w.importPlan(t, second, "省厅调整权重"); p.No != 2 {
			t.Errorf("second version: %d", p.No)
		}
		p, err := other.Current(t.Context()) // which still has the first in its memory
		if err != nil || p.No != 2 || p.Workstreams[0].Milestones[0].Weight != 6 {
			t.Errorf("elsewhere after a change: %+v, %v", p, err)
		}
		if again, err := other.Current(t.Context()); err != nil || again != p {
			t.Error("parsed again without need")
		}
		if p, err := w.plans.Version(t.Context(), 1); err != nil || p.No != 1 || p.Workstreams[0].Milestones[0].Weight != 5 {
			t.Errorf("version 1 later: %+v, %v", p, err)
		}
		_, err = w.plans.Version(t.Context(), 3)
		wants(t, err, fault.NotFound, "plan.no_version")
		if p := w.importPlan(t, first, "恢复原计划"); p.No != 3 {
			t.Errorf("an earlier text again: version %d", p.No)
		}
		var documents []string
		if err := w.db.Read(t.Context()).Raw("SELECT document FROM plan_versions ORDER BY no").Scan(&documents).Error; err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(documents, []string{first, second, first}) {
			t.Error("the originals are not as they were given")
		}
		if w.count(t, "plan_versions WHERE reason = '省厅调整权重' AND by_name = 'admin'") != 1 {
			t.Error("no reason, or no name")
		}
	})
}

func TestRefusedPlansChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := []byte(milestone("", ""))
		w.importPlan(t, string(good), "")
		w.importPilots(t, "a,甲,340111009,community,2018,2018-01-01,year,,,")
		cases := []struct {
			name   string
			data   string
			reason string
			kind   fault.Kind
			key    string
		}{
			{"another plan", strings.Replace(string(good), "key: test", "key: other", 1), "理由", fault.Conflict, "plan.another"},
			{"no reason", string(good) + "# 改\n", "", fault.Invalid, "plan.reason_missing"},
			{"a batch that units are in", strings.ReplaceAll(string(good), `"2018"`, `"2020"`), "理由", fault.Conflict, "plan.batch_in_use"},
		}
		for _, c := range cases {
			for _, dryRun := range []bool{true, false} {
				_, err := w.plans.Import(t.Context(), admin, "plan.yaml", []byte(c.data), c.reason, dryRun)
				wants(t, err, c.kind, c.key)
			}
		}
		_, err := w.plans.Import(t.Context(), admin, "plan.yaml", good[:len(good)-20], "理由", false)
		var faults fault.FileFaults
		if !errors.As(err, &faults) {
			t.Errorf("a truncated plan: %v", err)
		}
		for _, actor := range []accounts.Actor{{}, w.actor(t, accounts.Clerk, "a"), w.actor(t, accounts.Reviewer, "340100"), w.actor(t, accounts.Monitor, "340000"), w.actor(t, accounts.Viewer, "340000")} {
			_, err := w.plans.Import(t.Context(), actor, "plan.yaml", append(good, '#'), "理由", false)
			wants(t, err, fault.Forbidden, "permission.denied")
		}
		if p, err := w.plans.Import(t.Context(), admin, "plan.yaml", append(good, '#'), "理由", true); err != nil || p.No != 2 {
			t.Errorf("dry run: %v", err)
		}
		if p, err := w.plans.Current(t.Context()); err != nil || p.No != 1 || w.count(t, "plan_versions") != 1 || w.count(t, "plans") != 1 {
			t.Errorf("something has changed: %v", err)
		}
	})
}

func TestPlanByKey(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.importPlan(t, milestone("", ""), "")
		viewer := w.actor(t, accounts.Viewer, "340000")
		if p, err := w.plans.ByKey(t.Context(), viewer, "test"); err != nil || p.Key != "test" {
			t.Errorf("by key: %v", err)
		}
		_, err := w.plans.ByKey(t.Context(), viewer, "</script>")
		wants(t, err, fault.NotFound, "plan.unknown")
		_, err = w.plans.ByKey(t.Context(), accounts.Actor{}, "test")
		wants(t, err, fault.Forbidden, "permission.denied")
	})
}

// Many instances that import at once agree on the versions.
func TestPlansImportedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				if _, err := w.instance().Import(context.Background(), admin, "plan.yaml", []byte(milestone("", "")), "", false); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if plans, versions := w.count(t, "plans"), w.count(t, "plan_versions"); plans != 1 || versions != 1 {
			t.Errorf("%d plans, %d versions", plans, versions)
		}
	})
}

// A dry run of the first plan works on an empty database.
func TestDryRunOfTheFirstPlan(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		data := bytes.TrimSpace([]byte(milestone("", "")))
		if p, err := w.plans.Import(t.Context(), admin, "plan.yaml", data, "", true); err != nil || p.No != 1 {
			t.Errorf("dry run: %v", err)
		}
		_, err := w.plans.Current(t.Context())
		wants(t, err, fault.NotFound, "plan.none")
	})
}

// A new version must not read what was reported on the one before differently.
func TestNewVersionKeepsWhatWasReported(t *testing.T) {
	cases := []struct{ name, old, new, want string }{
		{"another type", "type: number, target: 30, baseline: 0, unit: \"㎡/百户\"", "type: count, target: 30, baseline: 0, unit: \"㎡/百户\"", "plan.item_changed"},
		{"other decimals", "target: 30,", "target: 30, decimals: 2,", "plan.item_changed"},
		{"another unit", "㎡/百户", "㎡", "plan.item_changed"},
		{"another target", "target: 30,", "target: 35,", ""},
		{"a new item", "item: m1_2", "item: m1_2b", ""},
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		original, err := os.ReadFile("../../cmd/pilotboard/data/anhui-2018-2020.yaml")
		if err != nil {
			t.Fatal(err)
		}
		s := plan.New(db, divisions.New(db, ledger.New(), period.SystemClock), ledger.New(), period.SystemClock)
		system := accounts.System("test")
		if _, err := s.Import(t.Context(), system, "plan.yaml", original, "", false); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				i := bytes.Index(original, []byte("key: M1.2"))
				changed := append(bytes.Clone(original[:i]), bytes.Replace(original[i:], []byte(c.old), []byte(c.new), 1)...)
				if bytes.Equal(changed, original) {
					t.Fatal("nothing changed")
				}
				_, err := s.Import(t.Context(), system, "plan.yaml", changed, "test", true)
				if f, ok := fault.As(err); (c.want == "") != (err == nil) || ok && f.Key != c.want {
					t.Errorf("got %v, want %q", err, c.want)
				}
			})
		}
	})
}
