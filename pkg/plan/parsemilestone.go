package plan

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/period"
)

func (r *reading) workstream(n *yaml.Node, path string) Workstream {
	o := r.object(n, path)
	key := o.required("key")
	w := Workstream{Key: r.key(key, o.at("key"), keySyntax)}
	r.unique(r.keys, key, o.at("key"), w.Key)
	w.Title = r.text(o.required("title"), o.at("title"))
	w.Sample = r.flag(o.optional("sample"), o.at("sample"))
	if n := o.optional("source"); n != nil {
		w.Source = r.text(n, o.at("source"))
	}
	for _, e := range r.list(o.required("milestones"), o.at("milestones")) {
		m := r.milestone(e.node, e.path)
		m.Workstream = w.Key
		w.Milestones = append(w.Milestones, m)
	}
	o.end()
	return w
}

func (r *reading) milestone(n *yaml.Node, path string) Milestone {
	o := r.object(n, path)
	key := o.required("key")
	m := Milestone{Key: r.key(key, o.at("key"), keySyntax)}
	r.unique(r.keys, key, o.at("key"), m.Key)
	m.Title = r.text(o.required("title"), o.at("title"))
	m.Weight = r.whole(o.required("weight"), o.at("weight"), 1, maxWeight)
	r.weight += int64(m.Weight)
	r.unweighed = r.unweighed || m.Weight == 0
	r.milestones++
	m.due = byBatch(r.document, o.required("due"), o.at("due"), r.batches, func(n *yaml.Node, path string) period.Quarter {
		q := r.quarter(n, path)
		r.within(n, path, q)
		return q
	})
	for _, b := range r.plan.Batches {
		if _, ok := m.due[b.Key]; ok {
			m.batches = append(m.batches, b.Key)
		}
	}
	m.Path = r.path(o, m.due)
	m.Types = r.types(o.required("types"), o.at("types"))
	m.Measure = r.measure(o.required("measure"), o.at("measure"))
	evidence := choice(r.document, o.optional("evidence"), o.at("evidence"), []string{"required", "optional"}, "plan.unknown_evidence")
	m.EvidenceRequired = evidence == "required"
	m.Sample = r.flag(o.optional("sample"), o.at("sample"))
	if n := o.optional("source"); n != nil {
		m.Source = r.text(n, o.at("source"))
	}
	o.end()
	return m
}

func (r *reading) types(n *yaml.Node, path string) []string {
	var types []string
	for _, e := range r.list(n, path) {
		t := choice(r.document, e.node, e.path, Types, "plan.unknown_type")
		if slices.Contains(types, t) {
			r.add(follow(e.node), e.path, "plan.named_twice", t)
		}
		types = append(types, t)
	}
	return types
}

// path reads `path`, and `start` or `custom` where they belong to it.
func (r *reading) path(o *object, due map[string]period.Quarter) Path {
	p := Path{Kind: choice(r.document, o.required("path"), o.at("path"), PathKinds, "plan.unknown_path")}
	batches := slices.Sorted(maps.Keys(due))
	own := map[PathKind]string{Even: "start", Custom: "custom"}
	for _, kind := range []PathKind{Even, Custom} {
		if key := own[kind]; p.Kind != kind {
			if n := o.optional(key); n != nil {
				r.add(follow(n), o.at(key), "plan.not_for_path", string(p.Kind), string(kind))
			}
		}
	}
	switch p.Kind {
	case Even:
		n := o.required("start")
		p.Start = byBatch(r.document, n, o.at("start"), batches, func(n *yaml.Node, path string) period.Quarter {
			q := r.quarter(n, path)
			r.within(n, path, q)
			return q
		})
		eachDue(r, n, o.at("start"), p.Start, due, func(n *yaml.Node, path string, start, due period.Quarter) {
			if start > due && due != 0 {
				r.add(n, path, "plan.due_before_start", due, start)
			}
		})
	case Custom:
		n := o.required("custom")
		p.Points = byBatch(r.document, n, o.at("custom"), batches, r.points)
		eachDue(r, n, o.at("custom"), p.Points, due, func(n *yaml.Node, path string, points []Point, due period.Quarter) {
			if len(points) > 0 && due != 0 && points[len(points)-1].Quarter > due {
				r.add(n, path, "plan.path_after_due", points[len(points)-1].Quarter, due)
			}
		})
	}
	return p
}

// eachDue checks the value that a path has for each batch against the batch's due quarter, and notes
// the batches it has none for.
func eachDue[T any](r *reading, n *yaml.Node, path string, values map[string]T, due map[string]period.Quarter,
	check func(n *yaml.Node, path string, value T, due period.Quarter)) {
	if n = follow(n); n == nil {
		return
	}
	for _, batch := range slices.Sorted(maps.Keys(due)) {
		value, ok := values[batch]
		if !ok {
			r.add(n, path+"."+batch, "plan.missing_key")
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
		if follow(n.Content[i]).Value == key {
			return follow(n.Content[i+1])
		}
	}
	return n
}

// points reads the list of a custom path, each entry one `quarter: percent`.
func (r *reading) points(n *yaml.Node, path string) []Point {
	var points []Point
	sound := true
	for _, e := range r.list(n, path) {
		point, ok := r.point(e.node, e.path)
		if !ok {
			sound = false
			continue
		}
		if len(points) > 0 {
			before := points[len(points)-1]
			if point.Quarter <= before.Quarter {
				r.add(follow(e.node), e.path, "plan.path_quarters", point.Quarter, before.Quarter)
			}
			if point.Fraction < before.Fraction {
				r.add(follow(e.node), e.path, "plan.path_decreases", point.Fraction.Percent(2), before.Fraction.Percent(2))
			}
		}
		points = append(points, point)
	}
	if sound && len(points) > 0 && points[len(points)-1].Fraction != One {
		r.add(follow(n), path, "plan.path_unfinished", points[len(points)-1].Fraction.Percent(2))
	}
	return points
}

func (r *reading) point(n *yaml.Node, path string) (Point, bool) {
	before := len(r.faults)
	o := r.object(n, path)
	if o.node == nil || len(o.pairs) != 1 {
		if o.node != nil {
			r.add(o.node, path, "plan.bad_point")
		}
		return Point{}, false
	}
	var point Point
	for key, p := range o.pairs {
		point.Quarter = r.quarter(p.key, o.at(key))
		r.within(p.key, o.at(key), point.Quarter)
		percent := r.amount(p.value, o.at(key), 2, 0, 100_00)
		point.Fraction = Fraction(percent) * (One / 100_00)
	}
	return point, len(r.faults) == before
}

// Item keys that a report of a district or street uses for its communities.
const (
	reservedItem   = "communities"
	reservedEnding = "_covered"
)

// itemKey reads the key of an item of the form.
func (d *document) itemKey(n *yaml.Node, path string) string {
	key := d.key(n, path, itemSyntax)
	if key == reservedItem || strings.HasSuffix(key, reservedEnding) {
		d.add(follow(n), path, "plan.reserved_item", key)
	}
	return key
}
