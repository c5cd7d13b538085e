package plan

import (
	"regexp"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/period"
	"pilotboard/pkg/yamlfile"
)

// Bounds of a plan file.
const (
	maxQuarters   = 80
	maxWeight     = 1000
	maxDays       = 366
	maxBatches    = 50
	maxMilestones = 500
)

// keySyntax is how plans, batches, milestones, facts and units are named.
var keySyntax = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// Parse reads a plan file. What is wrong is told all at once as fault.FileFaults; file is the name they bear.
// The plan has no ID and no version yet.
func Parse(file string, data []byte) (*Plan, error) {
	d := yamlfile.New(file)
	root := d.Root(data)
	if root == nil {
		return nil, d.Err()
	}
	usual := yamlfile.New("reporting.yaml")
	reporting := reportingOf(usual, usual.Root(usualReporting), "", Reporting{})
	if err := usual.Err(); err != nil {
		return nil, err
	}
	r := &reading{Document: d, plan: &Plan{Reporting: reporting}, keys: map[string]*yaml.Node{}, items: map[string]*yaml.Node{}}
	r.top(root)
	if err := d.Err(); err != nil {
		return nil, err
	}
	r.plan.sortOut()
	return r.plan, nil
}

// reading is a plan on its way out of a document.
type reading struct {
	*yamlfile.Document
	plan    *Plan
	batches []string
	keys    map[string]*yaml.Node // of workstreams and milestones, which share one space
	items   map[string]*yaml.Node // of the form

	milestones int
	weight     int64 // of all milestones
	unweighed  bool  // a weight is missing or faulty
}

func (r *reading) top(root *yaml.Node) {
	o, p := r.Object(root, ""), r.plan
	p.Key = r.Key(o.Required("key"), "key", keySyntax)
	p.Title = r.Text(o.Required("title"), "title")
	p.Issuer = r.Text(o.Required("issuer"), "issuer")
	p.Issued = r.Date(o.Required("issued"), "issued")
	p.First, p.Last = r.period(o.Required("period"), "period")
	p.Behind, p.Severe = r.lights(o.Required("lights"), "lights")
	p.Reporting = reportingOf(r.Document, o.Optional("reporting"), "reporting", p.Reporting)
	r.readBatches(o.Required("batches"), "batches")
	p.Facts = r.facts(o.Optional("facts"), "facts")
	total := o.Optional("total_weight")
	workstreams := o.Required("workstreams")
	for _, e := range r.List(workstreams, "workstreams") {
		p.Workstreams = append(p.Workstreams, r.workstream(e.Node, e.Path))
	}
	if r.milestones > maxMilestones {
		r.Add(yamlfile.Follow(workstreams), "workstreams", "file.too_many", r.milestones, maxMilestones)
	}
	if total != nil {
		if want := r.Whole(total, "total_weight", 1, yamlfile.MaxAmount); want != 0 && int64(want) != r.weight && !r.unweighed {
			r.Add(yamlfile.Follow(total), "total_weight", "plan.wrong_total", want, r.weight)
		}
	}
	o.End()
}

func (r *reading) period(n *yaml.Node, path string) (first, last period.Quarter) {
	ends := r.List(n, path)
	if len(ends) == 0 {
		return 0, 0
	}
	if len(ends) != 2 {
		r.Add(yamlfile.Follow(n), path, "plan.bad_period")
		return 0, 0
	}
	first, last = r.Quarter(ends[0].Node, ends[0].Path), r.Quarter(ends[1].Node, ends[1].Path)
	if first == 0 || last == 0 {
		return 0, 0
	}
	if last < first || last-first >= maxQuarters {
		r.Add(yamlfile.Follow(n), path, "plan.bad_period_order", maxQuarters/4)
		return 0, 0
	}
	return first, last
}

// within notes a quarter outside the plan's period.
func (r *reading) within(n *yaml.Node, path string, q period.Quarter) {
	if q != 0 && r.plan.First != 0 && (q < r.plan.First || q > r.plan.Last) {
		r.Add(yamlfile.Follow(n), path, "plan.outside_period", q, r.plan.First, r.plan.Last)
	}
}

func (r *reading) lights(n *yaml.Node, path string) (behind, severe int) {
	o := r.Object(n, path)
	behind = r.Whole(o.Required("behind"), o.At("behind"), 0, 100)
	node := o.Required("severe")
	severe = r.Whole(node, o.At("severe"), 1, 100)
	if severe != 0 && severe <= behind {
		r.Add(yamlfile.Follow(node), o.At("severe"), "plan.lights_order", severe, behind)
	}
	o.End()
	return behind, severe
}

