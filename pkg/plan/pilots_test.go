package plan_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

const pilotHeader = "key,name,division,type,batch,since,since_precision,until,placeholder,document\n"

func (w *world) importPilots(t *testing.T, lines ...string) plan.PilotsResult {
	t.Helper()
	result, err := w.plans.ImportPilots(t.Context(), admin, "pilots.csv", strings.NewReader(pilotHeader+strings.Join(lines, "\n")+"\n"), false)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// keysOn gives the units designated on a day, each as key:batch:type.
func (w *world) keysOn(t *testing.T, on string) string {
	t.Helper()
	p, err := w.plans.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, err := w.plans.Designated(t.Context(), w.db.Read(t.Context()), p.ID, period.MustParseDate(on), plan.Types)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, u := range list {
		keys = append(keys, u.Key+":"+u.Batch+":"+u.Type)
	}
	return strings.Join(keys, " ")
}

// The facts that the shipped list of pilots must hold.
func TestPilotsOfAnhui(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := &world{db: db, today: period.NewDate(2019, 10, 12)}
		w.tree = divisions.New(db, ledger.New(), w.clock)
		w.plans = w.instance()
		file, err := os.Open("../../cmd/pilotboard/data/anhui-divisions.csv")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if _, err := w.tree.Import(t.Context(), file, "divisions.csv", false, "test"); err != nil {
			t.Fatal(err)
		}
		w.importPlan(t, string(readFile(t, anhuiFile)), "")
		pilots := string(readFile(t, "../../cmd/pilotboard/data/pilots.csv"))
		for _, want := range []plan.PilotsResult{{Created: 16}, {Unchanged: 16}} {
			result, err := w.plans.ImportPilots(t.Context(), admin, "pilots.csv", strings.NewReader(pilots), false)
			if err != nil || result != want {
				t.Errorf("import: %+v, %v, want %+v", result, err, want)
			}
		}
		if n := w.count(t, "ledger WHERE act = 'pilot.imported' AND unit_id <> 0"); n != 16 {
			t.Errorf("%d acts in the ledger", n)
		}
		if got := w.keysOn(t, "2018-12-31"); got != "fangxing:2018:community xingfu:2018:community" {
			t.Errorf("at the end of 2018: %s", got)
		}
		got := w.keysOn(t, "2019-03-31")
		for part, want := range map[string]int{":2018:": 2, ":2019:": 14, ":2019:district": 1, ":2019:street": 2, ":2019:community": 11} {
			if n := strings.Count(got, part); n != want {
				t.Errorf("%d units %s, want %d", n, part, want)
			}
		}
		w.checkAnhuiUnits(t)
	})
}

func (w *world) checkAnhuiUnits(t *testing.T) {
	cases := []struct{ key, name, city, county string }{
		{"fangxing", "方兴社区", "340100", "340111"},
		{"xingfu", "幸福社区", "340700", "340705"},
		{"2019-district-01", "2019批-区01", "", ""},
		{"2019-community-11", "2019批-社区11", "", ""},
	}
	for _, c := range cases {
		u, err := w.plans.UnitByKey(t.Context(), c.key)
		if err != nil {
			t.Fatal(err)
		}
		want := divisions.Place{Province: w.division(t, "340000"), Division: u.Division}
		if c.city != "" {
			want.City, want.County = w.division(t, c.city), w.division(t, c.county)
		}
		if u.Name != c.name || u.Place != want || u.Placeholder != (c.city == "") || u.SincePrecision != "year" || u.Document == "" || !u.Until.IsZero() {
			t.Errorf("%+v, want it in %+v", u, want)
		}
	}
}

func TestFaultyPilotsComeAllAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.importPlan(t, milestone("", ""), "")
		text := "# 名单\n" + pilotHeader + `,甲,340111009,community,2018,2018-01-01,year,,,
b, ,340111009,village,2017,2018-01-32,week,,maybe,
c,丙,999999,community,2018,2018-01-01,year,2018-01-01,,
c2,丙,340705406,community,2018,2018-01-01,year,,,
d,丁,340705406001,community,2018,2018-03-01,quarter,,,
e,戊,340111009,community,2018
f,己,340111009,community,2018,2018-01-01,year,2019-01-01,,
f,庚,340203001,street,2019,2018-07-01,day,,true,
g,"两
行",340111009,community,2018,2018-01-01,year,,,
=cmd(),辛,340111009,community,2018,2018-01-01,year,,,
`
		want := []string{
			"3:1: key: file.bad_key []",
			"4:3: name: pilot.bad_name [200]",
			"4:15: type: plan.unknown_type [village district, street, community]",
			"4:23: batch: plan.unknown_batch [2017]",
			"4:28: since: period.invalid_date [2018-01-32]",
			"4:39: since_precision: pilot.bad_precision [week day, month, quarter, year]",
			"4:45: placeholder: file.not_flag [maybe]",
			"5:7: division: division.unknown [999999 2018-01-01]",
			"5:45: until: pilot.until_before_since [2018-01-01 2018-01-01]",
			"6:8: division: division.unknown [340705406 2018-01-01]",
			"7:7: division: division.unknown [340705406001 2018-03-01]",
			"7:35: since: pilot.not_first_day [2018-03-01 2018-01-01 quarter]",
			"8:1: pilot.truncated_row [10 5]",
			"10:3: name: pilot.differs [f 9]",
			"10:7: division: pilot.differs [f 9]",
			"10:29: since: pilot.overlap [f 9]",
			"10:45: placeholder: pilot.differs [f 9]",
			"11:3: name: pilot.bad_name [200]",
			"13:1: key: file.bad_key [=cmd()]",
		}
		for _, dryRun := range []bool{true, false} {
			_, err := w.plans.ImportPilots(t.Context(), admin, "pilots.csv", strings.NewReader(text), dryRun)
			var faults fault.FileFaults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v", err)
			}
			speaks(t, faults)
			if got := strings.ReplaceAll(err.Error(), "pilots.csv:", ""); got != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
		}
		if n := w.count(t, "units"); n != 0 {
			t.Errorf("%d units", n)
		}
	})
}

