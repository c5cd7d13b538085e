package exchange

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

// maxList is how long the choices of a drop-down may be in the rule itself, in UTF-16 units.
const maxList = 255

// maxTitle and maxHint bound what pops up beside a cell.
const (
	maxTitle = 32
	maxHint  = 255
)

// escapeXML writes a formula as the library wants it: as it stands in the file.
var escapeXML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// rules adds to a workbook what may be typed into its cells.
type rules struct {
	f     *excelize.File
	words locale.Printer
	lists int // columns used on the sheet of choices
}

// add lays down what may be typed into the cells from..to of one column, all of the same item.
func (r *rules) add(sheet, from, to string, item forms.Item) error {
	rule := excelize.NewDataValidation(true)
	rule.SetSqref(from + ":" + to)
	if from == to {
		rule.Sqref = from
	}
	rule.SetInput(cut(item.Name(r.words), maxTitle), cut(r.hint(item), maxHint))
	if choices := r.choices(item); len(choices) > 0 {
		if err := r.list(rule, choices); err != nil {
			return err
		}
		rule.SetError(excelize.DataValidationErrorStyleStop, "", r.words.T("exchange.rule.choose"))
	} else if formula := r.formula(item, from); formula != "" {
		rule.Type, rule.Formula1 = "custom", escapeXML.Replace(formula)
		rule.SetError(excelize.DataValidationErrorStyleStop, "", cut(r.allowed(item), maxHint))
	}
	return r.f.AddDataValidation(sheet, rule)
}

// choices are what can be chosen in a cell; none for one that is typed in.
func (r *rules) choices(item forms.Item) []string {
	var choices []string
	switch item.Type {
	case forms.YesNo:
		choices = []string{r.words.T("value.yes"), r.words.T("value.no")}
	case forms.Option:
		for _, choice := range item.Options {
			choices = append(choices, choice.Title)
		}
	}
	if len(choices) > 0 {
		choices = append(choices, r.words.T("value.not_applicable"))
	}
	return choices
}

func (r *rules) list(rule *excelize.DataValidation, choices []string) error {
	joined := strings.Join(choices, ",")
	if len(utf16.Encode([]rune(joined))) <= maxList && strings.Count(joined, ",") == len(choices)-1 {
		return rule.SetDropList(choices)
	}
	if r.lists == 0 {
		if _, err := r.f.NewSheet(listSheet); err != nil {
			return err
		}
		if err := r.f.SetSheetVisible(listSheet, false, true); err != nil {
			return err
		}
	}
	r.lists++
	column, err := excelize.ColumnNumberToName(r.lists)
	if err != nil {
		return err
	}
	if err := r.f.SetSheetCol(listSheet, column+"1", &choices); err != nil {
		return err
	}
	rule.SetSqrefDropList(fmt.Sprintf("%s!$%s$1:$%s$%d", listSheet, column, column, len(choices)))
	return nil
}

// formula says what a cell may hold: the words for not applicable, or a number in range.
func (r *rules) formula(item forms.Item, at string) string {
	switch {
	case item.Type == forms.Text:
		return fmt.Sprintf("LEN(%s)<=%d", at, forms.MaxNarrative)
	case !measured(item):
		return ""
	}
	tests := []string{fmt.Sprintf("ISNUMBER(%s)", at), at + ">=" + least(item)}
	if greatest, ok := item.Greatest(); ok {
		tests = append(tests, at+"<="+greatest)
	}
	if item.Type != forms.Percent { // 80% typed as a percentage is kept as 0.8
		tests = append(tests, fmt.Sprintf("ROUND(%s,%d)=%s", at, item.Decimals, at))
	}
	return fmt.Sprintf(`OR(%s="%s",AND(%s))`, at, r.words.T("value.not_applicable"), strings.Join(tests, ","))
}

func least(item forms.Item) string {
	if bound, ok := item.Least(); ok {
		return bound
	}
	return "0"
}

// allowed says the same in words.
func (r *rules) allowed(item forms.Item) string {
	switch {
	case item.Type == forms.Text:
		return r.words.T("exchange.rule.text", forms.MaxNarrative)
	case item.Type == forms.Date:
		return r.words.T("exchange.rule.date")
	case !measured(item):
		return r.words.T("exchange.rule.choose")
	}
	if greatest, ok := item.Greatest(); ok {
		return r.words.T("exchange.rule.between", least(item), greatest, strconv.Itoa(item.Decimals))
	}
	return r.words.T("exchange.rule.from", least(item), strconv.Itoa(item.Decimals))
}

func (r *rules) hint(item forms.Item) string {
	text := r.allowed(item)
	if about := item.Explanation(r.words); about != "" {
		text += "\n" + about
	}
	return text
}

// cut shortens a text to so many UTF-16 units, with an ellipsis.
func cut(text string, most int) string {
	units := 0
	for i, c := range text {
		if units += max(utf16.RuneLen(c), 1); units > most {
			runes := []rune(text[:i])
			return string(runes[:max(len(runes)-2, 0)]) + "…"
		}
	}
	return text
}
