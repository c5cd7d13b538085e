package reporting_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// importDivisions makes divisions what these lines of a division file say.
func (p province) importDivisions(t testing.TB, lines ...string) {
	t.Helper()
	const header = "key,code,name,level,parent,valid_from,valid_to,statistics_only,successor\n"
	file := strings.NewReader(header + strings.Join(lines, "\n") + "\n")
	if _, err := p.Tree.Import(t.Context(), file, "divisions.csv", false, "test"); err != nil {
		t.Fatal(err)
	}
}

// places gives where each report of a unit lies, as `quarter province city county`, by permanent keys.
func (p province) places(t testing.TB, unit string) []string {
	t.Helper()
	var list []string
	err := p.DB.Read(t.Context()).Raw(`SELECT r.period || ' ' || p.key || ' ' || ci.key || ' ' || co.key FROM reports r
		JOIN divisions p ON p.id = r.province_id JOIN divisions ci ON ci.id = r.city_id JOIN divisions co ON co.id = r.county_id
		WHERE r.unit_id = ? ORDER BY r.period`, p.Unit(t, unit).ID).Scan(&list).Error
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// listed gives how many reports of a quarter the list of a division has; -1 when there is none today.
func (p province) listed(t testing.TB, code, quarter string) int64 {
	t.Helper()
	n, err := p.Reports.Count(t.Context(), p.Actor(t, "monitor"), reporting.Filter{Scope: code, Period: period.MustParse(quarter)})
	if fault.Is(err, fault.NotFound) {
		return -1
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPlaceIsThatOfTheQuartersLastDay: on 2019-07-01 one county is merged into another and a community
// goes over to another city; what lies before stays where it was.
func TestPlaceIsThatOfTheQuartersLastDay(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		hefei := []string{"2018Q4 340000 340100 340104", "2019Q1 340000 340100 340104", "2019Q2 340000 340100 340104", "2019Q3 340000 340100 340104"}
		tongguan := []string{"2018Q4 340000 340700 340705", "2019Q1 340000 340700 340705", "2019Q2 340000 340700 340705", "2019Q3 340000 340700 340705"}
		check := func(when string) {
			t.Helper()
			for unit, want := range map[string][]string{"community-01": hefei, "community-02": tongguan, "street-01": tongguan[3:4]} {
				if got := p.places(t, unit)[:len(want)]; !cmp.Equal(got, want) {
					t.Errorf("%s, %s: %v", when, unit, got)
				}
			}
		}
		check("before")
		p.importDivisions(t,
			"340711,340711,郊区,3,,,,,",
			"340705,340705,铜官区,3,,,2019-07-01,,340711",
			"340705001,340705001,长江路街道,4,,,2019-07-01,,",
			"340705001,340711001,长江路街道,4,,2019-07-01,,,",
			"340705400001,340705400001,幸福社区居委会,5,340705,,2019-07-01,,",
			"340705400001,340711400001,幸福社区居委会,5,340711,2019-07-01,,,",
			"340104001001,340104001001,方兴社区居委会,5,,,2019-07-01,,",
			"340104001001,340711001002,方兴社区居委会,5,340705001,2019-07-01,,,",
		)
		check("after the tree changed")
		if err := p.Plans.RefreshPlaces(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("after the units' places of today changed")
		p.open(t, "2019-10-12", 3)
		hefei[3], tongguan[3] = "2019Q3 340000 340700 340711", "2019Q3 340000 340700 340711"
		check("after reconciling")
		p.open(t, "2019-10-12", 0)
		p.open(t, "2020-01-01", 5)
		check("a quarter later")
		if got := p.places(t, "community-02")[4]; got != "2019Q4 340000 340700 340711" {
			t.Errorf("the next quarter lies in %s", got)
		}

		lists := []struct {
			code, quarter string
			want          int64
		}{
			{"340711", "2019Q3", 3}, {"340711", "2019Q2", 0}, {"340705", "2019Q2", 1}, {"340705", "2019Q3", -1},
			{"340104", "2019Q3", 0}, {"340104", "2019Q2", 1}, {"340700", "2019Q2", 1}, {"340700", "2019Q3", 3}, {"340000", "2019Q3", 5},
		}
		for _, l := range lists {
			if n := p.listed(t, l.code, l.quarter); n != l.want {
				t.Errorf("%s lists %d reports of %s, want %d", l.code, n, l.quarter, l.want)
			}
		}
	})
}

// TestAUnitThatIsAMergedDivisionLiesInItsSuccessor: a pilot district goes on reporting after its county
// was merged into another one.
func TestAUnitThatIsAMergedDivisionLiesInItsSuccessor(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.importDivisions(t,
			"340181,340181,巢湖市,3,,,2019-10-01,,340104",
			"340181001,340181001,亚父街道,4,,,2019-10-01,,",
			"340181001,340104002,亚父街道,4,,2019-10-01,,,",
			"340181001001,340181001001,草城社区居委会,5,,,2019-10-01,,",
			"340181001001,340104002001,草城社区居委会,5,340181001,2019-10-01,,,",
		)
		p.open(t, "2020-01-01", 5)
		want := []string{"2019Q3 340000 340100 340181", "2019Q4 340000 340100 340104"}
		for _, unit := range []string{"district-01", "community-03"} {
			if diff := cmp.Diff(want, p.places(t, unit)); diff != "" {
				t.Errorf("%s:\n%s", unit, diff)
			}
		}
	})
}
