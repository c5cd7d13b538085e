package plan

import "pilotboard/pkg/period"

// PathKind names the ways in which a milestone is planned to come about.
type PathKind string

// The path kinds.
const (
	Step   PathKind = "step"   // nothing before the due quarter, all from then on
	Even   PathKind = "even"   // in equal parts from the start quarter to the due quarter
	Custom PathKind = "custom" // as listed
)

// PathKinds lists every path kind.
var PathKinds = []PathKind{Step, Even, Custom}

// Path says how a milestone is planned to come about, by batch. Start belongs to an even path, Points
// to a custom one.
type Path struct {
	Kind   PathKind
	Start  map[string]period.Quarter
	Points map[string][]Point
}

// Point is what a custom path has reached at the end of a quarter; it holds until the next point.
type Point struct {
	Quarter  period.Quarter
	Fraction Fraction
}

// planned gives the fraction at the end of q for a batch whose milestone is due at the end of due.
func (p Path) planned(batch string, due, q period.Quarter) Fraction {
	switch p.Kind {
	case Even:
		return even(p.Start[batch], due, q)
	case Custom:
		return stepped(p.Points[batch], q)
	}
	return whole(q >= due)
}

// even counts the start quarter and the due quarter among the parts.
func even(start, due, q period.Quarter) Fraction {
	switch {
	case q < start:
		return 0
	case q >= due:
		return One
	}
	return Ratio(int64(q-start)+1, int64(due-start)+1)
}

func stepped(points []Point, q period.Quarter) Fraction {
	reached := Fraction(0)
	for _, point := range points {
		if point.Quarter > q {
			break
		}
		reached = point.Fraction
	}
	return reached
}
