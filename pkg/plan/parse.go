package plan

import (
	"regexp"
	"slices"
	"strings"

	"pilotboard/pkg/period"
)

// parser reads one plan file.
type parser struct {
	reader
	plan  *Plan
	keys  map[string]bool // workstream and milestone keys
	items map[string]bool // items of the form
}

var (
	keyPattern  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)
	itemPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
)

// reserved are the item keys that the form itself uses or makes from others.
var reserved = []string{"communities"}

// Parse reads a plan file (interfaces.md, "Plan file"). A file that is wrong gives no plan but
// fault.FileFaults: every fault at once, with line, column, path and reason.
func Parse(file string, data []byte) (*Plan, error) {
	p := &parser{reader: reader{file: file}, plan: &Plan{}, keys: map[string]bool{}, items: map[string]bool{}}
	top := p.document(data)
	if top != nil {
		p.top(place{node: top})
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.plan, nil
}

func (p *parser) top(at place) {
	f := p.fields(at, []string{"key", "title", "issuer", "issued", "period", "lights", "reporting", "batches", "workstreams"}, []string{"facts"})
	p.plan.Key = p.key(f["key"])
	p.plan.Title, p.plan.Issuer = p.text(f["title"]), p.text(f["issuer"])
	p.plan.Issued = p.date(f["issued"])
	p.period(f["period"])
	if lights := f["lights"]; lights.node != nil {
		l := p.fields(lights, []string{"behind", "severe"}, nil)
		p.plan.Behind, p.plan.Severe = p.number(l["behind"], 0, 0, 100), p.number(l["severe"], 0, 0, 100)
		if p.plan.Severe < p.plan.Behind {
			p.wrong(lights, "plan.file.lights_order")
		}
	}
	if reporting := f["reporting"]; reporting.node != nil {
		p.reporting(reporting)
	}
	p.batches(f["batches"])
	p.workstreams(f["workstreams"])
	for _, fact := range p.list(f["facts"]) {
		p.fact(fact)
	}
}

func (p *parser) period(at place) {
	if at.node == nil {
		return
	}
	ends := p.list(at)
	if len(ends) != 2 {
		p.wrong(at, "plan.file.period")
		return
	}
	p.plan.First, p.plan.Last = p.quarter(ends[0]), p.quarter(ends[1])
	if p.plan.First != 0 && p.plan.Last != 0 && p.plan.Last < p.plan.First {
		p.wrong(at, "plan.file.period")
	}
}

func (p *parser) reporting(at place) {
	f := p.fields(at, []string{"form", "number", "title", "due_days", "lock_days"}, []string{"narrative"})
	r := &p.plan.Reporting
	r.Form, r.Number, r.Title = p.item(f["form"]), p.text(f["number"]), p.text(f["title"])
	r.DueDays, r.LockDays = p.number(f["due_days"], 0, 0, 90), p.number(f["lock_days"], 0, 0, 365)
	if r.LockDays < r.DueDays {
		p.wrong(at, "plan.file.lock_before_due")
	}
	for _, n := range p.list(f["narrative"]) {
		g := p.fields(n, []string{"key", "title"}, nil)
		r.Narrative = append(r.Narrative, NarrativeItem{Key: p.newItem(g["key"]), Title: p.text(g["title"])})
	}
}

func (p *parser) batches(at place) {
	for _, b := range p.list(at) {
		f := p.fields(b, []string{"key", "title"}, nil)
		batch := Batch{Key: p.key(f["key"]), Title: p.text(f["title"])}
		if p.plan.HasBatch(batch.Key) {
			p.wrong(b, "plan.file.twice", batch.Key)
		}
		p.plan.Batches = append(p.plan.Batches, batch)
	}
	if at.node != nil && len(p.plan.Batches) == 0 {
		p.wrong(at, "plan.file.empty")
	}
}

func (p *parser) workstreams(at place) {
	for _, w := range p.list(at) {
		f := p.fields(w, []string{"key", "title", "milestones"}, nil)
		stream := Workstream{Key: p.newKey(f["key"]), Title: p.text(f["title"])}
		for _, m := range p.list(f["milestones"]) {
			milestone := p.milestone(m)
			milestone.Workstream = stream.Key
			stream.Milestones = append(stream.Milestones, milestone)
		}
		if list := f["milestones"]; list.node != nil && len(stream.Milestones) == 0 {
			p.wrong(list, "plan.file.empty")
		}
		p.plan.Workstreams = append(p.plan.Workstreams, stream)
	}
	if at.node != nil && len(p.plan.Workstreams) == 0 {
		p.wrong(at, "plan.file.empty")
	}
}

func (p *parser) milestone(at place) Milestone {
	f := p.fields(at, []string{"key", "title", "weight", "path", "due", "types", "measure"}, []string{"start", "points", "evidence", "sample", "source"})
	m := Milestone{
		Key: p.newKey(f["key"]), Title: p.text(f["title"]), Weight: p.number(f["weight"], 1, 1, 1000),
		Sample: p.boolean(f["sample"]), Source: p.text(f["source"]),
		EvidenceRequired: p.choice(f["evidence"], "optional", "optional", "required") == "required",
	}
	for _, t := range p.list(f["types"]) {
		m.Types = append(m.Types, p.choice(t, "", Types...))
	}
	if types := f["types"]; types.node != nil && (len(m.Types) == 0 || len(slices.Compact(slices.Sorted(slices.Values(m.Types)))) != len(m.Types)) {
		p.wrong(types, "plan.file.types")
	}
	if path := f["path"]; path.node != nil {
		m.Path = p.path(path, f)
	}
	if measure := f["measure"]; measure.node != nil {
		m.Measure = p.measure(measure)
	}
	return m
}

func (p *parser) fact(at place) {
	f := p.fields(at, []string{"key", "title", "quarter", "source"}, nil)
	p.plan.Facts = append(p.plan.Facts, Fact{Key: p.key(f["key"]), Title: p.text(f["title"]), Quarter: p.quarter(f["quarter"]), Source: p.text(f["source"])})
}

func (p *parser) key(at place) string {
	key := p.text(at)
	if at.node != nil && key != "" && !keyPattern.MatchString(key) {
		p.wrong(at, "plan.file.bad_key", key)
	}
	return key
}

// newKey reads the key of a workstream or milestone, unique among both.
func (p *parser) newKey(at place) string {
	key := p.key(at)
	if key != "" && p.keys[key] {
		p.wrong(at, "plan.file.twice", key)
	}
	p.keys[key] = true
	return key
}

func (p *parser) item(at place) string {
	item := p.text(at)
	if at.node != nil && item != "" && (!itemPattern.MatchString(item) || strings.HasSuffix(item, "_covered") || slices.Contains(reserved, item)) {
		p.wrong(at, "plan.file.bad_item", item)
	}
	return item
}

// newItem reads the key of an item of the form, unique in it.
func (p *parser) newItem(at place) string {
	item := p.item(at)
	if item != "" && p.items[item] {
		p.wrong(at, "plan.file.twice", item)
	}
	p.items[item] = true
	return item
}

// inPeriod gives the quarter when it lies in the plan's period; else a fault.
func (p *parser) inPeriod(at place) period.Quarter {
	q := p.quarter(at)
	if q != 0 && p.plan.First != 0 && p.plan.Last != 0 && (q < p.plan.First || q > p.plan.Last) {
		p.wrong(at, "plan.file.outside_period", q)
	}
	return q
}
