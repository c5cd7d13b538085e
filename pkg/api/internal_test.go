package api

import "testing"

func TestRatiosRoundHalfUp(t *testing.T) {
	for ratio, want := range map[float64]float64{29.0 / 200: 0.15, 5.0 / 8: 0.63, 1.005: 1.01, 2.0 / 3: 0.67, 0: 0, 1: 1} {
		if got := *hundredths(ratio); got != want {
			t.Errorf("%v is %v, want %v", ratio, got, want)
		}
	}
}
