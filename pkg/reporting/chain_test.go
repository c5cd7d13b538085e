package reporting

import (
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
)

// TestNextStage: who reviews next, by the form's chain, the place of the unit and who has just acted.
func TestNextStage(t *testing.T) {
	const below = divisions.Village
	county, city, province := divisions.County, divisions.City, divisions.Province
	whole := divisions.Place{Province: 1, City: 2, County: 3}
	noCounty := divisions.Place{Province: 1, City: 2}
	direct := divisions.Place{Province: 1}
	chain := []int{county, city, province}
	cases := []struct {
		name  string
		chain []int
		place divisions.Place
		after int
		first bool
		want  int
	}{
		{"no chain", nil, whole, below, true, 0},
		{"a community begins at its county", chain, whole, below, true, county},
		{"then the city", chain, whole, county, false, city},
		{"then the province", chain, whole, city, false, province},
		{"then nobody", chain, whole, province, false, 0},
		{"a unit without a county skips it", chain, noCounty, below, true, city},
		{"a unit directly under the province skips both", chain, direct, below, true, province},
		{"a county's own report begins at the city", chain, whole, county, true, city},
		{"a city's own report begins at the province", chain, noCounty, city, true, province},
		{"what the city filed for a county goes to the province", chain, whole, city, true, province},
		{"a chain of the city alone ends there", []int{city}, whole, city, false, 0},
		{"a chain that no level is left of is the province's", []int{city}, direct, below, true, province},
		{"a chain may leave the county out", []int{city, province}, whole, below, true, city},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := nextStage(c.chain, c.place, c.after, c.first); got != c.want {
				t.Errorf("level %d, want %d", got, c.want)
			}
		})
	}
}

// TestMayReview: the level where a report stands and those above it, and nobody below.
func TestMayReview(t *testing.T) {
	place := divisions.Place{Province: 1, City: 2, County: 3}
	actors := map[string]accounts.Actor{
		"province": {Role: accounts.Monitor, Division: 1}, "city": {Role: accounts.Reviewer, Division: 2}, "county": {Role: accounts.Reviewer, Division: 3},
		"elsewhere": {Role: accounts.Reviewer, Division: 9},
	}
	may := map[int][]string{
		0: {"province", "city", "county", "elsewhere"}, // whoever reviews; the scope is asked elsewhere
		1: {"province"}, 2: {"province", "city"}, 3: {"province", "city", "county"},
	}
	for stage, names := range may {
		allowed := map[string]bool{}
		for _, name := range names {
			allowed[name] = true
		}
		for name, actor := range actors {
			if got := mayReview(actor, place, stage) == nil; got != allowed[name] {
				t.Errorf("stage %d, %s: %v", stage, name, got)
			}
		}
	}
}
