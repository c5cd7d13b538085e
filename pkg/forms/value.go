package forms

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/yamlfile"
)

// State tells the three things a cell can be (method.md §2). Blank is never 0.
type State int

// The states.
const (
	Blank State = iota
	Given
	NotApplicable
)

// Value is the content of one cell. Number is fixed-point in the item's decimals; for a yes/no 0 or 1,
// for an option its code, for a date YYYYMMDD with the day as Text.
type Value struct {
	State  State
	Number int64
	Text   string
}

// Values are the cells of a report that are not blank, by item key.
type Values map[string]Value

// document is how values are kept and hashed: the API's own shape, keys sorted.
type document struct {
	Values        map[string]any `json:"values"`
	NotApplicable []string       `json:"not_applicable"`
}

var groupedNumber = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d+)?$`)

// Parse reads what was typed or sent into a cell: text, a JSON number, true or false; nil and the
// empty text are blank. The message says what is wrong in words for the person who typed it.
func (i Item) Parse(raw any) (Value, *fault.Message) {
	text, ok := rawText(raw)
	if !ok {
		return Value{}, &fault.Message{Key: "cell.bad_type"}
	}
	if strings.TrimSpace(text) == "" {
		return Value{}, nil
	}
	switch i.Type {
	case Text:
		return parseText(text)
	case YesNo:
		return parseYesNo(text)
	case Option:
		return i.parseOption(text)
	case Date:
		return i.parseDay(text)
	}
	return i.parseNumber(text)
}

func rawText(raw any) (string, bool) {
	switch v := raw.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return "", false
		}
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// newlines makes the line ends of all systems one, which parsing again leaves alone.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func parseText(text string) (Value, *fault.Message) {
	text = newlines.Replace(text)
	if wrong := CheckText(text, MaxNarrative); wrong != nil {
		return Value{}, wrong
	}
	return Value{State: Given, Text: text}, nil
}

// CheckText refuses what a database cannot keep, and more than most characters.
func CheckText(text string, most int) *fault.Message {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return &fault.Message{Key: "cell.bad_text"}
	}
	if n := utf8.RuneCountInString(text); n > most {
		return &fault.Message{Key: "cell.too_long", Args: []any{n, most}}
	}
	return nil
}

func parseYesNo(text string) (Value, *fault.Message) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "yes", "是":
		return Value{State: Given, Number: 1}, nil
	case "false", "no", "否":
		return Value{State: Given}, nil
	}
	return Value{}, &fault.Message{Key: "cell.not_yes_no"}
}

// parseNumber reads digits as people and spreadsheets write them: full width, with thousands
// separators, a percent with its sign.
func (i Item) parseNumber(text string) (Value, *fault.Message) {
	s := text
	if !plain(s) {
		s = strings.TrimSpace(width.Narrow.String(s))
		if i.Type == Percent {
			s = strings.TrimSpace(strings.TrimSuffix(s, "%"))
		}
		if groupedNumber.MatchString(s) {
			s = strings.ReplaceAll(s, ",", "")
		}
		if !plain(s) {
			return Value{}, &fault.Message{Key: "cell.not_a_number"}
		}
	}
	whole, decimals, _ := strings.Cut(s, ".")
	decimals = strings.TrimRight(decimals, "0")
	if len(decimals) > i.Decimals {
		if i.Decimals == 0 {
			return Value{}, &fault.Message{Key: "cell.not_whole"}
		}
		return Value{}, &fault.Message{Key: "cell.too_many_decimals", Args: []any{i.Decimals}}
	}
	n, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", i.Decimals-len(decimals)), 10, 64)
	if err != nil || n > maxNumber || n < -maxNumber {
		return Value{}, &fault.Message{Key: "cell.too_large"}
	}
	return i.inRange(n)
}

// plain tells whether a text is digits with at most one point between them, after at most one minus: how
// numbers are kept.
func plain(s string) bool {
	whole, decimals, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	return digits(whole) && (!point || digits(decimals))
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// inRange checks the bounds of what somebody has typed; a computed cell has none but the greatest number
// of all.
func (i Item) inRange(n int64) (Value, *fault.Message) {
	greatest := i.Max
	if i.Type == Percent && greatest == 0 {
		greatest = 100 * pow10(i.Decimals)
	}
	switch {
	case !i.Typed():
	case n < 0 && i.Min >= 0:
		return Value{}, &fault.Message{Key: "cell.negative"}
	case n < i.Min:
		return Value{}, &fault.Message{Key: "cell.under_min", Args: []any{i.Format(Value{State: Given, Number: i.Min})}}
	case greatest > 0 && n > greatest:
		return Value{}, &fault.Message{Key: "cell.over_max", Args: []any{i.Format(Value{State: Given, Number: greatest})}}
	}
	return Value{State: Given, Number: n}, nil
}

// Greatest gives the upper bound that the cell accepts, as text, and whether there is one.
func (i Item) Greatest() (string, bool) {
	switch {
	case i.Max > 0:
		return i.Format(Value{State: Given, Number: i.Max}), true
	case i.Type == Percent:
		return "100", true
	}
	return "", false
}

// Least gives the lower bound that the cell accepts, as text, and whether there is one beside nought.
func (i Item) Least() (string, bool) {
	if i.Min == 0 {
		return "", false
	}
	return i.Format(Value{State: Given, Number: i.Min}), true
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// Format writes a value as it is typed in: `80`, `12.5`, `true`, `2019-10-31`, the key of an option,
// the text; blank and not applicable are empty.
func (i Item) Format(v Value) string {
	if v.State != Given {
		return ""
	}
	switch i.Type {
	case Text:
		return v.Text
	case Date:
		return dayOf(v.Number).String()
	case YesNo:
		return strconv.FormatBool(v.Number == 1)
	case Option:
		choice, _ := i.Chosen(v)
		return choice.Key
	}
	return yamlfile.Fixed(v.Number, i.Decimals)
}

// Encode gives the values as the API and the revision keep them: numbers as text, yes/no as true
// or false, and the keys of the cells that are not applicable.
func (f Form) Encode(values Values) (map[string]any, []string) {
	encoded, notApplicable := map[string]any{}, []string{}
	for key, v := range values {
		item := f.item(key)
		switch {
		case item == nil || v.State == Blank:
		case v.State == NotApplicable:
			notApplicable = append(notApplicable, key)
		case item.Type == YesNo:
			encoded[key] = v.Number == 1
		default:
			encoded[key] = item.Format(v)
		}
	}
	slices.Sort(notApplicable)
	return encoded, notApplicable
}

// Marshal writes the document; map keys come out sorted, so that equal values give equal bytes.
func (f Form) Marshal(values Values) (string, error) {
	encoded, notApplicable := f.Encode(values)
	text, err := json.Marshal(document{encoded, notApplicable})
	if err != nil {
		return "", fmt.Errorf("write the values of a report: %w", err)
	}
	return string(text), nil
}

// Unmarshal reads a document. What the form no longer has, or no longer lets in, is left out.
func (f Form) Unmarshal(text string) (Values, error) {
	values := Values{}
	if text == "" {
		return values, nil
	}
	var d document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return nil, fmt.Errorf("read the values of a report: %w", err)
	}
	for key, raw := range d.Values {
		if item := f.item(key); item != nil {
			if v, wrong := item.Parse(raw); wrong == nil && v.State == Given {
				values[key] = v
			}
		}
	}
	for _, key := range d.NotApplicable {
		if f.item(key) != nil {
			values[key] = Value{State: NotApplicable}
		}
	}
	return values, nil
}
