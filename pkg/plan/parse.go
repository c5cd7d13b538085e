package plan

import (
	"gopkg.in/yaml.v3"

	"pilotboard/pkg/period"
)

// Bounds of a plan file.
const (
	maxQuarters   = 80
	maxWeight     = 1000
	maxDays       = 366
	maxBatches    = 50
	maxMilestones = 500
)

// Parse reads a plan file. What is wrong is told all at once as fault.FileFaults; file is the name they bear.
// The plan has no ID and no version yet.
func Parse(file string, data []byte) (*Plan, error) {
	d := &document{file: file}
	root := d.root(data)
	if root == nil {
		return nil, d.err()
	}
	usual := &document{file: "reporting.yaml"}
	reporting := usual.reporting(usual.root(usualReporting), "", Reporting{})
	if err := usual.err(); err != nil {
		return nil, err
	}
	r := &reading{document: d, plan: &Plan{Reporting: reporting}, keys: map[string]*yaml.Node{}, items: map[string]*yaml.Node{}}
	r.top(root)
	if err := d.err(); err != nil {
		return nil, err
	}
	r.plan.sortOut()
	return r.plan, nil
}

// reading is a plan on its way out of a document.
type reading struct {
	*document
	plan    *Plan
	batches []string
	keys    map[string]*yaml.Node // of workstreams and milestones, which share one space
	items   map[string]*yaml.Node // of the form

	milestones int
	weight     int64 // of all milestones
	unweighed  bool  // a weight is missing or faulty
}

func (r *reading) top(root *yaml.Node) {
	o, p := r.object(root, ""), r.plan
	p.Key = r.key(o.required("key"), "key", keySyntax)
	p.Title = r.text(o.required("title"), "title")
	p.Issuer = r.text(o.required("issuer"), "issuer")
	p.Issued = r.date(o.required("issued"), "issued")
	p.First, p.Last = r.period(o.required("period"), "period")
	p.Behind, p.Severe = r.lights(o.required("lights"), "lights")
	p.Reporting = r.reporting(o.optional("reporting"), "reporting", p.Reporting)
	r.readBatches(o.required("batches"), "batches")
	p.Facts = r.facts(o.optional("facts"), "facts")
	total := o.optional("total_weight")
	workstreams := o.required("workstreams")
	for _, e := range r.list(workstreams, "workstreams") {
		p.Workstreams = append(p.Workstreams, r.workstream(e.node, e.path))
	}
	if r.milestones > maxMilestones {
		r.add(follow(workstreams), "workstreams", "plan.too_many", r.milestones, maxMilestones)
	}
	if total != nil {
		if want := r.whole(total, "total_weight", 1, maxAmount); want != 0 && int64(want) != r.weight && !r.unweighed {
			r.add(follow(total), "total_weight", "plan.wrong_total", want, r.weight)
		}
	}
	o.end()
}

func (r *reading) period(n *yaml.Node, path string) (first, last period.Quarter) {
	ends := r.list(n, path)
	if len(ends) == 0 {
		return 0, 0
	}
	if len(ends) != 2 {
		r.add(follow(n), path, "plan.bad_period")
		return 0, 0
	}
	first, last = r.quarter(ends[0].node, ends[0].path), r.quarter(ends[1].node, ends[1].path)
	if first == 0 || last == 0 {
		return 0, 0
	}
	if last < first || last-first >= maxQuarters {
		r.add(follow(n), path, "plan.bad_period_order", maxQuarters/4)
		return 0, 0
	}
	return first, last
}

// within notes a quarter outside the plan's period.
func (r *reading) within(n *yaml.Node, path string, q period.Quarter) {
	if q != 0 && r.plan.First != 0 && (q < r.plan.First || q > r.plan.Last) {
		r.add(follow(n), path, "plan.outside_period", q, r.plan.First, r.plan.Last)
	}
}

func (r *reading) lights(n *yaml.Node, path string) (behind, severe int) {
	o := r.object(n, path)
	behind = r.whole(o.required("behind"), o.at("behind"), 0, 100)
	node := o.required("severe")
	severe = r.whole(node, o.at("severe"), 1, 100)
	if severe != 0 && severe <= behind {
		r.add(follow(node), o.at("severe"), "plan.lights_order", severe, behind)
	}
	o.end()
	return behind, severe
}

