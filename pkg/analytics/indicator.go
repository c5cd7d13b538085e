package analytics

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/divisions"
	"pilotboard/pkg/expression"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/yamlfile"
)

//go:embed indicators.yaml
var indicatorsFile []byte

// Indicator is a figure by formula over items, evaluated after they have been added up (method.md §3).
// Unit, Decimals and Scale say how it is shown: 45600 with a scale of 10000 and 1
// decimal as 4.5万. Each is a level of the tree: the formula is then a condition, and the value is the
// number of divisions of that level for which it holds; 0 for a formula that is the value itself.
type Indicator struct {
	ID         string
	Chinese    string
	English    string
	Unit       string
	Decimals   int
	Scale      int64
	Each       int
	Formula    string
	Definition string
	Source     string

	expression *expression.Expression
	item       *forms.Item // what an item adds up to
}

// Title gives the name in the reader's language.
func (i Indicator) Title(p locale.Printer) string {
	switch {
	case i.item != nil:
		return i.item.Name(p)
	case p.Language() == locale.English:
		return i.English
	}
	return i.Chinese
}

// Names gives what the formula names: FORM.ITEM, count.LEVEL, pilots.TYPE.
func (i Indicator) Names() []string {
	names := make([]string, len(i.expression.Names))
	for n, name := range i.expression.Names {
		names[n] = name.String()
	}
	return names
}

// indicators are those that the program comes with; a test reads them before anybody else.
var indicators = mustReadIndicators(indicatorsFile)

func mustReadIndicators(data []byte) []Indicator {
	list, err := readIndicators("indicators.yaml", data)
	if err != nil {
		panic(fmt.Sprintf("the indicators of this program: %v", err))
	}
	return list
}

// Indicators gives every indicator, in the order of their file. They are no secret.
func Indicators() []Indicator { return slices.Clone(indicators) }

// rests tells whether the formula names the item of a form, or one of its options.
func (i Indicator) rests(form, item string) bool {
	return slices.ContainsFunc(i.expression.Names, func(n expression.Name) bool {
		return n.Of == form && (n.Key == item || strings.HasPrefix(n.Key, item+"_is_"))
	})
}

// Groups of names in a formula beside forms.
const (
	ofCount  = "count"  // of divisions: count.city, count.county
	ofPilots = "pilots" // pilot units: pilots.all, pilots.district …
)

var countedLevels = map[string]int{"city": divisions.City, "county": divisions.County}

// formulaScope takes FORM.ITEM for a number, whether there is such an item or not: forms are data.
func formulaScope(n expression.Name) (expression.Meaning, *fault.Message) {
	number := expression.Meaning{Kind: expression.Number}
	switch {
	case n.Of == "",
		n.Of == ofCount && countedLevels[n.Key] == 0,
		n.Of == ofPilots && !slices.Contains([]string{"all", "district", "street", "community"}, n.Key):
		return number, &fault.Message{Key: "form.unknown_item", Args: []any{n.String()}}
	}
	return number, nil
}

// readIndicators reads a file of indicators; what is wrong is told all at once as fault.FileFaults.
func readIndicators(file string, data []byte) ([]Indicator, error) {
	y := yamlfile.New(file)
	o := y.Object(y.Root(data), "")
	var list []Indicator
	seen := map[string]*yaml.Node{}
	for _, e := range y.List(o.Required("indicators"), "indicators") {
		list = append(list, readIndicator(y, e, seen))
	}
	o.End()
	return list, y.Err()
}

func readIndicator(y *yamlfile.Document, e yamlfile.Element, seen map[string]*yaml.Node) Indicator {
	o := y.Object(e.Node, e.Path)
	id := o.Required("id")
	i := Indicator{ID: y.Key(id, o.At("id"), yamlfile.Name), Scale: 1}
	y.Unique(seen, id, o.At("id"), i.ID)
	title := y.Object(o.Required("title"), o.At("title"))
	i.Chinese, i.English = y.Text(title.Required("zh"), title.At("zh")), y.Text(title.Required("en"), title.At("en"))
	title.End()
	i.Unit = y.Text(o.Required("unit"), o.At("unit"))
	if n := o.Optional("decimals"); n != nil {
		i.Decimals = y.Whole(n, o.At("decimals"), 0, 4)
	}
	if n := o.Optional("scale"); n != nil {
		i.Scale = y.Amount(n, o.At("scale"), 0, 1, yamlfile.MaxAmount)
	}
	wanted := expression.Number
	if n := o.Optional("each"); n != nil {
		i.Each = countedLevels[yamlfile.Choice(y, n, o.At("each"), []string{"city", "county"}, "form.unknown_word")]
		wanted = expression.Truth
	}
	formula := o.Required("formula")
	i.Formula = y.Text(formula, o.At("formula"))
	i.Definition, i.Source = y.Text(o.Required("definition"), o.At("definition")), y.Text(o.Required("source"), o.At("source"))
	o.End()
	if i.Formula == "" {
		return i
	}
	compiled, wrong := expression.Compile(i.Formula, formulaScope, wanted)
	for _, message := range wrong {
		y.Add(yamlfile.Follow(formula), o.At("formula"), message.Key, message.Args...)
	}
	i.expression = compiled
	return i
}

// optionOf reads `ITEM_is_OPTION`, by which a formula counts those who have chosen an option.
func optionOf(key string) (item, option string, ok bool) { return strings.Cut(key, "_is_") }
