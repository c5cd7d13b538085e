package plan

import (
	"slices"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/yamlfile"
)

// maxDecimals is the greatest number of decimals of a measure.
const maxDecimals = 4

// usualDecimals is how many decimals a measure has that does not say.
var usualDecimals = map[MeasureType]int{Percent: 1, Number: 1}

func (r *reading) measure(n *yaml.Node, path string) Measure {
	o := r.Object(n, path)
	form := o.Required("form")
	m := Measure{Form: r.Key(form, o.At("form"), yamlfile.Name)}
	if m.Form != "" && m.Form != r.plan.Reporting.Form {
		r.Add(yamlfile.Follow(form), o.At("form"), "plan.unknown_form", m.Form, r.plan.Reporting.Form)
	}
	item := o.Required("item")
	m.Item = itemKey(r.Document, item, o.At("item"))
	r.Unique(r.items, item, o.At("item"), m.Item)
	if slices.ContainsFunc(r.plan.Reporting.Narrative, func(n NarrativeItem) bool { return n.Key == m.Item }) {
		r.Add(yamlfile.Follow(item), o.At("item"), "plan.item_is_narrative", m.Item)
	}
	m.Type = yamlfile.Choice(r.Document, o.Required("type"), o.At("type"), MeasureTypes, "plan.unknown_measure")
	if n := o.Optional("unit"); n != nil {
		m.Unit = r.OptionalText(n, o.At("unit"))
	}
	if n := o.Optional("definition"); n != nil {
		m.Definition = r.Text(n, o.At("definition"))
	}
	r.numbers(o, &m)
	o.End()
	return m
}

// numbers reads decimals, target, baseline and max.
func (r *reading) numbers(o *yamlfile.Object, m *Measure) {
	m.Decimals = usualDecimals[m.Type]
	decimals, target, baseline, greatest := o.Optional("decimals"), o.Optional("target"), o.Optional("baseline"), o.Optional("max")
	if m.Type == YesNo {
		for key, n := range map[string]*yaml.Node{"decimals": decimals, "target": target, "baseline": baseline, "max": greatest} {
			if n != nil {
				r.Add(yamlfile.Follow(n), o.At(key), "plan.not_for_yes_no")
			}
		}
		return
	}
	if decimals != nil {
		most := int64(maxDecimals)
		if m.Type == Count {
			most = 0
		}
		m.Decimals = r.Whole(decimals, o.At("decimals"), 0, most)
	}
	bound := int64(yamlfile.MaxAmount)
	if m.Type == Percent {
		bound = 100 * pow10(m.Decimals)
	}
	m.HasTarget = target != nil
	m.Target = r.Amount(target, o.At("target"), m.Decimals, 0, bound)
	m.Baseline = r.Amount(baseline, o.At("baseline"), m.Decimals, 0, bound)
	m.Max = r.Amount(greatest, o.At("max"), m.Decimals, 0, bound)
	switch {
	case !m.HasTarget && (m.Type == Number || m.Type == Count):
		o.Add("target", "file.missing_key")
	case !m.HasTarget && baseline != nil:
		r.Add(yamlfile.Follow(baseline), o.At("baseline"), "plan.baseline_without_target")
	}
	if m.Max > 0 && max(m.Target, m.Baseline) > m.Max {
		r.Add(yamlfile.Follow(greatest), o.At("max"), "plan.over_max", yamlfile.Fixed(max(m.Target, m.Baseline), m.Decimals), yamlfile.Fixed(m.Max, m.Decimals))
	}
}
