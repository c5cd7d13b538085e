package plan

import (
	"slices"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/yamlfile"
)

// byBatch reads a value for each batch: given once for all of batches, or as a mapping by batch. No
// batches are known when their own list is faulty; then every key passes.
func byBatch[T any](d *yamlfile.Document, n *yaml.Node, path string, batches []string, read func(n *yaml.Node, path string) T) map[string]T {
	values := map[string]T{}
	if n = yamlfile.Follow(n); n == nil {
		return values
	}
	if n.Kind != yaml.MappingNode {
		value := read(n, path)
		for _, batch := range batches {
			values[batch] = value
		}
		return values
	}
	o := d.Object(n, path)
	pairs := o.Pairs()
	if len(pairs) == 0 {
		d.Add(n, path, "file.empty")
	}
	for batch, p := range pairs {
		if len(batches) > 0 && !slices.Contains(batches, batch) {
			d.Add(p.Key, o.At(batch), "plan.unknown_batch", batch)
		}
		values[batch] = read(p.Value, o.At(batch))
	}
	return values
}
