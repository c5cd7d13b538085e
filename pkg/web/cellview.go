package web

import (
	"slices"

	"pilotboard/pkg/evidence"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// cellView is one cell: what is asked, what it holds, and what it held before.
type cellView struct {
	forms.Item
	Label, Code, Explained, Hint string
	Now                          shown
	Typed                        content // what the field shows
	Was                          string  // the content that the page was made with, encoded
	Last                         string  // last quarter's, encoded; empty when there is none
	Changed                      bool    // since last quarter
	Before                       *shown  // what was filed before this revision, where it differs
	Earlier                      []earlierValue
	Line                         string // how its numbers went, as a path; empty when there are too few
	Choices                      []choice
	Findings                     []findingView // what is not right with it
	Wrong, Remark, MyRemark      string
	Greatest, Least              string // bounds of a number; empty without
	OverMax, UnderMin            string // what the server would say, for the page to say it first
	TooManyDecimals              string
	Files                        []fileView
	FilesURL                     string // where its files are put to it; empty when it takes none
}

type earlierValue struct {
	Period period.Quarter
	shown
}

// choice is one of the contents that a cell is chosen from.
type choice struct {
	Value, Words string
}

// radiosMost is how many choices stand side by side; more are a list.
const radiosMost = 5

// choicesOf gives what can be chosen in a cell, and blank; nothing for a cell that is typed in.
func choicesOf(words locale.Printer, item forms.Item) []choice {
	var choices []choice
	switch item.Type {
	case forms.YesNo:
		choices = []choice{{Value: "true", Words: words.T("value.yes")}, {Value: "false", Words: words.T("value.no")}}
	case forms.Option:
		for _, o := range item.Options {
			choices = append(choices, choice{Value: o.Key, Words: o.Title})
		}
	default:
		return nil
	}
	return append(choices, choice{Words: words.T("value.blank")})
}

// Chosen tells whether the field shows this choice: blank, where it shows none of the others.
func (c cellView) Chosen(value string) bool {
	if value != "" {
		return value == c.Typed.Value
	}
	return !slices.ContainsFunc(c.Choices, func(other choice) bool { return other.Value != "" && other.Value == c.Typed.Value })
}

// Radios tells whether the choices stand side by side.
func (c cellView) Radios() bool { return len(c.Choices) > 0 && len(c.Choices) <= radiosMost+1 }

// Dated tells whether the cell holds a day.
func (c cellView) Dated() bool { return c.Type == forms.Date }

// Measured tells whether the cell is a measure rather than words.
func (c cellView) Measured() bool { return c.Type != forms.Text }

// Numeric tells whether the cell's values make a line.
func (c cellView) Numeric() bool {
	switch c.Type {
	case forms.Percent, forms.Number, forms.Count, forms.Money:
		return true
	}
	return false
}

// FilesNeeded tells whether the cell must not be filed without evidence once it says that something is so.
func (c cellView) FilesNeeded() bool { return c.Evidence == forms.EvidenceRequired }

// FilesAccepted is which files the reader is offered.
func (c cellView) FilesAccepted() string { return evidence.Accepted() }

// FilesMost is the greatest number of files.
func (c cellView) FilesMost() int { return reporting.MaxFiles }

// NotApplicableAllowed tells whether the cell can be left out for good. Words are left blank, unless a
// program has said that they are not applicable.
func (c cellView) NotApplicableAllowed() bool {
	return c.Computed == "" && (c.Measured() || c.Typed.NotApplicable)
}

// Most is the greatest length of words.
func (c cellView) Most() int { return forms.MaxNarrative }

// recentMost is how many earlier values are seen at once; the older ones unfold.
const recentMost = 4

// Recent are the earlier values that are seen at once, the latest first.
func (c cellView) Recent() []earlierValue { return c.Earlier[:min(len(c.Earlier), recentMost)] }

// Older are the others.
func (c cellView) Older() []earlierValue { return c.Earlier[len(c.Recent()):] }
