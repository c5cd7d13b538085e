package plan

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/period"
	"pilotboard/pkg/yamlfile"
)

func (r *reading) workstream(n *yaml.Node, path string) Workstream {
	o := r.Object(n, path)
	key := o.Required("key")
	w := Workstream{Key: r.Key(key, o.At("key"), keySyntax)}
	r.Unique(r.keys, key, o.At("key"), w.Key)
	w.Title = r.Text(o.Required("title"), o.At("title"))
	w.Sample = r.Flag(o.Optional("sample"), o.At("sample"))
	if n := o.Optional("source"); n != nil {
		w.Source = r.Text(n, o.At("source"))
	}
	for _, e := range r.List(o.Required("milestones"), o.At("milestones")) {
		m := r.milestone(e.Node, e.Path)
		m.Workstream = w.Key
		w.Milestones = append(w.Milestones, m)
	}
	o.End()
	return w
}

func (r *reading) milestone(n *yaml.Node, path string) Milestone {
	o := r.Object(n, path)
	key := o.Required("key")
	m := Milestone{Key: r.Key(key, o.At("key"), keySyntax)}
	r.Unique(r.keys, key, o.At("key"), m.Key)
	m.Title = r.Text(o.Required("title"), o.At("title"))
	m.Weight = r.Whole(o.Required("weight"), o.At("weight"), 1, maxWeight)
	r.weight += int64(m.Weight)
	r.unweighed = r.unweighed || m.Weight == 0
	r.milestones++
	m.due = byBatch(r.Document, o.Required("due"), o.At("due"), r.batches, func(n *yaml.Node, path string) period.Quarter {
		q := r.Quarter(n, path)
		r.within(n, path, q)
		return q
	})
	for _, b := range r.plan.Batches {
		if _, ok := m.due[b.Key]; ok {
			m.batches = append(m.batches, b.Key)
		}
	}
	m.Path = r.path(o, m.due)
	m.Types = r.types(o.Required("types"), o.At("types"))
	m.Measure = r.measure(o.Required("measure"), o.At("measure"))
	evidence := yamlfile.Choice(r.Document, o.Optional("evidence"), o.At("evidence"), []string{"required", "optional"}, "plan.unknown_evidence")
	m.EvidenceRequired = evidence == "required"
	m.Sample = r.Flag(o.Optional("sample"), o.At("sample"))
	if n := o.Optional("source"); n != nil {
		m.Source = r.Text(n, o.At("source"))
	}
	o.End()
	return m
}

func (r *reading) types(n *yaml.Node, path string) []string {
	var types []string
	for _, e := range r.List(n, path) {
		t := yamlfile.Choice(r.Document, e.Node, e.Path, Types, "plan.unknown_type")
		if slices.Contains(types, t) {
			r.Add(yamlfile.Follow(e.Node), e.Path, "plan.named_twice", t)
		}
		types = append(types, t)
	}
	return types
}

// path reads `path`, and `start` or `custom` where they belong to it.
func (r *reading) path(o *yamlfile.Object, due map[string]period.Quarter) Path {
	p := Path{Kind: yamlfile.Choice(r.Document, o.Required("path"), o.At("path"), PathKinds, "plan.unknown_path")}
	batches := slices.Sorted(maps.Keys(due))
	own := map[PathKind]string{Even: "start", Custom: "custom"}
	for _, kind := range []PathKind{Even, Custom} {
		if key := own[kind]; p.Kind != kind {
			if n := o.Optional(key); n != nil {
				r.Add(yamlfile.Follow(n), o.At(key), "plan.not_for_path", string(p.Kind), string(kind))
			}
		}
	}
	switch p.Kind {
	case Even:
		n := o.Required("start")
		p.Start = byBatch(r.Document, n, o.At("start"), batches, func(n *yaml.Node, path string) period.Quarter {
			q := r.Quarter(n, path)
			r.within(n, path, q)
			return q
		})
		eachDue(r, n, o.At("start"), p.Start, due, func(n *yaml.Node, path string, start, due period.Quarter) {
			if start > due && due != 0 {
				r.Add(n, path, "plan.due_before_start", due, start)
			}
		})
	case Custom:
		n := o.Required("custom")
		p.Points = byBatch(r.Document, n, o.At("custom"), batches, r.points)
		eachDue(r, n, o.At("custom"), p.Points, due, func(n *yaml.Node, path string, points []Point, due period.Quarter) {
			if len(points) > 0 && due != 0 && points[len(points)-1].Quarter > due {
				r.Add(n, path, "plan.path_after_due", points[len(points)-1].Quarter, due)
			}
		})
	}
	return p
}

