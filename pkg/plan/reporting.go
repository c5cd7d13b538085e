package plan

import (
	_ "embed"
)

// Reporting says how the units report on the plan: the form, its number (表号), and on which day after
// the end of a quarter a report is due and can no longer be filed.
type Reporting struct {
	Form      string
	Number    string
	Title     string
	DueDays   int
	LockDays  int
	Narrative []NarrativeItem
	Sample    bool
	Source    string
}

// NarrativeItem is a block of words in a report.
type NarrativeItem struct{ Key, Title string }

// usualReporting is what holds for whatever a plan file does not say about reporting.
//
//go:embed reporting.yaml
var usualReporting []byte
