package web

import (
	"strconv"
	"strings"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// shown is the content of a cell as people read it. Kind is blank, na or given: the three never look
// the same, and none of them looks like 0.
type shown struct {
	Text string `json:"text"`
	Kind string `json:"kind"`
}

func show(words locale.Printer, item forms.Item, v forms.Value) shown {
	switch v.State {
	case forms.Blank:
		return shown{words.T("value.blank"), "blank"}
	case forms.NotApplicable:
		return shown{words.T("value.not_applicable"), "na"}
	}
	text := item.Format(v)
	switch item.Type {
	case forms.YesNo:
		text = words.T("value.no")
		if v.Number == 1 {
			text = words.T("value.yes")
		}
	case forms.Percent:
		text = words.Percent(text)
	case forms.Option:
		text = optionTitle(item, v.Number)
	case forms.Number, forms.Count, forms.Money:
		if item.Unit != "" {
			text += " " + item.Unit
		}
	}
	return shown{text, "given"}
}

// optionTitle is what people call an option.
func optionTitle(item forms.Item, code int64) string {
	for _, o := range item.Options {
		if o.Code == code {
			return o.Title
		}
	}
	return strconv.FormatInt(code, 10) // no longer offered
}

// without leaves the unit out, where it stands beside already.
func (s shown) without(unit string) shown {
	s.Text = strings.TrimSuffix(s.Text, " "+unit)
	return s
}

// content is a cell as a page sends it: what stands in the field, or that it does not apply.
type content struct {
	Value         string `json:"value"`
	NotApplicable bool   `json:"not_applicable"`
}

func contentOf(item forms.Item, v forms.Value) content {
	return content{Value: item.Format(v), NotApplicable: v.State == forms.NotApplicable}
}

func (c content) input() reporting.CellInput {
	return reporting.CellInput{Value: c.Value, NotApplicable: c.NotApplicable}
}

// The content a page was made with travels in a hidden field, so that the server knows what was changed.
const (
	wasNotApplicable = "n"
	wasValue         = "="
)

func (c content) encode() string {
	if c.NotApplicable {
		return wasNotApplicable
	}
	return wasValue + c.Value
}

func decodeContent(s string) content {
	if s == wasNotApplicable {
		return content{NotApplicable: true}
	}
	return content{Value: strings.TrimPrefix(s, wasValue)}
}
