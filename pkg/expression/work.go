package expression

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// work gives the value of one part of an expression from those of its names, in the order of Names and
// then Asked; false when it has none.
type work func(values []any) (any, bool)

// building makes the work of an expression that has been checked.
type building struct {
	source       []rune
	names, asked []Name
}

func (b *building) work(node ast.Node) work {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return always(number(b.source, n))
	case *ast.BoolNode:
		return always(n.Value)
	case *ast.StringNode:
		return always(n.Value)
	case *ast.IdentifierNode, *ast.MemberNode:
		name, _ := nameOf(n)
		return place(slices.Index(b.names, name))
	case *ast.UnaryNode:
		return b.unary(n)
	case *ast.BinaryNode:
		return b.binary(n)
	case *ast.CallNode:
		return b.call(n)
	case *ast.ConditionalNode:
		return b.choice(n)
	}
	return func([]any) (any, bool) { return nil, false }
}

func always(value any) work { return func([]any) (any, bool) { return value, true } }

func place(at int) work {
	return func(values []any) (any, bool) { return values[at], true }
}

func (b *building) unary(n *ast.UnaryNode) work {
	part := b.work(n.Node)
	switch n.Operator {
	case "-":
		return of(part, func(r *big.Rat) any { return new(big.Rat).Neg(r) })
	case "+":
		return part
	}
	return of(part, func(truth bool) any { return !truth })
}

func (b *building) call(n *ast.CallNode) work {
	if callee, _ := n.Callee.(*ast.IdentifierNode); callee != nil && callee.Value == "given" {
		name, _ := nameOf(n.Arguments[0])
		return place(len(b.names) + slices.Index(b.asked, name))
	}
	return of(b.work(n.Arguments[0]), func(r *big.Rat) any { return new(big.Rat).Abs(r) })
}

func (b *building) choice(n *ast.ConditionalNode) work {
	condition, yes, no := b.work(n.Cond), b.work(n.Exp1), b.work(n.Exp2)
	return func(values []any) (any, bool) {
		truth, ok := condition(values)
		switch {
		case !ok:
			return nil, false
		case truth == true:
			return yes(values)
		}
		return no(values)
	}
}

// of works on the value of a part.
func of[T any](part work, do func(T) any) work {
	return func(values []any) (any, bool) {
		value, _ := part(values)
		v, ok := value.(T)
		if !ok {
			return nil, false
		}
		return do(v), true
	}
}

func (b *building) binary(n *ast.BinaryNode) work {
	left, right := b.work(n.Left), b.work(n.Right)
	switch n.Operator {
	case "and", "&&":
		return until(left, right, false)
	case "or", "||":
		return until(left, right, true)
	}
	if do, ok := arithmetic[n.Operator]; ok {
		return func(values []any) (any, bool) {
			a, b, ok := both[*big.Rat](left, right, values)
			if !ok {
				return nil, false
			}
			return do(a, b)
		}
	}
	holds := comparisons[n.Operator]
	return func(values []any) (any, bool) {
		a, ok := left(values)
		if !ok {
			return nil, false
		}
		b, ok := right(values)
		if !ok {
			return nil, false
		}
		order, ok := compare(a, b)
		return holds(order), ok
	}
}

// until looks at the second part only when the first has not decided.
func until(left, right work, decided bool) work {
	return func(values []any) (any, bool) {
		truth, ok := left(values)
		if !ok || truth == decided {
			return truth, ok
		}
		return right(values)
	}
}

func both[T any](left, right work, values []any) (a, b T, ok bool) {
	first, _ := left(values)
	if a, ok = first.(T); !ok {
		return a, b, false
	}
	second, _ := right(values)
	b, ok = second.(T)
	return a, b, ok
}

// compare tells how two values of one kind stand to each other; truths are only alike or not.
func compare(a, b any) (order int, ok bool) {
	switch a := a.(type) {
	case *big.Rat:
		if b, same := b.(*big.Rat); same {
			return a.Cmp(b), true
		}
	case string:
		if b, same := b.(string); same {
			return cmp.Compare(a, b), true
		}
	case bool:
		if b, same := b.(bool); same && a == b {
			return 0, true
		} else if same {
			return 1, true
		}
	}
	return 0, false
}

var arithmetic = map[string]func(a, b *big.Rat) (any, bool){
	"+": func(a, b *big.Rat) (any, bool) { return new(big.Rat).Add(a, b), true },
	"-": func(a, b *big.Rat) (any, bool) { return new(big.Rat).Sub(a, b), true },
	"*": func(a, b *big.Rat) (any, bool) { return new(big.Rat).Mul(a, b), true },
	"/": func(a, b *big.Rat) (any, bool) {
		if b.Sign() == 0 {
			return nil, false
		}
		return new(big.Rat).Quo(a, b), true
	},
}

var comparisons = map[string]func(order int) bool{
	"==": func(order int) bool { return order == 0 },
	"!=": func(order int) bool { return order != 0 },
	"<":  func(order int) bool { return order < 0 },
	"<=": func(order int) bool { return order <= 0 },
	">":  func(order int) bool { return order > 0 },
	">=": func(order int) bool { return order >= 0 },
}
