package dashboards

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const hostile = `</script><script>alert(1)</script>`

var day = Reader{
	Printer: locale.For(locale.Chinese),
	Today:   period.MustParseDate("2019-10-12"),
	Link:    func(q period.Quarter) string { return "/home?period=" + q.String() },
}

// firstBatch is the worked check of method.md §4 with made-up actual values.
func firstBatch(name string) analytics.Curve {
	return curve("2018", name, []int64{0, 0, 0, 14, 26, 45, 66, 91, 91, 95, 95, 100},
		map[string]int64{"2018Q4": 14_0000000, "2019Q1": 23_5000000, "2019Q2": 41_2500000, "2019Q3": 57_8499999})
}

func secondBatch(name string) analytics.Curve {
	return curve("2019", name, []int64{0, 0, 0, 0, 0, 0, 3, 26, 41, 67, 91, 100}, map[string]int64{"2019Q3": 2_7500000})
}

func curve(key, name string, planned []int64, earned map[string]int64) analytics.Curve {
	c := analytics.Curve{Key: key, Name: name}
	for i, percent := range planned {
		at := analytics.CurvePoint{Period: period.Of(2018, 1) + period.Quarter(i), Planned: plan.Fraction(percent) * plan.One / 100}
		if e, ok := earned[at.Period.String()]; ok {
			at.Earned, at.HasFigures, at.Reported, at.Expected = plan.Fraction(e), true, 13, 16
		}
		c.Points = append(c.Points, at)
	}
	return c
}

func progress(t *testing.T, curves ...analytics.Curve) Chart {
	t.Helper()
	chart, err := Progress("progress", curves, period.Of(2019, 3), day)
	if err != nil {
		t.Fatal(err)
	}
	return chart
}

func status(t *testing.T, counts map[analytics.Light]int64) Chart {
	t.Helper()
	row := analytics.Row{Lights: counts}
	for _, n := range counts {
		row.Expected += n
	}
	chart, err := Status("status", row, day)
	if err != nil {
		t.Fatal(err)
	}
	return chart
}

func cells(t *testing.T, b analytics.Burden) Chart {
	t.Helper()
	chart, err := Cells("cells", b, day)
	if err != nil {
		t.Fatal(err)
	}
	return chart
}

func TestOptionsAreAsBefore(t *testing.T) {
	counts := map[analytics.Light]int64{analytics.OnTrack: 6, analytics.Watch: 4, analytics.Behind: 2, analytics.Severe: 1, analytics.NotReported: 3}
	cases := map[string]Chart{
		"progress-one-batch":   progress(t, firstBatch("首批")),
		"progress-two-batches": progress(t, firstBatch("首批"), secondBatch("2019年批")),
		"progress-empty":       progress(t),
		"status":               status(t, counts),
		"status-empty":         status(t, nil),
		"burden-cells":         cells(t, analytics.Burden{Asked: 464, Given: 402, Changed: 61}),

		"screen-progress-one-batch":   screenProgress(t, firstBatch("首批")),
		"screen-progress-two-batches": screenProgress(t, firstBatch(hostile), secondBatch("2019年批")),
		"screen-status":               screenStatus(t, counts),
	}
	for name, chart := range cases {
		t.Run(name, func(t *testing.T) { asBefore(t, name, chart) })
	}
}

// asBefore holds that a chart's option and table are those of its golden files.
func asBefore(t *testing.T, name string, chart Chart) {
	t.Helper()
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
}

// plainTable is a table with the cells that are nothing but text as texts, for people who read it.
func plainTable(table Table) any {
	rows := make([][]any, len(table.Rows))
	for i, row := range table.Rows {
		for _, cell := range row {
			if cell == (Cell{Text: cell.Text}) {
				rows[i] = append(rows[i], cell.Text)
			} else {
				rows[i] = append(rows[i], cell)
			}
		}
	}
	return struct {
		Names  int       `json:",omitempty"`
		Groups []Heading `json:",omitempty"`
		Head   []string
		Rows   [][]any
	}{table.Names, table.Groups, table.Head, rows}
}

