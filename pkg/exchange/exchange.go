// Package exchange takes reports out of the program and back in: a workbook for one report, a workbook
// with a row per unit, CSV and JSON. Every import goes through reporting, report by report, as drafts:
// what one report holds is taken as a whole or not at all, and nothing is ever submitted. The package
// owns no table and has no SQL; it alone knows the xlsx library.
package exchange

import (
	"fmt"
	"strings"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// Service writes and reads files of reports.
type Service struct {
	reports *reporting.Service
	forms   *forms.Service
}

// New makes the service.
func New(reports *reporting.Service, f *forms.Service) *Service {
	return &Service{reports: reports, forms: f}
}

// Options is how an import is done. With DryRun nothing is changed and everything is reported. Of is the
// report that a workbook must be of; the zero Ref takes every workbook. Progress is told how many of how
// many reports are done; nil is not told.
type Options struct {
	DryRun   bool
	Of       reporting.Ref
	Progress func(done, total int)
}

// Problem is one thing that keeps a report from being taken. Row is the row of the sheet, the line of
// the file or the number of the element; Cell is given for workbooks (`F12`) and Item where one cell is
// wrong. The message's key is the stable code.
type Problem struct {
	Row  int
	Cell string
	Unit string
	Item string
	fault.Message

	item forms.Item
}

// Name gives the name of the item, or its key where the form does not have it.
func (p Problem) Name(words locale.Printer) string {
	if p.item.Key == "" {
		return p.Item
	}
	return p.item.Name(words)
}

// Warning is what one of the form's checks says about a report that was taken, or about the one of a
// workbook that changes nothing: it is to be looked at before the report is submitted.
type Warning struct {
	Row      int
	Unit     string
	Check    string
	Items    []string
	Severity forms.Severity
	fault.Message

	items []forms.Item
}

// Names gives the names of the items.
func (w Warning) Names(words locale.Printer) []string {
	names := make([]string, len(w.items))
	for i, item := range w.items {
		names[i] = item.Name(words)
	}
	return names
}

// Result is what became of the reports of a file: Created had nothing typed before, Updated had, and
// Unchanged hold already what the file says. Problems are of those that were not taken.
type Result struct {
	Kind      string // report or batch for a workbook
	Created   int
	Updated   int
	Unchanged int
	Refused   int
	Problems  []Problem
	Warnings  []Warning       // the first of them
	Warned    int             // how many there are
	Refs      []reporting.Ref // of the first few reports, to go on to
}

// maxRefs is how many reports a result names, maxWarnings how many findings of checks it lists.
const (
	maxRefs     = 20
	maxWarnings = 2000
)

// invalid refuses a whole file.
func invalid(key string, args ...any) error { return fault.New(fault.Invalid, key, args...) }

// writing says what was being written when err came.
func writing(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write %s: %w", what, err)
}

// safeText keeps a text from being taken for a formula by who opens a CSV file in a spreadsheet.
func safeText(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// plainText undoes safeText.
func plainText(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.ContainsRune("=+-@\t\r", rune(text[1])) {
		return text[1:]
	}
	return text
}