func TestFilesThatAreNoLists(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		cases := []struct{ name, text, want string }{
			{"nothing", "", "pilots.csv:1:1: file.no_content"},
			{"a header alone", pilotHeader, "pilots.csv:1:1: file.no_content"},
			{"another header", "key,name\na,b\n", "pilots.csv:1:1: pilot.bad_header [" + strings.TrimSpace(pilotHeader) + "]"},
			{"GBK", pilotHeader + "a,\xbc\xd7\n", "pilots.csv:2:3: file.bad_text"},
			{"an open quote", pilotHeader + "a,\"甲\n", "pilots.csv:2:8: pilot.bad_row [extraneous or missing \" in quoted-field]"},
		}
		_, err := w.plans.ImportPilots(t.Context(), admin, "pilots.csv", strings.NewReader(pilotHeader), false)
		wants(t, err, fault.NotFound, "plan.none")
		w.importPlan(t, milestone("", ""), "")
		for _, c := range cases {
			_, err := w.plans.ImportPilots(t.Context(), admin, "pilots.csv", strings.NewReader(c.text), false)
			if err == nil || err.Error() != c.want {
				t.Errorf("%s: got %v, want %s", c.name, err, c.want)
			}
		}
		for _, role := range []accounts.Role{"", accounts.Monitor, accounts.Reviewer, accounts.Viewer, accounts.Clerk} {
			_, err := w.plans.ImportPilots(t.Context(), accounts.Actor{Role: role}, "pilots.csv", strings.NewReader(pilotHeader), true)
			wants(t, err, fault.Forbidden, "permission.denied")
		}
	})
}

func TestPilotsBecomeWhatTheListSays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.importPlan(t, milestone("", ""), "")
		if r := w.importPilots(t, "a,甲,340111009,community,2018,2018-01-01,year,,,", "b,乙,340203001,street,2019,2019-01-01,year,,true,"); r.Created != 2 {
			t.Errorf("%+v", r)
		}
		text := "\ufeff" + pilotHeader + "b,乙街道,340203001,street,2019,2019-01-01,year,2019-07-01,,文件\nb,乙街道,340203001,district,2018,2019-07-01,day,,,文件\n"
		for _, dryRun := range []bool{true, false} {
			r, err := w.plans.ImportPilots(t.Context(), admin, "pilots.csv", strings.NewReader(text), dryRun)
			if err != nil || r != (plan.PilotsResult{Updated: 1}) {
				t.Errorf("%+v, %v", r, err)
			}
			if n := w.count(t, "designations"); n != map[bool]int{true: 2, false: 3}[dryRun] {
				t.Errorf("dry run %v: %d designations", dryRun, n)
			}
		}
		if got := w.keysOn(t, "2019-06-30"); got != "a:2018:community b:2019:street" {
			t.Errorf("before: %s", got)
		}
		if got := w.keysOn(t, "2019-07-01"); got != "a:2018:community b:2018:district" {
			t.Errorf("after: %s", got)
		}
		u, err := w.plans.UnitByKey(t.Context(), "b")
		if err != nil || u.Name != "乙街道" || u.Placeholder || u.Type != "district" || u.SincePrecision != "day" || u.Document != "文件" || !u.DesignatedOn(w.today) || u.DesignatedOn(period.NewDate(2019, 6, 30)) {
			t.Errorf("%+v, %v", u, err)
		}
		w.importPilots(t, "b,乙街道,340203001,street,2019,2019-02-01,month,2019-04-01,,文件")
		if got := w.keysOn(t, "2019-03-31") + " | " + w.keysOn(t, "2019-04-01"); got != "a:2018:community b:2019:street | a:2018:community" {
			t.Errorf("a list without the later designation: %s", got)
		}
	})
}

// Where a unit lies follows the tree: on the day of the question for what is owed, today for the rest.
func TestPlacesFollowTheTree(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.importPlan(t, milestone("", ""), "")
		w.importPilots(t, "a,甲,340203001,community,2018,2018-01-01,year,,,", "b,乙,340203,community,2018,2018-01-01,year,,,", "c,丙,340705198006,community,2018,2018-01-01,year,,,")
		before := w.division(t, "340203")
		w.today = period.NewDate(2020, 9, 30)
		after := w.division(t, "340209")
		if err := w.plans.RefreshPlaces(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"a", "b"} {
			if u, err := w.plans.UnitByKey(t.Context(), key); err != nil || u.Place.County != after {
				t.Errorf("%s today: %+v, %v", key, u.Place, err)
			}
		}
		p, err := w.plans.Current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for on, county := range map[string]int64{"2020-06-30": before, "2020-07-06": after} {
			list, err := w.plans.Designated(t.Context(), w.db.Read(t.Context()), p.ID, period.MustParseDate(on), plan.Types)
			if err != nil || len(list) != 3 || list[0].Place.County != county || list[1].Place.County != county || list[2].Place.County != w.division(t, "340705") {
				t.Errorf("on %s: %+v, %v", on, list, err)
			}
		}
		if err := w.plans.RefreshPlaces(t.Context()); err != nil || w.count(t, "ledger WHERE act = 'units.placed'") != 1 {
			t.Errorf("a second time: %v", err)
		}
	})
}
