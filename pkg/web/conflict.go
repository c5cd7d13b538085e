package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/reporting"
)

// conflictPage lets a reader choose, cell by cell, between what they typed and what somebody else saved
// meanwhile.
type conflictPage struct {
	reportHead
	Version int64 // the one that the choice will be based on
	By      string
	Rows    []conflictRow
	Carried []conflictRow // what the reader changed and nobody else did

	Explanations map[string]string // that the reader changed, by check
}

type conflictRow struct {
	Key, Label, Code string
	Mine, Theirs     shown
	Typed            content
	Was              string
}

// resolve deals with a save that came too late. Cells that nobody else changed are saved all the same;
// for the others the reader is asked.
func (s *Server) resolve(c echo.Context, report reporting.Report, posted postedForm, stale *reporting.StaleError) (int64, bool, error) {
	words := s.words(c)
	actor, _ := actorOf(c)
	page := conflictPage{reportHead: s.reportHead(words, actor, report), Version: stale.Version, By: stale.By, Explanations: posted.explanations}
	mine := postedForm{version: stale.Version, cells: map[string]postedCell{}, explanations: posted.explanations}
	for _, clash := range stale.Clashes {
		item, ok := report.Form.Item(clash.Item)
		if !ok {
			continue
		}
		cell, theirs := posted.cells[clash.Item], contentOf(item, clash.Theirs)
		row := conflictRow{
			Key: item.Key, Label: item.Name(words), Code: item.Milestone, Typed: cell.typed, Was: theirs.encode(),
			Mine: show(words, item, clash.Mine), Theirs: show(words, item, clash.Theirs),
		}
		if theirs == cell.was {
			page.Carried = append(page.Carried, row)
			mine.cells[item.Key] = cell
			continue
		}
		page.Rows = append(page.Rows, row)
	}
	if len(page.Rows) > 0 {
		title := words.T("conflict.title")
		return 0, true, s.render(c, http.StatusConflict, "conflict.html", view{
			Title: title, Section: sectionTasks, Crumbs: append(reportCrumbs(words, report)[:2], crumb{words.Quarter(report.Period), page.URL}, crumb{title, ""}), Data: page,
		})
	}
	ref := reporting.Ref{Unit: report.Unit.Key, Form: report.Form.Key, Period: report.Period}
	edit, any := mine.edit()
	if !any {
		return stale.Version, false, nil
	}
	saved, err := s.Reports.Save(c.Request().Context(), actor, ref, edit)
	if err != nil { // somebody saves faster than we read: the reader sees the latest and tries again
		return 0, true, s.refuse(c, ref, err, posted.refill)
	}
	return saved.Version, false, nil
}
