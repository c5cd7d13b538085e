package yamlfile

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

// MaxAmount bounds every number, in its smallest unit.
const MaxAmount = 1_000_000_000_000

// MaxText is the greatest length of a title or a definition, in characters.
const MaxText = 500

// Name is how forms and their items are named.
var Name = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

var decimal = regexp.MustCompile(`^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$`)

// Scalar gives the text of n as it stands in the file; false when there is none, which is noted
// unless n is missing.
func (d *Document) Scalar(n *yaml.Node, path string) (string, bool) {
	n = Follow(n)
	switch {
	case n == nil:
		return "", false
	case n.Kind != yaml.ScalarNode:
		d.Add(n, path, "file.not_value")
		return "", false
	case n.Tag == "!!null" || strings.TrimSpace(n.Value) == "":
		d.Add(n, path, "file.empty")
		return "", false
	}
	return n.Value, true
}

// Text reads one line of words, of at most MaxText characters.
func (d *Document) Text(n *yaml.Node, path string) string { return d.Line(n, path, MaxText) }

// Line reads one line of words, of at most so many characters.
func (d *Document) Line(n *yaml.Node, path string, most int) string {
	value, ok := d.Scalar(n, path)
	if !ok {
		return ""
	}
	n = Follow(n)
	switch {
	case n.Tag != "!!str":
		d.Add(n, path, "file.not_text", value)
	case utf8.RuneCountInString(value) > most:
		d.Add(n, path, "file.too_long", most)
	case strings.ContainsFunc(value, unicode.IsControl):
		d.Add(n, path, "file.not_one_line")
	}
	return strings.TrimSpace(value)
}

// OptionalText is text that may be missing or empty.
func (d *Document) OptionalText(n *yaml.Node, path string) string {
	if f := Follow(n); f != nil && f.Kind == yaml.ScalarNode && f.Value == "" {
		return ""
	}
	return d.Text(n, path)
}

// Key reads a key; one that looks like a number need not be quoted.
func (d *Document) Key(n *yaml.Node, path string, syntax *regexp.Regexp) string {
	value, ok := d.Scalar(n, path)
	if ok && !syntax.MatchString(value) {
		d.Add(Follow(n), path, "file.bad_key", value)
	}
	return value
}

// Choice reads one of the words in known; anything else is noted under the message key.
func Choice[T ~string](d *Document, n *yaml.Node, path string, known []T, key string) T {
	value, ok := d.Scalar(n, path)
	if ok && !slices.Contains(known, T(value)) {
		d.Add(Follow(n), path, key, value, join(known))
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

// Flag reads true or false; missing is false.
func (d *Document) Flag(n *yaml.Node, path string) bool {
	value, ok := d.Scalar(n, path)
	if ok && value != "true" && value != "false" {
		d.Add(Follow(n), path, "file.not_flag", value)
	}
	return value == "true"
}

// Whole reads a whole number between least and most.
func (d *Document) Whole(n *yaml.Node, path string, least, most int64) int {
	return int(d.Amount(n, path, 0, least, most))
}

// Amount reads a number with at most so many decimals as fixed-point; least and most are in the same
// smallest unit.
func (d *Document) Amount(n *yaml.Node, path string, decimals int, least, most int64) int64 {
	value, ok := d.Scalar(n, path)
	if !ok {
		return 0
	}
	n = Follow(n)
	parts := decimal.FindStringSubmatch(value)
	if parts == nil || n.Tag == "!!str" {
		d.Add(n, path, "file.not_number", value)
		return 0
	}
	behind := strings.TrimRight(parts[3], "0")
	if len(behind) > decimals {
		d.Add(n, path, "file.too_many_decimals", value, decimals)
		return 0
	}
	amount, err := strconv.ParseInt(parts[1]+parts[2]+behind+strings.Repeat("0", decimals-len(behind)), 10, 64)
	if err != nil || amount < least || amount > most {
		d.Add(n, path, "file.out_of_range", value, Fixed(least, decimals), Fixed(most, decimals))
		return 0
	}
	return amount
}

// Fixed writes a fixed-point number without needless zeros: 125 with 1 decimal is `12.5`.
func Fixed(amount int64, decimals int) string {
	sign, digits := "", strconv.FormatInt(amount, 10)
	if amount < 0 {
		sign, digits = "-", digits[1:]
	}
	if missing := decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - decimals
	return sign + strings.TrimSuffix(digits[:point]+"."+strings.TrimRight(digits[point:], "0"), ".")
}

// Quarter reads a quarter; 0 when there is none.
func (d *Document) Quarter(n *yaml.Node, path string) period.Quarter {
	value, ok := d.Scalar(n, path)
	if !ok {
		return 0
	}
	q, err := period.Parse(value)
	d.AddFault(Follow(n), path, err)
	return q
}

// Date reads a day.
func (d *Document) Date(n *yaml.Node, path string) period.Date {
	value, ok := d.Scalar(n, path)
	if !ok {
		return period.Date{}
	}
	day, err := period.ParseDate(value)
	d.AddFault(Follow(n), path, err)
	return day
}

// AddFault notes what a parser of another package found.
func (d *Document) AddFault(n *yaml.Node, path string, err error) {
	if f, ok := fault.As(err); ok {
		d.Add(n, path, f.Key, f.Args...)
	}
}
