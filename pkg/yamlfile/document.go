// Package yamlfile reads a YAML file strictly, key by key, and notes everything that is wrong with it
// at once: with line, column, path and reason. It knows no kind of file.
package yamlfile

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/fault"
)

// The greatest file, in bytes, and the greatest number of YAML nodes in it once every alias
// stands for what it names.
const (
	maxFile  = 1 << 20
	maxNodes = 100_000
)

// Document is a YAML file being read, with what was found wrong so far.
type Document struct {
	file   string
	faults fault.FileFaults
}

// New begins to read a file; name is what its faults bear.
func New(name string) *Document { return &Document{file: name} }

// Faults counts what was found wrong so far.
func (d *Document) Faults() int { return len(d.faults) }

// Err gives what was found wrong, in order of places, and nothing when nothing is.
func (d *Document) Err() error {
	if len(d.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(d.faults, func(a, b fault.InFile) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return d.faults
}

// Add notes a fault at a node.
func (d *Document) Add(n *yaml.Node, path, key string, args ...any) {
	d.AddAt(n.Line, n.Column, path, key, args...)
}

// AddAt notes a fault at a line and column, from 1.
func (d *Document) AddAt(line, column int, path, key string, args ...any) {
	d.faults = append(d.faults, fault.InFile{
		File: d.file, Line: line, Column: column, Path: path, Message: fault.Message{Key: key, Args: args},
	})
}

// Root reads data as one YAML document; nil when it is none, which is noted. What it gives is safe to
// walk: aliases form no circle and do not unfold into more than maxNodes.
func (d *Document) Root(data []byte) *yaml.Node {
	if len(data) > maxFile {
		d.AddAt(1, 1, "", "file.too_large", maxFile/1024)
		return nil
	}
	if at := BadText(data); at >= 0 {
		line, column := Position(data, at)
		d.AddAt(line, column, "", "file.bad_text")
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	if err := decoder.Decode(&first); errors.Is(err, io.EOF) {
		d.AddAt(1, 1, "", "file.no_content")
		return nil
	} else if err != nil {
		d.syntax(data, err)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		d.Add(&second, "", "file.second_document")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(data, err)
	}
	u := unfolding{Document: d, sizes: map[*yaml.Node]int{}, open: map[*yaml.Node]bool{}}
	if u.size(&first) > maxNodes {
		d.AddAt(1, 1, "", "file.too_many_nodes", maxNodes)
	}
	if len(d.faults) > 0 {
		return nil
	}
	return first.Content[0]
}

// Unique notes a key that was seen before.
func (d *Document) Unique(seen map[string]*yaml.Node, n *yaml.Node, path, key string) {
	if key == "" {
		return
	}
	if first, twice := seen[key]; twice {
		d.Add(Follow(n), path, "file.taken", key, first.Line)
		return
	}
	seen[key] = Follow(n)
}

// BadText gives the place of the first byte that a text file does not have, -1 for none.
func BadText(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if (r == utf8.RuneError && size == 1) || (unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t') {
			return at
		}
		at += size
	}
	return -1
}

// Position gives line and column, from 1, of a byte.
func Position(data []byte, at int) (line, column int) {
	before := data[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])
}

var (
	syntaxError  = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)
	unknownAlias = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntax notes an error of the YAML parser, which gives a line at most, and none for an unknown alias.
func (d *Document) syntax(data []byte, err error) {
	parts := syntaxError.FindStringSubmatch(err.Error())
	if parts == nil {
		d.AddAt(1, 1, "", "file.syntax", err.Error())
		return
	}
	if alias := unknownAlias.FindStringSubmatch(parts[2]); alias != nil {
		use := regexp.MustCompile(`\*` + regexp.QuoteMeta(alias[1]) + `(?:[\s,\]}]|$)`)
		at := use.FindIndex(data)
		if at == nil {
			at = []int{0}
		}
		line, column := Position(data, at[0])
		d.AddAt(line, column, "", "file.unknown_alias", alias[1])
		return
	}
	line, err := strconv.Atoi(parts[1])
	if err != nil || line < 1 {
		line = 1 + strings.Count(strings.TrimRight(string(data), "\n"), "\n")
	}
	d.AddAt(line, 1, "", "file.syntax", parts[2])
}

// unfolding counts what a document is once every alias stands for what it names.
type unfolding struct {
	*Document
	sizes map[*yaml.Node]int
	open  map[*yaml.Node]bool
}

// size stops counting above maxNodes, and notes an alias inside what it names.
func (u *unfolding) size(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		if u.open[n.Alias] {
			u.Add(n, "", "file.circular_alias", n.Value)
			return 1
		}
		return u.size(n.Alias)
	}
	if size, ok := u.sizes[n]; ok {
		return size
	}
	u.open[n] = true
	size := 1
	for _, c := range n.Content {
		size = min(size+u.size(c), maxNodes+1)
	}
	delete(u.open, n)
	u.sizes[n] = size
	return size
}
