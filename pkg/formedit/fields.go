package formedit

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/yamlfile"
)

// Fields are the fields of the head, a section, an item or a check by name, as text: a list has its words
// joined by commas, options stand one on a line as `code key title`, a flag is `true` or empty.
type Fields map[string]string

// writing says how a field stands in a file.
type writing int

const (
	words   writing = iota // a text, quoted where it must be
	plain                  // a key, a number, a day
	flag                   // true or not there
	list                   // of words
	choices                // of an option
)

type field struct {
	name string
	as   writing
}

// The fields, in the order in which new ones are put in.
var (
	headFields = []field{
		{"key", plain}, {"number", words}, {"title", words}, {"agency", words}, {"approval", words},
		{"valid.from", plain}, {"valid.until", plain}, {"due_days", plain}, {"lock_days", plain},
		{"filled_by", list}, {"review", list}, {"sample", flag}, {"source", words},
	}
	sectionFields = []field{{"key", plain}, {"title", words}}
	itemFields    = []field{
		{"key", plain}, {"title", words}, {"type", plain}, {"unit", words}, {"decimals", plain}, {"kind", plain},
		{"aggregation", plain}, {"qualifier", plain}, {"definition", words}, {"basis", words}, {"required", flag}, {"min", plain}, {"max", plain},
		{"types", list}, {"evidence", plain}, {"computed", words}, {"options", choices}, {"sample", flag},
	}
	checkFields = []field{
		{"key", plain}, {"each", list}, {"expr", words}, {"severity", plain}, {"at", list}, {"message", words}, {"basis", words},
	}
	headOrder    = append(names(headFields), "sections", "checks")
	sectionOrder = append(names(sectionFields), "items")
)

// names gives the keys under which the fields stand.
func names(fields []field) []string {
	var list []string
	for _, f := range fields {
		name, _, _ := strings.Cut(f.name, ".")
		list = append(list, name)
	}
	return slices.Compact(list)
}

func read(m *yaml.Node, fields []field) Fields {
	texts := Fields{}
	for _, f := range fields {
		n := m
		for step := range strings.SplitSeq(f.name, ".") {
			n = value(n, step)
		}
		texts[f.name] = f.as.text(n)
	}
	return texts
}

// text gives what stands in a field.
func (w writing) text(n *yaml.Node) string {
	n = yamlfile.Follow(n)
	if n == nil || n.Tag == "!!null" {
		return ""
	}
	var parts []string
	for _, c := range n.Content {
		switch {
		case w == list:
			parts = append(parts, yamlfile.Follow(c).Value)
		case w == choices:
			row := []string{plain.text(value(c, "code")), plain.text(value(c, "key")), words.text(value(c, "title"))}
			parts = append(parts, strings.TrimSpace(strings.Join(row, " ")))
		}
	}
	switch {
	case w == list && n.Kind == yaml.SequenceNode:
		return strings.Join(parts, ", ")
	case w == choices:
		return strings.Join(parts, "\n")
	case n.Kind != yaml.ScalarNode, w == flag && n.Value == "false":
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// write changes the named fields of a mapping; one that says what it said already is left as it is.
func write(m *yaml.Node, order []string, fields []field, texts Fields) {
	before := read(m, fields)
	for _, f := range fields {
		text, named := texts[f.name]
		text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
		if !named || text == before[f.name] {
			continue
		}
		within, last := f.name, ""
		if outer, inner, nested := strings.Cut(f.name, "."); nested {
			within, last = outer, inner
		}
		switch {
		case last != "":
			writeNested(m, order, within, last, f.as.node(text))
		case text == "":
			remove(m, within)
		default:
			put(m, order, within, f.as.node(text))
		}
	}
}

// writeNested changes a field of a mapping that is itself a field, and drops that one when it is empty.
func writeNested(m *yaml.Node, order []string, outer, inner string, n *yaml.Node) {
	nested := yamlfile.Follow(value(m, outer))
	if nested == nil || nested.Kind != yaml.MappingNode {
		nested = &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		put(m, order, outer, nested)
	}
	if n.Value == "" {
		remove(nested, inner)
	} else {
		put(nested, []string{"from", "until"}, inner, n)
	}
	if len(nested.Content) == 0 {
		remove(m, outer)
	}
}

// node writes a text as it stands in a file.
func (w writing) node(text string) *yaml.Node {
	switch w {
	case words:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	case list:
		n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, word := range strings.FieldsFunc(text, separates) {
			n.Content = append(n.Content, plain.node(word))
		}
		return n
	case choices:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for line := range strings.SplitSeq(text, "\n") {
			if choice := choiceNode(line); len(choice.Content) > 0 {
				n.Content = append(n.Content, choice)
			}
		}
		return n
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: text}
}

func separates(r rune) bool { return strings.ContainsRune(",，、;； \t\n", r) }

// choiceNode reads `code key title`; what is missing is left out.
func choiceNode(line string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	code, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	key, title, _ := strings.Cut(strings.TrimSpace(rest), " ")
	for _, part := range []struct {
		name, text string
		as         writing
	}{{"key", key, plain}, {"code", code, plain}, {"title", strings.TrimSpace(title), words}} {
		if part.text != "" {
			n.Content = append(n.Content, plain.node(part.name), part.as.node(part.text))
		}
	}
	return n
}

// value gives what stands under a key of a mapping; nil for none, and when m is no mapping.
func value(m *yaml.Node, key string) *yaml.Node {
	if m = yamlfile.Follow(m); m == nil || m.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

// put sets a key of a mapping. An old value keeps its place, its comments and its quotes; a new one comes
// behind the last key that goes before it.
func put(m *yaml.Node, order []string, key string, n *yaml.Node) {
	if m = yamlfile.Follow(m); m.Kind != yaml.MappingNode {
		return
	}
	behind, rank := 0, slices.Index(order, key)
	for i := 0; i+1 < len(m.Content); i += 2 {
		if old := m.Content[i+1]; m.Content[i].Value == key {
			n.HeadComment, n.LineComment, n.FootComment = old.HeadComment, old.LineComment, old.FootComment
			if old.Kind == n.Kind && (n.Kind == yaml.SequenceNode || n.Tag == "!!str") {
				n.Style = old.Style &^ (yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle)
			}
			m.Content[i+1] = n
			return
		}
		if at := slices.Index(order, m.Content[i].Value); at >= 0 && at < rank {
			behind = i + 2
		}
	}
	m.Content = slices.Insert(m.Content, behind, plain.node(key), n)
}

// remove takes a key out of a mapping.
func remove(m *yaml.Node, key string) {
	m = yamlfile.Follow(m)
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			m.Content = slices.Delete(m.Content, i, i+2)
			return
		}
	}
}
