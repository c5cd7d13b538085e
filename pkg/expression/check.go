package expression

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// checking goes through an expression and says of every part what kind of value it has. A part that is
// faulty, and has been noted, is Open like a name of which only the use tells.
type checking struct {
	source       []rune
	scope        Scope
	meanings     map[Name]Meaning
	names, asked []Name
	faults       []fault.Message
	visited      int
}

func (c *checking) wrong(node ast.Node, key string, args ...any) Kind {
	if member, ok := node.(*ast.MemberNode); ok {
		node = member.Node
	}
	c.faults = append(c.faults, at(node.Location().From+1, fault.Message{Key: key, Args: args}))
	return Open
}

// whole checks an expression whose value must be of a kind in wanted.
func (c *checking) whole(node ast.Node, wanted []Kind) {
	kind := c.kind(node)
	switch {
	case kind == Open:
		c.settle(node, wanted[0])
	case !slices.Contains(wanted, kind):
		c.wrong(node, "expression.wrong_kind", word(wanted[0]), word(kind))
	}
}

// words names the kinds in messages.
var words = map[Kind]string{
	Number: "expression.kind_number", Truth: "expression.kind_truth", Text: "expression.kind_text", Day: "expression.kind_day",
}

func word(k Kind) fault.Message { return fault.Message{Key: words[k]} }

func (c *checking) kind(node ast.Node) Kind {
	// the parser uses the middle of a < b < c twice, so that a tree can unfold without end
	if c.visited++; c.visited > 2*maxNodes {
		if c.visited == 2*maxNodes+1 {
			c.faults = append(c.faults, fault.Message{Key: "expression.too_long", Args: []any{maxLength}})
		}
		return Open
	}
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		if number(c.source, n) == nil {
			return c.wrong(n, "expression.bad_number")
		}
		return Number
	case *ast.BoolNode:
		return Truth
	case *ast.StringNode:
		return Text
	case *ast.IdentifierNode, *ast.MemberNode:
		return c.name(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.CallNode:
		return c.call(n)
	case *ast.ConditionalNode:
		c.want(n.Cond, Truth)
		return c.alike(n.Exp1, n.Exp2)
	}
	return c.wrong(node, "expression.not_allowed")
}

// name takes a name whose value is needed.
func (c *checking) name(node ast.Node) Kind {
	name, ok := c.known(node)
	if !ok {
		return Open
	}
	if !slices.Contains(c.names, name) {
		c.names = append(c.names, name)
	}
	return c.meanings[name].Kind
}

// known finds out what a name means.
func (c *checking) known(node ast.Node) (Name, bool) {
	name, ok := nameOf(node)
	if !ok {
		c.wrong(node, "expression.not_allowed")
		return name, false
	}
	if _, ok := c.meanings[name]; ok {
		return name, true
	}
	meaning, unknown := c.scope(name)
	if unknown != nil {
		c.wrong(node, unknown.Key, unknown.Args...)
		return name, false
	}
	c.meanings[name] = meaning
	return name, true
}

func (c *checking) unary(n *ast.UnaryNode) Kind {
	switch n.Operator {
	case "!", "not":
		return c.want(n.Node, Truth)
	case "-", "+":
		return c.want(n.Node, Number)
	}
	return c.wrong(n, "expression.not_allowed")
}

func (c *checking) binary(n *ast.BinaryNode) Kind {
	switch n.Operator {
	case "and", "&&", "or", "||":
		c.want(n.Left, Truth)
		return c.want(n.Right, Truth)
	case "+", "-", "*", "/":
		c.want(n.Left, Number)
		return c.want(n.Right, Number)
	case "<", "<=", ">", ">=":
		if kind := c.alike(n.Left, n.Right); kind == Truth || kind == Text {
			c.wrong(n, "expression.no_order", n.Operator, word(kind))
		}
		return Truth
	case "==", "!=":
		c.alike(n.Left, n.Right)
		return Truth
	}
	return c.wrong(n, "expression.not_allowed")
}

func (c *checking) call(n *ast.CallNode) Kind {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	switch {
	case !ok || (callee.Value != "abs" && callee.Value != "given"):
		return c.wrong(n, "expression.not_allowed")
	case len(n.Arguments) != 1:
		return c.wrong(n, "expression.one_argument", callee.Value)
	case callee.Value == "abs":
		return c.want(n.Arguments[0], Number)
	}
	if name, ok := c.known(n.Arguments[0]); ok && !slices.Contains(c.asked, name) {
		c.asked = append(c.asked, name)
	}
	return Truth
}

// want checks that a part is of the kind.
func (c *checking) want(node ast.Node, kind Kind) Kind {
	switch got := c.kind(node); got {
	case kind:
	case Open:
		c.settle(node, kind)
	default:
		c.wrong(node, "expression.wrong_kind", word(kind), word(got))
	}
	return kind
}

// alike checks that two parts are of one kind, and gives it. A text that is compared with a day must be
// one, and one that is compared with a name must be among its words.
func (c *checking) alike(left, right ast.Node) Kind {
	a, b := c.kind(left), c.kind(right)
	switch {
	case a == Open && b == Open:
		a = Number
		c.settle(left, a)
		c.settle(right, a)
	case a == Open:
		a = b
		c.settle(left, a)
	case b == Open:
		c.settle(right, a)
	case a == Day && b == Text:
		c.day(right)
	case a == Text && b == Day:
		a = Day
		c.day(left)
	case a != b:
		c.wrong(right, "expression.wrong_kind", word(a), word(b))
	}
	c.oneOf(left, right)
	c.oneOf(right, left)
	return a
}

func (c *checking) day(node ast.Node) {
	text, ok := node.(*ast.StringNode)
	if !ok {
		c.wrong(node, "expression.wrong_kind", word(Day), word(Text))
		return
	}
	if _, err := period.ParseDate(text.Value); err != nil {
		c.wrong(node, "expression.bad_day", text.Value)
	}
}

func (c *checking) oneOf(node, other ast.Node) {
	name, named := nameOf(node)
	text, literal := other.(*ast.StringNode)
	if !named || !literal {
		return
	}
	if words := c.meanings[name].Words; len(words) > 0 && !slices.Contains(words, text.Value) {
		c.wrong(other, "expression.unknown_word", text.Value, strings.Join(words, ", "))
	}
}

// settle says of an open part what its use has told.
func (c *checking) settle(node ast.Node, kind Kind) {
	if n, ok := node.(*ast.ConditionalNode); ok {
		c.settle(n.Exp1, kind)
		c.settle(n.Exp2, kind)
		return
	}
	name, named := nameOf(node)
	if m, ok := c.meanings[name]; named && ok && m.Kind == Open {
		m.Kind = kind
		c.meanings[name] = m
	}
}
