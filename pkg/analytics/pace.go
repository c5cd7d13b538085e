package analytics

import (
	"math"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Pace is arithmetic on the plan's curve, not a forecast (earned schedule, method.md §4).
type Pace struct {
	// QuartersAhead is the time variance ES − AT, to two decimals; negative when behind.
	QuartersAhead float64
	// DoneBy is the quarter in which the plan is complete at this pace; zero when nothing is earned.
	DoneBy period.Quarter
	// NeededPerQuarter is the gain in percentage points per quarter from now on that finishes by the
	// plan's end, to two decimals; it is meaningless (and HasNeeded false) when no quarter is left.
	NeededPerQuarter float64
	HasNeeded        bool
}

// pace reads the time at which the curve promised what has been earned by the end of q. curve gives
// the planned fraction at the end of a quarter.
func pace(p *plan.Plan, curve func(period.Quarter) plan.Fraction, earned plan.Fraction, q period.Quarter) Pace {
	elapsed := float64(q-p.First) + 1
	duration := float64(p.Last-p.First) + 1
	schedule := earnedSchedule(p, curve, earned)
	result := Pace{QuartersAhead: round2(schedule - elapsed)}
	if earned > 0 && schedule > 0 {
		quarters := math.Ceil(round2(duration * elapsed / schedule))
		if quarters < 4*400 { // four centuries: later is never
			result.DoneBy = p.First + period.Quarter(quarters) - 1
		}
	}
	if left := int64(p.Last - q); left > 0 {
		result.HasNeeded = true
		result.NeededPerQuarter = round2(float64(plan.One-earned) / float64(plan.One) * 100 / float64(left))
	}
	return result
}

// earnedSchedule gives ES = n + (EV − PV(n)) / (PV(n+1) − PV(n)), n quarters from the plan's start
// being the last with PV(n) ≤ EV < PV(n+1); PV(0) = 0. All earned is the quarter that promised all.
func earnedSchedule(p *plan.Plan, curve func(period.Quarter) plan.Fraction, earned plan.Fraction) float64 {
	before, n := plan.Fraction(0), 0
	for q := p.First; q <= p.Last; q++ {
		promised := curve(q)
		if before <= earned && earned < promised {
			return float64(n) + float64(earned-before)/float64(promised-before)
		}
		if promised == plan.One && earned >= plan.One {
			return float64(n) + 1
		}
		before = promised
		n++
	}
	return float64(n)
}

func round2(x float64) float64 { return math.Floor(x*100+0.5) / 100 }
