package divisions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pilotboard/pkg/fault"
)

// ImportFault is one thing wrong with one line of a division file.
type ImportFault struct {
	File string
	Line int
	fault.Message
}

// ImportFaults is everything wrong with a division file, in order of lines. Nothing of such a file
// was imported.
type ImportFaults []ImportFault

// Error gives a line per fault, `file:line: key [values]`: for logs. Doors that speak to people
// translate each Message.
func (f ImportFaults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = fmt.Sprintf("%s:%d: %s", one.File, one.Line, one.Message)
	}
	return strings.Join(lines, "\n")
}

// faults collects what is wrong with one file. Unread holds the keys and codes of rows that were left
// out as faulty, so that what points to them is not called faulty too.
type faults struct {
	file   string
	list   ImportFaults
	unread map[string]bool
}

func newFaults(file string) *faults { return &faults{file: file, unread: map[string]bool{}} }

func (f *faults) add(line int, key string, args ...any) {
	f.list = append(f.list, ImportFault{File: f.file, Line: line, Message: fault.Message{Key: key, Args: args}})
}

// leaveOut notes a row that cannot be used; its key and code come first.
func (f *faults) leaveOut(record ...string) {
	for _, text := range record[:min(2, len(record))] {
		f.unread[text] = true
	}
}

// err gives nothing when nothing is wrong.
func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	slices.SortStableFunc(f.list, func(a, b ImportFault) int { return cmp.Compare(a.Line, b.Line) })
	return f.list
}