// eachDue checks the value that a path has for each batch against the batch's due quarter, and notes
// the batches it has none for.
func eachDue[T any](r *reading, n *yaml.Node, path string, values map[string]T, due map[string]period.Quarter,
	check func(n *yaml.Node, path string, value T, due period.Quarter)) {
	if n = yamlfile.Follow(n); n == nil {
		return
	}
	for _, batch := range slices.Sorted(maps.Keys(due)) {
		value, ok := values[batch]
		if !ok {
			r.Add(n, path+"."+batch, "file.missing_key")
			continue
		}
		at, place := n, path
		if n.Kind == yaml.MappingNode {
			at, place = child(n, batch), path+"."+batch
		}
		check(at, place, value, due[batch])
	}
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(n.Content); i += 2 {
		if yamlfile.Follow(n.Content[i]).Value == key {
			return yamlfile.Follow(n.Content[i+1])
		}
	}
	return n
}

// points reads the list of a custom path, each entry one `quarter: percent`.
func (r *reading) points(n *yaml.Node, path string) []Point {
	var points []Point
	sound := true
	for _, e := range r.List(n, path) {
		point, ok := r.point(e.Node, e.Path)
		if !ok {
			sound = false
			continue
		}
		if len(points) > 0 {
			before := points[len(points)-1]
			if point.Quarter <= before.Quarter {
				r.Add(yamlfile.Follow(e.Node), e.Path, "plan.path_quarters", point.Quarter, before.Quarter)
			}
			if point.Fraction < before.Fraction {
				r.Add(yamlfile.Follow(e.Node), e.Path, "plan.path_decreases", point.Fraction.Percent(2), before.Fraction.Percent(2))
			}
		}
		points = append(points, point)
	}
	if sound && len(points) > 0 && points[len(points)-1].Fraction != One {
		r.Add(yamlfile.Follow(n), path, "plan.path_unfinished", points[len(points)-1].Fraction.Percent(2))
	}
	return points
}

func (r *reading) point(n *yaml.Node, path string) (Point, bool) {
	before := r.Faults()
	o := r.Object(n, path)
	pairs := o.Pairs()
	if len(pairs) != 1 {
		if o.There() {
			r.Add(yamlfile.Follow(n), path, "plan.bad_point")
		}
		return Point{}, false
	}
	var point Point
	for key, p := range pairs {
		point.Quarter = r.Quarter(p.Key, o.At(key))
		r.within(p.Key, o.At(key), point.Quarter)
		percent := r.Amount(p.Value, o.At(key), 2, 0, 100_00)
		point.Fraction = Fraction(percent) * (One / 100_00)
	}
	return point, r.Faults() == before
}

// Item keys that a report of a district or street uses for its communities.
const (
	reservedItem   = "communities"
	reservedEnding = "_covered"
)

// itemKey reads the key of an item of the form.
func itemKey(d *yamlfile.Document, n *yaml.Node, path string) string {
	key := d.Key(n, path, yamlfile.Name)
	if key == reservedItem || strings.HasSuffix(key, reservedEnding) {
		d.Add(yamlfile.Follow(n), path, "plan.reserved_item", key)
	}
	return key
}
