package plan

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// maxAmount bounds every number, in its smallest unit.
const maxAmount = 1_000_000_000_000

// maxText is the greatest length of a title or a definition, in characters.
const maxText = 500

var (
	keySyntax  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)
	itemSyntax = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	decimal    = regexp.MustCompile(`^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$`)
)

// scalar gives the text of n as it stands in the file; false when there is none, which is noted
// unless n is missing.
func (d *document) scalar(n *yaml.Node, path string) (string, bool) {
	n = follow(n)
	switch {
	case n == nil:
		return "", false
	case n.Kind != yaml.ScalarNode:
		d.add(n, path, "plan.not_value")
		return "", false
	case n.Tag == "!!null" || strings.TrimSpace(n.Value) == "":
		d.add(n, path, "plan.empty")
		return "", false
	}
	return n.Value, true
}

// text reads one line of words.
func (d *document) text(n *yaml.Node, path string) string {
	value, ok := d.scalar(n, path)
	if !ok {
		return ""
	}
	n = follow(n)
	switch {
	case n.Tag != "!!str":
		d.add(n, path, "plan.not_text", value)
	case utf8.RuneCountInString(value) > maxText:
		d.add(n, path, "plan.too_long", maxText)
	case strings.ContainsFunc(value, unicode.IsControl):
		d.add(n, path, "plan.not_one_line")
	}
	return strings.TrimSpace(value)
}

// optionalText is text that may be missing or empty.
func (d *document) optionalText(n *yaml.Node, path string) string {
	if f := follow(n); f != nil && f.Kind == yaml.ScalarNode && f.Value == "" {
		return ""
	}
	return d.text(n, path)
}

// key reads a key; one that looks like a number need not be quoted.
func (d *document) key(n *yaml.Node, path string, syntax *regexp.Regexp) string {
	value, ok := d.scalar(n, path)
	if ok && !syntax.MatchString(value) {
		d.add(follow(n), path, "plan.bad_key", value)
	}
	return value
}

// choice reads one of the words in known; anything else is noted under the message key.
func choice[T ~string](d *document, n *yaml.Node, path string, known []T, key string) T {
	value, ok := d.scalar(n, path)
	if ok && !slices.Contains(known, T(value)) {
		d.add(follow(n), path, key, value, join(known))
	}
	return T(value)
}

func join[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ", ")
}

// flag reads true or false; missing is false.
func (d *document) flag(n *yaml.Node, path string) bool {
	value, ok := d.scalar(n, path)
	if ok && value != "true" && value != "false" {
		d.add(follow(n), path, "plan.not_flag", value)
	}
	return value == "true"
}

// whole reads a whole number between least and most.
func (d *document) whole(n *yaml.Node, path string, least, most int64) int {
	return int(d.amount(n, path, 0, least, most))
}

// amount reads a number with at most so many decimals as fixed-point; least and most are in the same
// smallest unit.
func (d *document) amount(n *yaml.Node, path string, decimals int, least, most int64) int64 {
	value, ok := d.scalar(n, path)
	if !ok {
		return 0
	}
	n = follow(n)
	parts := decimal.FindStringSubmatch(value)
	if parts == nil || n.Tag == "!!str" {
		d.add(n, path, "plan.not_number", value)
		return 0
	}
	behind := strings.TrimRight(parts[3], "0")
	if len(behind) > decimals {
		d.add(n, path, "plan.too_many_decimals", value, decimals)
		return 0
	}
	amount, err := strconv.ParseInt(parts[1]+parts[2]+behind+strings.Repeat("0", decimals-len(behind)), 10, 64)
	if err != nil || amount < least || amount > most {
		d.add(n, path, "plan.out_of_range", value, Fixed(least, decimals), Fixed(most, decimals))
		return 0
	}
	return amount
}

// Fixed writes a fixed-point number without needless zeros: 125 with 1 decimal is `12.5`.
func Fixed(amount int64, decimals int) string {
	unit := uint64(pow10(decimals))
	whole, rest := magnitude(amount)/unit, magnitude(amount)%unit
	text := strconv.FormatUint(whole, 10)
	if rest > 0 {
		digits := strconv.FormatUint(unit+rest, 10)[1:]
		text += "." + strings.TrimRight(digits, "0")
	}
	if amount < 0 {
		return "-" + text
	}
	return text
}

// quarter reads a quarter; 0 when there is none.
func (d *document) quarter(n *yaml.Node, path string) period.Quarter {
	value, ok := d.scalar(n, path)
	if !ok {
		return 0
	}
	q, err := period.Parse(value)
	d.addFault(follow(n), path, err)
	return q
}

// date reads a day.
func (d *document) date(n *yaml.Node, path string) period.Date {
	value, ok := d.scalar(n, path)
	if !ok {
		return period.Date{}
	}
	day, err := period.ParseDate(value)
	d.addFault(follow(n), path, err)
	return day
}

// addFault notes what a parser of another package found.
func (d *document) addFault(n *yaml.Node, path string, err error) {
	if f, ok := fault.As(err); ok {
		d.add(n, path, f.Key, f.Args...)
	}
}
