package forms

import (
	"slices"
	"strings"
	"sync"

	"pilotboard/pkg/expression"
)

// layout is what is found out once about a form as asked of some units: where its items stand, and which
// of its checks say anything about them. Nobody changes it.
type layout struct {
	places        map[string][2]int // item → section, place in it
	required      []string          // cells that somebody must type
	checks        []placed
	others, below bool // what the checks look at
}

// placed is a check with the cells at which it is shown.
type placed struct {
	Check
	expression *expression.Expression
	cells      []string
}

// asker is a sort of units that are asked the same.
type asker struct{ batch, unitType string }

// askers keeps the forms as asked of each sort of units; a nil one keeps nothing.
type askers struct {
	mu    sync.RWMutex
	forms map[asker]Form
}

// maxAskers is how many sorts of units are kept: more than a plan has batches and types.
const maxAskers = 256

func (a *askers) get(of asker, ask func() Form) Form {
	a.mu.RLock()
	form, ok := a.forms[of]
	a.mu.RUnlock()
	if ok {
		return form
	}
	form = ask()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.forms == nil || len(a.forms) >= maxAskers {
		a.forms = map[asker]Form{}
	}
	a.forms[of] = form
	return form
}

// For gives the form as asked of one unit: only the items for its batch and type. Nobody changes it: it
// is kept for the next unit of the sort.
func (f Form) For(batch, unitType string) Form {
	if f.rules == nil || f.asked {
		return f.askedOf(batch, unitType)
	}
	return f.rules.askers.get(asker{batch, unitType}, func() Form { return f.askedOf(batch, unitType) })
}

func (f Form) askedOf(batch, unitType string) Form {
	asked := f
	asked.asked, asked.Sections = true, nil
	for _, s := range f.Sections {
		section := Section{Key: s.Key, Title: s.Title}
		for _, item := range s.Items {
			if item.askedOf(batch, unitType) {
				section.Items = append(section.Items, item)
			}
		}
		if len(section.Items) > 0 {
			asked.Sections = append(asked.Sections, section)
		}
	}
	if asked.rules != nil {
		asked.layout = asked.laidOut()
	}
	return asked
}

func (i Item) askedOf(batch, unitType string) bool {
	return (len(i.Types) == 0 || slices.Contains(i.Types, unitType)) &&
		(len(i.Batches) == 0 || slices.Contains(i.Batches, batch))
}

// laid gives the layout; a form that was made by hand has it found out now.
func (f Form) laid() *layout {
	if f.layout == nil {
		return f.laidOut()
	}
	return f.layout
}

// laidOut finds out where things are.
func (f Form) laidOut() *layout {
	l := &layout{places: map[string][2]int{}}
	for i, s := range f.Sections {
		for j, item := range s.Items {
			if _, known := l.places[item.Key]; !known {
				l.places[item.Key] = [2]int{i, j}
			}
			if item.Required && item.Typed() {
				l.required = append(l.required, item.Key)
			}
		}
	}
	f.layout = l
	rules := f.compiled()
	for _, check := range f.Checks {
		e := rules.checks[check.Key]
		if e == nil {
			continue
		}
		if cells, asked := f.cells(check, e); asked {
			l.checks = append(l.checks, placed{check, e, cells})
			l.look(check, e)
		}
	}
	return l
}

// item finds an item by its key; nil when there is none. Nobody changes what it gives.
func (f Form) item(key string) *Item {
	if f.layout != nil {
		if at, ok := f.layout.places[key]; ok {
			return &f.Sections[at[0]].Items[at[1]]
		}
		return nil
	}
	for i := range f.Sections {
		for j := range f.Sections[i].Items {
			if item := &f.Sections[i].Items[j]; item.Key == key {
				return item
			}
		}
	}
	return nil
}

// Asked tells whether the form has an item.
func (f Form) Asked(key string) bool { return f.item(key) != nil }

// LooksAtOthers tells whether a check names another form of the same unit.
func (f Form) LooksAtOthers() bool { return f.laid().others }

// LooksBelow tells whether a check, or its message, names what the units below have filed.
func (f Form) LooksBelow() bool { return f.laid().below }

// look notes what the check looks at.
func (l *layout) look(check Check, e *expression.Expression) {
	for _, n := range slices.Concat(e.Names, e.Asked) {
		switch {
		case n.Of == ofChildren || n == expression.Name{Key: childrenComplete}:
			l.below = true
		case n.Of != "" && n.Of != ofLast:
			l.others = true
		}
	}
	if strings.Contains(check.Message, "{children}") || strings.Contains(check.Message, "{missing}") {
		l.below = true
	}
}
