package dashboards

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/observations"
)

// provincial asks about a province, with addresses that say what they were made of.
func provincial() Ask {
	ask := Ask{Reader: day, Head: analytics.Answer{Scope: analytics.Scope{Division: divisions.Division{Level: divisions.Province}}}}
	ask.Links.Self = func(set ...string) string { return "/self?" + strings.Join(set, "=") }
	ask.Links.Board = func(key string, set ...string) string { return "/" + key + "?" + strings.Join(set, "=") }
	return ask
}

func figure(key, name, value string, reported int64) analytics.Figure {
	f := analytics.Figure{
		Indicator: analytics.Indicator{ID: "people", Chinese: "人才", English: "people", Unit: "人", Decimals: 1, Scale: 10000},
		Key:       key, Name: name, Reported: reported, Expected: 16, Qualifier: forms.AtLeast,
	}
	if value != "" {
		f.Value, _ = new(big.Rat).SetString(value)
	}
	return f
}

func TestFigureChartsAreAsBefore(t *testing.T) {
	broken := figure("2019Q2", "2019Q2", "61000", 15)
	broken.Break = true
	places, err := Places("places", []analytics.Figure{
		figure("340100", "合肥市", "45600", 9), figure("340700", hostile, "", 0), figure(analytics.Direct, "direct", "100", 1),
	}, provincial())
	if err != nil {
		t.Fatal(err)
	}
	series, err := Series("series", []analytics.Figure{
		{Key: "2018Q3"}, figure("2018Q4", "2018Q4", "45600", 16), figure("2019Q1", "2019Q1", "", 0), broken,
	}, day)
	if err != nil {
		t.Fatal(err)
	}
	empty, err := Series("series", nil, day)
	if err != nil {
		t.Fatal(err)
	}
	for name, chart := range map[string]Chart{"figure-places": places, "figure-series": series, "figure-series-empty": empty} {
		t.Run(name, func(t *testing.T) {
			if strings.ContainsAny(string(chart.Option), "<>&") {
				t.Error("an unescaped < > or &")
			}
			var got bytes.Buffer
			if err := json.Indent(&got, chart.Option, "", "  "); err != nil {
				t.Fatal(err)
			}
			table, err := json.MarshalIndent(plainTable(chart.Table), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".option.json", append(got.Bytes(), '\n'))
			golden(t, name+".table.json", append(table, '\n'))
		})
	}
}

func TestEveryFigureOfAThemeIsAnIndicator(t *testing.T) {
	ask := provincial()
	for _, d := range All() {
		for _, o := range d.Options {
			if d.Group != Themes || o.Name != "figure" {
				continue
			}
			for _, choice := range o.Choices(ask) {
				if choice.Name == "" {
					t.Errorf("%s shows %s, which is no indicator", d.Key, choice.Value)
				}
			}
		}
	}
}

func TestQuotedRows(t *testing.T) {
	quoted := observations.Observation{
		Kind: observations.Figure, Chinese: hostile, HasValue: true, Value: 45, Decimals: 1, Scale: 10000, Unit: "人", Qualifier: observations.AtLeast,
		Names: []string{"甲", "乙"}, Document: "函", Section: "三",
	}
	computed, other := figure("340000", "安徽省", "45600", 16), figure("340000", "安徽省", "61000", 16)
	cases := []struct {
		name string
		q    analytics.Quoted
		want string
	}{
		{"alone", analytics.Quoted{Observation: quoted}, hostile + "|函 三|甲、乙|4.5万余人|—|—|—|下限（余）|"},
		{"the same", analytics.Quoted{Observation: quoted, Figure: &computed, Difference: big.NewRat(600, 1), Agrees: true},
			hostile + "|函 三|甲、乙|4.5万余人|4.5万余人|一致|16/16|下限（余）|"},
		{"more", analytics.Quoted{Observation: quoted, Figure: &other, Difference: big.NewRat(16000, 1)},
			hostile + "|函 三|甲、乙|4.5万余人|6.1万余人|+16000人|16/16|下限（余）|"},
		{"no number", analytics.Quoted{Observation: observations.Observation{Kind: observations.Claim, Chinese: "说", Qualifier: observations.Exact}, Figure: &computed},
			"说（说法）| |—|—|4.5万余人|—|16/16|精确数|"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, cell := range quotedRow(provincial(), c.q) {
				got = append(got, cell.Text)
			}
			if strings.Join(got, "|") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), c.want)
			}
		})
	}
}

func TestContradictionsStandWithTheirSources(t *testing.T) {
	list := []observations.Contradiction{{
		Check: observations.Check{Chinese: "应当"}, Statements: []observations.Observation{
			{Chinese: "甲", Indicator: "people", Document: "函", Section: "一"}, {Chinese: hostile, Document: "函", Section: "二", Note: "说明"},
		},
	}}
	card := contradictionCard(provincial(), about(list, []string{"people"}), "2/2")
	if got := fmt.Sprint(text(card.Table.Rows[0]), "; ", text(card.Table.Rows[1])); got != "应当 甲 — 函 一 —; 应当 "+hostile+" — 函 二 说明" {
		t.Error(got)
	}
	if len(about(list, []string{"others"})) != 0 {
		t.Error("a contradiction is shown where it does not belong")
	}
}
