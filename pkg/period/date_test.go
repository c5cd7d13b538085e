package period_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

func TestParseDate(t *testing.T) {
	cases := []struct {
		name, text string
		want       period.Date // zero: refused
	}{
		{"day", "2019-10-12", period.Date{Year: 2019, Month: 10, Day: 12}},
		{"leap day", "2020-02-29", period.Date{Year: 2020, Month: 2, Day: 29}},
		{"no leap day", "2019-02-29", period.Date{}},
		{"no such month", "2019-13-01", period.Date{}},
		{"no such day", "2019-04-31", period.Date{}},
		{"one digit", "2019-4-3", period.Date{}},
		{"slashes", "2019/10/12", period.Date{}},
		{"Chinese", "2019年10月12日", period.Date{}},
		{"space behind", "2019-10-12 ", period.Date{}},
		{"with a time", "2019-10-12T00:00:00Z", period.Date{}},
		{"short year", "19-10-12", period.Date{}},
		{"empty", "", period.Date{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d, err := period.ParseDate(c.text)
			if d != c.want {
				t.Fatalf("got %v", d)
			}
			if f, ok := fault.As(err); c.want.IsZero() && (!ok || f.Kind != fault.Invalid || f.Key != "period.invalid_date" || f.Args[0] != c.text) {
				t.Fatalf("got %v", err)
			}
			if !c.want.IsZero() && err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestDayBeginsAtMidnightInShanghai: the machine's zone and UTC do not matter.
func TestDayBeginsAtMidnightInShanghai(t *testing.T) {
	cases := []struct {
		name, moment, day, quarter string
	}{
		{"last second of the quarter", "2019-09-30T15:59:59.999999999Z", "2019-09-30", "2019Q3"},
		{"first of the next", "2019-09-30T16:00:00Z", "2019-10-01", "2019Q4"},
		{"noon", "2019-10-12T04:00:00Z", "2019-10-12", "2019Q4"},
		{"new year in Shanghai", "2019-12-31T16:00:00Z", "2020-01-01", "2020Q1"},
		{"still the old year in New York", "2019-12-31T12:30:00-05:00", "2020-01-01", "2020Q1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			moment, err := time.Parse(time.RFC3339Nano, c.moment)
			if err != nil {
				t.Fatal(err)
			}
			clock := period.Clock(func() time.Time { return moment })
			if day := clock.Today(); day.String() != c.day || period.QuarterOf(day).String() != c.quarter {
				t.Fatalf("%s in %s", day, period.QuarterOf(day))
			}
		})
	}
}

func TestEndOfADayIsTheNextMidnight(t *testing.T) {
	day := period.MustParseDate("2019-10-10")
	want := time.Date(2019, 10, 10, 16, 0, 0, 0, time.UTC)
	if end := day.End(); !end.Equal(want) {
		t.Fatalf("got %s", end.UTC())
	}
	if period.DateOf(day.End()) != day.AddDays(1) || period.DateOf(day.End().Add(-1)) != day {
		t.Fatal("the end is not exclusive")
	}
}

func dates() *rapid.Generator[period.Date] {
	return rapid.Map(rapid.IntRange(-693594, 2921939), func(n int) period.Date { // 0001-01-01 to 9899
		return period.NewDate(1899, 12, 31).AddDays(n)
	})
}

func TestDatesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := dates().Draw(t, "a"), dates().Draw(t, "b")
		days := b.DaysSince(a)
		if a.AddDays(days) != b {
			t.Fatalf("%s and %d days are %s, not %s", a, days, a.AddDays(days), b)
		}
		if a.Before(b) != (days > 0) || a.After(b) != (days < 0) || (a == b) != (days == 0) {
			t.Fatalf("%s and %s are in the wrong order", a, b)
		}
		if back, err := period.ParseDate(a.String()); err != nil || back != a {
			t.Fatalf("%s became %s, err %v", a, back, err)
		}
	})
}

func TestNoDay(t *testing.T) {
	var none period.Date
	if !none.IsZero() || none.String() != "" {
		t.Fatalf("no day is %q", none)
	}
	day := period.MustParseDate("2019-10-12")
	if err := day.UnmarshalText(nil); err != nil || !day.IsZero() {
		t.Fatalf("empty text is %v, err %v", day, err)
	}
	if day := period.NewDate(2019, 14, 31); day.String() != "2020-03-02" {
		t.Fatalf("the 31st of month 14 is %s", day)
	}
}

// sameDay looks at the real clock and at one made for the day, again when midnight passed meanwhile.
func sameDay(day period.Date) (begun, now time.Time) {
	for {
		begun, now = time.Now(), period.ClockOn(day)()
		if period.DateOf(begun) == period.DateOf(time.Now()) {
			return begun, now
		}
	}
}

func TestClockOnRunsOnThatDay(t *testing.T) {
	for _, text := range []string{"2019-10-12", "2020-02-29", "1999-12-31", "2031-01-01"} {
		t.Run(text, func(t *testing.T) {
			day := period.MustParseDate(text)
			begun, now := sameDay(day)
			if period.DateOf(now) != day || now.Location() != time.UTC {
				t.Fatalf("it is %s", now)
			}
			if off := now.Sub(day.End()) - begun.Sub(period.DateOf(begun).End()); off < 0 || off > time.Minute {
				t.Fatalf("the time of day is off by %s", off)
			}
		})
	}
	if off := time.Since(period.SystemClock()); off < 0 || off > time.Minute {
		t.Fatalf("the real clock is off by %s", off)
	}
}
