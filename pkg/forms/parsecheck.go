package forms

import (
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/expression"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/yamlfile"
)

var severities = []Severity{Error, Warning}

// it stands in a check with `each` for the item.
const it = "it"

var (
	placeholder  = regexp.MustCompile(`\{([a-z_]*)\}`)
	placeholders = []string{"{item}", "{value}", "{last}", "{children}", "{missing}"}
)

func (r *reading) checks(n *yaml.Node, path string) {
	seen := map[string]*yaml.Node{}
	form := &r.doc.form
	for _, e := range r.List(n, path) {
		o := r.Object(e.Node, e.Path)
		key := o.Required("key")
		c := Check{Key: r.name(key, o.At("key"))}
		r.Unique(seen, key, o.At("key"), c.Key)
		r.doc.places["check:"+c.Key] = place{yamlfile.Follow(e.Node), e.Path}
		expr := o.Required("expr")
		c.Expr = r.Line(expr, o.At("expr"), maxDefinition)
		r.doc.places["expr:"+c.Key] = place{yamlfile.Follow(expr), o.At("expr")}
		c.Severity = yamlfile.Choice(r.Document, o.Required("severity"), o.At("severity"), severities, "form.unknown_word")
		c.Message = r.message(o.Required("message"), o.At("message"))
		c.Basis = r.optional(o, "basis")
		each := o.Optional("each")
		c.At = r.cells(o.Optional("at"), o.At("at"), each != nil)
		if each == nil {
			form.Checks = append(form.Checks, c)
		} else {
			form.Checks = append(form.Checks, expand(c, r.cells(each, o.At("each"), false))...)
		}
		o.End()
	}
	if len(form.Checks) > maxChecks {
		r.Add(yamlfile.Follow(n), path, "file.too_many", len(form.Checks), maxChecks)
	}
}

func (r *reading) message(n *yaml.Node, path string) string {
	text := r.Text(n, path)
	for _, found := range placeholder.FindAllString(text, -1) {
		if !slices.Contains(placeholders, found) {
			r.Add(yamlfile.Follow(n), path, "form.unknown_placeholder", found)
		}
	}
	return text
}

// cells reads a list of items of the form; those of a plan are not known yet.
func (r *reading) cells(n *yaml.Node, path string, itToo bool) []string {
	var list []string
	for _, e := range r.List(n, path) {
		key := r.Key(e.Node, e.Path, yamlfile.Name)
		switch _, known := r.doc.form.Item(key); {
		case slices.Contains(list, key):
			r.Add(yamlfile.Follow(e.Node), e.Path, "plan.named_twice", key)
		case !known && !r.doc.Plan && (key != it || !itToo):
			r.Add(yamlfile.Follow(e.Node), e.Path, unknownItem, key)
		}
		list = append(list, key)
	}
	return list
}

// expand makes of a check with `each` one check for every item.
func expand(c Check, items []string) []Check {
	list := make([]Check, 0, len(items))
	for _, item := range items {
		own := c
		own.Key = c.Key + ":" + item
		own.Expr = expression.Replace(c.Expr, it, item)
		own.At = []string{item}
		if len(c.At) > 0 {
			own.At = slices.Clone(c.At)
			for i, at := range own.At {
				if at == it {
					own.At[i] = item
				}
			}
		}
		list = append(list, own)
	}
	return list
}

// formulas notes what is wrong with the expressions of the form by itself.
func (r *reading) formulas() {
	inner := openScope(r.doc.form)
	scope := func(own bool) expression.Scope {
		known := inner(own)
		return func(n expression.Name) (expression.Meaning, *fault.Message) {
			m, wrong := known(n)
			if wrong != nil && wrong.Key == unknownItem && r.doc.Plan {
				return expression.Meaning{}, nil // it may be the plan's
			}
			return m, wrong
		}
	}
	r.doc.note(r.Document, compile(r.doc.form, scope).wrong)
}
