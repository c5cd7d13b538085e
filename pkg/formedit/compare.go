package formedit

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/forms"
)

// Changes is what one version of a form changes in another.
type Changes struct {
	Head     []FieldChange
	Sections []FieldChange // by key of the section, its title
	Added    []forms.Item
	Deleted  []forms.Item
	Changed  []ItemChange

	ChecksAdded   []forms.Check
	ChecksDeleted []forms.Check
	ChecksChanged []CheckChange

	Reordered bool // the same items in another order or in other sections
}

// FieldChange is a field with what it said and says.
type FieldChange struct{ Name, Before, After string }

// ItemChange is an item that changes. Breaks: its definition, kind or aggregation does, so that a series
// is not joined across the versions without a mark.
type ItemChange struct {
	Item   forms.Item
	Fields []FieldChange
	Breaks bool
}

// CheckChange is a check that changes.
type CheckChange struct {
	Check  forms.Check
	Fields []FieldChange
}

// Any tells whether there is a change at all.
func (c Changes) Any() bool {
	return len(c.Head)+len(c.Sections)+len(c.Added)+len(c.Deleted)+len(c.Changed)+
		len(c.ChecksAdded)+len(c.ChecksDeleted)+len(c.ChecksChanged) > 0 || c.Reordered
}

// breaking are the fields whose change makes a break in a series.
var breaking = []string{"definition", "kind", "aggregation"}

// Compare tells what after changes in before.
func Compare(before, after forms.Form) Changes {
	c := Changes{
		Head:     differ(headFields, headOf(before), headOf(after)),
		Sections: sectionChanges(before, after),
	}
	was, is := itemsOf(before), itemsOf(after)
	for _, item := range is {
		old, there := before.Item(item.Key)
		if !there {
			c.Added = append(c.Added, item)
			continue
		}
		if fields := differ(itemFields, ItemFields(old), ItemFields(item)); len(fields) > 0 {
			breaks := slices.ContainsFunc(fields, func(f FieldChange) bool { return slices.Contains(breaking, f.Name) })
			c.Changed = append(c.Changed, ItemChange{item, fields, breaks})
		}
	}
	for _, item := range was {
		if _, there := after.Item(item.Key); !there {
			c.Deleted = append(c.Deleted, item)
		}
	}
	c.Reordered = !slices.Equal(places(before, after), places(after, before))
	c.checks(before, after)
	return c
}

func (c *Changes) checks(before, after forms.Form) {
	for _, check := range after.Checks {
		at := slices.IndexFunc(before.Checks, func(old forms.Check) bool { return old.Key == check.Key })
		if at < 0 {
			c.ChecksAdded = append(c.ChecksAdded, check)
		} else if fields := differ(checkFields, checkOf(before.Checks[at]), checkOf(check)); len(fields) > 0 {
			c.ChecksChanged = append(c.ChecksChanged, CheckChange{check, fields})
		}
	}
	for _, check := range before.Checks {
		if !after.HasCheck(check.Key) {
			c.ChecksDeleted = append(c.ChecksDeleted, check)
		}
	}
}

// places gives where the items stand that both forms have.
func places(of, other forms.Form) []string {
	var list []string
	for _, s := range of.Sections {
		if _, both := other.Section(s.Key); both {
			list = append(list, s.Key+":")
		}
		for _, item := range s.Items {
			if _, both := other.Item(item.Key); both {
				list = append(list, s.Key+"."+item.Key)
			}
		}
	}
	return list
}

func itemsOf(f forms.Form) []forms.Item {
	var list []forms.Item
	for _, s := range f.Sections {
		list = append(list, s.Items...)
	}
	return list
}

func differ(fields []field, before, after Fields) []FieldChange {
	var changes []FieldChange
	for _, f := range fields {
		if before[f.name] != after[f.name] {
			changes = append(changes, FieldChange{f.name, before[f.name], after[f.name]})
		}
	}
	return changes
}

func sectionChanges(before, after forms.Form) []FieldChange {
	var changes []FieldChange
	for _, s := range after.Sections {
		if old, there := before.Section(s.Key); !there || old.Title != s.Title {
			changes = append(changes, FieldChange{s.Key, old.Title, cmp.Or(s.Title, s.Key)})
		}
	}
	for _, s := range before.Sections {
		if _, there := after.Section(s.Key); !there {
			changes = append(changes, FieldChange{s.Key, cmp.Or(s.Title, s.Key), ""})
		}
	}
	return changes
}

var levelNames = map[int]string{divisions.County: "county", divisions.City: "city", divisions.Province: "province"}

// ReviewLevels gives the levels that review a form, in the words of a form file.
func ReviewLevels(f forms.Form) []string {
	var list []string
	for _, level := range f.Review {
		list = append(list, levelNames[level])
	}
	return list
}

func headOf(f forms.Form) Fields {
	fields := Fields{
		"number": f.Number, "title": f.Title, "agency": f.Agency, "approval": f.Approval, "source": f.Source,
		"due_days": strconv.Itoa(f.DueDays), "lock_days": strconv.Itoa(f.LockDays), "filled_by": strings.Join(f.FilledBy, ", "),
		"review": strings.Join(ReviewLevels(f), ", "), "sample": flagText(f.Sample),
	}
	if !f.ValidFrom.IsZero() {
		fields["valid.from"] = f.ValidFrom.String()
	}
	if !f.ValidUntil.IsZero() {
		fields["valid.until"] = f.ValidUntil.String()
	}
	return fields
}

// ItemFields gives an item as a form file would say it, with what goes without saying.
func ItemFields(i forms.Item) Fields {
	fields := Fields{
		"title": i.Title, "type": string(i.Type), "unit": i.Unit, "kind": string(i.Kind), "aggregation": string(i.Aggregation),
		"definition": i.Definition, "basis": i.Basis, "required": flagText(i.Required), "types": strings.Join(i.Types, ", "),
		"evidence": string(i.Evidence), "computed": i.Computed, "sample": flagText(i.Sample), "decimals": strconv.Itoa(i.Decimals),
	}
	if least, ok := i.Least(); ok {
		fields["min"] = least
	}
	if i.Max > 0 {
		fields["max"], _ = i.Greatest()
	}
	var options []string
	for _, o := range i.Options {
		options = append(options, strconv.FormatInt(o.Code, 10)+" "+o.Key+" "+o.Title)
	}
	fields["options"] = strings.Join(options, "\n")
	return fields
}

func checkOf(c forms.Check) Fields {
	return Fields{
		"expr": c.Expr, "severity": string(c.Severity), "at": strings.Join(c.At, ", "), "message": c.Message, "basis": c.Basis,
	}
}

func flagText(yes bool) string {
	if yes {
		return "true"
	}
	return ""
}