func (r *reading) readBatches(n *yaml.Node, path string) {
	seen := map[string]*yaml.Node{}
	for _, e := range r.List(n, path) {
		o := r.Object(e.Node, e.Path)
		key := o.Required("key")
		b := Batch{Key: r.Key(key, o.At("key"), keySyntax)}
		r.Unique(seen, key, o.At("key"), b.Key)
		b.Title = r.Text(o.Required("title"), o.At("title"))
		o.End()
		r.plan.Batches = append(r.plan.Batches, b)
		if b.Key != "" {
			r.batches = append(r.batches, b.Key)
		}
	}
	if len(r.batches) > maxBatches {
		r.Add(yamlfile.Follow(n), path, "file.too_many", len(r.batches), maxBatches)
	}
}

func (r *reading) facts(n *yaml.Node, path string) []Fact {
	seen := map[string]*yaml.Node{}
	var facts []Fact
	for _, e := range r.List(n, path) {
		o := r.Object(e.Node, e.Path)
		id := o.Required("id")
		f := Fact{ID: r.Key(id, o.At("id"), keySyntax)}
		r.Unique(seen, id, o.At("id"), f.ID)
		f.Title = r.Text(o.Required("title"), o.At("title"))
		f.Quarter = r.Quarter(o.Required("quarter"), o.At("quarter"))
		if day := o.Optional("date"); day != nil {
			f.Day = r.Date(day, o.At("date"))
			if !f.Day.IsZero() && f.Quarter != 0 && period.QuarterOf(f.Day) != f.Quarter {
				r.Add(yamlfile.Follow(day), o.At("date"), "plan.date_outside_quarter", f.Day, f.Quarter)
			}
		}
		fact := r.Flag(o.Optional("fact"), o.At("fact"))
		f.Sample = r.Flag(o.Optional("sample"), o.At("sample"))
		if fact == f.Sample && o.There() {
			r.Add(yamlfile.Follow(e.Node), e.Path, "plan.fact_or_sample")
		}
		f.Source = r.Text(o.Required("source"), o.At("source"))
		o.End()
		facts = append(facts, f)
	}
	return facts
}

// reportingOf reads what n says over what usually holds.
func reportingOf(d *yamlfile.Document, n *yaml.Node, path string, usual Reporting) Reporting {
	o, r := d.Object(n, path), usual
	if o.There() {
		r.Sample, r.Source = false, ""
	}
	if n := o.Optional("form"); n != nil {
		r.Form = d.Key(n, o.At("form"), yamlfile.Name)
	}
	if n := o.Optional("number"); n != nil {
		r.Number = d.OptionalText(n, o.At("number"))
	}
	if n := o.Optional("title"); n != nil {
		r.Title = d.Text(n, o.At("title"))
	}
	if n := o.Optional("due_days"); n != nil {
		r.DueDays = d.Whole(n, o.At("due_days"), 1, maxDays)
	}
	if n := o.Optional("lock_days"); n != nil {
		r.LockDays = d.Whole(n, o.At("lock_days"), 1, maxDays)
	}
	if r.LockDays < r.DueDays && r.LockDays > 0 {
		o.Add("lock_days", "plan.lock_before_due", r.LockDays, r.DueDays)
	}
	if n := o.Optional("narrative"); n != nil {
		r.Narrative = narrative(d, n, o.At("narrative"))
	}
	r.Sample = d.Flag(o.Optional("sample"), o.At("sample")) || (!o.There() && usual.Sample)
	if n := o.Optional("source"); n != nil {
		r.Source = d.Text(n, o.At("source"))
	}
	o.End()
	return r
}

func narrative(d *yamlfile.Document, n *yaml.Node, path string) []NarrativeItem {
	seen := map[string]*yaml.Node{}
	var items []NarrativeItem
	for _, e := range d.List(n, path) {
		o := d.Object(e.Node, e.Path)
		key := o.Required("key")
		item := NarrativeItem{Key: itemKey(d, key, o.At("key"))}
		d.Unique(seen, key, o.At("key"), item.Key)
		item.Title = d.Text(o.Required("title"), o.At("title"))
		o.End()
		items = append(items, item)
	}
	return items
}
