package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pilotboard/pkg/fault"
)

// FileFault is one thing wrong with a plan file or a list of pilots. Path says where in the document
// it is, as in `workstreams[1].milestones[0].due.2019`, or names the column; empty means the whole.
type FileFault struct {
	File   string
	Line   int
	Column int
	Path   string
	fault.Message
}

// Place gives `line:column: path`, and without a path `line:column`.
func (f FileFault) Place() string {
	place := fmt.Sprintf("%d:%d", f.Line, f.Column)
	if f.Path != "" {
		place += ": " + f.Path
	}
	return place
}

// Faults is everything wrong with a file, in order of lines. Nothing of such a file was imported. A
// door that looks for a fault finds an Invalid one with a field for each place; one that shows files
// line by line translates each Message itself.
type Faults []FileFault

// Error gives a line per fault, `file:line:column: path: key [values]`: for logs and tests.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.File + ":" + one.Place() + ": " + one.Message.String()
	}
	return strings.Join(lines, "\n")
}

// As lets errors.As find a *fault.Fault in f.
func (f Faults) As(target any) bool {
	found, ok := target.(**fault.Fault)
	if !ok {
		return false
	}
	*found = fault.New(fault.Invalid, "plan.file.refused", len(f))
	for _, one := range f {
		(*found).Fields = append((*found).Fields, fault.Field{Name: one.Place(), Message: one.Message})
	}
	return true
}

// err gives f in order of places, and nothing when nothing is wrong.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortStableFunc(f, func(a, b FileFault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return f
}
