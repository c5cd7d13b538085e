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

// editPage is the editor's overview: the head to be changed, and the rows.
type editPage struct {
	draftPage
	Head     []editField
	Sections []sectionLine
	Checks   []rowLine
	NewRow   string // address of the page for a new section
	NewCheck string
	Apart    bool // the text can be taken apart into fields
}

// rowLine is a row of the file in the overview.
type rowLine struct {
	Key, ID, Name, About, URL string
	Wrong                     int // how many faults it has
	Acts                      rowActs
}

// rowActs is what the buttons of a row post.
type rowActs struct {
	draftHead
	Row  rowTarget
	Name string
}

type rowTarget struct {
	Part formedit.Part
	Key  string
	URL  string // empty for the plan's section, which has nothing to change
}

// name fills in what a row is called, and its buttons.
func (l *rowLine) name(p draftPage, part formedit.Part, name string) {
	l.Name = name
	l.Acts = rowActs{p.draftHead, rowTarget{part, l.Key, l.URL}, cmp.Or(name, l.Key)}
}

// sectionLine is a section with its items.
type sectionLine struct {
	rowLine
	Plan    bool
	Items   []rowLine
	NewItem string
}

// showEdit shows the draft, field by field.
func (s *Server) showEdit(c echo.Context) error {
	return s.renderEdit(c, http.StatusOK, func(*editPage) {})
}

func (s *Server) renderEdit(c echo.Context, status int, fill func(*editPage)) error {
	words := s.words(c)
	p, err := s.draftPage(c, tabFields)
	if err != nil {
		return err
	}
	page := editPage{draftPage: p, Apart: p.file != nil, NewRow: p.URL + "/edit/section", NewCheck: p.URL + "/edit/check"}
	if page.Apart {
		page.Head = editFields(words, headSpecs, p.file.Head(), p.Faults, "")
		page.Sections = p.sectionLines(words)
		for _, row := range p.file.Checks() {
			line := p.rowLine(checkRow, row)
			line.About = row.Fields["expr"]
			line.name(p, formedit.Checks, row.Fields["message"])
			page.Checks = append(page.Checks, line)
		}
	}
	fill(&page)
	return s.renderDraft(c, status, "formedit.html", page.draftPage, page)
}

func (p draftPage) rowLine(kind rowKind, row formedit.Row) rowLine {
	line := rowLine{Key: row.Key, ID: string(kind.part) + "-" + row.Key, URL: p.rowURL(kind, row.Key)}
	line.name(p, kind.part, row.Fields["title"])
	for _, f := range p.Faults {
		if within(f.Path, row.Path) && (kind.part != formedit.Sections || !within(f.Path, row.Path+".items")) {
			line.Wrong++
		}
	}
	return line
}

func (p draftPage) sectionLines(words locale.Printer) []sectionLine {
	var list []sectionLine
	for _, section := range p.file.Sections() {
		line := sectionLine{
			rowLine: p.rowLine(sectionRow, section.Row), Plan: section.Plan,
			NewItem: p.URL + "/edit/item?section=" + url.QueryEscape(section.Key),
		}
		if section.Plan {
			line.URL = ""
			line.name(p, formedit.Sections, words.T("formedit.plan_section"))
		}
		for _, row := range section.Items {
			item := p.rowLine(itemRow, row)
			item.About = fileWord(words, row.Fields["type"])
			if unit := row.Fields["unit"]; unit != "" {
				item.About += " · " + unit
			}
			line.Items = append(line.Items, item)
		}
		list = append(list, line)
	}
	return list
}

// saveHead changes the head of the form.
func (s *Server) saveHead(c echo.Context) error {
	var typed formedit.Fields
	err := s.change(c, func(f *formedit.File, posted url.Values) error {
		f.SetHead(typedFields(headSpecs, posted))
		return nil
	})
	if f, ok := mendable(err); ok {
		if posted, err := postedFields(c); err == nil {
			typed = typedFields(headSpecs, posted)
		}
		return s.renderEdit(c, statusOf(f.Kind), func(page *editPage) { page.refuse(s.words(c), f, typed) })
	}
	if err != nil {
		return err
	}
	s.flash(c, "formedit.saved")
	return c.Redirect(http.StatusSeeOther, formPageURL(c.Param("form"))+"/edit")
}

// refuse shows why a change was refused, with what was typed beside what the file says now.
func (p *editPage) refuse(words locale.Printer, f *fault.Fault, typed formedit.Fields) {
	p.Message = words.Fault(f)
	if typed == nil || p.file == nil {
		return
	}
	p.Head = editFields(words, headSpecs, typed, nil, "")
	withTheirs(p.Head, words, p.file.Head())
}

// moveRow puts a section, an item or a check one up or down.
func (s *Server) moveRow(c echo.Context) error {
	return s.rearrange(c, func(f *formedit.File, part formedit.Part, key string, posted url.Values) error {
		by := 1
		if posted.Get("to") == "up" {
			by = -1
		}
		return f.Move(part, key, by)
	}, "formedit.moved")
}

// deleteRow takes a section, an item or a check out.
func (s *Server) deleteRow(c echo.Context) error {
	return s.rearrange(c, func(f *formedit.File, part formedit.Part, key string, _ url.Values) error {
		return f.Delete(part, key)
	}, "formedit.deleted")
}

func (s *Server) rearrange(c echo.Context, do func(f *formedit.File, part formedit.Part, key string, posted url.Values) error, done string) error {
	anchor := ""
	err := s.change(c, func(f *formedit.File, posted url.Values) error {
		kind, known := rowKinds[formedit.Part(posted.Get("part"))]
		if !known {
			return fault.New(fault.Invalid, "error.bad_request")
		}
		anchor = string(kind.part) + "-" + posted.Get("key")
		return do(f, kind.part, posted.Get("key"), posted)
	})
	if f, ok := mendable(err); ok {
		return s.renderEdit(c, statusOf(f.Kind), func(page *editPage) { page.Message = s.words(c).Fault(f) })
	}
	if err != nil {
		return err
	}
	s.flash(c, done)
	return c.Redirect(http.StatusSeeOther, formPageURL(c.Param("form"))+"/edit#"+url.PathEscape(anchor))
}
