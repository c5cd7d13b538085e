package plan

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// object is a YAML mapping that is read key by key. One that is missing, or no mapping, has its fault
// already and stays silent.
type object struct {
	document *document
	path     string
	node     *yaml.Node // nil: silent
	pairs    map[string]pair
}

type pair struct{ key, value *yaml.Node }

// object takes n as a mapping; nil is something missing.
func (d *document) object(n *yaml.Node, path string) *object {
	o := &object{document: d, path: path, pairs: map[string]pair{}}
	n = follow(n)
	if n == nil {
		return o
	}
	if n.Kind != yaml.MappingNode {
		d.add(n, path, "plan.not_mapping")
		return o
	}
	o.node = n
	for i := 0; i < len(n.Content); i += 2 {
		key, value := follow(n.Content[i]), n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			d.add(key, path, "plan.not_key")
			continue
		}
		if first, twice := o.pairs[key.Value]; twice {
			d.add(n.Content[i], o.at(key.Value), "plan.duplicate_key", first.key.Line)
			continue
		}
		o.pairs[key.Value] = pair{n.Content[i], value}
	}
	return o
}

// at gives the path of a key.
func (o *object) at(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

// optional gives the value of a key, nil when it is not there.
func (o *object) optional(key string) *yaml.Node {
	value := o.pairs[key].value
	delete(o.pairs, key)
	return value
}

// required is optional that notes when the key is not there.
func (o *object) required(key string) *yaml.Node {
	value := o.optional(key)
	if value == nil && o.node != nil {
		o.document.add(o.node, o.at(key), "plan.missing_key")
	}
	return value
}

// end notes every key that nothing has asked for.
func (o *object) end() {
	for key, p := range o.pairs {
		o.document.add(p.key, o.at(key), "plan.unknown_key")
	}
}

// element is an entry of a list, with its path.
type element struct {
	node *yaml.Node
	path string
}

// list takes n as a list that is not empty; nil is something missing.
func (d *document) list(n *yaml.Node, path string) []element {
	n = follow(n)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		d.add(n, path, "plan.not_list")
		return nil
	}
	if len(n.Content) == 0 {
		d.add(n, path, "plan.empty")
	}
	elements := make([]element, len(n.Content))
	for i, c := range n.Content {
		elements[i] = element{c, fmt.Sprintf("%s[%d]", path, i)}
	}
	return elements
}

// byBatch reads a value for each batch: given once for all of batches, or as a mapping by batch. No
// batches are known when their own list is faulty; then every key passes.
func byBatch[T any](d *document, n *yaml.Node, path string, batches []string, read func(n *yaml.Node, path string) T) map[string]T {
	values := map[string]T{}
	if n = follow(n); n == nil {
		return values
	}
	if n.Kind != yaml.MappingNode {
		value := read(n, path)
		for _, batch := range batches {
			values[batch] = value
		}
		return values
	}
	o := d.object(n, path)
	if len(o.pairs) == 0 {
		d.add(n, path, "plan.empty")
	}
	for batch, p := range o.pairs {
		if len(batches) > 0 && !slices.Contains(batches, batch) {
			d.add(p.key, o.at(batch), "plan.unknown_batch", batch)
		}
		values[batch] = read(p.value, o.at(batch))
	}
	return values
}

// follow gives what an alias names.
func follow(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
