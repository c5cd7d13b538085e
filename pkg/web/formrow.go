package web

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/formedit"
	"pilotboard/pkg/locale"
)

// rowKind is a sort of row with the fields of its page.
type rowKind struct {
	part         formedit.Part
	specs        []fieldSpec
	edit, create string // headings
}

var (
	sectionRow = rowKind{formedit.Sections, sectionSpecs, "formedit.edit_section", "formedit.new_section"}
	itemRow    = rowKind{formedit.Items, itemSpecs, "formedit.edit_item", "formedit.new_item"}
	checkRow   = rowKind{formedit.Checks, checkSpecs, "formedit.edit_check", "formedit.new_check"}

	rowKinds = map[formedit.Part]rowKind{formedit.Sections: sectionRow, formedit.Items: itemRow, formedit.Checks: checkRow}
)

// newItemFields is what a new item begins with.
var newItemFields = formedit.Fields{"type": "count", "kind": "stock"}

// rowPage is the page of a section, an item or a check. Was is its key in the file; with New there is none.
type rowPage struct {
	draftPage
	Heading, Action, Was string
	New                  bool
	Part                 formedit.Part
	Fields               []editField
	Wrong                []string // with the row as a whole
	Keys                 []option // the items of the form, for checks and computed cells
}

// showRow gives the page of a row, or of a new one when the address names none.
func (s *Server) showRow(kind rowKind) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := s.draftPage(c, tabFields)
		if err != nil {
			return err
		}
		if p.file == nil {
			return c.Redirect(http.StatusSeeOther, p.URL+"/edit/text")
		}
		if !c.QueryParams().Has("key") {
			fields := formedit.Fields{"severity": "error"}
			if kind.part == formedit.Items {
				fields = formedit.Fields{formedit.SectionField: c.QueryParam("section"), "type": newItemFields["type"], "kind": newItemFields["kind"]}
			}
			return s.renderRow(c, http.StatusOK, s.rowPage(c, p, kind, formedit.Row{Fields: fields}, true))
		}
		row, err := p.file.Row(kind.part, c.QueryParam("key"))
		if err != nil {
			return err
		}
		return s.renderRow(c, http.StatusOK, s.rowPage(c, p, kind, row, false))
	}
}

func (s *Server) rowPage(c echo.Context, p draftPage, kind rowKind, row formedit.Row, fresh bool) rowPage {
	words := s.words(c)
	page := rowPage{draftPage: p, Heading: words.T(kind.create), Action: p.URL + "/edit/" + string(kind.part), New: fresh, Part: kind.part, Was: row.Key}
	faults := p.Faults
	if fresh {
		faults = nil
	} else {
		page.Heading = words.T(kind.edit, cmp.Or(row.Fields["title"], row.Key))
	}
	page.Fields = editFields(words, kind.specs, row.Fields, faults, row.Path)
	page.chooseSection(row.Fields[formedit.SectionField])
	for _, f := range faults {
		if f.Path == row.Path {
			page.Wrong = append(page.Wrong, f.Text)
		}
	}
	page.Keys = p.keys(words)
	return page
}

// chooseSection fills in the sections that an item can stand in.
func (p *rowPage) chooseSection(of string) {
	for i, f := range p.Fields {
		if f.Name != formedit.SectionField {
			continue
		}
		p.Fields[i].Choices = nil
		for _, section := range p.file.Sections() {
			if !section.Plan {
				p.Fields[i].Choices = append(p.Fields[i].Choices, option{section.Key, cmp.Or(section.Fields["title"], section.Key), section.Key == of})
			}
		}
	}
}

// keys lists the items that expressions can name.
func (p draftPage) keys(words locale.Printer) []option {
	var list []option
	if p.draft.Form != nil {
		for _, section := range p.draft.Form.Sections {
			for _, item := range section.Items {
				list = append(list, option{Value: item.Key, Name: item.Name(words)})
			}
		}
		return list
	}
	for _, section := range p.file.Sections() {
		for _, item := range section.Items {
			list = append(list, option{Value: item.Key, Name: item.Fields["title"]})
		}
	}
	return list
}

func (s *Server) renderRow(c echo.Context, status int, page rowPage) error {
	return s.renderDraft(c, status, "formrow.html", page.draftPage, page)
}

// saveRow changes a row, or adds one.
func (s *Server) saveRow(kind rowKind) echo.HandlerFunc {
	return func(c echo.Context) error {
		fields, err := postedFields(c)
		if err != nil {
			return err
		}
		typed, was, fresh := typedFields(kind.specs, fields), fields.Get("was"), fields.Get("new") != ""
		err = s.change(c, func(f *formedit.File, _ url.Values) error {
			if fresh {
				return addRow(f, kind, typed)
			}
			return f.Set(kind.part, was, typed)
		})
		if f, ok := mendable(err); ok {
			return s.refuseRow(c, kind, typed, was, fresh, f)
		}
		if err != nil {
			return err
		}
		return s.rowSaved(c, kind, typed["key"])
	}
}

// addRow puts a new row into the file, unless its key is taken: then it could not be told from the other.
func addRow(f *formedit.File, kind rowKind, typed formedit.Fields) error {
	if typed["key"] == "" {
		return fault.New(fault.Invalid, "formedit.no_key")
	}
	if _, err := f.Row(kind.part, typed["key"]); err == nil {
		return fault.New(fault.Conflict, "formedit.key_taken", typed["key"])
	}
	return f.Add(kind.part, typed)
}

// rowSaved leads to the row when something is wrong with it, else to the overview.
func (s *Server) rowSaved(c echo.Context, kind rowKind, key string) error {
	p, err := s.draftPage(c, tabFields)
	if err != nil {
		return err
	}
	if p.file != nil {
		if row, err := p.file.Row(kind.part, key); err == nil && p.rowLine(kind, row).Wrong > 0 {
			s.flash(c, "formedit.saved_faulty")
			return c.Redirect(http.StatusSeeOther, p.rowURL(kind, key))
		}
	}
	s.flash(c, "formedit.saved")
	return c.Redirect(http.StatusSeeOther, p.URL+"/edit#"+url.PathEscape(string(kind.part)+"-"+key))
}

// refuseRow shows the page of a row again with what was typed; where somebody else has changed the row,
// with what it says now.
func (s *Server) refuseRow(c echo.Context, kind rowKind, typed formedit.Fields, was string, fresh bool, f *fault.Fault) error {
	words := s.words(c)
	p, err := s.draftPage(c, tabFields)
	if err != nil {
		return err
	}
	p.Message = words.Fault(f)
	if p.file == nil {
		return s.showText(c, statusOf(f.Kind), p, p.draft.Document, "")
	}
	page := s.rowPage(c, p, kind, formedit.Row{Fields: typed}, true)
	page.New, page.Was = fresh, was
	if !fresh {
		now, err := p.file.Row(kind.part, was)
		if err != nil { // somebody else has taken it out; what was typed can be added again
			page.New = true
			page.Message += " " + words.T("formedit.row_gone")
		} else {
			withTheirs(page.Fields, words, now.Fields)
		}
	}
	return s.renderRow(c, statusOf(f.Kind), page)
}
