// Package forms knows what units are asked: forms with their head, sections, items and checks, every
// version of them, and the values that a cell can hold. It does not know who owes a report, nor what
// was reported.
package forms

import (
	"reflect"
	"slices"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// ItemType says how a cell is typed in and kept.
type ItemType string

// The item types. YesNo is kept as 0 or 1; Percent, Number, Count and Money (万元) as fixed-point
// integers; Option by the number of the chosen option; Date as text and as the number YYYYMMDD.
const (
	YesNo   ItemType = "yes_no"
	Percent ItemType = "percent"
	Number  ItemType = "number"
	Count   ItemType = "count"
	Money   ItemType = "money"
	Option  ItemType = "option"
	Date    ItemType = "date"
	Text    ItemType = "text"
)

// Kind says what an item measures over time (method.md §3).
type Kind string

// The kinds: a level at the period's end, an amount during the period, a state, or words.
const (
	KindStock  Kind = "stock"
	KindFlow   Kind = "flow"
	KindStatus Kind = "status"
	KindText   Kind = "text"
)

// Aggregation says how values of an item add up over units (method.md §3).
type Aggregation string

// The aggregations. None is for what does not add up.
const (
	Sum       Aggregation = "sum"
	Mean      Aggregation = "mean"
	Min       Aggregation = "min"
	Max       Aggregation = "max"
	CountTrue Aggregation = "count_true"
	None      Aggregation = "none"
)

// Qualifier says how exact a number is (method.md §2).
type Qualifier string

// The qualifiers, from the strongest to the weakest: what empty means too, rounded when it was written
// down, and a lower bound (余).
const (
	Exact   Qualifier = "exact"
	Rounded Qualifier = "rounded"
	AtLeast Qualifier = "at_least"
)

// Qualifiers lists them from the strongest to the weakest.
var Qualifiers = []Qualifier{Exact, Rounded, AtLeast}

// Weaker gives the weaker of two: that of a sum of both.
func (q Qualifier) Weaker(other Qualifier) Qualifier {
	return Qualifiers[max(slices.Index(Qualifiers, q), slices.Index(Qualifiers, other), 0)]
}

// EvidenceRule says whether files belong to an item.
type EvidenceRule string

// The rules: no file can be attached, one may be, one must be where the item says yes or has a value.
const (
	NoEvidence       EvidenceRule = ""
	EvidenceOptional EvidenceRule = "optional"
	EvidenceRequired EvidenceRule = "required"
)

// CommunitiesItem is the item in which a district or street gives its communities in scope.
const CommunitiesItem = "communities"

// MaxNarrative is the greatest length of a narrative, in characters.
const MaxNarrative = 4000

// maxNumber bounds every number, in the item's smallest unit.
const maxNumber = 1_000_000_000_000

// Form is what a unit is asked, in one version. The head is what 统计 forms bear: number (表号), agency
// (制表机关), approval (批准文号), the days from and until which it is valid (有效期). FilledBy are the unit
// types that owe it, Review the levels of the tree that review it in turn (divisions.County …, the last
// one accepts); none means that whoever reviews accepts.
type Form struct {
	Key        string
	Number     string
	Title      string
	Agency     string
	Approval   string
	ValidFrom  period.Date // zero: always was
	ValidUntil period.Date // zero: without end
	Version    int64
	PlanNo     int64 // version of the plan whose milestones it asks about, 0 for none
	DueDays    int
	LockDays   int
	FilledBy   []string
	Review     []int
	Sample     bool
	Source     string
	Sections   []Section
	Checks     []Check

	stored bool    // the version is in the database
	text   string  // the document that it was read from; empty for the plan's usual form
	rules  *rules  // the expressions, read; nil for a form that was made by hand
	layout *layout // where things are; nil for a form that was made by hand
	asked  bool    // as asked of some units: made by For
}

// Equal tells whether two forms ask the same, in the same version.
func (f Form) Equal(other Form) bool {
	f.stored, f.text, f.rules, f.layout, f.asked = other.stored, other.text, other.rules, other.layout, other.asked
	return reflect.DeepEqual(f, other)
}

// Trial tells whether the form has no approval and is marked 试行.
func (f Form) Trial() bool { return f.Approval == "" }

// Section is a block of items under one heading: a workstream, or the narrative.
type Section struct {
	Key   string
	Title string
	Items []Item
}

// Item is one cell. Min and Max are in the item's smallest unit; a Max of 0 means no bound but the type's.
// Types and Batches name the units it is asked of; none means all. Basis is the document that allows
// asking it (准入). Computed is the expression of a cell that nobody types.
type Item struct {
	Key         string
	Title       string
	Definition  string
	Basis       string
	Unit        string
	Type        ItemType
	Kind        Kind
	Aggregation Aggregation
	Decimals    int
	Qualifier   Qualifier // empty means Exact
	Min, Max    int64
	Options     []Choice // of an Option
	Required    bool
	Computed    string
	Evidence    EvidenceRule
	Milestone   string
	Sample      bool
	Types       []string
	Batches     []string
}

// Typed tells whether somebody types the cell; the others are computed.
func (i Item) Typed() bool { return i.Computed == "" }

// Choice is one option of an item. Code is the number it is kept under, for ever.
type Choice struct {
	Key   string
	Code  int64
	Title string
}

// Severity says what a finding does: an error keeps the report from being filed, a warning wants an
// explanation that the reviewer sees.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Check is a rule about the values of a report: Expr must hold where all cells it names have a value.
// At names the cells it is shown at, Message says what is wrong; {item}, {value}, {last}, {children}
// and {missing} in it stand for the first of At, its values, and the units that have not filed.
type Check struct {
	Key      string
	Expr     string
	Severity Severity
	At       []string
	Message  string
	Basis    string
}

// Filed is the values of a report with the form that they were given on.
type Filed struct {
	Form   Form
	Values Values
}

// Around is what checks may look at beside a report's own values: what was filed for the latest earlier
// period, the other forms of the same unit and period by key, and the sums over the units below.
// What is not there is nil.
type Around struct {
	Last     *Filed
	Others   map[string]Filed
	Children *Filed   // sums, by the aggregation of each item
	Missing  []string // names of the units below that have not filed
}

// Finding is a check that does not hold, or a required cell that is blank.
type Finding struct {
	Check    string // its key; "required" for a blank cell
	Severity Severity
	Items    []string
	Message  fault.Message // of key `check.message` the text is the form's own
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
		DueDays: p.Reporting.DueDays, LockDays: p.Reporting.LockDays, PlanNo: p.No, FilledBy: plan.Types, Sample: p.Reporting.Sample, Source: p.Reporting.Source,
	}
	form.Sections = planSections(p)
	narrative := Section{Key: narrativeSection}
	for _, n := range p.Reporting.Narrative {
		narrative.Items = append(narrative.Items, Item{Key: n.Key, Title: n.Title, Type: Text, Kind: KindText, Aggregation: None})
	}
	form.Sections = append(form.Sections, narrative)
	return form
}

