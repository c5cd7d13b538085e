package web

import (
	"context"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// around is what stands around the cells of a report for those who review it, and for the clerk who
// answers them.
type around struct {
	Steps        []step
	Marks        []string                      // what is unusual about the latest filing, in words
	Found        []explainedFinding            // by the checks
	FoundAt      map[string][]explainedFinding // the same, by item
	Files        map[string][]fileView         // by item
	Thread       []historyEntry                // the oldest first
	Restatements []restatementView
	Second       *secondLook
	Checklist    *checklist
}

// step is one level of the way of a report: State is done, now or ahead.
type step struct {
	Name, State string
}

// stepsOf shows the way of a report and where it stands.
func stepsOf(words locale.Printer, r reporting.Report) []step {
	steps := []step{{words.T("review.step_filing"), "done"}}
	if r.Status == reporting.Open || r.Status == reporting.Returned {
		steps[0].State = "now"
	}
	levels := r.Chain()
	if len(levels) == 0 {
		levels = []int{0}
	}
	for _, level := range levels {
		one := step{words.T("review.step_review"), "ahead"}
		if level != 0 {
			one.Name = words.T("review.step_level", words.T(reporting.LevelKey(level)))
		}
		switch {
		case r.Status == reporting.Accepted, r.Status == reporting.Submitted && level > r.Stage:
			one.State = "done"
		case r.Status == reporting.Submitted && level == r.Stage:
			one.State = "now"
		}
		steps = append(steps, one)
	}
	return steps
}

// explainedFinding is a check that the report does not pass, as the reviewer reads it: with the clerk's
// explanation.
type explainedFinding struct {
	Check       string
	Error       bool
	Text        string
	Explanation string
	Cells       []crumb // the cells it is about, with their anchors
}

// explainedFindings puts into words what the checks of a report find, and by item. An explanation of a check
// that holds by now stays readable.
func explainedFindings(words locale.Printer, page *reportPage) (list []explainedFinding, at map[string][]explainedFinding) {
	at = map[string][]explainedFinding{}
	told := map[string]bool{}
	add := func(view explainedFinding, items []string) {
		for _, key := range items {
			if cell := page.cell(key); cell != nil {
				view.Cells = append(view.Cells, crumb{cell.Label, "#cell-" + key})
			}
		}
		told[view.Check] = true
		list = append(list, view)
		for _, key := range items {
			at[key] = append(at[key], view)
		}
	}
	if page.shownLatest() {
		for _, f := range page.Findings {
			add(explainedFinding{
				Check: f.Check, Error: f.Severity == forms.Error, Text: words.Message(f.Message), Explanation: page.Explanations[f.Check],
			}, f.Items)
		}
	}
	for _, check := range page.Form.Checks {
		if text := page.Explanations[check.Key]; text != "" && !told[check.Key] {
			add(explainedFinding{Check: check.Key, Text: words.T("review.once_explained"), Explanation: text}, check.At)
		}
	}
	return list, at
}

// shownLatest tells whether the page shows what the report says now, which is what its checks are about.
func (p *reportPage) shownLatest() bool {
	in := p.Status == reporting.Submitted || p.Status == reporting.Accepted
	return p.Filed == nil || in && p.Filed.No == p.Revision
}

// surroundCells fills in what stands around the cells of the page. It is asked again when another
// revision takes the place of the report.
func (s *Server) surroundCells(ctx context.Context, words locale.Printer, actor accounts.Actor, page *reportPage) error {
	page.Steps, page.Marks = stepsOf(words, page.Report), riskTexts(words, page.Risks)
	page.Found, page.FoundAt = explainedFindings(words, page)
	files, err := s.attachedFiles(ctx, actor, page)
	if err != nil {
		return err
	}
	page.Files = map[string][]fileView{}
	for item, hashes := range page.Evidence {
		if list := pick(files, hashes); len(list) > 0 {
			page.Files[item] = list
			if cell := page.cell(item); cell != nil {
				cell.Files = list
			}
		}
	}
	if err := s.flagReused(ctx, words, actor, page); err != nil {
		return err
	}
	page.Second, page.Checklist = newSecondLook(words, page, files), newChecklist(page)
	page.Thread = nil
	for _, entry := range slices.Backward(page.History) {
		if entry.Act == "act."+string(reporting.ActDiscuss) {
			page.Thread = append(page.Thread, entry)
		}
	}
	page.Restatements, _, err = s.restatements(ctx, words, actor, reporting.Filter{Unit: page.Ref.Unit, Form: page.Ref.Form, Period: page.Ref.Period})
	return err
}

// passesOn names the level that reviews after the reader, empty when their acceptance is the last.
func passesOn(words locale.Printer, actor accounts.Actor, r reporting.Report) string {
	if next := r.Next(actor); next != 0 {
		return words.T(reporting.LevelKey(next))
	}
	return ""
}
