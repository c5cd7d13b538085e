package forms

import (
	"strings"

	"golang.org/x/text/width"

	"pilotboard/pkg/fault"
)

// alike makes two writings of an option the same: full or half width, great or small letters, spaces
// around.
func alike(text string) string { return strings.ToLower(strings.TrimSpace(width.Fold.String(text))) }

// parseOption takes the key or the title of an option.
func (i Item) parseOption(text string) (Value, *fault.Message) {
	titles := make([]string, len(i.Options))
	for n, choice := range i.Options {
		if alike(text) == alike(choice.Key) || alike(text) == alike(choice.Title) {
			return Value{State: Given, Number: choice.Code}, nil
		}
		titles[n] = choice.Title
	}
	return Value{}, &fault.Message{Key: "cell.not_an_option", Args: []any{strings.Join(titles, "、")}}
}

// Chosen gives the option that a value is; false for one that the item does not have.
func (i Item) Chosen(v Value) (Choice, bool) {
	for _, choice := range i.Options {
		if v.State == Given && choice.Code == v.Number {
			return choice, true
		}
	}
	return Choice{}, false
}
