package divisions

import (
	"cmp"
	"slices"

	"pilotboard/pkg/fault"
)

// faults collects what is wrong with one file. Unread holds the keys and codes of rows that were left
// out as faulty, so that what points to them is not called faulty too.
type faults struct {
	file   string
	list   fault.FileFaults
	unread map[string]bool
}

func newFaults(file string) *faults { return &faults{file: file, unread: map[string]bool{}} }

func (f *faults) add(line int, key string, args ...any) {
	f.list = append(f.list, fault.InFile{File: f.file, Line: line, Message: fault.Message{Key: key, Args: args}})
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
	slices.SortStableFunc(f.list, func(a, b fault.InFile) int { return cmp.Compare(a.Line, b.Line) })
	return f.list
}