// Sections that have their names in the reader's language.
const (
	scopeSection     = "scope"
	narrativeSection = "narrative"
)

// planSections gives what the plan asks: the communities in scope, then a section per workstream.
func planSections(p *plan.Plan) []Section {
	sections := []Section{{Key: scopeSection, Items: []Item{{
		Key: CommunitiesItem, Type: Count, Kind: KindStock, Aggregation: Sum, Types: coverageTypes,
	}}}}
	for _, w := range p.Workstreams {
		section := Section{Key: w.Key, Title: w.Title}
		for _, m := range w.Milestones {
			section.Items = append(section.Items, milestoneItems(m)...)
		}
		sections = append(sections, section)
	}
	return sections
}

// milestoneItems gives the measure for communities and the count of covered communities for the rest.
func milestoneItems(m plan.Milestone) []Item {
	own := Item{
		Key: m.Measure.Item, Title: m.Title, Definition: m.Measure.Definition, Unit: m.Measure.Unit,
		Type: ItemType(m.Measure.Type), Kind: KindStock, Decimals: m.Measure.Decimals, Max: m.Measure.Max,
		Milestone: m.Key, Sample: m.Sample, Batches: m.Batches(), Basis: m.Source,
	}
	own.Aggregation = usualAggregation(own.Type)
	if own.Type == YesNo {
		own.Kind = KindStatus
	}
	if own.Evidence = EvidenceOptional; m.EvidenceRequired {
		own.Evidence = EvidenceRequired
	}
	covered := own
	covered.Key, covered.Type, covered.Kind, covered.Decimals, covered.Max, covered.Unit = CoveredItem(own.Key), Count, KindStock, 0, 0, ""
	covered.Aggregation = Sum
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

// ItemKey gives the key of the item in which units of this type report a milestone that they are asked
// about.
func ItemKey(m plan.Milestone, unitType string) string {
	if Covers(unitType) {
		return CoveredItem(m.Measure.Item)
	}
	return m.Measure.Item
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

// Item finds an item by its key.
func (f Form) Item(key string) (Item, bool) {
	item := f.item(key)
	if item == nil {
		return Item{}, false
	}
	return *item, true
}

// Section finds a section by its key.
func (f Form) Section(key string) (Section, bool) {
	for _, s := range f.Sections {
		if s.Key == key {
			return s, true
		}
	}
	return Section{}, false
}

// HasCheck tells whether the form has a check with the key.
func (f Form) HasCheck(key string) bool {
	return slices.ContainsFunc(f.Checks, func(c Check) bool { return c.Key == key })
}
