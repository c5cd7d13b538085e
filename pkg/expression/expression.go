// Package expression reads and works out the formulas of forms: checks and computed cells. It takes a
// small part of the language of expr-lang/expr: comparisons, and / or / not, arithmetic, a choice
// (a ? b : c), abs(x) and given(x). Numbers are exact: rationals, never floating point. It knows no
// form: what a name means and what its value is, it asks for.
package expression

import (
	"math/big"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

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

	kinds   map[Name]Kind
	program *vm.Program
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
	e := &Expression{Names: c.names, Asked: c.asked, kinds: map[Name]Kind{}}
	for name, m := range c.meanings {
		e.kinds[name] = m.Kind
	}
	options := append(language(), expr.Env(e.environment()), expr.Patch(&flattening{runes}))
	program, err := expr.Compile(source, options...)
	if err != nil {
		return nil, []fault.Message{at(1, fault.Message{Key: "expression.syntax", Args: []any{plain(err)}})}
	}
	e.program = program
	return e, nil
}

// environment gives a value of the right type for every name, for the compiler.
func (e *Expression) environment() map[string]any {
	samples := map[Kind]any{Number: new(big.Rat), Truth: false, Text: "", Day: ""}
	env := map[string]any{}
	for _, n := range e.Names {
		env[n.String()] = samples[e.kinds[n]]
	}
	for _, n := range e.Asked {
		env[askedName(n.String())] = false
	}
	return env
}

// askedName names in the environment whether a name has a value.
func askedName(name string) string { return "given(" + name + ")" }

// Value works the expression out: a *big.Rat or a bool. It has none (ok false) when a name it needs
// has none, or when it divides by nought.
func (e *Expression) Value(values Values) (value any, ok bool) {
	env := make(map[string]any, len(e.Names)+len(e.Asked))
	for _, n := range e.Names {
		v := values(n)
		if !fits(v, e.kinds[n]) {
			return nil, false
		}
		env[n.String()] = v
	}
	for _, n := range e.Asked {
		env[askedName(n.String())] = values(n) != nil
	}
	value, err := expr.Run(e.program, env)
	return value, err == nil
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
