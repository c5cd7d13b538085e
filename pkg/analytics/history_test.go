package analytics_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// deed is one thing that may happen: what, to which unit's report for the latest quarter or one before it,
// with which values.
type deed struct {
	What    string
	Unit    string
	Back    int
	Percent int
	Yes     bool
	Days    int
}

var deeds = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) deed {
	return deed{
		What: rapid.SampledFrom([]string{"wait", "submit", "submit", "accept", "accept", "return", "withdraw", "reopen",
			"plan", "override", "override", "look"}).Draw(t, "what"),
		Unit:    rapid.SampledFrom([]string{"community-01", "community-02"}).Draw(t, "unit"),
		Back:    rapid.SampledFrom([]int{0, 0, 1}).Draw(t, "back"),
		Percent: rapid.IntRange(0, 100).Draw(t, "percent"),
		Yes:     rapid.Bool().Draw(t, "yes"),
		Days:    rapid.IntRange(1, 8).Draw(t, "days"),
	}
}), 100, 110)

// chance is a province in which deeds happen, and what was seen of it at the time.
type chance struct {
	board
	t      *testing.T
	done   map[string]int // deeds that were not refused
	looks  []look
	frozen map[string]analytics.Light
}

// look is what some questions answered at a moment.
type look struct {
	at      time.Time
	queries []analytics.Query
	seen    []any
}

// do makes the deed happen; what the rules refuse does not.
func (c *chance) do(d deed) {
	ctx, system := c.t.Context(), accounts.System("test")
	latest := period.QuarterOf(period.Clock(c.Clock.Now).Today()) - 1
	ref := reportingtest.Ref(d.Unit, (latest - period.Quarter(d.Back)).String())
	var err error
	switch d.What {
	case "wait":
		c.Clock.Go(d.Days * 24 * 60)
		c.OpenPeriods(c.t)
	case "submit":
		edit := map[string]any{"m1_1": d.Yes, "m1_2": fmt.Sprint(d.Percent), "m2_1": fmt.Sprint(100 - d.Percent/2)}
		var report reporting.Report
		if report, err = c.Reports.Report(ctx, system, ref); err == nil {
			_, err = c.Reports.Save(ctx, system, ref, reporting.Edit{Version: report.Version, Values: edit})
		}
		if err == nil {
			_, err = c.Reports.Submit(ctx, system, ref, 0)
		}
	case "accept":
		_, err = c.Reports.Accept(ctx, system, ref, 0)
	case "return":
		_, err = c.Reports.Return(ctx, system, ref, 0, "请核对。", nil)
	case "withdraw":
		_, err = c.Reports.Withdraw(ctx, system, ref, 0)
	case "reopen":
		_, err = c.Reports.Reopen(ctx, system, ref, 0, "更正", period.Clock(c.Clock.Now).Today().AddDays(d.Days))
	case "override":
		light := override.Lights[d.Percent%len(override.Lights)]
		if d.Yes {
			light = ""
		}
		milestone := ""
		if d.Days%2 == 0 {
			milestone = "M1.2"
		}
		err = c.overrides.Set(ctx, system, override.Order{Unit: d.Unit, Period: ref.Period, Milestone: milestone, Light: light, Reason: "现场核实"})
	case "plan":
		due := []string{"2019Q1", "2019Q2", "2019Q3", "2020Q1"}[d.Percent%4]
		changed := strings.Replace(string(reportingtest.PlanFile()), `due: {"2018": 2018Q4, "2019": 2019Q4}`, fmt.Sprintf(`due: {"2018": %s, "2019": 2019Q4}`, due), 1)
		changed += fmt.Sprintf("# version %d\n", c.done["plan"])
		_, err = c.Plans.Import(ctx, system, "plan.yaml", []byte(changed), "调整", false)
	case "look":
		if len(c.looks) < 8 {
			c.look()
		}
	}
	if err == nil {
		c.done[d.What]++
	} else if _, ok := fault.As(err); !ok {
		c.t.Fatalf("%+v: %v", d, err)
	}
}

