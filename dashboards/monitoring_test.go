package dashboards

import (
	"encoding/json"
	"strings"
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// template is a name that ECharts would read as a template.
const template = "=cmd() {a} {b|c}"

// must gives a chart with the table that its dashboard gives it.
func must(t *testing.T, chart Chart, err error) Chart {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return chart
}

func groupCurves(names ...string) []analytics.Curve {
	var curves []analytics.Curve
	for i, name := range names {
		c := firstBatch(name)
		c.Key = "34010" + string(rune('1'+i))
		for j := range c.Points {
			c.Points[j].Earned -= plan.Fraction(i) * plan.One / 100
			c.Points[j].HasFigures = c.Points[j].HasFigures && i < 7
		}
		curves = append(curves, c)
	}
	return curves
}

func rankedRows(names ...string) []analytics.Ranked {
	lights := []analytics.Light{analytics.Done, analytics.OnTrack, analytics.Watch, analytics.Behind, analytics.Severe}
	var rows []analytics.Row
	for i, name := range names {
		planned := plan.One / 2
		earned := planned + plan.Fraction(2-i)*plan.One/10
		rows = append(rows, analytics.Row{
			Key: "unit-" + string(rune('1'+i)), Name: name, Planned: planned, Earned: earned, HasFigures: true, Gap: analytics.Gap(planned, earned),
			Light: lights[i%len(lights)], Overdue: int64(i), Reported: 1, Expected: 1,
		})
	}
	rows = append(rows, analytics.Row{Key: "none", Name: "未报单位", Light: analytics.NotReported, Expected: 1})
	return analytics.Rank(rows, analytics.RankByGap, false)
}

func ranking(t *testing.T, by analytics.RankBy, names ...string) Chart {
	t.Helper()
	chart, err := Ranking("ranking", rankedRows(names...), by, day, func(r analytics.Ranked) string { return "/units/" + r.Key })
	return must(t, chart, err)
}

func quarterRows() []analytics.Row {
	return []analytics.Row{
		{Key: "2019Q1"},
		{Key: "2019Q2", Expected: 2, Submitted: 2, OnTime: 1, Accepted: 2, Lights: map[analytics.Light]int64{analytics.Watch: 1, analytics.Severe: 1}},
		{Key: "2019Q3", Expected: 16, Submitted: 11, OnTime: 10, Accepted: 5, Lights: map[analytics.Light]int64{
			analytics.OnTrack: 8, analytics.Watch: 3, analytics.Severe: 1, analytics.NotReported: 4}},
	}
}

func distribution(t *testing.T) Chart {
	t.Helper()
	chart, err := Distribution("distribution", quarterRows(), day, day.Link)
	return must(t, chart, err)
}

func ratesOf(t *testing.T) Chart {
	t.Helper()
	chart, err := Rates("rates", quarterRows(), day, day.Link)
	return must(t, chart, err)
}

// placeMap has a place for each of the names, the second without units.
func placeMap(t *testing.T, number string, names ...string) Chart {
	t.Helper()
	var places []analytics.Place
	for i, name := range names {
		place := analytics.Place{Division: divisions.Division{ID: int64(i + 1), Key: "34010" + string(rune('1'+i)), Name: name}}
		if i != 1 {
			place.Row = &rankedRows(name, name, name, name)[3].Row
		}
		places = append(places, place)
	}
	chart, err := PlaceMap("map", places, mapGap, day, Shapes{URL: "/map/shapes?v=0", Number: number}, func(p analytics.Place) string { return "/in/" + p.Key })
	return must(t, chart, err)
}

func scurve(t *testing.T, names ...string) Chart {
	t.Helper()
	chart, err := Curves("scurve", groupCurves(names...), period.Of(2019, 3), day, func(key string) string { return "/in/" + key })
	return must(t, chart, err)
}

func banded(t *testing.T, names ...string) Chart {
	t.Helper()
	chart, err := progressWithin("scurve", []analytics.Curve{firstBatch(names[0]), secondBatch(names[1])}, period.Of(2019, 3), 10, day)
	return must(t, chart, err)
}

func TestMonitoringOptionsAreAsBefore(t *testing.T) {
	for name, chart := range map[string]Chart{
		"scurve-band":    banded(t, "首批", "2019年批"),
		"scurve-groups":  scurve(t, "甲市", "乙市", "丙市", "丁市", "戊市", "己市", "庚市", "辛市"),
		"scurve-empty":   scurve(t),
		"ranking-gap":    ranking(t, analytics.RankByGap, "甲", "乙", "丙", "丁", "戊"),
		"ranking-earned": ranking(t, analytics.RankByEarned, "甲", "乙"),
		"distribution":   distribution(t),
		"rates":          ratesOf(t),
		"map":            placeMap(t, "测试1号", "甲市", "乙市"),
	} {
		t.Run(name, func(t *testing.T) { asBefore(t, name, chart) })
	}
}

// TestMonitoringNamesAreWords holds that a name neither closes a tag nor is read as a template.
func TestMonitoringNamesAreWords(t *testing.T) {
	for _, chart := range []Chart{
		banded(t, hostile, template), scurve(t, hostile, template, hostile), ranking(t, analytics.RankByGap, hostile, template),
		placeMap(t, hostile, hostile, template, hostile), placeMap(t, template, template, template),
	} {
		option := string(chart.Option)
		if strings.ContainsAny(option, "<>&") || !json.Valid(chart.Option) {
			t.Errorf("%s holds an unescaped < > or &: %s", chart.ID, option)
		}
		if strings.Contains(option, "{a}") || strings.Contains(option, "{b|c}") {
			t.Errorf("%s hands a name to ECharts as a template", chart.ID)
		}
	}
}

func TestTheTableHasAllGroupsTheChartSix(t *testing.T) {
	chart := scurve(t, "1", "2", "3", "4", "5", "6", "7", "8")
	var option struct {
		Legend struct{ Data []string }
		Series []struct{ Name string }
	}
	if err := json.Unmarshal(chart.Option, &option); err != nil {
		t.Fatal(err)
	}
	if len(option.Legend.Data) != mostLines || len(chart.Table.Rows) != 8 {
		t.Errorf("%d lines, %d rows", len(option.Legend.Data), len(chart.Table.Rows))
	}
	if got := text(chart.Table.Rows[7][:3]); got != "8 — 13/16" {
		t.Errorf("a group without figures: %q", got)
	}
}

func TestCurvesComeByTheirGap(t *testing.T) {
	var names []string
	for _, c := range byGap(groupCurves("1", "2", "3", "4", "5", "6", "7", "8"), period.Of(2019, 3), analytics.ByCity) {
		names = append(names, c.Name)
	}
	if got := strings.Join(names, ""); got != "76543218" {
		t.Errorf("got %s", got)
	}
}

func TestMissingIsNeverNothing(t *testing.T) {
	if got := text(ratesOf(t).Table.Rows[0]); got != "2019Q1 — — —" {
		t.Errorf("a quarter without reports: %q", got)
	}
	if got := text(ratesOf(t).Table.Rows[2]); got != "2019Q3 68.8%（11/16） 62.5%（10/16） 31.3%（5/16）" {
		t.Errorf("got %q", got)
	}
	if got := text(distribution(t).Table.Rows[2]); got != "2019Q3 0 8（50.0%） 3（18.8%） 0 1（6.3%） 4（25.0%） 16 11/16" {
		t.Errorf("got %q", got)
	}
	option := string(ranking(t, analytics.RankByGap, "甲").Option)
	if !strings.Contains(option, `{"value":null,"url":"/units/none"}`) {
		t.Errorf("a unit without figures has a bar: %s", option)
	}
}

func TestTilesLieWhereTheCitiesDo(t *testing.T) {
	ask := Ask{Reader: day, Head: analytics.Answer{Scope: analytics.Scope{Division: divisions.Division{ID: 1, Level: divisions.Province}}},
		Links: Links{Self: func(set ...string) string { return "/in/" + set[1] }}}
	places := make([]analytics.Place, 0, len(cityTiles))
	at := map[[2]int]string{}
	for key, tile := range cityTiles {
		if other, taken := at[tile]; taken {
			t.Errorf("%s and %s lie on each other", key, other)
		}
		at[tile] = key
		places = append(places, analytics.Place{Division: divisions.Division{ID: 2, Key: key, Code: key, Name: key}})
	}
	grid := placeGrid(ask, places, &analytics.Row{Key: analytics.Direct, Expected: 3}, mapGap)
	if len(cityTiles) != 16 || len(grid.Tiles) != 17 || !grid.Placed() {
		t.Fatalf("%d cities, %d tiles", len(cityTiles), len(grid.Tiles))
	}
	if first, last := grid.Tiles[0], grid.Tiles[16]; first.Name != "341600" || first.URL != "/in/341600" || last.Row != 0 || last.URL != "" {
		t.Errorf("first %+v, last %+v", first, last)
	}
	elsewhere := placeGrid(ask, append(places, analytics.Place{Division: divisions.Division{ID: 3, Key: "320100", Name: "南京市"}}), nil, mapGap)
	if elsewhere.Placed() {
		t.Error("a city that the tiles do not know is laid on another")
	}
}
