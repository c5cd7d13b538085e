package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// printPage is a report as it is printed, signed and sealed: a table like those of the statistical
// offices. Without a revision it is a draft.
type printPage struct {
	reportPage
	Revision   *reporting.Revision
	On         period.Date    // when the revision was filed
	LastPeriod period.Quarter // of the column beside this period's
	Tables     []printSection
	Words      []cellView
	Attached   []printFiles
	Address    string // where the revision can be looked up
	QR         template.HTML
}

type printSection struct {
	Code, Title string
	Rows        []printRow
}

type printRow struct {
	No                int
	Label, Code, Unit string
	Now, Last         shown
}

// printFiles are the names of the files attached to an item.
type printFiles struct {
	Label string
	Names []string
}

// hashShown is how much of a revision's hash an address carries, in hex digits.
const hashShown = 16

// printReport shows a report for printing: what was filed, or a draft marked as one.
func (s *Server) printReport(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	page := printPage{}
	if page.reportPage, err = s.reportPage(c, ref); err != nil {
		return err
	}
	actor, _ := actorOf(c)
	if err := s.Reports.Look(c.Request().Context(), actor, page.Report); err != nil {
		return err
	}
	no := int64(0)
	if page.Status == reporting.Submitted || page.Status == reporting.Accepted {
		no = page.Report.Revision
	}
	if text := c.QueryParam("revision"); text != "" {
		if no, err = strconv.ParseInt(text, 10, 64); err != nil {
			return fault.New(fault.Invalid, "error.bad_request")
		}
	}
	if no != 0 {
		if err := s.showFiled(c, &page.reportPage, no); err != nil {
			return err
		}
		page.Revision, page.On = page.Filed, period.DateOf(page.Filed.SubmittedAt)
		page.Address = fmt.Sprintf("%s%s?revision=%d&hash=%s", s.options.BaseURL, page.URL, no, page.Filed.Hash[:hashShown])
		if page.QR, err = qrCode(page.Address); err != nil {
			return err
		}
	}
	page.tabulate()
	words := s.words(c)
	return s.render(c, http.StatusOK, "print.html", view{Title: page.Form.Title + " " + page.Unit.Name + " " + words.Quarter(page.Period), Data: page})
}

// tabulate puts the cells of the report into tables, and its words and files below them.
func (p *printPage) tabulate() {
	for _, section := range p.Sections {
		for _, cell := range section.Cells {
			if len(cell.Earlier) > 0 {
				p.LastPeriod = max(p.LastPeriod, cell.Earlier[0].Period)
			}
		}
	}
	no := 0
	for _, section := range p.Sections {
		table := printSection{Code: section.Code, Title: section.Title}
		for _, cell := range section.Cells {
			if files := p.Files[cell.Key]; len(files) > 0 {
				attached := printFiles{Label: cell.Label}
				for _, file := range files {
					attached.Names = append(attached.Names, file.Name)
				}
				p.Attached = append(p.Attached, attached)
			}
			if !cell.Measured() {
				p.Words = append(p.Words, cell)
				continue
			}
			no++
			table.Rows = append(table.Rows, p.row(no, cell))
		}
		if len(table.Rows) > 0 {
			p.Tables = append(p.Tables, table)
		}
	}
}

func (p *printPage) row(no int, cell cellView) printRow {
	row := printRow{No: no, Label: cell.Label, Code: cell.Code, Unit: cell.Unit, Now: bare(cell, cell.Now)}
	if cell.Type == forms.Percent {
		row.Unit = "%"
	}
	if len(cell.Earlier) > 0 && cell.Earlier[0].Period == p.LastPeriod {
		row.Last = bare(cell, cell.Earlier[0].shown)
	}
	return row
}

// bare leaves out the unit, which has a column of its own.
func bare(cell cellView, content shown) shown {
	content = content.without(cell.Unit)
	content.Text = strings.TrimSuffix(content.Text, "%")
	return content
}

// compareHash tells whether the hash of an address is that of the revision: right or wrong, and nothing
// where the address has none.
func compareHash(kept, asked string) string {
	switch {
	case asked == "":
		return ""
	case len(asked) >= hashShown && strings.HasPrefix(kept, strings.ToLower(asked)):
		return "right"
	}
	return "wrong"
}
