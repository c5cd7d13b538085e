package yamlfile

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// Object is a YAML mapping that is read key by key. One that is missing, or no mapping, has its fault
// already and stays silent.
type Object struct {
	document *Document
	path     string
	node     *yaml.Node      // nil: silent
	pairs    map[string]Pair // what nobody has asked for yet
}

// Pair is a key with its value.
type Pair struct{ Key, Value *yaml.Node }

// Object takes n as a mapping; nil is something missing.
func (d *Document) Object(n *yaml.Node, path string) *Object {
	o := &Object{document: d, path: path, pairs: map[string]Pair{}}
	n = Follow(n)
	if n == nil {
		return o
	}
	if n.Kind != yaml.MappingNode {
		d.Add(n, path, "file.not_mapping")
		return o
	}
	o.node = n
	for i := 0; i < len(n.Content); i += 2 {
		key, value := Follow(n.Content[i]), n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			d.Add(key, path, "file.not_key")
			continue
		}
		if first, twice := o.pairs[key.Value]; twice {
			d.Add(n.Content[i], o.At(key.Value), "file.duplicate_key", first.Key.Line)
			continue
		}
		o.pairs[key.Value] = Pair{n.Content[i], value}
	}
	return o
}

// At gives the path of a key.
func (o *Object) At(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

// There tells whether there is a mapping at all.
func (o *Object) There() bool { return o.node != nil }

// Add notes a fault of the mapping as a whole, at one of its keys; nothing when there is no mapping.
func (o *Object) Add(key, message string, args ...any) {
	if o.node != nil {
		o.document.Add(o.node, o.At(key), message, args...)
	}
}

// Pairs takes every key that nothing has asked for yet.
func (o *Object) Pairs() map[string]Pair {
	pairs := o.pairs
	o.pairs = map[string]Pair{}
	return pairs
}

// Optional gives the value of a key, nil when it is not there.
func (o *Object) Optional(key string) *yaml.Node {
	value := o.pairs[key].Value
	delete(o.pairs, key)
	return value
}

// Required is Optional that notes when the key is not there.
func (o *Object) Required(key string) *yaml.Node {
	value := o.Optional(key)
	if value == nil && o.node != nil {
		o.document.Add(o.node, o.At(key), "file.missing_key")
	}
	return value
}

// End notes every key that nothing has asked for.
func (o *Object) End() {
	for key, p := range o.pairs {
		o.document.Add(p.Key, o.At(key), "file.unknown_key")
	}
}

// Element is an entry of a list, with its path.
type Element struct {
	Node *yaml.Node
	Path string
}

// List takes n as a list that is not empty; nil is something missing.
func (d *Document) List(n *yaml.Node, path string) []Element {
	n = Follow(n)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		d.Add(n, path, "file.not_list")
		return nil
	}
	if len(n.Content) == 0 {
		d.Add(n, path, "file.empty")
	}
	elements := make([]Element, len(n.Content))
	for i, c := range n.Content {
		elements[i] = Element{c, fmt.Sprintf("%s[%d]", path, i)}
	}
	return elements
}

// Follow gives what an alias names.
func Follow(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