func text(row []Cell) string {
	var texts []string
	for _, cell := range row {
		texts = append(texts, cell.Text)
	}
	return strings.Join(texts, " ")
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}

func TestNoNameClosesATag(t *testing.T) {
	for _, chart := range []Chart{
		progress(t, firstBatch(hostile), secondBatch("=cmd() {a} {b|c}")),
		status(t, map[analytics.Light]int64{analytics.Light(hostile): 3}),
		screenProgress(t, firstBatch(hostile), secondBatch("=cmd() {a} {b|c}")),
	} {
		if strings.ContainsAny(string(chart.Option), "<>&") {
			t.Errorf("%s holds an unescaped < > or &: %s", chart.ID, chart.Option)
		}
		if !json.Valid(chart.Option) {
			t.Errorf("%s is not JSON", chart.ID)
		}
	}
}

func TestNoNameIsReadAsATemplate(t *testing.T) {
	option := string(progress(t, firstBatch("{a}"), secondBatch("{b|c}")).Option) +
		string(screenProgress(t, firstBatch("{a}"), secondBatch("{b|c}")).Option)
	if strings.Contains(option, "{a}") || strings.Contains(option, "{b|c}") {
		t.Error("a batch's name reaches ECharts as a template")
	}
}

func TestEveryValueStandsInTheTable(t *testing.T) {
	table := progress(t, firstBatch("首批")).Table
	if len(table.Rows) != 12 {
		t.Fatalf("got %d rows, want 12", len(table.Rows))
	}
	for _, c := range []struct {
		row  int
		want string
	}{
		{0, "2018Q1 0.0% — — —"},
		{6, "2019Q3 66.0% 57.8% 8.2 13/16"}, // 57.8499999 is rounded once
		{7, "2019Q4 91.0% — — —"},
	} {
		if got := text(table.Rows[c.row]); got != c.want {
			t.Errorf("row %d: got %q, want %q", c.row, got, c.want)
		}
	}
}

func TestActualEndsAtTheAskedQuarter(t *testing.T) {
	var option struct {
		Series []struct {
			Name string
			Data []struct{ Value *float64 }
		}
	}
	chart, err := Progress("p", []analytics.Curve{firstBatch("首批")}, period.Of(2019, 1), day)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(chart.Option, &option); err != nil {
		t.Fatal(err)
	}
	for i, at := range option.Series[1].Data {
		shown := i >= 3 && i <= 4
		if (at.Value != nil) != shown {
			t.Errorf("quarter %d: shown %v, want %v", i, at.Value != nil, shown)
		}
	}
}

func TestLightsAreInTheirFixedOrderWithMarkAndWord(t *testing.T) {
	table := status(t, map[analytics.Light]int64{analytics.Severe: 5, analytics.Done: 1, analytics.NotReported: 10}).Table
	want := []string{"● 完成 1 6.3%", "✓ 正常 0 0.0%", "◆ 关注 0 0.0%", "▲ 滞后 0 0.0%", "■ 严重滞后 5 31.3%", "○ 未报 10 62.5%"}
	for i, row := range table.Rows {
		if got := text(row); got != want[i] {
			t.Errorf("row %d: got %q, want %q", i, got, want[i])
		}
	}
}

func TestTodayLiesBetweenQuarters(t *testing.T) {
	quarters := quartersOf([]analytics.Curve{firstBatch("")})
	for _, c := range []struct {
		day  string
		want float64
		ok   bool
	}{
		{"2018-03-31", 0, true},
		{"2019-09-30", 6, true},
		{"2019-10-01", 6 + 1.0/92, true},
		{"2020-12-31", 11, true},
		{"2017-06-30", -3, false},
		{"2021-12-31", 15, false},
	} {
		got, ok := placeOf(period.MustParseDate(c.day), quarters)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: got %v %v, want %v %v", c.day, got, ok, c.want, c.ok)
		}
	}
}
