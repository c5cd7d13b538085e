package forms

import (
	"slices"

	"pilotboard/pkg/locale"
)

// CountsCommunities tells whether the item asks how many communities have reached its milestone.
func (i Item) CountsCommunities() bool {
	return i.Milestone != "" && slices.ContainsFunc(i.Types, Covers)
}

// Name gives the name of the item; those that the program itself adds to a form have theirs in the
// reader's language.
func (i Item) Name(p locale.Printer) string {
	switch {
	case i.Key == CommunitiesItem:
		return p.T("form.item.communities")
	case i.CountsCommunities():
		return p.T("form.item.covered", i.Title)
	}
	return i.Title
}

// Explanation gives the definition of the item, in the way of Name.
func (i Item) Explanation(p locale.Printer) string {
	if i.Key == CommunitiesItem {
		return p.T("form.item.communities_definition")
	}
	return i.Definition
}

// Name gives the heading of the section, in the way of Item.Name.
func (s Section) Name(p locale.Printer) string {
	switch {
	case s.Title != "":
		return s.Title
	case s.Key == scopeSection:
		return p.T("form.section.scope")
	}
	return p.T("form.section.narrative")
}

// Workstream tells whether the section is one of the plan's workstreams; its key then is a code that
// people know.
func (s Section) Workstream() bool { return len(s.Items) > 0 && s.Items[0].Milestone != "" }
