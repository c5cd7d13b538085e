package period_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

func TestParse(t *testing.T) {
	cases := []struct {
		name, text string
		want       period.Quarter // 0: refused
	}{
		{"third quarter", "2019Q3", period.Of(2019, 3)},
		{"first quarter", "2019Q1", 4 * 2019},
		{"last quarter", "2019Q4", 4*2019 + 3},
		{"earliest year", "1900Q1", period.Of(1900, 1)},
		{"latest year", "9999Q4", period.Of(9999, 4)},
		{"no such quarter", "2019Q5", 0},
		{"quarter nought", "2019Q0", 0},
		{"short year", "19Q1", 0},
		{"small letter", "2019q3", 0},
		{"space behind", "2019Q3 ", 0},
		{"space before", " 2019Q3", 0},
		{"space for a digit", "201 Q3", 0},
		{"before records begin", "1899Q4", 0},
		{"long year", "20190Q3", 0},
		{"negative", "-019Q3", 0},
		{"full width", "２０１９Q３", 0},
		{"Arabic digits of six bytes", "١٢٣", 0},
		{"Chinese", "2019年三季度", 0},
		{"month", "2019-3", 0},
		{"empty", "", 0},
		{"NUL", "2019Q\x00", 0},
		{"huge", strings.Repeat("9", 1<<20) + "Q3", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q, err := period.Parse(c.text)
			if q != c.want {
				t.Fatalf("got %d, want %d", q, c.want)
			}
			if f, ok := fault.As(err); c.want == 0 && (!ok || f.Kind != fault.Invalid || f.Key != "period.invalid" || f.Args[0] != c.text) {
				t.Fatalf("got %.60v", err)
			}
			if c.want != 0 && err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestMustParsePanicsOnAWrongConstant(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Fatal("no panic")
		}
	}()
	period.MustParse("2019Q5")
}

func quarters() *rapid.Generator[period.Quarter] {
	return rapid.Map(rapid.IntRange(4*1900, 4*9999+3), func(n int) period.Quarter { return period.Quarter(n) })
}

func TestTextOfAQuarterReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quarters().Draw(t, "quarter")
		if back, err := period.Parse(q.String()); err != nil || back != q {
			t.Fatalf("%s became %s, err %v", q, back, err)
		}
		var back struct{ Q period.Quarter }
		text, err := json.Marshal(struct{ Q period.Quarter }{q})
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil || back.Q != q {
			t.Fatalf("%s became %s in JSON, err %v", q, text, err)
		}
	})
}

// TestQuartersTileTheDays: every day lies in exactly one quarter, and quarters follow without gaps.
func TestQuartersTileTheDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quarters().Draw(t, "quarter")
		days := q.Last().DaysSince(q.First()) + 1
		if days < 90 || days > 92 {
			t.Fatalf("%s has %d days", q, days)
		}
		day := q.First().AddDays(rapid.IntRange(0, days-1).Draw(t, "day"))
		if period.QuarterOf(day) != q || period.QuarterOf(q.First()) != q || period.QuarterOf(q.Last()) != q {
			t.Fatalf("%s does not lie in %s", day, q)
		}
		if next := q.Last().AddDays(1); next != (q+1).First() || period.Of(q.Year(), q.Number()) != q {
			t.Fatalf("after %s comes %s", q.Last(), next)
		}
		later := quarters().Draw(t, "later")
		if (q < later) != q.Last().Before(later.First()) {
			t.Fatalf("%s and %s are in the wrong order", q, later)
		}
	})
}

func TestFirstAndLastDay(t *testing.T) {
	cases := []struct{ quarter, first, last string }{
		{"2019Q1", "2019-01-01", "2019-03-31"},
		{"2019Q2", "2019-04-01", "2019-06-30"},
		{"2019Q3", "2019-07-01", "2019-09-30"},
		{"2019Q4", "2019-10-01", "2019-12-31"},
		{"2020Q1", "2020-01-01", "2020-03-31"},
	}
	for _, c := range cases {
		t.Run(c.quarter, func(t *testing.T) {
			q := period.MustParse(c.quarter)
			if q.First().String() != c.first || q.Last().String() != c.last {
				t.Fatalf("%s to %s", q.First(), q.Last())
			}
		})
	}
	if d := period.MustParse("2020Q1") - period.MustParse("2018Q4"); d != 5 {
		t.Fatalf("2018Q4 to 2020Q1 are %d quarters", d)
	}
}

func TestEmptyTextIsNoQuarter(t *testing.T) {
	q := period.Of(2019, 3)
	if err := q.UnmarshalText(nil); err != nil || q != 0 || q.String() != "" {
		t.Fatalf("got %q, err %v", q, err)
	}
	if err := q.UnmarshalText([]byte("2019Q5")); !fault.Is(err, fault.Invalid) || q != 0 {
		t.Fatalf("got %q, err %v", q, err)
	}
}
