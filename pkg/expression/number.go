package expression

import (
	"errors"
	"math/big"

	"github.com/expr-lang/expr"
)

var errByNought = errors.New("division by nought")

// language gives what all expressions are compiled with: nothing built in, and numbers that are exact.
func language() []expr.Option {
	options := []expr.Option{
		expr.DisableAllBuiltins(), expr.Optimize(false), expr.MaxNodes(maxNodes * 4),
		expr.Function("abs", func(params ...any) (any, error) {
			return new(big.Rat).Abs(params[0].(*big.Rat)), nil
		}, new(func(*big.Rat) *big.Rat)),
	}
	for sign, work := range arithmetic {
		options = append(options, operator(sign, work, new(func(*big.Rat, *big.Rat) *big.Rat))...)
	}
	for sign, holds := range comparisons {
		compare := func(a, b *big.Rat) (any, error) { return holds(a.Cmp(b)), nil }
		options = append(options, operator(sign, compare, new(func(*big.Rat, *big.Rat) bool))...)
	}
	return options
}

func operator(sign string, work func(a, b *big.Rat) (any, error), signature any) []expr.Option {
	name := "number" + sign
	return []expr.Option{
		expr.Function(name, func(params ...any) (any, error) {
			return work(params[0].(*big.Rat), params[1].(*big.Rat))
		}, signature),
		expr.Operator(sign, name),
	}
}

var arithmetic = map[string]func(a, b *big.Rat) (any, error){
	"+": func(a, b *big.Rat) (any, error) { return new(big.Rat).Add(a, b), nil },
	"-": func(a, b *big.Rat) (any, error) { return new(big.Rat).Sub(a, b), nil },
	"*": func(a, b *big.Rat) (any, error) { return new(big.Rat).Mul(a, b), nil },
	"/": func(a, b *big.Rat) (any, error) {
		if b.Sign() == 0 {
			return nil, errByNought
		}
		return new(big.Rat).Quo(a, b), nil
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
