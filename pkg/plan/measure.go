package plan

// MeasureType says what kind of value a milestone is measured by.
type MeasureType string

// The measure types.
const (
	YesNo   MeasureType = "yes_no"
	Percent MeasureType = "percent"
	Number  MeasureType = "number"
	Count   MeasureType = "count"
)

// Measure is how a milestone is measured: the item of the form, and target and baseline in the item's
// smallest unit (fixed-point by Decimals). HasTarget is false for a percent that counts as it is. Max
// bounds what may be typed in; 0 is no bound of its own.
type Measure struct {
	Form       string
	Item       string
	Type       MeasureType
	Unit       string
	Decimals   int
	Target     int64
	Baseline   int64
	HasTarget  bool
	Max        int64
	Definition string
}

// Fraction gives the actual fraction that a reported value earns (method.md §4): yes/no 0 or 1; a
// percent without target its hundredth; anything with a target clamp((v − v₀) ÷ (t − v₀), 0, 1), which
// also serves measures that should fall. When target and baseline are the same, 1 when the target
// holds (the value reaches it), else 0.
func (m Measure) Fraction(value int64) Fraction {
	switch {
	case m.Type == YesNo:
		if value == 1 {
			return One
		}
		return 0
	case !m.HasTarget:
		return min(Ratio(value, 100*power(m.Decimals)), One)
	case m.Target == m.Baseline:
		if value >= m.Target {
			return One
		}
		return 0
	}
	done, all := value-m.Baseline, m.Target-m.Baseline
	if all < 0 {
		done, all = -done, -all
	}
	return min(Ratio(done, all), One)
}

// Coverage gives the actual fraction of a district or street: covered communities ÷ communities in
// scope, so that one finished community does not finish a district.
func Coverage(covered, inScope int64) Fraction { return min(Ratio(covered, inScope), One) }

func power(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
