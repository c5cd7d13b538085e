package plan

import (
	"slices"

	"pilotboard/pkg/period"
)

// Milestone is one promised step of a workstream. It applies to the unit types in Types and to the
// batches it has a due quarter for. A sample milestone is shown as 示例数据.
type Milestone struct {
	Key              string
	Title            string
	Workstream       string // its key
	Weight           int
	Path             Path
	Types            []string
	Measure          Measure
	EvidenceRequired bool
	Sample           bool
	Source           string

	batches []string // in the plan's order
	due     map[string]period.Quarter
}

// Batches lists the batches that the milestone applies to, in the plan's order.
func (m Milestone) Batches() []string { return slices.Clone(m.batches) }

// Due gives the quarter at whose end the batch is to have reached the milestone; no quarter when the
// milestone does not apply to the batch.
func (m Milestone) Due(batch string) period.Quarter { return m.due[batch] }

// Planned gives the planned fraction at the end of q; 0 for a batch that the milestone does not
// apply to.
func (m Milestone) Planned(batch string, q period.Quarter) Fraction {
	due := m.due[batch]
	if due == 0 {
		return 0
	}
	return m.Path.planned(batch, due, q)
}

// Weighted gives Σ weight · fraction ÷ Σ weight over the milestones, rounded half-up once; 0 without
// milestones. Fractions must not be negative.
func Weighted(ms []Milestone, fraction func(Milestone) Fraction) Fraction {
	var sum, weights int64
	for _, m := range ms {
		sum += int64(m.Weight) * int64(fraction(m))
		weights += int64(m.Weight)
	}
	if weights == 0 {
		return 0
	}
	return Fraction((2*sum + weights) / (2 * weights))
}
