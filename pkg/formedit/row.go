package formedit

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/yamlfile"
)

// Part is a sort of row of a form.
type Part string

// The parts. Sections and checks stand in the form, items in a section.
const (
	Sections Part = "section"
	Items    Part = "item"
	Checks   Part = "check"
)

// PlanSection is the key of the section that stands for those of the plan, which has none in the file.
const PlanSection = "*plan"

// SectionField is the field of an item that names its section.
const SectionField = "section"

// Row is a section, an item or a check. Path is where it stands in the file, as faults say it.
type Row struct {
	Key    string
	Path   string
	Fields Fields
}

// Section is a section with its items. The plan's has none.
type Section struct {
	Row
	Plan  bool
	Items []Row
}

// Sections gives what the file asks.
func (f *File) Sections() []Section {
	var all []Section
	for i, n := range entries(value(f.root, "sections")) {
		s := Section{Row: Row{Key: keyOf(n), Path: fmt.Sprintf("sections[%d]", i), Fields: read(n, sectionFields)}, Plan: value(n, "plan") != nil}
		for j, item := range entries(value(n, "items")) {
			fields := read(item, itemFields)
			fields[SectionField] = s.Key
			s.Items = append(s.Items, Row{keyOf(item), fmt.Sprintf("%s.items[%d]", s.Path, j), fields})
		}
		all = append(all, s)
	}
	return all
}

// Checks gives the checks of the file; one with `each` is one row.
func (f *File) Checks() []Row {
	var all []Row
	for i, n := range entries(value(f.root, "checks")) {
		all = append(all, Row{keyOf(n), fmt.Sprintf("checks[%d]", i), read(n, checkFields)})
	}
	return all
}

// Row finds a row by its key; of several with one key the first. NotFound `formedit.gone`.
func (f *File) Row(part Part, key string) (Row, error) {
	rows := f.Checks()
	if part != Checks {
		rows = nil
		for _, s := range f.Sections() {
			if part == Sections {
				rows = append(rows, s.Row)
			} else {
				rows = append(rows, s.Items...)
			}
		}
	}
	at := slices.IndexFunc(rows, func(r Row) bool { return r.Key == key })
	if at < 0 {
		return Row{}, fault.New(fault.NotFound, "formedit.gone", key)
	}
	return rows[at], nil
}

// entries gives the elements of a list; none of what is no list.
func entries(n *yaml.Node) []*yaml.Node {
	if n = yamlfile.Follow(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// keyOf gives the key of a row.
func keyOf(n *yaml.Node) string {
	if value(n, "plan") != nil {
		return PlanSection
	}
	return plain.text(value(n, "key"))
}

// lists gives the lists in which rows of a part stand, in order; the plan's section has none for items.
func (f *File) lists(part Part) []*yaml.Node {
	switch part {
	case Checks:
		return present(value(f.root, "checks"))
	case Sections:
		return present(value(f.root, "sections"))
	}
	var all []*yaml.Node
	for _, n := range entries(value(f.root, "sections")) {
		all = append(all, present(value(n, "items"))...)
	}
	return all
}

func present(n *yaml.Node) []*yaml.Node {
	if n = yamlfile.Follow(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return []*yaml.Node{n}
}

// find gives the lists of a part, and in which of them and where a row stands.
func (f *File) find(part Part, key string) (lists []*yaml.Node, in, at int, err error) {
	lists = f.lists(part)
	for in, l := range lists {
		for at, n := range l.Content {
			if keyOf(n) == key {
				return lists, in, at, nil
			}
		}
	}
	return nil, 0, 0, fault.New(fault.NotFound, "formedit.gone", key)
}
