package plan

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Fraction is a part of a whole in units of 10⁻⁹: One is all of it. It is exact enough that rounding
// it for display rounds the true value, as long as counts stay below a million (a hundred thousand
// when two decimals of a percent are shown): a value that is no tie lies further than 10⁻⁹ from one.
type Fraction int64

// One is the whole.
const One Fraction = 1_000_000_000

// Ratio gives num ÷ den rounded half-up (away from zero); den = 0 gives 0. What a Fraction cannot
// hold becomes the greatest or smallest one.
func Ratio(num, den int64) Fraction {
	if den == 0 {
		return 0
	}
	negative := (num < 0) != (den < 0)
	n, d := magnitude(num), magnitude(den)
	high, low := bits.Mul64(n, uint64(One))
	quotient := uint64(math.MaxInt64)
	if high < d {
		q, rest := bits.Div64(high, low, d)
		if rest >= d-rest && q < math.MaxInt64 {
			q++
		}
		quotient = min(quotient, q)
	}
	if negative {
		return -Fraction(quotient)
	}
	return Fraction(quotient)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// Percent writes the fraction in percent, rounded half-up once to 0 to 7 decimals: `68.8`.
func (f Fraction) Percent(decimals int) string {
	decimals = max(0, min(decimals, 7))
	unit := pow10(7 - decimals)
	n := (magnitude(int64(f)) + uint64(unit/2)) / uint64(unit)
	digits := strconv.FormatUint(n, 10)
	if missing := decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	text := digits
	if decimals > 0 {
		point := len(digits) - decimals
		text = digits[:point] + "." + digits[point:]
	}
	if f < 0 && n > 0 {
		return "-" + text
	}
	return text
}

// PercentFloat2 gives the fraction in percent, rounded half-up to 2 decimals, for JSON.
func (f Fraction) PercentFloat2() float64 {
	const unit = One / 10_000
	n := float64((magnitude(int64(f)) + uint64(unit/2)) / uint64(unit))
	if f < 0 && n > 0 {
		n = -n
	}
	return n / 100
}

// clamped gives f within 0 and One.
func (f Fraction) clamped() Fraction { return max(0, min(f, One)) }

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
