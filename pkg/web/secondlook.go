package web

import (
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// secondLook is what a reviewer wants to see of a report that was returned and filed again: the cells
// with a remark, and those that changed.
type secondLook struct {
	By, Note string
	Cells    []secondCell
	Total    int // cells of the whole report
}

type secondCell struct {
	Cell         cellView
	Remark       string // of the return
	Old          shown
	Changed      bool // the content
	OldFiles     []fileView
	Files        []fileView
	FilesChanged bool
}

// newSecondLook compares the report on the page with the revision that was returned. It is nil unless
// the report was returned and has been filed again.
func newSecondLook(words locale.Printer, page *reportPage, files map[string]fileView) *secondLook {
	returned := page.Returned
	if returned == nil || page.Status != reporting.Submitted || page.Filed != nil {
		return nil
	}
	before := page.revision(returned.Revision)
	if before == nil {
		return nil
	}
	look := &secondLook{By: returned.By, Note: returned.Note}
	changed := reporting.Changed(page.Form, before.Content, page.Content)
	for _, section := range page.Sections {
		for _, cell := range section.Cells {
			look.Total++
			remark := returned.Remarks[cell.Key]
			if remark == "" && !changed[cell.Key] {
				continue
			}
			one := secondCell{Cell: cell, Remark: remark, Old: show(words, cell.Item, before.Values[cell.Key])}
			one.Changed = before.Values[cell.Key] != page.Values[cell.Key]
			one.OldFiles, one.Files = pick(files, before.Evidence[cell.Key]), pick(files, page.Evidence[cell.Key])
			one.FilesChanged = !reporting.SameFiles(before.Evidence[cell.Key], page.Evidence[cell.Key])
			look.Cells = append(look.Cells, one)
		}
	}
	return look
}

// revision finds a filing of the report by its number.
func (p *reportPage) revision(no int64) *reporting.Revision {
	for i := range p.Revisions {
		if p.Revisions[i].No == no {
			return &p.Revisions[i]
		}
	}
	return nil
}

// checklist is what the clerk of a returned report has to go through.
type checklist struct {
	Note  string
	Items []checkItem
	Done  int
}

// checkItem is a cell with a remark; Done when anything about it has changed since it was returned.
type checkItem struct {
	remark
	Done bool
}

// newChecklist lists the cells that the last return was about. It is nil unless there are any and the
// report can be corrected.
func newChecklist(page *reportPage) *checklist {
	returned := page.Returned
	if returned == nil || !page.MayEdit || len(returned.Remarks) == 0 {
		return nil
	}
	before := page.revision(returned.Revision)
	if before == nil {
		return nil
	}
	list := &checklist{Note: returned.Note}
	changed := reporting.Changed(page.Form, before.Content, page.Content)
	for _, section := range page.Sections {
		for _, cell := range section.Cells {
			if text := returned.Remarks[cell.Key]; text != "" {
				list.Items = append(list.Items, checkItem{remark{cell.Key, cell.Label, text}, changed[cell.Key]})
				if changed[cell.Key] {
					list.Done++
				}
			}
		}
	}
	return list
}
