package plan

import (
	"fmt"
	"math/bits"
)

// Fraction is a part of one in units of 10⁻⁹. All progress is computed in it, without floating point.
type Fraction int64

// One is the whole.
const One Fraction = 1_000_000_000

// Ratio gives num ÷ den, half-up; 0 when den is 0. Both must not be negative.
func Ratio(num, den int64) Fraction {
	if den <= 0 || num <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(num), uint64(One))
	lo, carry := bits.Add64(lo, uint64(den)/2, 0)
	if hi += carry; hi >= uint64(den) {
		return Fraction(1<<63 - 1)
	}
	quotient, _ := bits.Div64(hi, lo, uint64(den))
	return Fraction(quotient)
}

// Percent writes the fraction in percent with so many decimals (0 to 7), rounded half-up (四舍五入)
// once: 0.6875 with one decimal is `68.8`.
func (f Fraction) Percent(decimals int) string {
	unit := int64(10_000_000) // one percent
	scale := int64(1)
	for range decimals {
		unit /= 10
		scale *= 10
	}
	n := halfUp(int64(f), unit)
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	if decimals == 0 {
		return fmt.Sprintf("%s%d", sign, n)
	}
	return fmt.Sprintf("%s%d.%0*d", sign, n/scale, decimals, n%scale)
}

// PercentFloat2 gives the fraction in percent rounded half-up to two decimals, as JSON and charts
// carry it.
func (f Fraction) PercentFloat2() float64 { return float64(halfUp(int64(f), 100_000)) / 100 }

func halfUp(n, unit int64) int64 {
	if n < 0 {
		return -((-n + unit/2) / unit)
	}
	return (n + unit/2) / unit
}
