// Package locale turns message keys into the reader's language: Simplified Chinese, which is complete
// and comes first, and English. The texts are in messages/AREA.LANGUAGE.yaml, one pair of files per
// area, flat `key: text`, with %[1]s for values. It owns no table and knows no HTTP.
package locale

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// The languages.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Languages lists every language, the default first.
var Languages = []string{Chinese, English}

var matcher = language.NewMatcher([]language.Tag{language.MustParse(Chinese), language.MustParse(English)})

// Match picks the language for an Accept-Language header; Chinese when nothing fits.
func Match(acceptLanguage string) string {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return Chinese
	}
	_, index, confidence := matcher.Match(wanted...)
	if confidence == language.No {
		return Chinese
	}
	return Languages[index]
}

// Printer gives texts in one language. The zero Printer knows no texts and gives keys.
type Printer struct {
	language string
	texts    map[string]string
}

// For gives the printer of a language, and the Chinese one for a language that is not there.
func For(lang string) Printer {
	texts, err := embedded()
	if err != nil { // Load has told the program at its start
		return Printer{language: Chinese}
	}
	if _, ok := texts[lang]; !ok {
		lang = Chinese
	}
	return Printer{language: lang, texts: texts[lang]}
}

// Language gives `zh-CN` or `en`.
func (p Printer) Language() string { return p.language }

// Has tells whether there is a text for key.
func (p Printer) Has(key string) bool {
	_, ok := p.texts[key]
	return ok
}

// T gives the text for key with args put in; without a text, the key itself. Messages, quarters, dates
// and times among args are put in as words, so their places in a text are %[1]s, never %[1]d.
func (p Printer) T(key string, args ...any) string {
	text, ok := p.texts[key]
	if !ok {
		return key
	}
	if len(args) == 0 || !strings.Contains(text, "%") {
		return text
	}
	words := make([]any, len(args))
	for i, arg := range args {
		words[i] = p.word(arg)
	}
	return fmt.Sprintf(text, words...)
}

func (p Printer) word(arg any) any {
	switch v := arg.(type) {
	case fault.Message:
		return p.Message(v)
	case *fault.Fault:
		return p.Fault(v)
	case period.Quarter:
		return p.Quarter(v)
	case period.Date:
		return p.Date(v)
	case time.Time:
		return p.Time(v)
	}
	return arg
}

// Message gives the text of m.
func (p Printer) Message(m fault.Message) string { return p.T(m.Key, m.Args...) }

// Fault gives the text of f as a whole. The texts of its fields are their own messages.
func (p Printer) Fault(f *fault.Fault) string { return p.Message(f.Message) }
