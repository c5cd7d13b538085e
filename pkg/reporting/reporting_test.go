package reporting_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// typed are cells as typed in.
type typed = reportingtest.Values

// province is a test province with what these tests ask of it besides.
type province struct{ *reportingtest.Province }

// each runs fn on both databases with a fresh province on 2019-10-12.
func each(t *testing.T, fn func(t *testing.T, p province)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { fn(t, province{reportingtest.New(t, db)}) })
}

func (p province) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if err := p.DB.Read(t.Context()).Exec(sql, args...).Error; err != nil {
		t.Fatal(err)
	}
}

func (p province) count(t testing.TB, from string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := p.DB.Read(t.Context()).Raw("SELECT COUNT(*) FROM "+from, args...).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

// kept are all rows that acts on reports write.
type kept map[string][]map[string]any

func (p province) kept(t testing.TB) kept {
	t.Helper()
	all := kept{}
	for table, order := range map[string]string{
		"periods": "form, period", "reports": "unit_id, form, period", "revisions": "unit_id, form, period, no",
		"acceptances": "unit_id, form, period, no", "ledger WHERE form <> ''": "unit_id, id",
	} {
		var rows []map[string]any
		if err := p.DB.Read(t.Context()).Raw("SELECT * FROM " + table + " ORDER BY " + order).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		all[table] = rows
	}
	return all
}

// unchanged fails when anything was written since before.
func (p province) unchanged(t testing.TB, before kept) {
	t.Helper()
	if diff := cmp.Diff(before, p.kept(t)); diff != "" {
		t.Fatalf("something was written (-before +after):\n%s", diff)
	}
}

// wantFault fails unless err is a fault of kind with key; key empty wants no error.
func wantFault(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := fault.As(err)
	switch {
	case key == "" && err != nil:
		t.Fatalf("unexpected: %v", err)
	case key != "" && (!ok || f.Kind != kind || f.Key != key):
		t.Fatalf("got %v, want kind %d, %s", err, kind, key)
	}
}

// fields gives the field faults of err as `name=key name=key`.
func fields(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return ""
	}
	var list []string
	for _, field := range f.Fields {
		list = append(list, field.Name+"="+field.Key)
	}
	return strings.Join(list, " ")
}

func stale(t testing.TB, err error) *reporting.StaleError {
	t.Helper()
	var s *reporting.StaleError
	if !errors.As(err, &s) {
		t.Fatalf("not stale: %v", err)
	}
	wantFault(t, err, fault.Conflict, "report.stale")
	return s
}

// do does act with arguments that are right whenever the act is allowed.
func (p province) do(t testing.TB, act reporting.Act, actor accounts.Actor, ref reporting.Ref) (reporting.Report, error) {
	t.Helper()
	ctx := t.Context()
	switch act {
	case reporting.ActSave:
		blank := reporting.CellInput{}
		return p.Reports.SaveCell(ctx, actor, ref, "obstacles", blank, blank)
	case reporting.ActSubmit:
		return p.Reports.Submit(ctx, actor, ref, 0)
	case reporting.ActWithdraw:
		return p.Reports.Withdraw(ctx, actor, ref, 0)
	case reporting.ActReturn:
		return p.Reports.Return(ctx, actor, ref, 0, "请核实。", nil)
	case reporting.ActAccept:
		return p.Reports.Accept(ctx, actor, ref, 0)
	case reporting.ActReopen:
		return p.Reports.Reopen(ctx, actor, ref, 0, "更正数据", period.Clock(p.Clock.Now).Today())
	}
	t.Fatalf("unknown act %s", act)
	return reporting.Report{}, nil
}

func given(n int64) forms.Value         { return forms.Value{State: forms.Given, Number: n} }
func words(s string) forms.Value        { return forms.Value{State: forms.Given, Text: s} }
func notApplicable() forms.Value        { return forms.Value{State: forms.NotApplicable} }
func cell(s string) reporting.CellInput { return reporting.CellInput{Value: s} }

// importPlan puts a plan file into force in which old is replaced by new.
func (p province) importPlan(t testing.TB, old, new string) {
	t.Helper()
	file := string(reportingtest.PlanFile())
	if !strings.Contains(file, old) {
		t.Fatalf("the plan file has no %q", old)
	}
	_, err := p.Plans.Import(t.Context(), accounts.System("test"), "plan.yaml", []byte(strings.Replace(file, old, new, 1)), "测试", false)
	if err != nil {
		t.Fatal(err)
	}
}

// importPilots makes units what these lines of a list of pilots say; it does not open periods.
func (p province) importPilots(t testing.TB, lines ...string) {
	t.Helper()
	const header = "key,name,division,type,batch,since,since_precision,until,placeholder,document\n"
	file := strings.NewReader(header + strings.Join(lines, "\n") + "\n")
	if _, err := p.Plans.ImportPilots(t.Context(), accounts.System("test"), "pilots.csv", file, false); err != nil {
		t.Fatal(err)
	}
}
