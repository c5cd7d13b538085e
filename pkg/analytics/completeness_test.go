package analytics_test

import (
	"strings"
	"testing"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting/reportingtest"
)

// filed writes the matrix as one line for each unit; `!` marks what came after its due date.
func filed(f analytics.Filing) map[string]string {
	rows := map[string]string{}
	for _, row := range f.Rows {
		var cells []string
		for _, cell := range row.Cells {
			text := string(cell.Standing)
			if cell.AfterDue {
				text += "!"
			}
			cells = append(cells, text)
		}
		rows[row.Unit.Key] = row.City.Name + ": " + strings.Join(cells, " ")
	}
	return rows
}

func TestFilingTellsHowFarEachReportHasCome(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.Past(t, "community-01", "2019Q1", reportingtest.Community)
		b.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m2_1": "58"})
		b.Submit(t, "community-02", "2019Q3", reportingtest.Values{"m1_1": "true", "m2_1": "40"})
		b.Return(t, "community-02", "2019Q3")
		b.Submit(t, "district-01", "2019Q3", reportingtest.Values{"communities": "4", "m1_1_covered": "3"})
		b.Accept(t, "district-01", "2019Q3")
		b.refresh(t)
		monitor := b.Actor(t, "monitor")
		filing, err := b.figures.Filing(t.Context(), monitor, analytics.Query{Period: q3})
		if err != nil {
			t.Fatal(err)
		}
		if len(filing.Periods) != 4 || len(filing.Rows) != 5 || filing.Next != "" {
			t.Fatalf("%d quarters, %d rows, next %q", len(filing.Periods), len(filing.Rows), filing.Next)
		}
		got := filed(filing)
		for unit, want := range map[string]string{
			"community-01": "合肥市: missing accepted missing in_review!",
			"community-02": "铜陵市: missing missing missing returned!",
			"district-01":  "合肥市: not_owed not_owed not_owed accepted!",
			"street-01":    "铜陵市: not_owed not_owed not_owed late",
		} {
			if got[unit] != want {
				t.Errorf("%s: got %q, want %q", unit, got[unit], want)
			}
		}
		b.pages(t, filing)
		own, err := b.figures.Filing(t.Context(), b.Actor(t, "clerk-community-02"), analytics.Query{Period: q3})
		if err != nil || len(own.Rows) != 1 {
			t.Errorf("a clerk sees %d units, %v", len(own.Rows), err)
		}
	})
}

// pages holds that paging by two loses no unit.
func (b board) pages(t *testing.T, all analytics.Filing) {
	t.Helper()
	var keys []string
	query := analytics.Query{Period: q3, Limit: 2}
	for range len(all.Rows) {
		page, err := b.figures.Filing(t.Context(), b.Actor(t, "monitor"), query)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			keys = append(keys, row.Unit.Key)
		}
		if query.After = page.Next; page.Next == "" {
			break
		}
	}
	var want []string
	for _, row := range all.Rows {
		want = append(want, row.Unit.Key)
	}
	if strings.Join(keys, " ") != strings.Join(want, " ") {
		t.Errorf("pages give %v, all is %v", keys, want)
	}
}

func TestFilingByPlaceAddsUp(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		periods, places, err := b.figures.FilingByPlace(t.Context(), b.Actor(t, "monitor"), analytics.Query{By: analytics.ByCity, Period: q3})
		if err != nil || len(periods) != 4 || len(places) != 2 {
			t.Fatalf("%v, %d places, %v", periods, len(places), err)
		}
		hefei := places[0].Rows[3]
		if places[0].Name != "合肥市" || hefei.Submitted != 2 || hefei.Expected != 3 || hefei.Accepted != 2 || hefei.OnTime != 0 {
			t.Errorf("got %s %+v", places[0].Name, hefei)
		}
	})
}

func TestFilingKeepsToTheScope(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		reviewer := b.Actor(t, "reviewer-340100")
		if _, err := b.figures.Filing(t.Context(), reviewer, analytics.Query{Scope: "340700"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("units: got %v", err)
		}
		if _, _, err := b.figures.FilingByPlace(t.Context(), reviewer, analytics.Query{By: analytics.ByCity, Scope: "340700"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("places: got %v", err)
		}
		if _, err := b.figures.Filing(t.Context(), reviewer, analytics.Query{After: "x"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("cursor: got %v", err)
		}
		if _, _, err := b.figures.FilingByPlace(t.Context(), reviewer, analytics.Query{By: analytics.ByUnit}); !fault.Is(err, fault.Invalid) {
			t.Errorf("by unit: got %v", err)
		}
	})
}
