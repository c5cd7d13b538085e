package override_test

import (
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

var q3 = period.MustParse("2019Q3")

func each(t *testing.T, fn func(t *testing.T, p *reportingtest.Province, s *override.Service)) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		p := reportingtest.New(t, db)
		fn(t, p, override.New(db, p.Plans, p.Reports, p.Ledger, p.Clock.Now))
	})
}

func order() override.Order {
	return override.Order{Unit: "community-01", Period: q3, Milestone: "M1.2", Light: "watch", Reason: "现场核实"}
}

func TestWhoMaySetALight(t *testing.T) {
	each(t, func(t *testing.T, p *reportingtest.Province, s *override.Service) {
		for actor, want := range map[string]string{
			"monitor": "", "admin": "",
			"monitor-340100":     "override.not_province", // of a city
			"monitor-340700":     "unit.forbidden",        // of another city
			"reviewer-340100":    "permission.denied",
			"clerk-community-01": "permission.denied",
			"viewer":             "permission.denied",
		} {
			err := s.Set(t.Context(), p.Actor(t, actor), order())
			if f, _ := fault.As(err); (want == "") != (err == nil) || (f != nil && (f.Key != want || f.Kind != fault.Forbidden)) {
				t.Errorf("%s: %v", actor, err)
			}
			if got := override.May(p.Actor(t, actor), p.Unit(t, "community-01")); got != (want == "") {
				t.Errorf("%s may: %v", actor, got)
			}
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	each(t, func(t *testing.T, p *reportingtest.Province, s *override.Service) {
		cases := []struct {
			name   string
			day    string
			change func(*override.Order)
			kind   fault.Kind
			key    string // of the fault or of its first field
		}{
			{"no reason", reportingtest.Today, func(o *override.Order) { o.Reason = " " }, fault.Invalid, "override.reason_missing"},
			{"an unknown light", reportingtest.Today, func(o *override.Order) { o.Light = "pink" }, fault.Invalid, "override.light_unknown"},
			{"not reported cannot be set", reportingtest.Today, func(o *override.Order) { o.Light = "not_reported" }, fault.Invalid, "override.light_unknown"},
			{"an earlier quarter", reportingtest.Today, func(o *override.Order) { o.Period = q3 - 1 }, fault.Conflict, "override.closed"},
			{"a quarter to come", reportingtest.Today, func(o *override.Order) { o.Period = q3 + 1 }, fault.Conflict, "override.closed"},
			{"after the lock date", "2019-10-31", func(*override.Order) {}, fault.Conflict, "override.closed"},
			{"on the lock date", "2019-10-30", func(*override.Order) {}, 0, ""},
			{"an unknown milestone", reportingtest.Today, func(o *override.Order) { o.Milestone = "M9.9" }, fault.NotFound, "override.no_milestone"},
			{"a milestone that does not apply", reportingtest.Today, func(o *override.Order) { o.Unit, o.Milestone = "district-01", "M1.3" }, fault.NotFound, "override.no_milestone"},
			{"an unknown unit", reportingtest.Today, func(o *override.Order) { o.Unit = "nobody" }, fault.NotFound, "unit.unknown"},
			{"nothing to withdraw", reportingtest.Today, func(o *override.Order) { o.Milestone, o.Light = "", "" }, fault.Conflict, "override.none"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				p.On(c.day, func() {
					in := order()
					c.change(&in)
					err := s.Set(t.Context(), p.Actor(t, "monitor"), in)
					f, _ := fault.As(err)
					if c.key == "" {
						if err != nil {
							t.Error(err)
						}
						return
					}
					if f == nil || f.Kind != c.kind || (f.Key != c.key && (len(f.Fields) == 0 || f.Fields[0].Key != c.key)) {
						t.Errorf("got %v", err)
					}
				})
			})
		}
	})
}

// Nothing is written over: setting, changing and withdrawing are rows and acts of their own.
func TestEveryActIsKept(t *testing.T) {
	each(t, func(t *testing.T, p *reportingtest.Province, s *override.Service) {
		monitor := p.Actor(t, "monitor")
		for _, light := range []string{"watch", "behind", ""} {
			in := order()
			in.Light = light
			if err := s.Set(t.Context(), monitor, in); err != nil {
				t.Fatal(err)
			}
		}
		unit := p.Unit(t, "community-01").ID
		entries, err := override.Of(p.DB.Read(t.Context()), []int64{unit})
		if err != nil || len(entries) != 3 || entries[1].Light != "behind" || entries[2].No != 3 || entries[2].Light != "" || entries[0].ByName != monitor.Display {
			t.Fatalf("kept %+v, %v", entries, err)
		}
		acts, err := ledger.ActEntries(t.Context(), p.DB, ledger.Report{Unit: unit}, []string{override.ActSet, override.ActWithdrawn}, 10)
		if err != nil || len(acts) != 3 || acts[2].Act != override.ActWithdrawn || acts[0].ActorName != "monitor" {
			t.Errorf("recorded %+v, %v", acts, err)
		}
	})
}

func TestLightsAreThoseOfFigures(t *testing.T) {
	for _, light := range analytics.Lights {
		if override.Known(string(light)) != (light != analytics.NotReported) {
			t.Errorf("%s", light)
		}
	}
	if override.Known("") || !accounts.System("job").Can(accounts.OverrideLights) {
		t.Error("nothing is no light")
	}
}
