package forms

import (
	"strings"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/expression"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/yamlfile"
)

// Document is a form file as it stands: the form as far as the file alone says, and whether it asks
// about the plan. On gives the form itself.
type Document struct {
	Key  string
	Plan bool // it has a section `plan: workstreams`

	file   string
	form   Form
	before int              // number of sections before the plan's
	places map[string]place // of items by key, of checks by `check:` and key
}

// place is where something stands in a file.
type place struct {
	node *yaml.Node
	path string
}

// On gives the form of the document; of one that asks about the plan, with the measures of p put in.
// What the document says about items that p no longer has is left out. p is not looked at, and may be
// nil, for a document that does not ask about the plan.
func (d Document) On(p *plan.Plan) Form {
	form := d.form
	if d.Plan {
		form = d.over(p)
	}
	form.rules = compile(form, openScope(form))
	kept := form.Checks[:0:0]
	for _, check := range form.Checks {
		if form.rules.checks[check.Key] != nil {
			kept = append(kept, check)
		}
	}
	form.Checks = kept
	form.layout = form.laidOut()
	return form
}

// note adds what is wrong with expressions to the faults of the file.
func (d Document) note(y *yamlfile.Document, wrong []misplaced) {
	for _, w := range wrong {
		if at := d.places[w.at]; at.node != nil {
			y.Add(at.node, at.path, w.message.Key, w.message.Args...)
		}
	}
}

// Fits tells, all at once as fault.FileFaults, what the document says about items of the plan and of
// other forms (by key) that is not so. p may be nil for a document that does not ask about the plan.
func (d Document) Fits(p *plan.Plan, others map[string]Form) error {
	y, form := yamlfile.New(d.file), d.form
	if d.Plan {
		form = d.over(p)
		planned := Form{Sections: planSections(p)}
		for _, item := range d.form.items() {
			if _, taken := planned.Item(item.Key); taken {
				at := d.places[item.Key]
				y.Add(at.node, at.path, "form.item_of_plan", item.Key)
			}
		}
	}
	for _, check := range form.Checks {
		key, _, _ := strings.Cut(check.Key, ":")
		for _, cell := range check.At {
			if _, known := form.Item(cell); !known {
				at := d.places["check:"+key]
				y.Add(at.node, at.path, unknownItem, cell)
			}
		}
	}
	d.note(y, compile(form, scopeOf(form, otherScope(others))).wrong)
	return y.Err()
}

// otherScope tells what items of other forms mean.
func otherScope(others map[string]Form) expression.Scope {
	return func(n expression.Name) (expression.Meaning, *fault.Message) {
		form, known := others[n.Of]
		if !known {
			return expression.Meaning{}, &fault.Message{Key: "form.unknown_form", Args: []any{n.Of}}
		}
		item, known := form.Item(n.Key)
		if !known {
			return expression.Meaning{}, &fault.Message{Key: "form.unknown_item_of", Args: []any{n.Key, n.Of}}
		}
		return item.meaning(), nil
	}
}

// over puts the plan's sections into the form; an item of the file that the plan asks about, too, gives
// way.
func (d Document) over(p *plan.Plan) Form {
	form, usual := d.form, FormOf(p)
	form.PlanNo = p.No
	if form.DueDays == 0 {
		form.DueDays, form.LockDays = usual.DueDays, usual.LockDays
	}
	measured := planSections(p)
	asked := Form{Sections: measured}
	form.Sections = nil
	for i, section := range d.form.Sections {
		if i == d.before {
			form.Sections = append(form.Sections, measured...)
		}
		own := section
		own.Items = nil
		for _, item := range section.Items {
			if _, taken := asked.Item(item.Key); !taken {
				own.Items = append(own.Items, item)
			}
		}
		form.Sections = append(form.Sections, own)
	}
	if d.before == len(d.form.Sections) {
		form.Sections = append(form.Sections, measured...)
	}
	return form
}
