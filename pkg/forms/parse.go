package forms

import (
	"slices"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/yamlfile"
)

// Bounds of a form file.
const (
	maxSections   = 100
	maxItems      = 500
	maxChecks     = 500
	maxOptions    = 100
	maxDecimals   = 4
	maxDays       = 366
	maxDefinition = 1000
)

// UnitTypes are the types of units that can owe a form: the pilots' and the divisions'.
var UnitTypes = append(slices.Clone(plan.Types), "county", "city")

// reserved are the words that an expression needs for itself.
var reserved = []string{
	"last", "children", "it", "given", "abs", "unit_type", "children_complete", "required",
	"in", "not", "and", "or", "matches", "contains", "let", "if", "else", "true", "false", "nil",
}

// reservedForms are the words that formulas of indicators need for what is no form.
var reservedForms = []string{"count", "pilots"}

// Parse reads a form file. What is wrong is told all at once as fault.FileFaults; file is the name
// they bear. What the file says about other forms, and about the plan's items, is not looked up here.
func Parse(file string, data []byte) (Document, error) {
	y := yamlfile.New(file)
	root := y.Root(data)
	if root == nil {
		return Document{}, y.Err()
	}
	r := &reading{Document: y, doc: Document{file: file, places: map[string]place{}}, items: map[string]*yaml.Node{}}
	r.top(root)
	r.formulas()
	if err := y.Err(); err != nil {
		return Document{}, err
	}
	return r.doc, nil
}

// reading is a form on its way out of a file.
type reading struct {
	*yamlfile.Document
	doc   Document
	items map[string]*yaml.Node
}

func (r *reading) top(root *yaml.Node) {
	o, f := r.Object(root, ""), &r.doc.form
	f.Key = r.name(o.Required("key"), "key")
	r.doc.Key = f.Key
	if slices.Contains(reservedForms, f.Key) {
		o.Add("key", "form.reserved", f.Key)
	}
	f.Number = r.optional(o, "number")
	f.Title = r.Text(o.Required("title"), "title")
	f.Agency = r.optional(o, "agency")
	f.Approval = r.optional(o, "approval")
	r.validity(o.Optional("valid"), "valid")
	sections := o.Required("sections")
	f.Source = r.optional(o, "source")
	f.Sample = r.Flag(o.Optional("sample"), "sample")
	filledBy, review := o.Optional("filled_by"), o.Optional("review")
	if f.FilledBy = UnitTypes; filledBy != nil {
		f.FilledBy = r.words(filledBy, "filled_by", UnitTypes)
	}
	f.Review = r.review(review, "review")
	r.sections(sections, "sections")
	r.days(o)
	switch {
	case filledBy != nil:
	case r.doc.Plan:
		f.FilledBy = plan.Types
	default:
		o.Add("filled_by", "file.missing_key")
	}
	r.checks(o.Optional("checks"), "checks")
	o.End()
}

// optional reads one line of words that may be missing or empty.
func (r *reading) optional(o *yamlfile.Object, key string) string {
	n := o.Optional(key)
	if n == nil {
		return ""
	}
	return r.OptionalText(n, o.At(key))
}

// name reads a key that expressions use.
func (r *reading) name(n *yaml.Node, path string) string {
	name := r.Key(n, path, yamlfile.Name)
	if slices.Contains(reserved, name) {
		r.Add(yamlfile.Follow(n), path, "form.reserved", name)
	}
	return name
}

func (r *reading) validity(n *yaml.Node, path string) {
	o, f := r.Object(n, path), &r.doc.form
	f.ValidFrom = r.Date(o.Optional("from"), o.At("from"))
	f.ValidUntil = r.Date(o.Optional("until"), o.At("until"))
	if !f.ValidUntil.IsZero() && f.ValidUntil.Before(f.ValidFrom) {
		o.Add("until", "form.until_before_from", f.ValidUntil, f.ValidFrom)
	}
	o.End()
}

// days reads the due and the lock day; a form that asks about the plan may leave them to it.
func (r *reading) days(o *yamlfile.Object) {
	take := o.Required
	if r.doc.Plan {
		take = o.Optional
	}
	f := &r.doc.form
	due, lock := take("due_days"), take("lock_days")
	f.DueDays = r.Whole(due, "due_days", 1, maxDays)
	f.LockDays = r.Whole(lock, "lock_days", 1, maxDays)
	switch {
	case (due == nil) != (lock == nil) && r.doc.Plan:
		o.Add("lock_days", "form.both_days")
	case f.LockDays > 0 && f.LockDays < f.DueDays:
		o.Add("lock_days", "plan.lock_before_due", f.LockDays, f.DueDays)
	}
}

// words reads a list of known words, none of them twice.
func (r *reading) words(n *yaml.Node, path string, known []string) []string {
	var list []string
	for _, e := range r.List(n, path) {
		word := yamlfile.Choice(r.Document, e.Node, e.Path, known, "form.unknown_word")
		if slices.Contains(list, word) {
			r.Add(yamlfile.Follow(e.Node), e.Path, "plan.named_twice", word)
		}
		list = append(list, word)
	}
	return list
}

// levels are the levels that can review, from the ground up.
var levels = []string{"county", "city", "province"}

var levelOf = map[string]int{"county": divisions.County, "city": divisions.City, "province": divisions.Province}

func (r *reading) review(n *yaml.Node, path string) []int {
	var chain []int
	for i, level := range r.words(n, path, levels) {
		if at := slices.Index(levels, level); i > 0 && at >= 0 && levelOf[level] > chain[i-1] {
			r.Add(yamlfile.Follow(n), path, "form.review_order")
		}
		chain = append(chain, levelOf[level])
	}
	return chain
}

func (r *reading) sections(n *yaml.Node, path string) {
	seen := map[string]*yaml.Node{}
	form := &r.doc.form
	items := 0
	for _, e := range r.List(n, path) {
		o := r.Object(e.Node, e.Path)
		if about := o.Optional("plan"); about != nil {
			r.aboutPlan(about, o.At("plan"))
			o.End()
			continue
		}
		section := r.section(o, seen)
		items += len(section.Items)
		form.Sections = append(form.Sections, section)
	}
	if len(form.Sections) > maxSections {
		r.Add(yamlfile.Follow(n), path, "file.too_many", len(form.Sections), maxSections)
	}
	if items > maxItems {
		r.Add(yamlfile.Follow(n), path, "file.too_many", items, maxItems)
	}
}

// aboutPlan takes the section that stands for all of the plan's.
func (r *reading) aboutPlan(n *yaml.Node, path string) {
	yamlfile.Choice(r.Document, n, path, []string{"workstreams"}, "form.unknown_word")
	if r.doc.Plan {
		r.Add(yamlfile.Follow(n), path, "form.plan_twice")
	}
	r.doc.Plan, r.doc.before = true, len(r.doc.form.Sections)
}

func (r *reading) section(o *yamlfile.Object, seen map[string]*yaml.Node) Section {
	key := o.Required("key")
	s := Section{Key: r.name(key, o.At("key"))}
	r.Unique(seen, key, o.At("key"), s.Key)
	if s.Key == narrativeSection {
		s.Title = r.optional(o, "title")
	} else {
		s.Title = r.Text(o.Required("title"), o.At("title"))
	}
	for _, e := range r.List(o.Required("items"), o.At("items")) {
		s.Items = append(s.Items, r.item(e))
	}
	o.End()
	return s
}
