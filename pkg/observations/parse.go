package observations

import (
	"gopkg.in/yaml.v3"

	"pilotboard/pkg/yamlfile"
)

// maxDecimals bounds the decimals of a number.
const maxDecimals = 4

// file is what a file of observations says.
type file struct {
	observations []Observation
	checks       []Check
}

// parse reads a file of observations; what is wrong is told all at once as fault.FileFaults.
func parse(name string, data []byte) (file, error) {
	y := yamlfile.New(name)
	o := y.Object(y.Root(data), "")
	var f file
	seen := map[string]*yaml.Node{}
	for _, e := range y.List(o.Required("observations"), "observations") {
		f.observations = append(f.observations, readObservation(y, e, seen))
	}
	known := map[string]Observation{}
	for _, one := range f.observations {
		known[one.ID] = one
	}
	for _, e := range y.List(o.Optional("checks"), "checks") {
		f.checks = append(f.checks, readCheck(y, e, known, seen))
	}
	o.End()
	return f, y.Err()
}

func readObservation(y *yamlfile.Document, e yamlfile.Element, seen map[string]*yaml.Node) Observation {
	o := y.Object(e.Node, e.Path)
	id := o.Required("id")
	one := Observation{ID: y.Key(id, o.At("id"), yamlfile.Name), Scale: 1, Qualifier: Exact}
	y.Unique(seen, id, o.At("id"), one.ID)
	one.Kind = yamlfile.Choice(y, o.Required("kind"), o.At("kind"), []string{Figure, Claim}, "form.unknown_word")
	one.Chinese, one.English = readTitle(y, o)
	one.Indicator, one.Batch, one.Note = optional(y, o, "indicator"), scalar(y, o.Optional("batch"), o.At("batch")), optional(y, o, "note")
	one.Scope = scalar(y, o.Required("scope"), o.At("scope"))
	one.AsOf = y.Date(o.Required("as_of"), o.At("as_of"))
	one.Basis = y.Text(o.Required("basis"), o.At("basis"))
	readNumber(y, o, &one)
	for _, n := range y.List(o.Optional("names"), o.At("names")) {
		one.Names = append(one.Names, y.Text(n.Node, n.Path))
	}
	one.Document, one.Section = y.Text(o.Required("document"), o.At("document")), y.Text(o.Required("section"), o.At("section"))
	o.End()
	return one
}

// readNumber reads the number of an observation and how it is counted; a figure must have one.
func readNumber(y *yamlfile.Document, o *yamlfile.Object, one *Observation) {
	if n := o.Optional("decimals"); n != nil {
		one.Decimals = y.Whole(n, o.At("decimals"), 0, maxDecimals)
	}
	value := o.Optional("value")
	if one.HasValue = value != nil; one.HasValue {
		one.Value = y.Amount(value, o.At("value"), one.Decimals, -yamlfile.MaxAmount, yamlfile.MaxAmount)
	} else if one.Kind == Figure {
		o.Add("value", "file.missing_key")
	}
	if n := o.Optional("scale"); n != nil {
		one.Scale = y.Amount(n, o.At("scale"), 0, 1, yamlfile.MaxAmount)
	}
	if n := o.Optional("qualifier"); n != nil {
		one.Qualifier = yamlfile.Choice(y, n, o.At("qualifier"), []string{Exact, Rounded, AtLeast}, "form.unknown_word")
	}
	one.Unit = optional(y, o, "unit")
	above, below := o.Optional("numerator"), o.Optional("denominator")
	if (above == nil) != (below == nil) {
		o.Add("denominator", "observation.half_share")
	}
	if above != nil && below != nil {
		one.Numerator = y.Amount(above, o.At("numerator"), 0, 0, yamlfile.MaxAmount)
		one.Denominator = y.Amount(below, o.At("denominator"), 0, 1, yamlfile.MaxAmount)
	}
}

func readCheck(y *yamlfile.Document, e yamlfile.Element, known map[string]Observation, seen map[string]*yaml.Node) Check {
	o := y.Object(e.Node, e.Path)
	id, expr := o.Required("id"), o.Required("expr")
	c := Check{ID: y.Key(id, o.At("id"), yamlfile.Name), Expr: y.Text(expr, o.At("expr"))}
	y.Unique(seen, id, o.At("id"), c.ID)
	c.Chinese, c.English = readTitle(y, o)
	o.End()
	if c.Expr == "" {
		return c
	}
	_, wrong := c.compile(known)
	for _, message := range wrong {
		y.Add(yamlfile.Follow(expr), o.At("expr"), message.Key, message.Args...)
	}
	return c
}

func readTitle(y *yamlfile.Document, o *yamlfile.Object) (chinese, english string) {
	title := y.Object(o.Required("title"), o.At("title"))
	chinese, english = y.Text(title.Required("zh"), title.At("zh")), y.Text(title.Required("en"), title.At("en"))
	title.End()
	return chinese, english
}

func optional(y *yamlfile.Document, o *yamlfile.Object, key string) string {
	n := o.Optional(key)
	if n == nil {
		return ""
	}
	return y.OptionalText(n, o.At(key))
}

// scalar reads a code, which may look like a number.
func scalar(y *yamlfile.Document, n *yaml.Node, path string) string {
	text, _ := y.Scalar(n, path)
	return text
}
