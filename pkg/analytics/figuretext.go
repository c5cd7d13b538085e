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

// Shown gives the value as it is shown in its Scale with its Decimals, rounded once: half-up, but a lower
// bound down, since it must stay one. False when there is none.
func (f Figure) Shown() (int64, bool) {
	if f.Value == nil {
		return 0, false
	}
	scaled := new(big.Rat).Mul(f.Value, pow10(f.Decimals))
	scaled.Quo(scaled, big.NewRat(max(f.Scale, 1), 1))
	if f.Qualifier == forms.AtLeast {
		return new(big.Int).Div(scaled.Num(), scaled.Denom()).Int64(), true
	}
	return roundHalfUp(scaled), true
}

// Text writes the figure for people: `68.8%`, `12.15万人`, `4.5万余人`; empty when there is none.
func (f Figure) Text(p locale.Printer) string {
	number, ok := f.Shown()
	if !ok {
		return ""
	}
	return p.Quantity(locale.Quantity{Number: number, Decimals: f.Decimals, Scale: f.Scale, AtLeast: f.Qualifier == forms.AtLeast, Unit: f.Unit})
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
