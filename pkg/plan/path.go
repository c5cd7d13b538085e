package plan

import "pilotboard/pkg/period"

// PathKind is how a milestone's planned fraction grows.
type PathKind string

// The paths (method.md §4).
const (
	Step   PathKind = "step"   // 0 before the due quarter, 1 from it on
	Even   PathKind = "even"   // by equal steps from the start quarter to the due quarter
	Custom PathKind = "custom" // listed quarters, each holding until the next
)

// Path is the planned path of a milestone, per batch. Start is for even, Points for custom; a custom
// path is due in the quarter of its last point.
type Path struct {
	Kind   PathKind
	Due    map[string]period.Quarter
	Start  map[string]period.Quarter
	Points map[string][]Point
}

// Point is a planned fraction from a quarter on.
type Point struct {
	Quarter  period.Quarter
	Fraction Fraction
}

// Planned gives the fraction promised for the end of q; 0 for a batch that the path does not know.
func (p Path) Planned(batch string, q period.Quarter) Fraction {
	due, ok := p.Due[batch]
	if !ok {
		return 0
	}
	if q >= due {
		return One
	}
	switch p.Kind {
	case Even:
		start := p.Start[batch]
		if q < start {
			return 0
		}
		return Ratio(int64(q-start)+1, int64(due-start)+1)
	case Custom:
		planned := Fraction(0)
		for _, point := range p.Points[batch] {
			if point.Quarter <= q {
				planned = point.Fraction
			}
		}
		return planned
	}
	return 0
}
