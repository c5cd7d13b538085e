package analytics

import (
	"math/big"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

// Fixed gives the value with so many decimals as a whole number, rounded half-up, away from nought (四舍五入);
// false when there is none.
func (f Figure) Fixed(decimals int) (int64, bool) {
	if f.Value == nil {
		return 0, false
	}
	return roundHalfUp(new(big.Rat).Mul(f.Value, pow10(decimals))), true
}

// Shown gives the value as it is shown, rounded once: half-up, but a lower bound down, since it must stay
// one. It counts Scale at a time with Decimals, or where it is smaller than that in whole ones: scale says
// which. False when there is none.
func (f Figure) Shown() (number int64, decimals int, scale int64, ok bool) {
	if f.Value == nil {
		return 0, 0, 0, false
	}
	decimals, scale = f.Decimals, max(f.Scale, 1)
	if scale > 1 && new(big.Rat).Abs(f.Value).Cmp(big.NewRat(scale, 1)) < 0 {
		decimals, scale = 0, 1
	}
	return f.counted(decimals, scale), decimals, scale, true
}

// counted gives the value, which there is, in a scale.
func (f Figure) counted(decimals int, scale int64) int64 {
	scaled := new(big.Rat).Mul(f.Value, pow10(decimals))
	scaled.Quo(scaled, big.NewRat(scale, 1))
	if f.Qualifier == forms.AtLeast {
		return new(big.Int).Div(scaled.Num(), scaled.Denom()).Int64()
	}
	return roundHalfUp(scaled)
}

// Text writes the figure for people: `68.8%`, `12.15万人`, `4.5万余人`; empty when there is none.
func (f Figure) Text(p locale.Printer) string {
	number, decimals, scale, ok := f.Shown()
	if !ok {
		return ""
	}
	return p.Quantity(locale.Quantity{Number: number, Decimals: decimals, Scale: scale, AtLeast: f.Qualifier == forms.AtLeast, Unit: f.Unit})
}

func pow10(n int) *big.Rat {
	p := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	return new(big.Rat).SetInt(p)
}

// roundHalfUp gives the nearest whole number, a half away from nought.
func roundHalfUp(r *big.Rat) int64 {
	double := new(big.Int).Mul(r.Num(), big.NewInt(2))
	half := new(big.Int).Set(r.Denom())
	if r.Sign() < 0 {
		half.Neg(half)
	}
	return new(big.Int).Quo(double.Add(double, half), new(big.Int).Mul(r.Denom(), big.NewInt(2))).Int64()
}
