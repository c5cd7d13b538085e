package plan

// MeasureType says what a milestone is measured in.
type MeasureType string

// The measure types.
const (
	YesNo   MeasureType = "yes_no"
	Percent MeasureType = "percent"
	Number  MeasureType = "number"
	Count   MeasureType = "count"
)

// MeasureTypes lists every measure type.
var MeasureTypes = []MeasureType{YesNo, Percent, Number, Count}

// Measure is the item of a form by which a milestone is measured. Target, Baseline and Max are
// fixed-point in Decimals. Only a percent may have no target. Max is the greatest value that can be
// reported; 0: no bound but the type's.
type Measure struct {
	Form       string
	Item       string
	Type       MeasureType
	Unit       string
	Definition string
	Decimals   int
	HasTarget  bool
	Target     int64
	Baseline   int64
	Max        int64
}

// Fraction tells how far a reported value, fixed-point in Decimals, brings the milestone (method.md
// §4). Yes is all and no is nothing. A measure with a target goes from its baseline (0) to the target, up
// or down. A percent without a target is that percent. When target and baseline are the same, the
// level is to be held, which is all or nothing: it is held at the target or above; a target of 0, at 0
// alone.
func (m Measure) Fraction(value int64) Fraction {
	switch {
	case m.Type == YesNo:
		return whole(value != 0)
	case !m.HasTarget:
		return Ratio(value, 100*pow10(m.Decimals)).clamped()
	case m.Target == m.Baseline && m.Target == 0:
		return whole(value == 0)
	case m.Target == m.Baseline:
		return whole(value >= m.Target)
	}
	return Ratio(value-m.Baseline, m.Target-m.Baseline).clamped()
}

// Coverage is the fraction of a milestone of a district or street: the communities that have reached
// it out of those in scope. Nothing in scope gives 0.
func Coverage(covered, inScope int64) Fraction { return Ratio(covered, inScope).clamped() }

func whole(all bool) Fraction {
	if all {
		return One
	}
	return 0
}
