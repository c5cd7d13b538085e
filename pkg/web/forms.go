package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/formedit"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

// formRow is a form in the list.
type formRow struct {
	forms.Form
	URL                         string
	Valid, FilledBy, ReviewedBy string
	Items                       int
	Expired                     bool
	Draft                       *forms.DraftInfo
}

// formsPage is the list of forms. Unpublished are forms that are only drafted yet.
type formsPage struct {
	Rows        []formRow
	Unpublished []forms.DraftInfo
	MayEdit     bool
	New         newForm
	Message     string
}

// newForm is what is typed to begin a form.
type newForm struct{ Key, Number, Title string }

func formPageURL(key string) string { return "/forms/" + url.PathEscape(key) }

// showForms lists every form.
func (s *Server) showForms(c echo.Context) error {
	return s.renderForms(c, http.StatusOK, func(*formsPage) {})
}

func (s *Server) renderForms(c echo.Context, status int, fill func(*formsPage)) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	all, err := s.Forms.Forms(ctx)
	if err != nil {
		return err
	}
	page := formsPage{MayEdit: mayEditForms(actor)}
	var drafts []forms.DraftInfo
	if page.MayEdit {
		if drafts, err = s.Forms.Drafts(ctx, actor); err != nil {
			return err
		}
	}
	for _, f := range all {
		row := formRow{
			Form: f, URL: formPageURL(f.Key), Valid: validity(words, f), FilledBy: filledBy(words, f), ReviewedBy: reviewChain(words, f),
			Items: itemCount(f), Expired: f.Expired(s.today()),
		}
		if at := slices.IndexFunc(drafts, func(d forms.DraftInfo) bool { return d.Form == f.Key }); at >= 0 {
			row.Draft = &drafts[at]
		}
		page.Rows = append(page.Rows, row)
	}
	for _, d := range drafts {
		if !slices.ContainsFunc(all, func(f forms.Form) bool { return f.Key == d.Form }) {
			page.Unpublished = append(page.Unpublished, d)
		}
	}
	fill(&page)
	return s.render(c, status, "forms.html", view{Title: words.T("formedit.forms"), Section: sectionForms, Data: page})
}

func mayEditForms(actor accounts.Actor) bool { return actor.Require(accounts.ManagePlan) == nil }

// createForm begins the draft of a new form.
func (s *Server) createForm(c echo.Context) error {
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	actor, _ := actorOf(c)
	typed := newForm{Key: fields.Get("key"), Number: fields.Get("number"), Title: fields.Get("title")}
	if err := s.beginForm(c, actor, typed); err != nil {
		f, ok := fault.As(err)
		if !ok || (f.Kind != fault.Invalid && f.Kind != fault.Conflict) {
			return err
		}
		return s.renderForms(c, statusOf(f.Kind), func(page *formsPage) {
			page.New, page.Message = typed, s.words(c).Fault(f)
		})
	}
	s.flash(c, "formedit.begun")
	return c.Redirect(http.StatusSeeOther, formPageURL(typed.Key)+"/edit")
}

func (s *Server) beginForm(c echo.Context, actor accounts.Actor, typed newForm) error {
	ctx := c.Request().Context()
	all, err := s.Forms.Forms(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(f forms.Form) bool { return f.Key == typed.Key }) {
		return fault.New(fault.Conflict, "formedit.key_taken", typed.Key)
	}
	text, err := formedit.New(typed.Key, typed.Number, typed.Title)
	if err != nil {
		return err
	}
	_, err = s.Forms.SaveDraft(ctx, actor, typed.Key, 0, text)
	return err
}

// formSection is a section with its items in words.
type formSection struct {
	Key, Code, Title string
	Items            []itemView
}

// formPage is everything about one form.
type formPage struct {
	formRow
	Agency, Source string
	Sections       []formSection
	Gone           []itemView // asked by an earlier version
	Checks         []checkView
	Versions       []forms.VersionInfo
	MayEdit        bool
}

// showForm shows what a form asks.
func (s *Server) showForm(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	f, err := s.Forms.Form(ctx, actor, c.Param("form"))
	if err != nil {
		return err
	}
	breaks, err := s.Forms.Breaks(ctx, f.Key)
	if err != nil {
		return err
	}
	ever, err := s.Forms.EverItems(ctx, f.Key)
	if err != nil {
		return err
	}
	page := formPage{
		formRow: formRow{
			Form: f, URL: formPageURL(f.Key), Valid: validity(words, f), FilledBy: filledBy(words, f), ReviewedBy: reviewChain(words, f),
			Items: itemCount(f), Expired: f.Expired(s.today()),
		},
		Agency: f.Agency, Source: f.Source, Sections: sectionsInWords(words, f, breaks), MayEdit: mayEditForms(actor),
	}
	for _, item := range ever {
		if _, asked := f.Item(item.Key); !asked {
			page.Gone = append(page.Gone, newItemView(words, item, breaks[item.Key]))
		}
	}
	for _, check := range f.Checks {
		page.Checks = append(page.Checks, newCheckView(words, f, check))
	}
	if page.Versions, err = s.Forms.Versions(ctx, actor, f.Key); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "form.html", view{Title: f.Title, Section: sectionForms, Crumbs: formCrumbs(words, f.Title, ""), Data: page})
}

func sectionsInWords(words locale.Printer, f forms.Form, breaks map[string][]int64) []formSection {
	var list []formSection
	for _, section := range f.Sections {
		s := formSection{Key: section.Key, Title: section.Name(words)}
		for _, item := range section.Items {
			if item.Milestone != "" {
				s.Code = section.Key
			}
			s.Items = append(s.Items, newItemView(words, item, breaks[item.Key]))
		}
		list = append(list, s)
	}
	return list
}

// formCrumbs leads from the list of forms to a page; url is that of the form when the page is below it.
func formCrumbs(words locale.Printer, title, url string) []crumb {
	return []crumb{{Name: words.T("formedit.forms"), URL: "/forms"}, {Name: title, URL: url}}
}

// formVersionPage is the file of one version, as it was published.
type formVersionPage struct {
	Form     forms.Form
	No       int64
	Document string
}

// showFormVersion shows the file of a version of a form.
func (s *Server) showFormVersion(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	no, err := strconv.ParseInt(c.Param("no"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "error.bad_request")
	}
	f, err := s.Forms.Form(ctx, actor, c.Param("form"))
	if err != nil {
		return err
	}
	document, err := s.Forms.Document(ctx, actor, f.Key, no)
	if err != nil {
		return err
	}
	title := words.T("formedit.version_of", f.Title, no)
	return s.render(c, http.StatusOK, "formversion.html", view{
		Title: title, Section: sectionForms, Data: formVersionPage{f, no, document},
		Crumbs: append(formCrumbs(words, f.Title, formPageURL(f.Key)), crumb{Name: words.T("formedit.nth", no)}),
	})
}