// look brings the figures up to date, keeps what is answered now, and holds frozen lights against what
// they were when they froze.
func (c *chance) look() {
	c.refresh(c.t)
	l := look{at: c.Clock.Now().UTC().Truncate(time.Microsecond)}
	for _, basis := range []analytics.Basis{analytics.AcceptedOnly, analytics.AllSubmitted} {
		for _, quarter := range []string{"2019Q3", "2019Q4"} {
			if l.at.Before(period.MustParse(quarter).Last().End()) {
				continue // not opened yet
			}
			for _, by := range []analytics.By{analytics.ByCity, analytics.ByUnit, analytics.ByWorkstream} {
				l.queries = append(l.queries, analytics.Query{By: by, Period: period.MustParse(quarter), Basis: basis})
			}
		}
	}
	for _, q := range l.queries {
		l.seen = append(l.seen, c.ask(q))
	}
	c.looks = append(c.looks, l)
	for _, q := range l.queries {
		if q.By == analytics.ByUnit && q.Basis == analytics.AcceptedOnly {
			c.keepFrozen(q)
		}
	}
}

// ask gives all that a query answers, without how fresh it is.
func (c *chance) ask(q analytics.Query) any {
	c.t.Helper()
	answer := c.progress(c.t, accounts.System("test"), q)
	answer.Freshness, answer.Plan, answer.AsOf, answer.Tree = analytics.Freshness{}, nil, time.Time{}, ""
	matrix, err := c.figures.Matrix(c.t.Context(), accounts.System("test"), q)
	if err != nil {
		c.t.Fatal(err)
	}
	trace, _, err := c.figures.Trace(c.t.Context(), accounts.System("test"), q, "progress")
	if err != nil {
		c.t.Fatal(err)
	}
	return []any{answer, matrix.Rows, trace}
}

// keepFrozen holds the lights of a quarter whose lock date has passed against those seen before.
func (c *chance) keepFrozen(q analytics.Query) {
	matrix, err := c.figures.Matrix(c.t.Context(), accounts.System("test"), q)
	if err != nil {
		c.t.Fatal(err)
	}
	keep := func(name string, light analytics.Light, memory analytics.Memory) {
		if !memory.Frozen {
			return
		}
		if before, there := c.frozen[name]; there && before != light {
			c.t.Errorf("%s was %s and is %s", name, before, light)
		}
		c.frozen[name] = light
	}
	for _, r := range matrix.Rows {
		keep(q.Period.String()+" "+r.Key, r.Light, r.Memory)
		for _, state := range r.States {
			if state != nil {
				keep(q.Period.String()+" "+r.Key+" "+state.Key, state.Light, state.Memory)
			}
		}
	}
}

// Whatever happens later, every earlier answer can be asked for again; frozen lights stay, also after a
// rebuild, which reproduces every row; and without a merger the tree of now is the tree of then.
func TestWhatWasKnownIsAnsweredForEver(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for seed := range 2 {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				c := &chance{board: newBoard(t, databasetest.Open(t, db.Dialect())), t: t, done: map[string]int{}, frozen: map[string]analytics.Light{}}
				c.look()
				for _, d := range deeds.Example(seed) {
					c.do(d)
				}
				c.look()
				if differences, err := c.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
					t.Fatalf("a rebuild differs: %v, %v", differences, err)
				}
				c.again()
				c.look()
				for _, what := range []string{"submit", "accept", "plan", "override", "look"} {
					if c.done[what] == 0 || len(c.frozen) == 0 {
						t.Errorf("nothing was tried: no %s among %v, %d frozen lights", what, c.done, len(c.frozen))
					}
				}
			})
		}
	})
}

// again asks every question again as of the moment of its look, in both trees.
func (c *chance) again() {
	for _, l := range c.looks {
		for i, q := range l.queries {
			q.AsOf = l.at
			for _, q.Tree = range []analytics.Tree{analytics.AsThen, analytics.AsNow} {
				if q.Tree == analytics.AsNow && q.By != analytics.ByCity {
					continue
				}
				if diff := cmp.Diff(l.seen[i], c.ask(q), cmpopts.EquateEmpty()); diff != "" {
					c.t.Fatalf("as of %s, %+v answers (-then +again)\n%s", l.at, q, diff)
				}
			}
		}
	}
}
