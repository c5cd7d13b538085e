package expression

import (
	"errors"
	"math/big"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"

	"pilotboard/pkg/fault"
)

// parse reads the text alone.
func parse(source string) (ast.Node, []rune, *fault.Message) {
	switch n := utf8.RuneCountInString(source); {
	case strings.TrimSpace(source) == "":
		return nil, nil, &fault.Message{Key: "expression.empty"}
	case n > maxLength || !utf8.ValidString(source):
		return nil, nil, &fault.Message{Key: "expression.too_long", Args: []any{maxLength}}
	}
	config := conf.CreateNew()
	expr.DisableAllBuiltins()(config)
	config.MaxNodes = maxNodes
	tree, err := parser.ParseWithConfig(source, config)
	if err != nil {
		place := 1
		if wrong := (*file.Error)(nil); errors.As(err, &wrong) {
			place = wrong.From + 1
		}
		wrong := at(place, fault.Message{Key: "expression.syntax", Args: []any{plain(err)}})
		return nil, nil, &wrong
	}
	return tree.Node, []rune(source), nil
}

// plain gives the parser's message without its drawing of the place.
func plain(err error) string {
	if wrong := (*file.Error)(nil); errors.As(err, &wrong) {
		return wrong.Message
	}
	return err.Error()
}

// at says in which character of the expression something is wrong.
func at(place int, wrong fault.Message) fault.Message {
	return fault.Message{Key: "expression.at", Args: []any{place, wrong}}
}

// Replace puts another name for a name wherever it stands in an expression, alone or after a point. What
// is no expression stays as it is.
func Replace(source, name, by string) string {
	tokens, err := lexer.Lex(file.NewSource(source))
	if err != nil {
		return source
	}
	runes, done := []rune(source), 0
	var b strings.Builder
	for _, t := range tokens {
		if t.Is(lexer.Identifier, name) && t.From >= done && t.To <= len(runes) {
			b.WriteString(string(runes[done:t.From]) + by)
			done = t.To
		}
	}
	return b.String() + string(runes[done:])
}

var literal = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,9})?$`)

// number gives the exact number that stands at a node; nil when it is not written as digits with at
// most one point.
func number(source []rune, node ast.Node) *big.Rat {
	place := node.Location()
	if place.From < 0 || place.To > len(source) || place.From > place.To {
		return nil
	}
	text := string(source[place.From:place.To])
	if !literal.MatchString(text) {
		return nil
	}
	n, _ := new(big.Rat).SetString(text)
	return n
}

// nameOf gives the name that a node is.
func nameOf(node ast.Node) (Name, bool) {
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return Name{Key: n.Value}, true
	case *ast.MemberNode:
		of, named := n.Node.(*ast.IdentifierNode)
		key, plain := n.Property.(*ast.StringNode)
		if named && plain && !n.Optional && !n.Method {
			return Name{Of: of.Value, Key: key.Value}, true
		}
	}
	return Name{}, false
}
