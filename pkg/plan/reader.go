package plan

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// maxFile is the greatest size of a plan file, in bytes, and maxNodes its greatest number of values,
// aliases counted as often as they are used.
const (
	maxFile  = 1 << 20
	maxNodes = 50_000
)

// reader walks a YAML file and collects everything that is wrong with it.
type reader struct {
	file   string
	faults fault.FileFaults
}

// place is a value in the file and the way to it.
type place struct {
	node *yaml.Node
	path string
}

func (r *reader) wrong(at place, key string, args ...any) {
	r.faults = append(r.faults, fault.InFile{
		File: r.file, Line: at.node.Line, Column: at.node.Column, Path: at.path, Message: fault.Message{Key: key, Args: args},
	})
}

// err gives all faults in order of their places, nil when there is none.
func (r *reader) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(r.faults, func(a, b fault.InFile) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return r.faults
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// document reads the file into its top mapping, with aliases resolved; nil after a fault.
func (r *reader) document(data []byte) *yaml.Node {
	top := place{node: &yaml.Node{Line: 1}}
	if len(data) > maxFile {
		r.wrong(top, "plan.file.too_large", maxFile>>20)
		return nil
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
			top.node.Line, _ = strconv.Atoi(found[1])
		}
		r.wrong(top, "plan.file.not_yaml", strings.TrimPrefix(err.Error(), "yaml: "))
		return nil
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		r.wrong(top, "plan.file.not_mapping")
		return nil
	}
	budget := maxNodes
	resolved, err := resolve(document.Content[0], nil, &budget)
	if err != nil {
		r.wrong(top, err.Error())
		return nil
	}
	return resolved
}

var (
	errCycle = errors.New("plan.file.cycle")
	errBomb  = errors.New("plan.file.too_many_values")
)

// resolve replaces aliases by copies of what they stand for. An alias within its own anchor is a
// cycle; budget bounds what nested aliases can unfold to.
func resolve(node *yaml.Node, above []*yaml.Node, budget *int) (*yaml.Node, error) {
	if *budget--; *budget < 0 {
		return nil, errBomb
	}
	if node.Kind == yaml.AliasNode {
		if slices.Contains(above, node.Alias) {
			return nil, errCycle
		}
		return resolve(node.Alias, above, budget)
	}
	copied := *node
	copied.Content = nil
	for _, child := range node.Content {
		c, err := resolve(child, append(above, node), budget)
		if err != nil {
			return nil, err
		}
		copied.Content = append(copied.Content, c)
	}
	return &copied, nil
}

// fields splits a mapping by key; unknown and repeated keys, and missing required ones, are faults.
func (r *reader) fields(at place, required, optional []string) map[string]place {
	found := map[string]place{}
	if at.node.Kind != yaml.MappingNode {
		r.wrong(at, "plan.file.not_mapping")
		return found
	}
	for i := 0; i+1 < len(at.node.Content); i += 2 {
		key := at.node.Content[i]
		here := place{at.node.Content[i+1], join(at.path, key.Value)}
		switch _, twice := found[key.Value]; {
		case twice:
			r.wrong(place{key, here.path}, "plan.file.twice", key.Value)
		case !slices.Contains(required, key.Value) && !slices.Contains(optional, key.Value):
			r.wrong(place{key, here.path}, "plan.file.unknown_key", key.Value)
		default:
			found[key.Value] = here
		}
	}
	for _, key := range required {
		if _, ok := found[key]; !ok {
			r.wrong(at, "plan.file.missing", key)
		}
	}
	return found
}

// pairs gives the entries of a mapping with free keys.
func (r *reader) pairs(at place) []pair {
	if at.node.Kind != yaml.MappingNode {
		r.wrong(at, "plan.file.not_mapping")
		return nil
	}
	var list []pair
	for i := 0; i+1 < len(at.node.Content); i += 2 {
		key := at.node.Content[i].Value
		list = append(list, pair{key, place{at.node.Content[i+1], join(at.path, key)}})
	}
	return list
}

type pair struct {
	key   string
	value place
}

func (r *reader) list(at place) []place {
	if at.node == nil {
		return nil
	}
	if at.node.Kind != yaml.SequenceNode {
		r.wrong(at, "plan.file.not_list")
		return nil
	}
	list := make([]place, len(at.node.Content))
	for i, node := range at.node.Content {
		list[i] = place{node, fmt.Sprintf("%s[%d]", at.path, i)}
	}
	return list
}

// text reads a scalar; absent is empty.
func (r *reader) text(at place) string {
	if at.node == nil {
		return ""
	}
	if at.node.Kind != yaml.ScalarNode || at.node.Tag == "!!null" {
		r.wrong(at, "plan.file.not_text")
		return ""
	}
	if strings.TrimSpace(at.node.Value) == "" {
		r.wrong(at, "plan.file.empty")
	}
	return at.node.Value
}

// number reads a whole number from least to most; absent is absent.
func (r *reader) number(at place, absent, least, most int) int {
	if at.node == nil {
		return absent
	}
	n, err := strconv.Atoi(at.node.Value)
	if at.node.Kind != yaml.ScalarNode || err != nil {
		r.wrong(at, "plan.file.not_number", at.node.Value)
		return absent
	}
	if n < least || n > most {
		r.wrong(at, "plan.file.out_of_range", n, least, most)
		return absent
	}
	return n
}

func (r *reader) quarter(at place) period.Quarter {
	if at.node == nil {
		return 0
	}
	q, err := period.Parse(at.node.Value)
	if err != nil {
		r.wrong(at, "period.invalid", at.node.Value)
	}
	return q
}

func (r *reader) date(at place) period.Date {
	if at.node == nil {
		return period.Date{}
	}
	d, err := period.ParseDate(at.node.Value)
	if err != nil {
		r.wrong(at, "period.invalid_date", at.node.Value)
	}
	return d
}

func (r *reader) boolean(at place) bool {
	if at.node == nil {
		return false
	}
	if at.node.Tag != "!!bool" {
		r.wrong(at, "plan.file.not_boolean", at.node.Value)
	}
	return at.node.Value == "true"
}

// choice reads one of the allowed words.
func (r *reader) choice(at place, absent string, allowed ...string) string {
	if at.node == nil {
		return absent
	}
	if !slices.Contains(allowed, at.node.Value) {
		r.wrong(at, "plan.file.not_allowed", at.node.Value, strings.Join(allowed, ", "))
	}
	return at.node.Value
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
