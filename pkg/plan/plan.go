// Package plan keeps what was promised and by whom: plan files in every version, the planned path of
// every milestone (method.md §4), reporting units and their designations. It owns the tables plans,
// plan_versions, units and designations. It does not know what was reported.
package plan

import (
	"slices"

	"pilotboard/pkg/period"
)

// Types lists the unit types, in the order in which they are shown.
var Types = []string{"district", "street", "community"}

// KnownType tells whether t is a unit type.
func KnownType(t string) bool { return slices.Contains(Types, t) }

// Plan is one version of a plan file. ID and No (the version) are 0 until it is stored. Behind and
// Severe are the thresholds of the lights, in percentage points.
type Plan struct {
	ID          int64
	No          int64
	Key         string
	Title       string
	Issuer      string
	Issued      period.Date
	First, Last period.Quarter
	Behind      int
	Severe      int
	Reporting   Reporting
	Batches     []Batch
	Workstreams []Workstream
	Facts       []Fact
}

// Reporting says how units report: the form that is derived from the plan, its number (表号), how many
// days after the quarter's end it is due and locked, and its narrative items.
type Reporting struct {
	Form      string
	Number    string
	Title     string
	DueDays   int
	LockDays  int
	Narrative []NarrativeItem
}

// NarrativeItem is a text that is asked with the measures.
type NarrativeItem struct{ Key, Title string }

// Batch is a group of pilots designated together, with deadlines of its own.
type Batch struct{ Key, Title string }

// Workstream is one line of the plan.
type Workstream struct {
	Key        string
	Title      string
	Milestones []Milestone
}

// Milestone is one promise: until when, measured by what, with which weight. Types names the unit
// types it applies to; the batches are those that Path has a due quarter for. Sample marks an invented
// line, shown as 示例数据. Workstream is the key of its workstream.
type Milestone struct {
	Key              string
	Title            string
	Workstream       string
	Weight           int
	Path             Path
	Types            []string
	Measure          Measure
	EvidenceRequired bool
	Sample           bool
	Source           string
}

// Fact is a dated event of the programme, with its source.
type Fact struct {
	Key, Title string
	Quarter    period.Quarter
	Source     string
}

// HasBatch tells whether the plan has the batch.
func (p *Plan) HasBatch(key string) bool {
	return slices.ContainsFunc(p.Batches, func(b Batch) bool { return b.Key == key })
}

// BatchTitle gives the title of a batch, its key when it is unknown.
func (p *Plan) BatchTitle(key string) string {
	for _, b := range p.Batches {
		if b.Key == key {
			return b.Title
		}
	}
	return key
}

// Milestones gives those that apply to units of the batch and type, in file order.
func (p *Plan) Milestones(batch, unitType string) []Milestone {
	var applicable []Milestone
	for _, w := range p.Workstreams {
		for _, m := range w.Milestones {
			if m.appliesTo(batch, unitType) {
				applicable = append(applicable, m)
			}
		}
	}
	return applicable
}

func (m Milestone) appliesTo(batch, unitType string) bool {
	_, ok := m.Path.Due[batch]
	return ok && slices.Contains(m.Types, unitType)
}

// Batches gives the batches the milestone applies to, sorted.
func (m Milestone) Batches() []string {
	keys := make([]string, 0, len(m.Path.Due))
	for key := range m.Path.Due {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Due gives the quarter at whose end the milestone is promised; 0 when it does not apply to the batch.
func (m Milestone) Due(batch string) period.Quarter { return m.Path.Due[batch] }

// Planned gives the fraction that is promised for the end of q.
func (m Milestone) Planned(batch string, q period.Quarter) Fraction { return m.Path.Planned(batch, q) }

// Planned gives PV: the weighted planned fraction of a unit of the batch and type at the end of q.
func (p *Plan) Planned(batch, unitType string, q period.Quarter) Fraction {
	return Weighted(p.Milestones(batch, unitType), func(m Milestone) Fraction { return m.Planned(batch, q) })
}

// Weighted gives Σ weight·fraction ÷ Σ weight, rounded half-up once; 0 when there is no milestone.
func Weighted(ms []Milestone, fraction func(Milestone) Fraction) Fraction {
	var sum, weights int64
	for _, m := range ms {
		sum += int64(m.Weight) * int64(fraction(m))
		weights += int64(m.Weight)
	}
	if weights == 0 {
		return 0
	}
	return Fraction(halfUp(sum, weights))
}
