package forms

import (
	"slices"
	"strings"

	"pilotboard/pkg/expression"
	"pilotboard/pkg/fault"
)

// rules are the expressions of one version of a form, read once, and the form as asked of those who were
// asked. Nobody changes them.
type rules struct {
	checks   map[string]*expression.Expression // by key of the check
	computed []formula                         // each after those that it needs
	wrong    []misplaced
	askers   askers
}

// formula computes a cell.
type formula struct {
	item Item
	*expression.Expression
}

// misplaced is something wrong with an expression; at names its place in the document.
type misplaced struct {
	at      string
	message fault.Message
}

// unknownItem is the key of the fault that the form has no such item.
const unknownItem = "form.unknown_item"

// Names that stand for no item.
const (
	ofLast           = "last"
	ofChildren       = "children"
	unitTypeName     = "unit_type"
	childrenComplete = "children_complete"
)

// compile reads every expression of a form. scope tells what names mean, in a computed cell (own) and in
// a check.
func compile(f Form, scope func(own bool) expression.Scope) *rules {
	r := &rules{checks: map[string]*expression.Expression{}}
	r.compute(f, scope(true))
	within := scope(false)
	for _, check := range f.Checks {
		at, _, _ := strings.Cut(check.Key, ":")
		e, wrong := expression.Compile(check.Expr, within, expression.Truth)
		for _, message := range wrong {
			if one := (misplaced{"expr:" + at, message}); !slices.ContainsFunc(r.wrong, one.same) {
				r.wrong = append(r.wrong, one)
			}
		}
		if e != nil {
			r.checks[check.Key] = e
		}
	}
	return r
}

// same tells whether two faults say the same: a check with `each` is one text.
func (m misplaced) same(other misplaced) bool {
	return m.at == other.at && m.message.String() == other.message.String()
}

// compute reads the computed cells and puts them in an order in which they can be computed.
func (r *rules) compute(f Form, scope expression.Scope) {
	var open []formula
	for _, item := range f.items() {
		if item.Typed() {
			continue
		}
		kind := expression.Number
		if item.Type == YesNo {
			kind = expression.Truth
		}
		e, wrong := expression.Compile(item.Computed, scope, kind)
		for _, message := range wrong {
			r.wrong = append(r.wrong, misplaced{"computed:" + item.Key, message})
		}
		if e != nil {
			open = append(open, formula{item, e})
		}
	}
	for len(open) > 0 {
		ready := slices.IndexFunc(open, func(one formula) bool {
			return !slices.ContainsFunc(open, func(other formula) bool { return one.Needs(expression.Name{Key: other.item.Key}) })
		})
		if ready < 0 {
			for _, one := range open {
				r.wrong = append(r.wrong, misplaced{"computed:" + one.item.Key, fault.Message{Key: "form.circle", Args: []any{one.item.Key}}})
			}
			return
		}
		r.computed = append(r.computed, open[ready])
		open = slices.Delete(open, ready, ready+1)
	}
}

// items lists the items of all sections.
func (f Form) items() []Item {
	var list []Item
	for _, s := range f.Sections {
		list = append(list, s.Items...)
	}
	return list
}

// meaning says what an item is in an expression.
func (i Item) meaning() expression.Meaning {
	switch i.Type {
	case YesNo:
		return expression.Meaning{Kind: expression.Truth}
	case Text:
		return expression.Meaning{Kind: expression.Text}
	case Date:
		return expression.Meaning{Kind: expression.Day}
	case Option:
		m := expression.Meaning{Kind: expression.Text}
		for _, choice := range i.Options {
			m.Words = append(m.Words, choice.Key)
		}
		return m
	}
	return expression.Meaning{Kind: expression.Number}
}

// openScope takes every name of another form, whatever it is.
func openScope(f Form) func(own bool) expression.Scope {
	return scopeOf(f, func(expression.Name) (expression.Meaning, *fault.Message) { return expression.Meaning{}, nil })
}

// scopeOf tells what names mean on a form; other, what those of other forms mean.
func scopeOf(f Form, other expression.Scope) func(own bool) expression.Scope {
	items := map[string]Item{}
	for _, item := range f.items() {
		items[item.Key] = item
	}
	return func(own bool) expression.Scope {
		return func(n expression.Name) (expression.Meaning, *fault.Message) {
			item, known := items[n.Key]
			switch {
			case own && n.Of != "":
				return expression.Meaning{}, &fault.Message{Key: "form.only_own", Args: []any{n.String()}}
			case !own && n == expression.Name{Key: unitTypeName}:
				return expression.Meaning{Kind: expression.Text, Words: f.FilledBy}, nil
			case !own && n == expression.Name{Key: childrenComplete}:
				return expression.Meaning{Kind: expression.Truth}, nil
			case n.Of != "" && n.Of != ofLast && n.Of != ofChildren:
				return other(n)
			case !known:
				return expression.Meaning{}, &fault.Message{Key: unknownItem, Args: []any{n.Key}}
			case n.Of == ofChildren && item.aggregation() == None:
				return expression.Meaning{}, &fault.Message{Key: "form.not_added_up", Args: []any{n.Key}}
			case n.Of == ofChildren:
				return expression.Meaning{Kind: expression.Number}, nil
			}
			return item.meaning(), nil
		}
	}
}

// aggregation is how the item adds up, the usual way when nothing is said.
func (i Item) aggregation() Aggregation {
	if i.Aggregation == "" {
		return usualAggregation(i.Type)
	}
	return i.Aggregation
}
