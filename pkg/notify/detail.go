package notify

import (
	"encoding/json"
	"strings"

	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// maxNote is how much of a note a notice quotes, in characters; the report has the whole.
const maxNote = 200

// detail is what an act's entry in the ledger says besides; other packages write it, so whatever is
// missing, of another type or unknown is left out.
type detail map[string]any

func detailOf(e ledger.Recorded) detail {
	raw, _ := e.Detail.(json.RawMessage)
	var d detail
	if json.Unmarshal(raw, &d) != nil {
		return nil
	}
	return d
}

// text gives the first of the fields that holds a text.
func (d detail) text(fields ...string) string {
	for _, field := range fields {
		if text, ok := d[field].(string); ok && strings.TrimSpace(text) != "" {
			return strings.TrimSpace(text)
		}
	}
	return ""
}

// note gives what a person wrote, cut to what a notice has room for.
func (d detail) note() string {
	text := []rune(d.text("note", "reason", "title", "text"))
	if len(text) > maxNote {
		return string(text[:maxNote-1]) + "…"
	}
	return string(text)
}

func (d detail) until() period.Date {
	day, err := period.ParseDate(d.text("until"))
	if err != nil {
		return period.Date{}
	}
	return day
}

// stage gives the level of the tree that reviewed the report after the act; 0 for whoever reviews, and
// for acts of before it was recorded.
func (d detail) stage() int {
	for _, field := range []string{"next", "stage"} {
		if level, ok := d[field].(float64); ok {
			return int(level)
		}
	}
	return 0
}

// url gives an address of this site; anything else is none, so that no notice leads elsewhere.
func (d detail) url() string {
	address := d.text("url")
	bad := func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.ContainsFunc(address, bad) {
		return ""
	}
	return address
}
