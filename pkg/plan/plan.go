// Package plan knows what was promised and by whom: plans with their batches, workstreams,
// milestones, planned paths and targets, read from plan files and kept in every version; and the
// units that carry them out, with their designations. It owns the tables plans, plan_versions, units
// and designations. It knows nothing of what was reported.
package plan

import (
	"slices"

	"pilotboard/pkg/period"
)

// Plan is one version of a plan. It is shared between requests: nobody changes it. Behind and Severe
// are the gaps, in percentage points, above which a light turns yellow and red.
type Plan struct {
	ID          int64 // 0 for a plan that is not in the database
	No          int64 // of the version, from 1; 0 for a plan that is not in the database
	Key         string
	Title       string
	Issuer      string
	Issued      period.Date
	First, Last period.Quarter
	Behind      int
	Severe      int
	Reporting   Reporting
	Batches     []Batch
	Facts       []Fact
	Workstreams []Workstream

	applicable map[kind][]Milestone
	planned    map[kind][]Fraction // at the end of each quarter from First to Last
}

// kind is a batch and a unit type: all units of one kind have the same milestones.
type kind struct{ batch, unitType string }

// Batch is a group of units that were designated together and have the same due quarters.
type Batch struct{ Key, Title string }

// Workstream is a part of the plan with milestones of its own.
type Workstream struct {
	Key        string
	Title      string
	Sample     bool
	Source     string
	Milestones []Milestone
}

// Fact is something that happened, or is to happen, in the programme as a whole; a sample one is
// invented and shown as 示例数据. Day is no day when only the quarter is known.
type Fact struct {
	ID      string
	Title   string
	Quarter period.Quarter
	Day     period.Date
	Sample  bool
	Source  string
}

// Types are the unit types, in the order in which they are shown.
var Types = []string{"district", "street", "community"}

// KnownType tells whether unitType is one of the unit types.
func KnownType(unitType string) bool { return slices.Contains(Types, unitType) }

// HasBatch tells whether the plan has a batch with this key.
func (p *Plan) HasBatch(key string) bool {
	return slices.ContainsFunc(p.Batches, func(b Batch) bool { return b.Key == key })
}

// BatchTitle gives the title of a batch, and the key itself for one that the plan does not have.
func (p *Plan) BatchTitle(key string) string {
	for _, b := range p.Batches {
		if b.Key == key {
			return b.Title
		}
	}
	return key
}

// Milestone finds a milestone by its key.
func (p *Plan) Milestone(key string) (Milestone, bool) {
	for _, w := range p.Workstreams {
		for _, m := range w.Milestones {
			if m.Key == key {
				return m, true
			}
		}
	}
	return Milestone{}, false
}

// Milestones gives the milestones that apply to units of this batch and type, in the order of the
// file. The list is shared: nobody changes it.
func (p *Plan) Milestones(batch, unitType string) []Milestone {
	return p.applicable[kind{batch, unitType}]
}

// Planned gives the planned value PV of a unit of this batch and type at the end of q (method.md §4).
func (p *Plan) Planned(batch, unitType string, q period.Quarter) Fraction {
	if curve := p.planned[kind{batch, unitType}]; curve != nil && q >= p.First && q <= p.Last {
		return curve[q-p.First]
	}
	return p.plannedAt(batch, unitType, q)
}

func (p *Plan) plannedAt(batch, unitType string, q period.Quarter) Fraction {
	return Weighted(p.Milestones(batch, unitType), func(m Milestone) Fraction { return m.Planned(batch, q) })
}

// sortOut notes which milestones apply to which kind of unit, and what is planned for it.
func (p *Plan) sortOut() {
	p.applicable = map[kind][]Milestone{}
	for _, w := range p.Workstreams {
		for _, m := range w.Milestones {
			for _, batch := range m.batches {
				for _, unitType := range m.Types {
					k := kind{batch, unitType}
					p.applicable[k] = append(p.applicable[k], m)
				}
			}
		}
	}
	p.planned = map[kind][]Fraction{}
	for k := range p.applicable {
		for q := p.First; q <= p.Last; q++ {
			p.planned[k] = append(p.planned[k], p.plannedAt(k.batch, k.unitType, q))
		}
	}
}
