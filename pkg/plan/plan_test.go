package plan_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

const anhuiFile = "../../cmd/pilotboard/data/anhui-2018-2020.yaml"

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func anhuiPlan(t *testing.T) *plan.Plan {
	t.Helper()
	p, err := plan.Parse("anhui.yaml", readFile(t, anhuiFile))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The worked check of the planned value, for every unit type.
func TestPlannedValuesOfAnhui(t *testing.T) {
	p := anhuiPlan(t)
	want := map[string][]int64{
		"2018": {14, 26, 45, 66, 91, 91, 95, 95, 100},
		"2019": {0, 0, 0, 3, 26, 41, 67, 91, 100},
	}
	for batch, values := range want {
		for i, value := range values {
			q := period.Of(2018, 4) + period.Quarter(i)
			for _, unitType := range plan.Types {
				if got := p.Planned(batch, unitType, q); got != plan.Ratio(value, 100) {
					t.Errorf("batch %s, %s, %s: %s, want %d", batch, unitType, q, got.Percent(2), value)
				}
			}
		}
	}
	if got := p.Planned("2018", "community", period.Of(2018, 3)); got != 0 {
		t.Errorf("before the first due quarter: %s", got.Percent(2))
	}
	if p.Planned("2020", "community", p.Last) != 0 {
		t.Error("an unknown batch or type has a plan")
	}
}

// What is a fact bears no sample mark and has a source; what is not, says so.
func TestAnhuiTellsFactsFromSamples(t *testing.T) {
	p := anhuiPlan(t)
	count := 0
	for _, w := range p.Workstreams {
		if w.Sample || w.Source == "" {
			t.Errorf("workstream %s: sample %v, source %q", w.Key, w.Sample, w.Source)
		}
		for _, m := range w.Milestones {
			count++
			if !m.Sample || !strings.Contains(m.Source, "示例") || !strings.Contains(m.Measure.Definition, "示例") {
				t.Errorf("milestone %s bears no sample mark", m.Key)
			}
			if !slices.Equal(m.Types, plan.Types) || !slices.Equal(m.Batches(), []string{"2018", "2019"}) {
				t.Errorf("milestone %s: types %v, batches %v", m.Key, m.Types, m.Batches())
			}
			if want := strings.ReplaceAll(strings.ToLower(m.Key), ".", "_"); m.Measure.Item != want {
				t.Errorf("milestone %s: item %s", m.Key, m.Measure.Item)
			}
		}
	}
	if len(p.Workstreams) != 6 || count != 24 {
		t.Errorf("%d workstreams, %d milestones", len(p.Workstreams), count)
	}
	for _, f := range p.Facts {
		if f.Sample || f.Source == "" {
			t.Errorf("fact %s: sample %v, source %q", f.ID, f.Sample, f.Source)
		}
	}
	r := p.Reporting
	if r.Form != "progress" || r.DueDays != 10 || r.LockDays != 30 || len(r.Narrative) != 3 || !r.Sample {
		t.Errorf("reporting: %+v", r)
	}
	if m, ok := p.Milestone("M2.2"); !ok || m.Measure.Fraction(800) != plan.One || m.Measure.Fraction(400) != plan.Ratio(1, 2) {
		t.Errorf("M2.2: %+v", m)
	}
	if p.BatchTitle("2018") != "首批" || p.BatchTitle("2099") != "2099" || !p.HasBatch("2019") || p.HasBatch("") {
		t.Error("batches")
	}
}

func TestPaths(t *testing.T) {
	p := parse(t, milestones(
		`{key: E, title: even, weight: 1, path: even, start: {"2018": 2018Q4, "2019": 2019Q3}, due: {"2018": 2019Q2, "2019": 2019Q3}, types: [community], measure: {form: progress, item: e, type: yes_no}}`,
		`{key: C, title: custom, weight: 1, path: custom, custom: {"2018": [{2018Q4: 12.5}, {2019Q2: 60}, {2019Q3: 100}]}, due: {"2018": 2019Q4}, types: [community], measure: {form: progress, item: c, type: yes_no}}`,
		`{key: A, title: for all batches, weight: 1, path: custom, custom: [2018Q3: 0, 2019Q1: 100], due: 2019Q1, types: [street], measure: {form: progress, item: a, type: yes_no}}`,
		`{key: S, title: step, weight: 1, path: step, due: 2019Q1, types: [community], measure: {form: progress, item: s, type: yes_no}}`,
	))
	cases := []struct {
		milestone, batch string
		want             []string // from 2018Q3
	}{
		{"E", "2018", []string{"0.0", "33.3", "66.7", "100.0", "100.0", "100.0"}},
		{"E", "2019", []string{"0.0", "0.0", "0.0", "0.0", "100.0", "100.0"}},
		{"C", "2018", []string{"0.0", "12.5", "12.5", "60.0", "100.0", "100.0"}},
		{"C", "2019", []string{"0.0", "0.0", "0.0", "0.0", "0.0", "0.0"}},
		{"A", "2018", []string{"0.0", "0.0", "100.0", "100.0", "100.0", "100.0"}},
		{"A", "2019", []string{"0.0", "0.0", "100.0", "100.0", "100.0", "100.0"}},
		{"S", "2019", []string{"0.0", "0.0", "100.0", "100.0", "100.0", "100.0"}},
	}
	for _, c := range cases {
		m, ok := p.Milestone(c.milestone)
		if !ok {
			t.Fatalf("no milestone %s", c.milestone)
		}
		for i, want := range c.want {
			q := period.Of(2018, 3) + period.Quarter(i)
			if got := m.Planned(c.batch, q).Percent(1); got != want {
				t.Errorf("%s, batch %s, %s: %s, want %s", c.milestone, c.batch, q, got, want)
			}
		}
	}
	if got := len(p.Milestones("2019", "community")); got != 2 {
		t.Errorf("%d milestones for communities of 2019", got)
	}
	if c, _ := p.Milestone("C"); c.Due("2018") != period.Of(2019, 4) || c.Due("2019") != 0 {
		t.Error("the batches of C")
	}
	if got := p.Planned("2018", "community", period.Of(2018, 4)); got.Percent(1) != "15.3" { // (33.33… + 12.5) ÷ 3
		t.Errorf("weighted: %s", got.Percent(1))
	}
}

func TestWeightedRoundsOnce(t *testing.T) {
	ms := []plan.Milestone{{Key: "a", Weight: 1}, {Key: "b", Weight: 1}, {Key: "c", Weight: 1}}
	values := map[string]plan.Fraction{"a": 1, "b": 0, "c": 0}
	give := func(m plan.Milestone) plan.Fraction { return values[m.Key] }
	if got := plan.Weighted(ms[:2], give); got != 1 { // half of 10⁻⁹, up
		t.Errorf("a tie: %d", got)
	}
	if got := plan.Weighted(ms, give); got != 0 {
		t.Errorf("a third: %d", got)
	}
	if got := plan.Weighted(nil, give); got != 0 {
		t.Errorf("nothing: %d", got)
	}
}

// Whatever the paths, a planned value is a fraction, never falls, and is all at the plan's end.
func TestPlannedRisesToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := plan.Parse("random.yaml", []byte(drawPlan(t)))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range p.Batches {
			for _, unitType := range plan.Types {
				if len(p.Milestones(b.Key, unitType)) == 0 {
					continue
				}
				before := plan.Fraction(0)
				for q := p.First - 2; q <= p.Last+2; q++ {
					planned := p.Planned(b.Key, unitType, q)
					if planned < before || planned > plan.One {
						t.Fatalf("batch %s, %s, %s: %d after %d", b.Key, unitType, q, planned, before)
					}
					before = planned
				}
				if p.Planned(b.Key, unitType, p.Last) != plan.One {
					t.Fatalf("batch %s, %s: not all at the end", b.Key, unitType)
				}
			}
		}
	})
}

