package formedit

import (
	"slices"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/yamlfile"
)

// fields gives the fields that rows of a part have, and the order of their keys.
func (p Part) fields() ([]field, []string) {
	switch p {
	case Sections:
		return sectionFields, sectionOrder
	case Items:
		return itemFields, names(itemFields)
	}
	return checkFields, names(checkFields)
}

// Add puts a new row behind the others, an item behind those of the section that it names. NotFound
// `formedit.gone` for a section that is not there.
func (f *File) Add(part Part, texts Fields) error {
	l, err := f.listFor(part, texts[SectionField])
	if err != nil {
		return err
	}
	row := &yaml.Node{Kind: yaml.MappingNode}
	fields, order := part.fields()
	write(row, order, fields, texts)
	l.Content = append(l.Content, row)
	return nil
}

// Set changes the named fields of a row; an item goes behind those of the section that it names when that
// is another one. NotFound `formedit.gone`.
func (f *File) Set(part Part, key string, texts Fields) error {
	lists, in, at, err := f.find(part, key)
	if err != nil {
		return err
	}
	row := lists[in].Content[at]
	if section, named := texts[SectionField]; part == Items && named {
		to, err := f.listFor(part, section)
		if err != nil {
			return err
		}
		if to != lists[in] {
			lists[in].Content = slices.Delete(lists[in].Content, at, at+1)
			to.Content = append(to.Content, row)
		}
	}
	fields, order := part.fields()
	write(row, order, fields, texts)
	return nil
}

// Move puts a row one up (-1) or one down (1); an item at the edge of its section goes into the next one.
// What has nowhere to go stays. NotFound `formedit.gone`.
func (f *File) Move(part Part, key string, by int) error {
	lists, in, at, err := f.find(part, key)
	if err != nil {
		return err
	}
	l := lists[in]
	if to := at + by; to >= 0 && to < len(l.Content) {
		l.Content[at], l.Content[to] = l.Content[to], l.Content[at]
		return nil
	}
	if in+by < 0 || in+by >= len(lists) {
		return nil
	}
	next, row := lists[in+by], l.Content[at]
	l.Content = slices.Delete(l.Content, at, at+1)
	if by < 0 {
		next.Content = append(next.Content, row)
	} else {
		next.Content = slices.Insert(next.Content, 0, row)
	}
	return nil
}

// Delete takes a row out, a section with its items. NotFound `formedit.gone`.
func (f *File) Delete(part Part, key string) error {
	lists, in, at, err := f.find(part, key)
	if err != nil {
		return err
	}
	lists[in].Content = slices.Delete(lists[in].Content, at, at+1)
	if part == Checks && len(lists[in].Content) == 0 {
		remove(f.root, "checks")
	}
	return nil
}

// listFor gives the list that new rows come into, made when it is not there.
func (f *File) listFor(part Part, section string) (*yaml.Node, error) {
	holder, key, order := f.root, string(part)+"s", headOrder
	if part == Items {
		holder, order = nil, sectionOrder
		for _, n := range entries(value(f.root, "sections")) {
			if keyOf(n) == section && section != PlanSection {
				holder = yamlfile.Follow(n)
			}
		}
		if holder == nil {
			return nil, fault.New(fault.NotFound, "formedit.gone", section)
		}
	}
	if there := present(value(holder, key)); there != nil {
		there[0].Style &^= yaml.FlowStyle
		return there[0], nil
	}
	l := &yaml.Node{Kind: yaml.SequenceNode}
	put(holder, order, key, l)
	return value(holder, key), nil
}
