package divisions

import (
	"testing"

	"pgregory.net/rapid"

	"pilotboard/pkg/period"
)

var start = period.NewDate(2019, 1, 1)

const days = 12

// anyVersion draws a validity within a few days of start.
func anyVersion(t *rapid.T) version {
	from := rapid.IntRange(0, days-1).Draw(t, "from")
	v := version{from: start.AddDays(from)}
	if to := rapid.IntRange(from+1, days).Draw(t, "to"); to < days {
		v.to = start.AddDays(to)
	}
	return v
}

func TestOverlapMeansADayInCommon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyVersion(t), anyVersion(t)
		common := false
		for n := range days + 1 {
			day := start.AddDays(n)
			common = common || a.covers(day) && b.covers(day)
		}
		if a.overlaps(b) != common || b.overlaps(a) != common {
			t.Fatalf("%v and %v: %v, want %v", a, b, a.overlaps(b), common)
		}
	})
}

func TestGapIsTheFirstDayWithoutAParent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parent := &history{versions: rapid.SliceOfN(rapid.Custom(anyVersion), 1, 4).Draw(t, "parent")}
		parent.sort()
		v := anyVersion(t)
		var want period.Date
		for n := days; n >= 0; n-- {
			day := start.AddDays(n)
			covered := false
			for _, own := range parent.versions {
				covered = covered || own.covers(day)
			}
			if v.covers(day) && !covered {
				want = day
			}
		}
		day, missing := parent.gap(v)
		if missing != !want.IsZero() || missing && day != want {
			t.Fatalf("gap of %v in %v: %v %v, want %v", v, parent.versions, day, missing, want)
		}
	})
}

func TestWithin(t *testing.T) {
	place := Place{Province: 1, City: 2, County: 3, Division: 5}
	for id, want := range map[int64]bool{0: false, 1: true, 2: true, 3: true, 4: false, 5: true} {
		if place.Within(id) != want {
			t.Errorf("within %d: %v", id, !want)
		}
	}
	if (Place{}).Within(0) {
		t.Error("nowhere lies within 0")
	}
}
