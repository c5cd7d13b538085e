package reporting

import (
	"slices"

	"pilotboard/pkg/plan"
)

// ItemType says how a cell is typed in and kept.
type ItemType string

// The item types. YesNo is kept as 0 or 1; Percent, Number and Count as fixed-point integers.
const (
	YesNo   ItemType = "yes_no"
	Percent ItemType = "percent"
	Number  ItemType = "number"
	Count   ItemType = "count"
	Text    ItemType = "text"
)

// Kind says what an item measures over time (method.md §3).
type Kind string

// The kinds: a level at the period's end, a state, or words.
const (
	KindStock  Kind = "stock"
	KindStatus Kind = "status"
	KindText   Kind = "text"
)

// CommunitiesItem is the item in which a district or street gives its communities in scope.
const CommunitiesItem = "communities"

// MaxNarrative is the greatest length of a narrative, in characters.
const MaxNarrative = 4000

// maxNumber bounds every number, in the item's smallest unit.
const maxNumber = 1_000_000_000_000

// Form is what a unit is asked. It is derived from a version of the plan and bears its number.
type Form struct {
	Key      string
	Number   string
	Title    string
	Version  int64
	DueDays  int
	LockDays int
	Sections []Section
}

// Section is a block of items under one heading: a workstream, or the narrative.
type Section struct {
	Key   string
	Title string
	Items []Item
}

// Item is one cell. Max is in the item's smallest unit; 0 means no bound but the type's.
// Types and Batches name the units it is asked of; none means all.
type Item struct {
	Key        string
	Title      string
	Definition string
	Unit       string
	Type       ItemType
	Kind       Kind
	Decimals   int
	Max        int64
	Milestone  string
	Sample     bool
	Types      []string
	Batches    []string
}

// coverageTypes are the unit types that report covered communities instead of the measure itself,
// so that one finished community does not finish a district (method.md §4).
var coverageTypes = []string{"district", "street"}

// CoveredItem gives the key of the item in which a district or street reports how many of its
// communities meet the milestone measured by item.
func CoveredItem(item string) string { return item + "_covered" }

// Covers tells whether units of this type report covered communities.
func Covers(unitType string) bool { return slices.Contains(coverageTypes, unitType) }

// FormOf derives the quarterly progress form from a plan: a section per workstream with the measures
// of its milestones, and the narrative.
func FormOf(p *plan.Plan) Form {
	form := Form{
		Key: p.Reporting.Form, Number: p.Reporting.Number, Title: p.Reporting.Title, Version: p.No,
		DueDays: p.Reporting.DueDays, LockDays: p.Reporting.LockDays,
	}
	form.Sections = append(form.Sections, Section{Key: "scope", Items: []Item{{
		Key: CommunitiesItem, Type: Count, Kind: KindStock, Types: coverageTypes,
	}}})
	for _, w := range p.Workstreams {
		section := Section{Key: w.Key, Title: w.Title}
		for _, m := range w.Milestones {
			section.Items = append(section.Items, milestoneItems(m)...)
		}
		form.Sections = append(form.Sections, section)
	}
	narrative := Section{Key: "narrative"}
	for _, n := range p.Reporting.Narrative {
		narrative.Items = append(narrative.Items, Item{Key: n.Key, Title: n.Title, Type: Text, Kind: KindText})
	}
	form.Sections = append(form.Sections, narrative)
	return form
}

// milestoneItems gives the measure for communities and the count of covered communities for the rest.
func milestoneItems(m plan.Milestone) []Item {
	own := Item{
		Key: m.Measure.Item, Title: m.Title, Definition: m.Measure.Definition, Unit: m.Measure.Unit,
		Type: ItemType(m.Measure.Type), Kind: KindStock, Decimals: m.Measure.Decimals, Max: m.Measure.Max,
		Milestone: m.Key, Sample: m.Sample, Batches: m.Batches(),
	}
	if own.Type == YesNo {
		own.Kind = KindStatus
	}
	covered := own
	covered.Key, covered.Type, covered.Kind, covered.Decimals, covered.Max, covered.Unit = CoveredItem(own.Key), Count, KindStock, 0, 0, ""
	var items []Item
	for _, unitType := range m.Types {
		if Covers(unitType) {
			covered.Types = append(covered.Types, unitType)
		} else {
			own.Types = append(own.Types, unitType)
		}
	}
	if len(own.Types) > 0 {
		items = append(items, own)
	}
	if len(covered.Types) > 0 {
		items = append(items, covered)
	}
	return items
}

// ItemOf gives the item in which units of this type report a milestone; ok is false when they are not
// asked about it.
func ItemOf(m plan.Milestone, unitType string) (item Item, ok bool) {
	for _, item := range milestoneItems(m) {
		if slices.Contains(item.Types, unitType) {
			return item, true
		}
	}
	return Item{}, false
}

// For gives the form as asked of one unit: only the items for its batch and type.
func (f Form) For(batch, unitType string) Form {
	asked := f
	asked.Sections = nil
	for _, s := range f.Sections {
		section := Section{Key: s.Key, Title: s.Title}
		for _, item := range s.Items {
			if item.askedOf(batch, unitType) {
				section.Items = append(section.Items, item)
			}
		}
		if len(section.Items) > 0 {
			asked.Sections = append(asked.Sections, section)
		}
	}
	return asked
}

func (i Item) askedOf(batch, unitType string) bool {
	return (len(i.Types) == 0 || slices.Contains(i.Types, unitType)) &&
		(len(i.Batches) == 0 || slices.Contains(i.Batches, batch))
}

// Item finds an item by its key.
func (f Form) Item(key string) (Item, bool) {
	for _, s := range f.Sections {
		for _, item := range s.Items {
			if item.Key == key {
				return item, true
			}
		}
	}
	return Item{}, false
}
