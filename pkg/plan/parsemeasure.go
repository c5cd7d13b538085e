package plan

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// maxDecimals is the greatest number of decimals of a measure.
const maxDecimals = 4

// usualDecimals is how many decimals a measure has that does not say.
var usualDecimals = map[MeasureType]int{Percent: 1, Number: 1}

func (r *reading) measure(n *yaml.Node, path string) Measure {
	o := r.object(n, path)
	form := o.required("form")
	m := Measure{Form: r.key(form, o.at("form"), itemSyntax)}
	if m.Form != "" && m.Form != r.plan.Reporting.Form {
		r.add(follow(form), o.at("form"), "plan.unknown_form", m.Form, r.plan.Reporting.Form)
	}
	item := o.required("item")
	m.Item = r.itemKey(item, o.at("item"))
	r.unique(r.items, item, o.at("item"), m.Item)
	if slices.ContainsFunc(r.plan.Reporting.Narrative, func(n NarrativeItem) bool { return n.Key == m.Item }) {
		r.add(follow(item), o.at("item"), "plan.item_is_narrative", m.Item)
	}
	m.Type = choice(r.document, o.required("type"), o.at("type"), MeasureTypes, "plan.unknown_measure")
	if n := o.optional("unit"); n != nil {
		m.Unit = r.optionalText(n, o.at("unit"))
	}
	if n := o.optional("definition"); n != nil {
		m.Definition = r.text(n, o.at("definition"))
	}
	r.numbers(o, &m)
	o.end()
	return m
}

// numbers reads decimals, target, baseline and max.
func (r *reading) numbers(o *object, m *Measure) {
	m.Decimals = usualDecimals[m.Type]
	decimals, target, baseline, greatest := o.optional("decimals"), o.optional("target"), o.optional("baseline"), o.optional("max")
	if m.Type == YesNo {
		for key, n := range map[string]*yaml.Node{"decimals": decimals, "target": target, "baseline": baseline, "max": greatest} {
			if n != nil {
				r.add(follow(n), o.at(key), "plan.not_for_yes_no")
			}
		}
		return
	}
	if decimals != nil {
		most := int64(maxDecimals)
		if m.Type == Count {
			most = 0
		}
		m.Decimals = r.whole(decimals, o.at("decimals"), 0, most)
	}
	bound := int64(maxAmount)
	if m.Type == Percent {
		bound = 100 * pow10(m.Decimals)
	}
	m.HasTarget = target != nil
	m.Target = r.amount(target, o.at("target"), m.Decimals, 0, bound)
	m.Baseline = r.amount(baseline, o.at("baseline"), m.Decimals, 0, bound)
	m.Max = r.amount(greatest, o.at("max"), m.Decimals, 0, bound)
	switch {
	case !m.HasTarget && (m.Type == Number || m.Type == Count) && o.node != nil:
		r.add(o.node, o.at("target"), "plan.missing_key")
	case !m.HasTarget && baseline != nil:
		r.add(follow(baseline), o.at("baseline"), "plan.baseline_without_target")
	}
	if m.Max > 0 && max(m.Target, m.Baseline) > m.Max {
		r.add(follow(greatest), o.at("max"), "plan.over_max", Fixed(max(m.Target, m.Baseline), m.Decimals), Fixed(m.Max, m.Decimals))
	}
}