// drawPlan writes a random plan file.
func drawPlan(t *rapid.T) string {
	first := period.Of(2018, 1)
	quarter := func(label string, from, to period.Quarter) period.Quarter {
		return period.Quarter(rapid.IntRange(int(from), int(to)).Draw(t, label))
	}
	var lines []string
	for i := range rapid.IntRange(1, 6).Draw(t, "milestones") {
		due := quarter("due", first, first+11)
		path := rapid.SampledFrom([]string{"step", "even", "custom"}).Draw(t, "path")
		own := ""
		switch path {
		case "even":
			own = fmt.Sprintf("start: %s, ", quarter("start", first, due))
		case "custom":
			var points []string
			percent := 0
			for q := first; q < due; q++ {
				if rapid.Bool().Draw(t, "point") {
					percent = rapid.IntRange(percent, 100).Draw(t, "percent")
					points = append(points, fmt.Sprintf("%s: %d", q, percent))
				}
			}
			own = fmt.Sprintf("custom: [%s], ", strings.Join(append(points, due.String()+": 100"), ", "))
		}
		batch := rapid.SampledFrom([]string{`"2018"`, `"2019"`}).Draw(t, "batch")
		if path == "step" {
			own = fmt.Sprintf("due: {%s: %s}, ", batch, due)
		} else {
			own += fmt.Sprintf("due: %s, ", due)
		}
		types := rapid.SampledFrom([]string{"[community]", "[street, district]", "[district, street, community]"}).Draw(t, "types")
		lines = append(lines, fmt.Sprintf(`{key: M%d, title: m, weight: %d, path: %s, %stypes: %s, measure: {form: progress, item: m%d, type: yes_no}}`,
			i, rapid.IntRange(1, 1000).Draw(t, "weight"), path, own, types, i))
	}
	return milestones(lines...)
}
