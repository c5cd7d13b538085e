package web

import (
	"testing"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

func TestSparkline(t *testing.T) {
	at := func(quarter string, value int64) point {
		return pointOf(period.MustParse(quarter), forms.Value{State: forms.Given, Number: value})
	}
	gap := func(quarter string) point { return pointOf(period.MustParse(quarter), forms.Value{}) }
	for name, tc := range map[string]struct {
		points []point
		want   string
	}{
		"none":               {nil, ""},
		"one":                {[]point{at("2019Q1", 5)}, ""},
		"one and a gap":      {[]point{at("2019Q1", 5), gap("2019Q2")}, ""},
		"rising":             {[]point{at("2019Q1", 0), at("2019Q2", 10)}, "M2.0 18.0L94.0 2.0"},
		"newest first":       {[]point{at("2019Q2", 10), at("2019Q1", 0)}, "M2.0 18.0L94.0 2.0"},
		"always the same":    {[]point{at("2019Q1", 7), at("2019Q2", 7)}, "M2.0 10.0L94.0 10.0"},
		"blank is no 0":      {[]point{at("2019Q1", 5), gap("2019Q2"), at("2019Q3", 10)}, "M2.0 18.0M94.0 2.0"},
		"largest and lowest": {[]point{at("2019Q1", 0), at("2019Q2", 1_000_000_000_000)}, "M2.0 18.0L94.0 2.0"},
	} {
		if got := sparkline(tc.points); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
