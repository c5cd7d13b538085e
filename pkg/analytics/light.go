package analytics

import (
	"slices"
	"time"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Light is the state of a milestone, a unit or a group against its plan (method.md §5).
type Light string

// The lights, in the fixed order in which they are shown.
const (
	Done        Light = "done"
	OnTrack     Light = "on_track"
	Watch       Light = "watch"
	Behind      Light = "behind"
	Severe      Light = "severe"
	NotReported Light = "not_reported"
)

// Lights lists all lights in the order in which they are shown.
var Lights = []Light{Done, OnTrack, Watch, Behind, Severe, NotReported}

// lightKinds is the number of lights.
const lightKinds = 6

// index gives the place of a light in Lights.
func (l Light) index() int { return slices.Index(Lights, l) }

// Memory is what a light remembers (method.md §5). Frozen: the quarter's lock date has passed and the
// light is the one of that date. MadeUp is the later quarter in which what was missing was made up, 0
// when it was not or nothing was missing. Override is nil where nobody overrode the light.
type Memory struct {
	Frozen   bool
	MadeUp   period.Quarter
	Override *Override
}

// Override is a light that somebody set by hand for one quarter, with the one that the rules gave.
type Override struct {
	Light, Computed Light
	Reason, By      string
	At              time.Time
}

// Reason is a message key that says which rule gave a light.
type Reason string

// The reasons.
const (
	ReasonDone        Reason = "reason.done"
	ReasonNotReported Reason = "reason.not_reported"
	ReasonSevereGap   Reason = "reason.severe_gap"
	ReasonPastDue     Reason = "reason.past_due"
	ReasonLongOverdue Reason = "reason.long_overdue"
	ReasonBehindGap   Reason = "reason.behind_gap"
	ReasonSmallGap    Reason = "reason.small_gap"
	ReasonOnTrack     Reason = "reason.on_track"
)

// point is one percentage point in the millionths in which gaps are compared.
const point = 10_000

// Gap gives planned − actual in millionths. Rounding to millionths takes out what rounding thirds
// to 10⁻⁹ leaves, so that a gap of nothing is nothing.
func Gap(planned, actual plan.Fraction) int64 {
	d := int64(planned - actual)
	if d < 0 {
		return -((-d + 500) / 1000)
	}
	return (d + 500) / 1000
}

// byGap is the part of the rules that the gap alone decides.
func byGap(p *plan.Plan, gap int64) (Light, Reason) {
	switch {
	case gap > int64(p.Severe)*point:
		return Severe, ReasonSevereGap
	case gap > int64(p.Behind)*point:
		return Behind, ReasonBehindGap
	case gap > 0:
		return Watch, ReasonSmallGap
	}
	return OnTrack, ReasonOnTrack
}

// milestoneLight gives the light of a milestone at the end of q; the due quarter has passed when it
// lies before q.
func milestoneLight(p *plan.Plan, planned, actual plan.Fraction, due, q period.Quarter) (Light, Reason) {
	if actual == plan.One {
		return Done, ReasonDone
	}
	light, reason := byGap(p, Gap(planned, actual))
	if light != Severe && q > due {
		return Severe, ReasonPastDue
	}
	return light, reason
}

// unitLight gives the light of a unit from its milestones; the worst milestone may be overdue by at
// most one quarter.
func unitLight(p *plan.Plan, planned, earned plan.Fraction, milestones []MilestoneState, q period.Quarter) (Light, Reason) {
	done, longOverdue := len(milestones) > 0, false
	for _, m := range milestones {
		done = done && m.Actual == plan.One
		longOverdue = longOverdue || (m.Actual < plan.One && q-m.Due > 1)
	}
	if done {
		return Done, ReasonDone
	}
	light, reason := byGap(p, Gap(planned, earned))
	if light != Severe && longOverdue {
		return Severe, ReasonLongOverdue
	}
	return light, reason
}

// onDay turns a light into NotReported when the report was due before today and is not in.
func (l Light) onDay(submitted bool, due, today period.Date) Light {
	if l != Done && !submitted && today.After(due) {
		return NotReported
	}
	return l
}
