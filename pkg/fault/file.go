package fault

import (
	"fmt"
	"strings"
)

// InFile is one thing wrong with one place of a file. Column and Path are empty where a line says
// enough.
type InFile struct {
	File   string
	Line   int
	Column int
	Path   string
	Message
}

// Where gives `file:line`, with column and path where they are known.
func (f InFile) Where() string {
	where := fmt.Sprintf("%s:%d", f.File, f.Line)
	if f.Column > 0 {
		where += fmt.Sprintf(":%d", f.Column)
	}
	if f.Path != "" {
		where += ": " + f.Path
	}
	return where
}

// FileFaults is everything wrong with a file, in order of lines. Nothing of such a file was taken.
type FileFaults []InFile

// Error gives a line per fault, with message keys: for logs. Doors translate each Message.
func (f FileFaults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.Where() + ": " + one.Message.String()
	}
	return strings.Join(lines, "\n")
}
