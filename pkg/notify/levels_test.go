package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// plates are the cells of a county's report; the city's are the same while no other county has filed.
var plates = map[string]any{"access": true, "document": "办法", "before": "20", "now": "5"}

// file fills 2019Q3 of the form of counties and cities and submits it.
func (w *world) file(t *testing.T, by, unit, behalf string) {
	t.Helper()
	ref, actor := reportingtest.BurdenRef(unit, "2019Q3"), w.Actor(t, by)
	report, err := w.Reports.Report(t.Context(), actor, ref)
	if err == nil {
		_, err = w.Reports.Save(t.Context(), actor, ref, reporting.Edit{Version: report.Version, Values: plates})
	}
	if err == nil {
		_, err = w.Reports.File(t.Context(), actor, ref, 0, reporting.Filing{OnBehalf: behalf})
	}
	if err != nil {
		t.Fatalf("%s files for %s: %v", by, unit, err)
	}
}

// does is one thing that somebody does to 2019Q3 of a county or city.
func (w *world) does(t *testing.T, by, act, unit string) {
	t.Helper()
	ctx, ref, actor := t.Context(), reportingtest.BurdenRef(unit, "2019Q3"), w.Actor(t, by)
	var err error
	switch act {
	case "files":
		w.file(t, by, unit, "")
	case "files on behalf":
		w.file(t, by, unit, "张三")
	case "urges":
		_, err = w.Reports.Urge(ctx, actor, []reporting.Ref{ref})
	case "writes":
		_, err = w.Reports.Discuss(ctx, actor, ref, "请说明。")
	case "accepts":
		_, err = w.Reports.Accept(ctx, actor, ref, 0)
	case "returns":
		_, err = w.Reports.Return(ctx, actor, ref, 0, "请核对。", nil)
	case "reopens":
		_, err = w.Reports.Reopen(ctx, actor, ref, 0, "补报数据", period.MustParseDate("2019-11-20"))
	default:
		t.Fatalf("nobody %s", act)
	}
	if err != nil {
		t.Fatalf("%s %s %s: %v", by, act, unit, err)
	}
}

// A county or city files its own report: its reviewers are told what clerks are told of a pilot's, and
// whoever stands at the stage of the report what is to be reviewed.
func TestActsOnReportsOfCountiesAndCities(t *testing.T) {
	steps := []struct{ by, act, unit, want string }{
		{"monitor", "urges", "340104", "reviewer-340104 report.urged now"},
		{"reviewer-340104", "writes", "340104", "reviewer-340100 report.discussed later"},
		{"reviewer-340104", "files", "340104", "reviewer-340100 report.submitted later"},
		{"reviewer-340104", "writes", "340104", "reviewer-340100 report.discussed later"},
		{"reviewer-340100", "writes", "340104", "reviewer-340104 report.discussed later"},
		{"reviewer-340100", "returns", "340104", "reviewer-340104 report.returned now"},
		{"reviewer-340104", "files", "340104", "reviewer-340100 report.submitted later"},
		{"reviewer-340100", "accepts", "340104", "monitor report.passed later"},
		{"reviewer-340104", "writes", "340104", "monitor report.discussed later"},
		{"monitor", "writes", "340104", "reviewer-340104 report.discussed later"},
		{"monitor", "accepts", "340104", "reviewer-340104 report.accepted later"},
		{"monitor", "reopens", "340104", "reviewer-340104 report.reopened now"},

		{"reviewer-340100", "urges", "340100", ""}, // nobody is told of what they did themselves
		{"reviewer-340100", "writes", "340100", "monitor report.discussed later"},
		{"reviewer-340100", "files", "340100", "monitor report.submitted later"},
		{"monitor", "writes", "340100", "reviewer-340100 report.discussed later"},
		{"monitor", "returns", "340100", "reviewer-340100 report.returned now"},
		{"reviewer-340100", "files", "340100", "monitor report.submitted later"},
		{"monitor", "accepts", "340100", "reviewer-340100 report.accepted later"},

		{"reviewer-340100", "urges", "340181", "reviewer-340181 report.urged now"},
		{"reviewer-340100", "files on behalf", "340181", "monitor report.submitted later"},
		{"monitor", "returns", "340181", "reviewer-340181 report.returned now"},
	}
	each(t, func(t *testing.T, w *world) {
		w.BurdenForm(t)
		for _, step := range steps {
			w.does(t, step.by, step.act, step.unit)
			w.deliver(t)
			count(t, w, fmt.Sprintf("SELECT COUNT(*) FROM notices WHERE url <> '/reports/%s/burden/2019Q3'", step.unit), 0)
			if got := w.told(t); got != step.want {
				t.Errorf("%s %s %s tells\n%s\nwant\n%s", step.by, step.act, step.unit, got, step.want)
			}
		}
	})
}

