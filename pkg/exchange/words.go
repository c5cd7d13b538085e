package exchange

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"pilotboard/pkg/forms"
)

var keyPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$`)

// What people write for yes, no and not applicable; compared in narrow lower case.
var (
	yesWords = []string{"是", "√", "✓", "✔", "对", "true", "yes", "y"}
	noWords  = []string{"否", "×", "✗", "✘", "错", "false", "no", "n"}
	naWords  = []string{"不适用", "不涉及", "n/a", "na", "not applicable"}
)

func folded(text string) string { return strings.ToLower(strings.TrimSpace(width.Narrow.String(text))) }

// typed understands a text in a cell of item as people write it: words for not applicable in a cell that
// is not for words, ticks for yes, dates in their many forms, the title of an option. What it does not
// understand it gives on as it is, for Item.Parse to refuse.
func typed(item forms.Item, text string) (raw string, notApplicable bool) {
	if item.Type == forms.Text || item.Type == "" {
		return text, false
	}
	word := folded(text)
	if slices.Contains(naWords, word) {
		return "", true
	}
	switch item.Type {
	case forms.YesNo:
		switch {
		case slices.Contains(yesWords, word):
			return "true", false
		case slices.Contains(noWords, word):
			return "false", false
		}
	case forms.Date:
		return isoDate(word, text), false
	}
	return text, false
}

var datePattern = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$`)
var compactDate = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)

// isoDate writes a date as 2019-10-31, and leaves what is none.
func isoDate(word, text string) string {
	m := datePattern.FindStringSubmatch(word)
	if m == nil {
		m = compactDate.FindStringSubmatch(word)
	}
	if m == nil {
		return text
	}
	return fmt.Sprintf("%s-%02s-%02s", m[1], zeroFilled(m[2]), zeroFilled(m[3]))
}

func zeroFilled(digits string) string {
	if len(digits) == 1 {
		return "0" + digits
	}
	return digits
}
