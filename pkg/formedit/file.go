// Package formedit changes form files field by field, keeping their comments and their order, and tells
// what one version of a form changes in another. It owns no table and does not know what is right in a
// file: pkg/forms says so when the file is read.
package formedit

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/yamlfile"
)

// File is a form file that is being changed; it may say things that a form cannot.
type File struct {
	document yaml.Node
	root     *yaml.Node
}

// Open reads a file that is a YAML mapping. What is wrong with its syntax comes as fault.FileFaults; a
// file that is something else is Invalid `formedit.no_fields`.
func Open(text string) (*File, error) {
	y := yamlfile.New("form")
	if y.Root([]byte(text)) == nil {
		return nil, y.Err()
	}
	f := &File{}
	if err := yaml.Unmarshal([]byte(text), &f.document); err != nil {
		return nil, fmt.Errorf("read a form file: %w", err)
	}
	f.root = f.document.Content[0]
	if f.root.Kind != yaml.MappingNode {
		return nil, fault.New(fault.Invalid, "formedit.no_fields")
	}
	return f, nil
}

// Text writes the file.
func (f *File) Text() (string, error) {
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(&f.document); err != nil {
		return "", fmt.Errorf("write a form file: %w", err)
	}
	return b.String(), nil
}

// New writes the file of a form that asks nothing yet.
func New(key, number, title string) (string, error) {
	f := &File{root: &yaml.Node{Kind: yaml.MappingNode}}
	f.document = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{f.root}}
	f.SetHead(Fields{"key": key, "number": number, "title": title, "due_days": "10", "lock_days": "30", "filled_by": "county"})
	return f.Text()
}

// Head gives the fields of the form's head by name.
func (f *File) Head() Fields { return read(f.root, headFields) }

// SetHead changes the fields of the head that are named; an empty one is taken out.
func (f *File) SetHead(fields Fields) { write(f.root, headOrder, headFields, fields) }