// Who is told does not depend on when the feed is taken.
func TestStagesAreThoseOfTheAct(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.BurdenForm(t)
		for _, by := range []string{"reviewer-340104 files", "reviewer-340104 writes", "reviewer-340100 accepts", "monitor returns"} {
			name, act, _ := strings.Cut(by, " ")
			w.does(t, name, act, "340104")
		}
		w.deliver(t)
		want := "reviewer-340100 report.submitted later\nreviewer-340100 report.discussed later\n" +
			"reviewer-340104 report.returned now\nmonitor report.passed later"
		if got := w.told(t); got != want {
			t.Errorf("told\n%s\nwant\n%s", got, want)
		}
	})
}

// A county may have clerks too.
func TestClerksOfACounty(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.BurdenForm(t)
		w.Actor(t, "clerk-340104")
		w.does(t, "monitor", "urges", "340104")
		w.does(t, "clerk-340104", "writes", "340104")
		w.deliver(t)
		if list := w.inbox(t, "clerk-340104"); len(list) != 1 || list[0].Kind != string(reporting.ActUrge) {
			t.Errorf("the clerk is told %+v", list)
		}
		if got, want := w.told(t), "reviewer-340100 report.discussed later\nreviewer-340104 report.urged now"; got != want {
			t.Errorf("told\n%s\nwant\n%s", got, want)
		}
	})
}

// Where whoever reviews may, and at each level of a pilot's report.
func TestWhoIsToldAtAStage(t *testing.T) {
	cases := []struct {
		unit   string
		detail any
		want   string
	}{
		{"340104", nil, "reviewer-340100"},
		{"340100", map[string]any{"stage": 0}, "monitor"},
		{"community-01", map[string]any{"stage": 3}, "reviewer-340104"},
		{"community-01", map[string]any{"stage": 2}, "reviewer-340100"},
		{"community-01", map[string]any{"stage": 1}, "monitor"},
		{"community-01", map[string]any{"stage": "city"}, "reviewer-340100 reviewer-340104"},
	}
	each(t, func(t *testing.T, w *world) {
		w.BurdenForm(t)
		for _, c := range cases {
			act := w.act(t, string(reporting.ActSubmit), "", c.detail)
			act.Unit = w.Unit(t, c.unit).ID
			w.record(t, act)
			w.deliver(t)
			if got := strings.ReplaceAll(strings.ReplaceAll(w.told(t), " report.submitted later", ""), "\n", " "); got != c.want {
				t.Errorf("%s with %v tells %s, want %s", c.unit, c.detail, got, c.want)
			}
		}
	})
}

// reminded gives what somebody is reminded of for 2019Q3 of the form of counties and cities.
func (w *world) reminded(t *testing.T, name string) string {
	t.Helper()
	var lines []string
	for _, n := range w.inbox(t, name) {
		if n.Form == reportingtest.Burden && n.Period == period.MustParse("2019Q3") {
			lines = append(lines, n.Kind+" "+n.URL)
		}
	}
	return strings.Join(lines, "\n")
}

func TestCountiesAndCitiesAreReminded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.BurdenForm(t)
		w.Clock.Set("2019-10-03")
		w.remind(t)
		w.does(t, "reviewer-340104", "files", "340104")
		w.Clock.Set("2019-10-27")
		w.remind(t)
		for name, want := range map[string]string{
			"reviewer-340104": "remind.due /reports/340104/burden/2019Q3",
			"reviewer-340100": "remind.due /reports/340100/burden/2019Q3\nremind.lock /reports/340100/burden/2019Q3",
			"reviewer-340181": "remind.due /reports/340181/burden/2019Q3\nremind.lock /reports/340181/burden/2019Q3",
			"monitor":         "", "clerk-community-01": "",
		} {
			if got := w.reminded(t, name); got != want {
				t.Errorf("%s is told\n%s\nwant\n%s", name, got, want)
			}
		}
	})
}

// TestRemindersTakeAsManyQueriesForManyUnits counts what the job reads once all have been told.
func TestRemindersTakeAsManyQueriesForManyUnits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.BurdenForm(t)
		w.Clock.Set("2019-10-03")
		statements := databasetest.CountStatements(t, w.DB)
		run := func() int64 {
			w.remind(t)
			statements.Store(0)
			if err := w.notices.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			return statements.Load()
		}
		w.exec(t, "UPDATE reports SET expected = FALSE WHERE form = 'burden' AND unit_id <> ?", w.Unit(t, "340104").ID)
		one := run()
		w.exec(t, "UPDATE reports SET expected = TRUE")
		if many := run(); one != many || one == 0 {
			t.Errorf("%d statements for one county, %d for all counties and cities", one, many)
		}
	})
}

// A county that was merged into another lies there, and its reports are told to its own people.
func TestAMergedCountyIsStillItsOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.BurdenForm(t)
		w.exec(t, "UPDATE units SET county_id = ? WHERE key = '340104'", w.Division(t, "340181").ID)
		act := w.act(t, string(reporting.ActReopen), "monitor", nil)
		act.Unit, act.Form = w.Unit(t, "340104").ID, reportingtest.Burden
		w.record(t, act)
		w.deliver(t)
		if got := w.told(t); got != "reviewer-340104 report.reopened now" {
			t.Errorf("told %s", got)
		}
	})
}
