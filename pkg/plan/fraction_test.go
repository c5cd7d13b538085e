package plan_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"pilotboard/pkg/plan"
)

func TestPercentRoundsHalfUp(t *testing.T) {
	cases := []struct {
		num, den int64
		decimals int
		want     string
	}{
		{11, 16, 1, "68.8"},
		{1, 16, 1, "6.3"},
		{5, 16, 1, "31.3"},
		{9, 16, 1, "56.3"},
		{13, 16, 1, "81.3"},
		{91, 105, 1, "86.7"},
		{1, 3, 2, "33.33"},
		{2, 3, 0, "67"},
		{1, 200, 0, "1"},
		{0, 7, 1, "0.0"},
		{7, 7, 1, "100.0"},
		{1, 3000, 1, "0.0"},
		{1, 2000, 1, "0.1"},
		{-11, 16, 1, "-68.8"},
		{-1, 3000, 1, "0.0"},
		{5, 0, 1, "0.0"},
		{3, 2, 1, "150.0"},
		{1, 8, 9, "12.5000000"},
		{1, 8, -1, "13"},
	}
	for _, c := range cases {
		if got := plan.Ratio(c.num, c.den).Percent(c.decimals); got != c.want {
			t.Errorf("%d/%d to %d decimals: %s, want %s", c.num, c.den, c.decimals, got, c.want)
		}
	}
}

func TestPercentFloat2(t *testing.T) {
	cases := []struct {
		num, den int64
		want     float64
	}{{11, 16, 68.75}, {91, 105, 86.67}, {1, 3, 33.33}, {2, 3, 66.67}, {1, 800, 0.13}, {-1, 800, -0.13}, {0, 5, 0}, {1, 1, 100}}
	for _, c := range cases {
		if got := plan.Ratio(c.num, c.den).PercentFloat2(); got != c.want {
			t.Errorf("%d/%d: %v, want %v", c.num, c.den, got, c.want)
		}
	}
}

func TestRatioSaturates(t *testing.T) {
	if got := plan.Ratio(math.MaxInt64, 1); got != math.MaxInt64 {
		t.Errorf("greatest: %d", got)
	}
	if got := plan.Ratio(math.MinInt64, 1); got != -math.MaxInt64 {
		t.Errorf("smallest: %d", got)
	}
	if got := plan.Ratio(math.MinInt64, math.MinInt64); got != plan.One {
		t.Errorf("same: %d", got)
	}
}

// The shown percent of two counts is the true one rounded half-up, though a Fraction lies between.
func TestPercentOfCountsIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.Int64Range(1, 100_000).Draw(t, "den")
		num := rapid.Int64Range(0, den).Draw(t, "num")
		decimals := rapid.IntRange(0, 2).Draw(t, "decimals")
		scale := int64(math.Pow10(decimals + 2))
		n := (2*num*scale + den) / (2 * den)
		want := big.NewRat(n, int64(math.Pow10(decimals))).FloatString(decimals)
		if got := plan.Ratio(num, den).Percent(decimals); got != want {
			t.Fatalf("%d/%d: %s, want %s", num, den, got, want)
		}
	})
}

func TestRatioIsTheNearestFraction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num, den := rapid.Int64().Draw(t, "num"), rapid.Int64().Draw(t, "den")
		got := plan.Ratio(num, den)
		if den == 0 || got == math.MaxInt64 || got == -math.MaxInt64 {
			return
		}
		exact := new(big.Rat).SetFrac(big.NewInt(num), big.NewInt(den))
		exact.Mul(exact, big.NewRat(int64(plan.One), 1))
		off := new(big.Rat).Sub(exact, big.NewRat(int64(got), 1))
		if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
			t.Fatalf("%d/%d: %d", num, den, got)
		}
	})
}
