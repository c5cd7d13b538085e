package dashboards

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// hostileTemplate is a name that ECharts would read as a template, and that closes a tag.
const hostileTemplate = "{a}{b|c}" + hostile

// asked gives a question about the third quarter of 2019 under a plan of two workstreams with three
// milestones, in which every title is hostile.
func asked() Ask {
	address := func(key string, set ...string) string {
		values := url.Values{}
		for i := 0; i+1 < len(set); i += 2 {
			values.Set(set[i], set[i+1])
		}
		return "/" + key + "?" + values.Encode()
	}
	ask := Ask{
		Reader: day, Query: analytics.Query{Period: period.Of(2019, 3)}, Values: map[string]string{},
		Plan: &plan.Plan{
			First: period.Of(2018, 1), Last: period.Of(2020, 4), Behind: 10, Severe: 30,
			Batches: []plan.Batch{{Key: "2018", Title: "首批"}, {Key: "2019", Title: hostileTemplate}},
			Workstreams: []plan.Workstream{
				{Key: "W1", Title: hostileTemplate, Milestones: []plan.Milestone{{Key: "M1", Title: hostileTemplate, Workstream: "W1", Weight: 1}, {Key: "M2", Title: "达标", Workstream: "W1", Weight: 3}}},
				{Key: "W2", Title: "协同", Milestones: []plan.Milestone{{Key: "M3", Title: "=cmd()", Workstream: "W2", Weight: 2}}},
			},
		},
		Links: Links{
			Self:  func(set ...string) string { return address("self", set...) },
			Board: address,
			Unit:  func(key string) string { return "/units/" + key + "?period=2019Q3" },
			Report: func(unit, form string, q period.Quarter) string {
				return "/reports/" + unit + "/" + form + "/" + q.String()
			},
		},
	}
	ask.Head.Period = ask.Query.Period
	return ask
}

func milestones(ask Ask) []plan.Milestone {
	return append(append([]plan.Milestone(nil), ask.Plan.Workstreams[0].Milestones...), ask.Plan.Workstreams[1].Milestones...)
}

// someMatrix has a unit whose lights remember, and one to which a milestone does not apply.
func someMatrix(ask Ask) analytics.Matrix {
	state := func(key string, planned, actual int64, light analytics.Light, memory analytics.Memory) *analytics.MilestoneState {
		return &analytics.MilestoneState{Key: key, Planned: plan.Fraction(planned) * plan.One / 100, Actual: plan.Fraction(actual) * plan.One / 100, HasValue: true, Light: light, Memory: memory}
	}
	set := &analytics.Override{Light: analytics.Watch, Computed: analytics.Severe, Reason: hostileTemplate, By: "省级监测员", At: time.Date(2019, 10, 9, 1, 30, 0, 0, time.UTC)}
	return analytics.Matrix{
		Milestones: milestones(ask),
		Rows: []analytics.MatrixRow{
			{
				Row: analytics.Row{Key: "a", Name: hostileTemplate, Batch: "2019", Type: "street", Gap: 288_000, HasFigures: true, Planned: 66 * plan.One / 100, Earned: 37_2 * plan.One / 1000, Light: analytics.Severe, Placeholder: true},
				States: []*analytics.MilestoneState{
					state("M1", 100, 40, analytics.Severe, analytics.Memory{Frozen: true, MadeUp: period.Of(2019, 4)}),
					state("M2", 50, 45, analytics.Watch, analytics.Memory{Frozen: true, Override: set}), state("M3", 0, 0, analytics.OnTrack, analytics.Memory{}),
				},
			},
			{
				Row:    analytics.Row{Key: "b", Name: "方兴社区", Batch: "2018", Type: "community", Light: analytics.NotReported},
				States: []*analytics.MilestoneState{state("M1", 100, 100, analytics.Done, analytics.Memory{}), nil, nil},
			},
		},
	}
}

func someSchedule(ask Ask) analytics.Schedule {
	all := milestones(ask)
	q := period.Of
	return analytics.Schedule{Batch: "2018", Name: "首批", Reported: 2, Expected: 2, Milestones: []analytics.Scheduled{
		{Milestone: all[0], HasBaseline: true, Baseline: analytics.Planned{Start: q(2018, 4), Due: q(2018, 4)}, Current: analytics.Planned{Start: q(2019, 1), Due: q(2019, 1)}, Units: 2, Complete: 2, First: q(2019, 1), Last: q(2019, 3)},
		{Milestone: all[1], HasBaseline: true, Baseline: analytics.Planned{Start: q(2019, 1), Due: q(2020, 2)}, Current: analytics.Planned{Start: q(2019, 1), Due: q(2019, 4)}, Units: 2, Complete: 1, First: q(2019, 2)},
		{Milestone: all[2], Current: analytics.Planned{Start: q(2020, 4), Due: q(2020, 4)}, Units: 2},
	}}
}

func someSides() (a, b side) {
	row := func(key, workstream, name string, earned int64, light analytics.Light) analytics.MeasureRow {
		r := analytics.Row{Key: key, Name: name, HasFigures: true, Planned: plan.One / 2, Earned: plan.Fraction(earned) * plan.One / 100, Light: light, Expected: 2, Reported: 2}
		r.Gap = analytics.Gap(r.Planned, r.Earned)
		return analytics.MeasureRow{Row: r, Workstream: workstream}
	}
	a = side{name: hostileTemplate, rows: []analytics.MeasureRow{row("W1", "W1", hostileTemplate, 40, analytics.Watch), row("M1", "W1", hostileTemplate, 10, analytics.Severe), row("M2", "W1", "达标", 50, analytics.OnTrack)}}
	b = side{name: "方兴社区", rows: []analytics.MeasureRow{row("W1", "W1", hostileTemplate, 60, analytics.OnTrack), row("M1", "W1", hostileTemplate, 35, analytics.Behind), {Row: analytics.Row{Key: "M2", Name: "达标"}, Workstream: "W1"}}}
	return a, b
}

