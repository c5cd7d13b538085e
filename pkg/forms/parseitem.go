package forms

import (
	"gopkg.in/yaml.v3"

	"pilotboard/pkg/yamlfile"
)

// nature says what items of a type can be.
type nature struct {
	decimals     int
	kind         Kind          // by itself; empty: the file says
	aggregations []Aggregation // that make sense, the usual one first
	measured     bool          // it is a number with a unit
	bounded      bool          // it can have a least and a greatest value
	computed     bool          // it can be computed
}

var (
	amounts = []Aggregation{Sum, Mean, Min, Max, None}
	natures = map[ItemType]nature{
		YesNo:   {kind: KindStatus, aggregations: []Aggregation{CountTrue, None}, computed: true},
		Percent: {decimals: 1, aggregations: []Aggregation{None, Mean, Min, Max}, measured: true, bounded: true, computed: true},
		Number:  {decimals: 1, aggregations: amounts, measured: true, bounded: true, computed: true},
		Count:   {aggregations: amounts, measured: true, bounded: true, computed: true},
		Money:   {decimals: 1, aggregations: amounts, measured: true, bounded: true, computed: true},
		Option:  {kind: KindStatus, aggregations: []Aggregation{None}},
		Date:    {kind: KindStatus, aggregations: []Aggregation{None}, bounded: true},
		Text:    {kind: KindText, aggregations: []Aggregation{None}},
	}
	types         = []ItemType{YesNo, Percent, Number, Count, Money, Option, Date, Text}
	kinds         = []Kind{KindStock, KindFlow, KindStatus}
	evidenceRules = []EvidenceRule{EvidenceOptional, EvidenceRequired}
)

// moneyUnit is what money is counted in.
const moneyUnit = "万元"

func (r *reading) item(e yamlfile.Element) Item {
	o := r.Object(e.Node, e.Path)
	key := o.Required("key")
	i := Item{Key: r.name(key, o.At("key"))}
	r.Unique(r.items, key, o.At("key"), i.Key)
	r.doc.places[i.Key] = place{yamlfile.Follow(e.Node), e.Path}
	i.Title = r.Text(o.Required("title"), o.At("title"))
	i.Type = yamlfile.Choice(r.Document, o.Required("type"), o.At("type"), types, "form.unknown_word")
	if n := o.Optional("definition"); n != nil {
		i.Definition = r.Line(n, o.At("definition"), maxDefinition)
	}
	i.Basis = r.optional(o, "basis")
	i.Required = r.Flag(o.Optional("required"), o.At("required"))
	i.Sample = r.Flag(o.Optional("sample"), o.At("sample"))
	i.Evidence = yamlfile.Choice(r.Document, o.Optional("evidence"), o.At("evidence"), evidenceRules, "form.unknown_word")
	i.Types = r.words(o.Optional("types"), o.At("types"), r.doc.form.FilledBy)
	r.computed(o, &i)
	if _, known := natures[i.Type]; known {
		r.nature(o, &i)
	} else {
		o.Pairs() // which depend on the type
	}
	o.End()
	return i
}

func (r *reading) computed(o *yamlfile.Object, i *Item) {
	n := o.Optional("computed")
	if n == nil {
		return
	}
	i.Computed = r.Line(n, o.At("computed"), maxDefinition)
	r.doc.places["computed:"+i.Key] = place{yamlfile.Follow(n), o.At("computed")}
	if i.Required {
		o.Add("required", "form.not_for_computed")
	}
}

// nature reads what depends on the type.
func (r *reading) nature(o *yamlfile.Object, i *Item) {
	of := natures[i.Type]
	i.Decimals = of.decimals
	if n := r.only(o, "decimals", i.Type, of.measured && i.Type != Count); n != nil {
		i.Decimals = r.Whole(n, o.At("decimals"), 0, maxDecimals)
	}
	if n := r.only(o, "unit", i.Type, of.measured && i.Type != Money); n != nil {
		i.Unit = r.OptionalText(n, o.At("unit"))
	}
	if i.Type == Money {
		i.Unit = moneyUnit
	}
	i.Kind = of.kind
	if of.kind == "" {
		i.Kind = yamlfile.Choice(r.Document, o.Required("kind"), o.At("kind"), kinds, "form.unknown_word")
	} else if n := o.Optional("kind"); n != nil {
		yamlfile.Choice(r.Document, n, o.At("kind"), []Kind{of.kind}, "form.unknown_word")
	}
	i.Aggregation = of.aggregations[0]
	if n := o.Optional("aggregation"); n != nil {
		i.Aggregation = yamlfile.Choice(r.Document, n, o.At("aggregation"), of.aggregations, "form.unknown_word")
	}
	if !i.Typed() && !of.computed {
		o.Add("computed", "form.not_for_type", string(i.Type))
	}
	if n := r.only(o, "qualifier", i.Type, of.measured); n != nil {
		i.Qualifier = yamlfile.Choice(r.Document, n, o.At("qualifier"), Qualifiers, "form.unknown_word")
	}
	least, greatest := r.only(o, "min", i.Type, of.bounded), r.only(o, "max", i.Type, of.bounded)
	i.Min, i.Max = r.bound(least, o.At("min"), *i), r.bound(greatest, o.At("max"), *i)
	if i.Min > i.Max && i.Max != 0 {
		o.Add("max", "form.max_below_min", i.Format(Value{State: Given, Number: i.Max}), i.Format(Value{State: Given, Number: i.Min}))
	}
	options := r.only(o, "options", i.Type, i.Type == Option)
	if i.Type == Option && options == nil {
		o.Add("options", "file.missing_key")
	}
	i.Options = r.options(options, o.At("options"))
}

// only gives the value of a key that makes sense for some types alone.
func (r *reading) only(o *yamlfile.Object, key string, of ItemType, sense bool) *yaml.Node {
	n := o.Optional(key)
	if n != nil && !sense {
		r.Add(yamlfile.Follow(n), o.At(key), "form.not_for_type", string(of))
		return nil
	}
	return n
}

func (r *reading) bound(n *yaml.Node, path string, i Item) int64 {
	switch {
	case n == nil:
		return 0
	case i.Type == Date:
		return valueOfDay(r.Date(n, path)).Number
	}
	return r.Amount(n, path, i.Decimals, -maxNumber, maxNumber)
}

func (r *reading) options(n *yaml.Node, path string) []Choice {
	var list []Choice
	codes, writings := map[string]*yaml.Node{}, map[string]*yaml.Node{}
	for _, e := range r.List(n, path) {
		o := r.Object(e.Node, e.Path)
		key, code, title := o.Required("key"), o.Required("code"), o.Required("title")
		c := Choice{
			Key: r.Key(key, o.At("key"), yamlfile.Name), Title: r.Text(title, o.At("title")),
			Code: r.Amount(code, o.At("code"), 0, 0, 9999),
		}
		o.End()
		r.Unique(writings, key, o.At("key"), alike(c.Key))
		if alike(c.Title) != alike(c.Key) {
			r.Unique(writings, title, o.At("title"), alike(c.Title))
		}
		if text, ok := yamlfile.Follow(code), code != nil; ok {
			r.Unique(codes, code, o.At("code"), text.Value)
		}
		list = append(list, c)
	}
	if len(list) > maxOptions {
		r.Add(yamlfile.Follow(n), path, "file.too_many", len(list), maxOptions)
	}
	return list
}

// usualAggregation is how items of a type add up that do not say.
func usualAggregation(of ItemType) Aggregation {
	n := natures[of]
	if len(n.aggregations) == 0 {
		return None
	}
	return n.aggregations[0]
}
