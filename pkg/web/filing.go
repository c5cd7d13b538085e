package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
)

// postedCell is a cell of a posted form: what was typed, and what the page was made with.
type postedCell struct {
	typed, was content
}

func (p postedCell) changed() bool { return p.typed != p.was }

// postedForm is a report as the form posts it.
type postedForm struct {
	version int64
	cells   map[string]postedCell
}

// Names of the fields of a cell; the item's key follows.
const (
	cellField = "cell."
	naField   = "na."
	wasField  = "was."
	keepField = "keep." // on the conflict page: mine or theirs
)

func readPosted(c echo.Context, form forms.Form) (postedForm, error) {
	fields, err := postedFields(c)
	if err != nil {
		return postedForm{}, err
	}
	version, err := postedVersion(fields)
	if err != nil {
		return postedForm{}, err
	}
	posted := postedForm{version: version, cells: map[string]postedCell{}}
	for _, section := range form.Sections {
		for _, item := range section.Items {
			if !fields.Has(wasField+item.Key) || fields.Get(keepField+item.Key) == "theirs" {
				continue
			}
			cell := postedCell{
				typed: content{Value: oneNewline(fields.Get(cellField + item.Key))},
				was:   decodeContent(oneNewline(fields.Get(wasField + item.Key))),
			}
			if fields.Get(naField+item.Key) != "" {
				cell.typed = content{NotApplicable: true}
			}
			posted.cells[item.Key] = cell
		}
	}
	return posted, nil
}

// oneNewline undoes what browsers do to the ends of lines.
func oneNewline(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// postedFields reads the fields of a posted form. It must be asked before any single field is: who asks
// later is not told that the form cannot be read.
func postedFields(c echo.Context) (url.Values, error) {
	fields, err := c.FormParams()
	var refused *echo.HTTPError // too large
	if err != nil && !errors.As(err, &refused) {
		err = fault.New(fault.Invalid, "error.bad_request")
	}
	return fields, err
}

// postedVersion is the version of the report that the reader had before them.
func postedVersion(fields url.Values) (int64, error) {
	version, err := strconv.ParseInt(fields.Get("version"), 10, 64)
	if err != nil || version <= 0 {
		return 0, fault.New(fault.Invalid, "error.bad_request")
	}
	return version, nil
}

// edit is the change of the cells that the reader touched.
func (p postedForm) edit() (reporting.Edit, bool) {
	edit := reporting.Edit{Version: p.version, Values: map[string]any{}}
	for key, cell := range p.cells {
		switch {
		case !cell.changed():
		case cell.typed.NotApplicable:
			edit.NotApplicable = append(edit.NotApplicable, key)
		default:
			edit.Values[key] = cell.typed.Value
		}
	}
	return edit, len(edit.Values)+len(edit.NotApplicable) > 0
}

// refill puts what was typed back into the cells of a page.
func (p postedForm) refill(page *reportPage) {
	page.PostsVersion = p.version
	for key, posted := range p.cells {
		if cell := page.cell(key); cell != nil {
			cell.Typed, cell.Was = posted.typed, posted.was.encode()
		}
	}
}

// saveReport keeps the cells of a posted form as the draft: the way without scripts.
func (s *Server) saveReport(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	if _, answered, err := s.savePosted(c, ref); answered || err != nil {
		return err
	}
	s.flash(c, "filing.saved")
	return c.Redirect(http.StatusSeeOther, filingURL(c, ref))
}

// savePosted saves what the posted form changes and gives the version after it. When that fails in a
// way that the reader can mend, it has answered with the page to do so.
func (s *Server) savePosted(c echo.Context, ref reporting.Ref) (version int64, answered bool, err error) {
	ctx := c.Request().Context()
	actor, _ := actorOf(c)
	report, err := s.Reports.Report(ctx, actor, ref)
	if err != nil {
		return 0, false, err
	}
	posted, err := readPosted(c, report.Form)
	if err != nil {
		return 0, false, err
	}
	edit, any := posted.edit()
	if !any {
		return posted.version, false, nil
	}
	saved, err := s.Reports.Save(ctx, actor, ref, edit)
	var stale *reporting.StaleError
	switch {
	case errors.As(err, &stale):
		return s.resolve(c, report, posted, stale)
	case err != nil:
		return 0, true, s.refuse(c, ref, err, posted.refill)
	}
	return saved.Version, false, nil
}

// submitReport saves what the posted form changes and files the report.
func (s *Server) submitReport(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	version, answered, err := s.savePosted(c, ref)
	if answered || err != nil {
		return err
	}
	actor, _ := actorOf(c)
	how := howFiled(c)
	if _, err := s.Reports.File(c.Request().Context(), actor, ref, version, how); err != nil {
		return s.refuse(c, ref, err, func(page *reportPage) { page.MyBehalf = how.OnBehalf })
	}
	s.options.Nudge()
	s.flash(c, "filing.submitted")
	return c.Redirect(http.StatusSeeOther, reportURL(ref.Unit, ref.Form, ref.Period))
}
