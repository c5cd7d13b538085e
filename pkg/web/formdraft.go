package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/formedit"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

// The tabs of the editor.
const (
	tabFields  = "fields"
	tabText    = "text"
	tabTry     = "try"
	tabPublish = "publish"
)

// draftHead is what stands above every page of the editor. Version is that of the draft, 0 for none;
// Published the newest version of the form, 0 for a form that was never published.
type draftHead struct {
	Key, Title, URL, Tab string
	Version, Published   int64
	EditedAt             time.Time
	EditedBy             string
	Faults               []formFault
	Message              string // what went wrong with what the reader did
	CSRF                 string
}

// formFault is something wrong with a place of the file; URL is the page where it can be mended.
type formFault struct {
	Line, Column    int
	Path, Text, URL string
}

// draftPage is a page of the editor: the draft, its file as far as it can be taken apart, and the head.
type draftPage struct {
	draftHead
	draft forms.DraftFile
	file  *formedit.File // nil: the text is no YAML mapping
}

// draftPage reads the draft of the form in the address.
func (s *Server) draftPage(c echo.Context, tab string) (draftPage, error) {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	key := c.Param("form")
	draft, err := s.Forms.Draft(ctx, actor, key)
	if err != nil {
		return draftPage{}, err
	}
	p := draftPage{draft: draft, draftHead: draftHead{
		Key: key, URL: formPageURL(key), Tab: tab, Version: draft.Version, EditedAt: draft.EditedAt, EditedBy: draft.EditedBy, CSRF: csrfToken(c),
	}}
	published, err := s.Forms.Form(ctx, actor, key)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return draftPage{}, err
	}
	p.Published = published.Version
	if p.file, err = formedit.Open(draft.Document); err == nil {
		p.Title = p.file.Head()["title"]
	}
	p.Title = cmp.Or(p.Title, published.Title, key)
	p.Faults = p.faults(words)
	return p, nil
}

// faults gives what is wrong with the draft, each with the page where it can be mended.
func (p draftPage) faults(words locale.Printer) []formFault {
	list := make([]formFault, len(p.draft.Faults))
	for i, f := range p.draft.Faults {
		list[i] = formFault{Line: f.Line, Column: f.Column, Path: f.Path, Text: words.Message(f.Message), URL: p.place(f.Path)}
	}
	return list
}

// place gives the page on which a place of the file is changed.
func (p draftPage) place(path string) string {
	if p.file == nil || path == "" {
		return p.URL + "/edit/text"
	}
	for _, section := range p.file.Sections() {
		for _, item := range section.Items {
			if within(path, item.Path) {
				return p.rowURL(itemRow, item.Key)
			}
		}
		if within(path, section.Path) && !section.Plan && !within(path, section.Path+".items") {
			return p.rowURL(sectionRow, section.Key)
		}
	}
	for _, check := range p.file.Checks() {
		if within(path, check.Path) {
			return p.rowURL(checkRow, check.Key)
		}
	}
	for _, spec := range headSpecs {
		if within(path, spec.name) {
			return p.URL + "/edit"
		}
	}
	return p.URL + "/edit/text"
}

func (p draftPage) rowURL(kind rowKind, key string) string {
	return p.URL + "/edit/" + string(kind.part) + "?key=" + url.QueryEscape(key)
}

// renderDraft shows a page of the editor.
func (s *Server) renderDraft(c echo.Context, status int, template string, p draftPage, data any) error {
	words := s.words(c)
	crumbs := append(formCrumbs(words, p.Title, p.URL), crumb{Name: words.T("formedit.edit")})
	if p.Published == 0 {
		crumbs[1].URL = "" // there is no such page yet
	}
	return s.render(c, status, template, view{Title: words.T("formedit.editing", p.Title), Section: sectionForms, Crumbs: crumbs, Data: data})
}

// draftVersion is the version of the draft that the reader had before them, 0 for none.
func draftVersion(fields url.Values) (int64, error) {
	version, err := strconv.ParseInt(fields.Get("version"), 10, 64)
	if err != nil || version < 0 {
		return 0, fault.New(fault.Invalid, "error.bad_request")
	}
	return version, nil
}

// change applies a change to the fields of the draft that the reader had before them, and saves it.
// Conflict `form.draft_stale` when somebody else has saved, published or discarded it meanwhile.
func (s *Server) change(c echo.Context, apply func(f *formedit.File, fields url.Values) error) error {
	ctx := c.Request().Context()
	actor, _ := actorOf(c)
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	version, err := draftVersion(fields)
	if err != nil {
		return err
	}
	draft, err := s.Forms.Draft(ctx, actor, c.Param("form"))
	if err != nil {
		return err
	}
	if draft.Version != version {
		return fault.New(fault.Conflict, "form.draft_stale", draft.EditedBy)
	}
	file, err := formedit.Open(draft.Document)
	if err != nil {
		return fault.New(fault.Conflict, "formedit.only_text")
	}
	if err := apply(file, fields); err != nil {
		return err
	}
	text, err := file.Text()
	if err != nil {
		return err
	}
	if text == draft.Document {
		return nil
	}
	_, err = s.Forms.SaveDraft(ctx, actor, c.Param("form"), version, text)
	return err
}

// mendable gives the fault that err is when the reader can mend it on the page they come from.
func mendable(err error) (*fault.Fault, bool) {
	f, ok := fault.As(err)
	return f, ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) && f.Key != "error.bad_request"
}

// discardDraft throws the draft away.
func (s *Server) discardDraft(c echo.Context) error {
	actor, _ := actorOf(c)
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	version, err := draftVersion(fields)
	if err != nil {
		return err
	}
	if err := s.Forms.DiscardDraft(c.Request().Context(), actor, c.Param("form"), version); err != nil {
		if f, ok := mendable(err); ok {
			return s.showPublishing(c, statusOf(f.Kind), f, fields)
		}
		return err
	}
	s.flash(c, "formedit.discarded")
	return c.Redirect(http.StatusSeeOther, "/forms")
}