func (r *reading) readBatches(n *yaml.Node, path string) {
	seen := map[string]*yaml.Node{}
	for _, e := range r.list(n, path) {
		o := r.object(e.node, e.path)
		key := o.required("key")
		b := Batch{Key: r.key(key, o.at("key"), keySyntax)}
		r.unique(seen, key, o.at("key"), b.Key)
		b.Title = r.text(o.required("title"), o.at("title"))
		o.end()
		r.plan.Batches = append(r.plan.Batches, b)
		if b.Key != "" {
			r.batches = append(r.batches, b.Key)
		}
	}
	if len(r.batches) > maxBatches {
		r.add(follow(n), path, "plan.too_many", len(r.batches), maxBatches)
	}
}

// unique notes a key that was seen before.
func (d *document) unique(seen map[string]*yaml.Node, n *yaml.Node, path, key string) {
	if key == "" {
		return
	}
	if first, twice := seen[key]; twice {
		d.add(follow(n), path, "plan.taken", key, first.Line)
		return
	}
	seen[key] = follow(n)
}

func (r *reading) facts(n *yaml.Node, path string) []Fact {
	seen := map[string]*yaml.Node{}
	var facts []Fact
	for _, e := range r.list(n, path) {
		o := r.object(e.node, e.path)
		id := o.required("id")
		f := Fact{ID: r.key(id, o.at("id"), keySyntax)}
		r.unique(seen, id, o.at("id"), f.ID)
		f.Title = r.text(o.required("title"), o.at("title"))
		f.Quarter = r.quarter(o.required("quarter"), o.at("quarter"))
		if day := o.optional("date"); day != nil {
			f.Day = r.date(day, o.at("date"))
			if !f.Day.IsZero() && f.Quarter != 0 && period.QuarterOf(f.Day) != f.Quarter {
				r.add(follow(day), o.at("date"), "plan.date_outside_quarter", f.Day, f.Quarter)
			}
		}
		fact := r.flag(o.optional("fact"), o.at("fact"))
		f.Sample = r.flag(o.optional("sample"), o.at("sample"))
		if fact == f.Sample && o.node != nil {
			r.add(o.node, o.path, "plan.fact_or_sample")
		}
		f.Source = r.text(o.required("source"), o.at("source"))
		o.end()
		facts = append(facts, f)
	}
	return facts
}

// reporting reads what n says over what usually holds.
func (d *document) reporting(n *yaml.Node, path string, usual Reporting) Reporting {
	o, r := d.object(n, path), usual
	if o.node != nil {
		r.Sample, r.Source = false, ""
	}
	if n := o.optional("form"); n != nil {
		r.Form = d.key(n, o.at("form"), itemSyntax)
	}
	if n := o.optional("number"); n != nil {
		r.Number = d.optionalText(n, o.at("number"))
	}
	if n := o.optional("title"); n != nil {
		r.Title = d.text(n, o.at("title"))
	}
	if n := o.optional("due_days"); n != nil {
		r.DueDays = d.whole(n, o.at("due_days"), 1, maxDays)
	}
	if n := o.optional("lock_days"); n != nil {
		r.LockDays = d.whole(n, o.at("lock_days"), 1, maxDays)
	}
	if o.node != nil && r.LockDays < r.DueDays && r.LockDays > 0 {
		d.add(o.node, o.at("lock_days"), "plan.lock_before_due", r.LockDays, r.DueDays)
	}
	if n := o.optional("narrative"); n != nil {
		r.Narrative = d.narrative(n, o.at("narrative"))
	}
	r.Sample = d.flag(o.optional("sample"), o.at("sample")) || (o.node == nil && usual.Sample)
	if n := o.optional("source"); n != nil {
		r.Source = d.text(n, o.at("source"))
	}
	o.end()
	return r
}

func (d *document) narrative(n *yaml.Node, path string) []NarrativeItem {
	seen := map[string]*yaml.Node{}
	var items []NarrativeItem
	for _, e := range d.list(n, path) {
		o := d.object(e.node, e.path)
		key := o.required("key")
		item := NarrativeItem{Key: d.itemKey(key, o.at("key"))}
		d.unique(seen, key, o.at("key"), item.Key)
		item.Title = d.text(o.required("title"), o.at("title"))
		o.end()
		items = append(items, item)
	}
	return items
}