func drawn(t *testing.T) map[string]Chart {
	t.Helper()
	ask := asked()
	gantt, err := Gantt("gantt", someSchedule(ask), ask)
	if err != nil {
		t.Fatal(err)
	}
	a, b := someSides()
	workstreams, err := compareChart("compare-workstreams", a, b, true, ask)
	if err != nil {
		t.Fatal(err)
	}
	milestones, err := compareChart("compare-milestones", a, b, false, ask)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Chart{"gantt": gantt, "compare-workstreams": workstreams, "compare-milestones": milestones}
}

func TestChartsOfMilestonesAreAsBefore(t *testing.T) {
	for name, chart := range drawn(t) {
		var option bytes.Buffer
		if err := json.Indent(&option, chart.Option, "", "  "); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".option.json", append(option.Bytes(), '\n'))
		goldenTable(t, name, chart.Table)
		if text := string(chart.Option); strings.ContainsAny(text, "<>&") || strings.Contains(text, "{a}") || strings.Contains(text, "{b|c}") {
			t.Errorf("%s: a name closes a tag or is read as a template", name)
		}
	}
}

func goldenTable(t *testing.T, name string, table Table) {
	t.Helper()
	text, err := json.MarshalIndent(plainTable(table), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, name+".table.json", append(text, '\n'))
}

func TestTheMatrixOfLightsIsAsBefore(t *testing.T) {
	for group, name := range map[string]string{byMilestone: "lights", byWorkstream: "lights-workstreams"} {
		ask := asked()
		ask.Values["group"] = group
		card := lightsCard(someMatrix(ask), true, ask)
		goldenTable(t, name, card.Table)
		columns := 0
		for _, g := range card.Table.Groups {
			columns += g.Columns
		}
		if columns != len(card.Table.Head) || columns != len(card.Table.About) || columns != len(card.Table.Rows[0]) {
			t.Errorf("%s: %d columns below the headings, %d heads, %d abouts, %d cells", name, columns, len(card.Table.Head), len(card.Table.About), len(card.Table.Rows[0]))
		}
	}
}

// TestALightSaysWhatItRemembers: at its corner, in its words, and in notes below the matrix.
func TestALightSaysWhatItRemembers(t *testing.T) {
	ask := asked()
	card := lightsCard(someMatrix(ask), false, ask)
	madeUp, byHand, plainLight := card.Table.Rows[0][4], card.Table.Rows[0][5], card.Table.Rows[0][6]
	for _, c := range []struct {
		cell   Cell
		corner string
		words  []string
	}{
		{madeUp, "补", []string{"严重滞后，计划 100.0%，实际 40.0%", "已补齐（2019年第四季度）", "锁定日亮灯"}},
		{byHand, "改", []string{"关注", "人工调整：原为严重滞后，理由：" + hostileTemplate + "（省级监测员，2019年10月9日 09:30）"}},
		{plainLight, "", []string{"正常"}},
	} {
		if c.cell.Text != c.corner || !c.cell.Mark {
			t.Errorf("corner %q, want %q", c.cell.Text, c.corner)
		}
		for _, w := range c.words {
			if !strings.Contains(c.cell.Title, w) {
				t.Errorf("%q does not say %q", c.cell.Title, w)
			}
		}
	}
	if len(card.Notes) != 2 || !strings.Contains(card.Notes[1], "2019年第三季度") {
		t.Errorf("notes %q", card.Notes)
	}
	var legend []string
	for _, l := range card.Legend {
		legend = append(legend, string(l.Light)+" "+l.Text)
	}
	if got := strings.Join(legend, ", "); got != "done 1 个, on_track 1 个, watch 1 个, behind 0 个, severe 1 个, not_reported 0 个" {
		t.Errorf("legend %s", got)
	}
}

func TestTheMatrixIsSorted(t *testing.T) {
	for order, want := range map[string]string{sortGap: "ab", sortName: "ba", sortBatch: "ba", sortLight: "ab"} {
		ask := asked()
		ask.Values["sort"] = order
		matrix := someMatrix(ask)
		matrix.Rows[0].Name = "幸福社区" // after 方兴 by its sound, before it by its strokes in Unicode
		sortMatrix(matrix.Rows, ask)
		if got := matrix.Rows[0].Key + matrix.Rows[1].Key; got != want {
			t.Errorf("by %s: got %s, want %s", order, got, want)
		}
	}
}

func TestOnlyWhatFitsAComparisonIsTaken(t *testing.T) {
	for _, c := range []struct {
		kind, text string
		other      bool
	}{
		{twoPeriods, "2019Q3", false}, {twoUnits, "2019Q3", true}, {twoDates, "2019Q3", true},
		{twoDates, "2019-10-12", false}, {twoPeriods, "2019-10-12", true},
		{twoPeriods, "fangxing", false}, {twoUnits, "fangxing", false}, {twoUnits, "", false},
	} {
		if got := ofAnotherKind(c.kind, c.text); got != c.other {
			t.Errorf("%s %q: got %v", c.kind, c.text, got)
		}
	}
}
