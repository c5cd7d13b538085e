// Package expression reads and works out the formulas of forms: checks and computed cells. It takes a
// small part of the language of expr-lang/expr: comparisons, and / or / not, arithmetic, a choice
// (a ? b : c), abs(x) and given(x). Numbers are exact: rationals, never floating point. It knows no
// form: what a name means and what its value is, it asks for.
package expression

import (
	"math/big"
	"slices"

	"pilotboard/pkg/fault"
)

// The greatest length of an expression, in characters, and the greatest number of parts it has.
const (
	maxLength = 1000
	maxNodes  = 200
)

// Kind says what a value is. A Day is compared as `2019-10-31`.
type Kind string

// The kinds. Open is what only the use of a name tells.
const (
	Open   Kind = ""
	Number Kind = "number"
	Truth  Kind = "truth"
	Text   Kind = "text"
	Day    Kind = "day"
)

// Name is what an expression names: `key`, or `of.key`.
type Name struct{ Of, Key string }

// String writes the name as it stands in an expression.
func (n Name) String() string {
	if n.Of == "" {
		return n.Key
	}
	return n.Of + "." + n.Key
}

// Meaning says what a name stands for. Words are the texts that it can be; none means any.
type Meaning struct {
	Kind  Kind
	Words []string
}

// Scope tells what a name stands for, or in a message why it stands for nothing.
type Scope func(Name) (Meaning, *fault.Message)

// Values gives the value of a name: a *big.Rat, a bool or a string; nil when it has none.
type Values func(Name) any

// Expression is a formula, ready to be worked out, by many at once. Names are the names whose values
// it needs, Asked those of which it only asks with given(…) whether they have one; both in the order
// of the text.
type Expression struct {
	Names, Asked []Name

	kinds []Kind // of Names
	work  work
}

// Compile reads source, whose value must be of a kind in wanted. What is wrong is told all at once,
// each with its place.
func Compile(source string, scope Scope, wanted ...Kind) (*Expression, []fault.Message) {
	tree, runes, wrong := parse(source)
	if wrong != nil {
		return nil, []fault.Message{*wrong}
	}
	c := &checking{source: runes, scope: scope, meanings: map[Name]Meaning{}}
	c.whole(tree, wanted)
	if len(c.faults) > 0 {
		return nil, c.faults
	}
	e := &Expression{Names: c.names, Asked: c.asked}
	for _, name := range c.names {
		e.kinds = append(e.kinds, c.meanings[name].Kind)
	}
	e.work = (&building{source: runes, names: c.names, asked: c.asked}).work(tree)
	return e, nil
}

// Value works the expression out: a *big.Rat or a bool. It has none (ok false) when a name it needs
// has none, or when it divides by nought.
func (e *Expression) Value(values Values) (value any, ok bool) {
	known := make([]any, 0, len(e.Names)+len(e.Asked))
	for i, n := range e.Names {
		v := values(n)
		if !fits(v, e.kinds[i]) {
			return nil, false
		}
		known = append(known, v)
	}
	for _, n := range e.Asked {
		known = append(known, values(n) != nil)
	}
	return e.work(known)
}

// fits tells whether a value is of the kind that the expression was read for.
func fits(v any, kind Kind) bool {
	switch v.(type) {
	case *big.Rat:
		return kind == Number
	case bool:
		return kind == Truth
	case string:
		return kind == Text || kind == Day
	}
	return false
}

// Needs tells whether the expression needs the value of the name, or asks whether it has one.
func (e *Expression) Needs(n Name) bool {
	return slices.Contains(e.Names, n) || slices.Contains(e.Asked, n)
}
