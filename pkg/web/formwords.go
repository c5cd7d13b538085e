package web

import (
	"strings"

	"pilotboard/pkg/formedit"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

// The words of a form file by the message keys of their names; types of items and units, kinds,
// aggregations, rules of evidence, severities and levels have different words throughout.
var fileWords = map[string]string{
	"yes_no": "formedit.yes_no", "percent": "formedit.percent", "number": "formedit.number", "count": "formedit.count",
	"money": "formedit.money", "option": "formedit.option", "date": "formedit.date", "text": "formedit.text",
	"stock": "formedit.stock", "flow": "formedit.flow", "status": "formedit.status",
	"sum": "formedit.sum", "mean": "formedit.mean", "min": "formedit.least", "max": "formedit.greatest",
	"count_true": "formedit.count_true", "none": "formedit.none",
	"exact": "figures.exact", "rounded": "figures.rounded", "at_least": "figures.at_least",
	"optional": "formedit.optional", "required": "formedit.required",
	"error": "formedit.error", "warning": "formedit.warning",
	"county": "formedit.county", "city": "formedit.city", "province": "formedit.province",
	"district": "unit_type.district", "street": "unit_type.street", "community": "unit_type.community",
}

// fileWord gives the name of a word of a form file; what is none of them as it is.
func fileWord(words locale.Printer, word string) string {
	if key, known := fileWords[word]; known {
		return words.T(key)
	}
	return word
}

func fileWordList(words locale.Printer, list []string, between string) string {
	named := make([]string, len(list))
	for i, word := range list {
		named[i] = fileWord(words, word)
	}
	return strings.Join(named, between)
}

// comma stands between the words of a list.
func comma(words locale.Printer) string {
	if words.Language() == locale.English {
		return ", "
	}
	return "、"
}

// filledBy names the units that owe a form.
func filledBy(words locale.Printer, f forms.Form) string {
	return fileWordList(words, f.FilledBy, comma(words))
}

// reviewChain says who reviews a form, one after the other.
func reviewChain(words locale.Printer, f forms.Form) string {
	if len(f.Review) == 0 {
		return words.T("formedit.anyone_reviews")
	}
	return fileWordList(words, formedit.ReviewLevels(f), " → ")
}

// validity says from when until when a form is valid.
func validity(words locale.Printer, f forms.Form) string {
	switch {
	case f.ValidFrom.IsZero() && f.ValidUntil.IsZero():
		return words.T("formedit.always_valid")
	case f.ValidUntil.IsZero():
		return words.T("formedit.valid_from", f.ValidFrom)
	case f.ValidFrom.IsZero():
		return words.T("formedit.valid_until", f.ValidUntil)
	}
	return words.T("formedit.valid_between", f.ValidFrom, f.ValidUntil)
}

// itemCount counts the items of a form.
func itemCount(f forms.Form) int {
	n := 0
	for _, s := range f.Sections {
		n += len(s.Items)
	}
	return n
}

// itemView is an item as it is read, with everything in words.
type itemView struct {
	forms.Item
	Name, Explained              string
	TypeName, KindName, AddsUp   string
	Asked, EvidenceText, Between string
	Breaks                       []int64 // versions from which a changed definition holds
}

func newItemView(words locale.Printer, i forms.Item, breaks []int64) itemView {
	v := itemView{
		Item: i, Name: i.Name(words), Explained: i.Explanation(words), TypeName: fileWord(words, string(i.Type)),
		KindName: fileWord(words, string(i.Kind)), AddsUp: fileWord(words, string(i.Aggregation)), Breaks: breaks,
		Asked: fileWordList(words, i.Types, comma(words)), Between: bounds(words, i),
	}
	if i.Evidence != forms.NoEvidence {
		v.EvidenceText = fileWord(words, string(i.Evidence))
	}
	return v
}

// bounds says what numbers a cell takes, where the form says so.
func bounds(words locale.Printer, i forms.Item) string {
	least, from := i.Least()
	greatest, to := i.Greatest()
	switch {
	case from && to:
		return words.T("formedit.between", least, greatest)
	case from:
		return words.T("formedit.at_least", least)
	case to:
		return words.T("formedit.at_most", greatest)
	}
	return ""
}

// checkView is a check in words.
type checkView struct {
	forms.Check
	SeverityName, Items, Text string
}

// placeholderWords are what stands for {item} and the others in the text of a check.
var placeholderWords = map[string]string{
	"{value}": "formedit.value_here", "{last}": "formedit.last_here", "{children}": "formedit.children_here", "{missing}": "formedit.missing_here",
}

func newCheckView(words locale.Printer, f forms.Form, c forms.Check) checkView {
	v := checkView{Check: c, SeverityName: fileWord(words, string(c.Severity))}
	var titles []string
	for _, key := range c.At {
		if item, known := f.Item(key); known {
			titles = append(titles, item.Name(words))
		}
	}
	v.Items = strings.Join(titles, comma(words))
	first := v.Items
	if len(titles) > 0 {
		first = titles[0]
	}
	v.Text = strings.ReplaceAll(c.Message, "{item}", first)
	for placeholder, key := range placeholderWords {
		v.Text = strings.ReplaceAll(v.Text, placeholder, words.T(key))
	}
	return v
}
