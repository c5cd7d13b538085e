package web

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/formedit"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

// publishPage tells what a draft changes and asks for the note under which it is published.
type publishPage struct {
	draftPage
	Changes   formedit.Changes
	Head      []changeView
	Sections  []changeView
	Added     []itemView
	Deleted   []itemView
	Changed   []itemChangeView
	ChecksNew []checkView
	ChecksOld []checkView
	Checks    []checkChangeView
	Note      string
	NeedsNote bool // there is a version already
	May       bool // nothing keeps it from being published
}

// changeView is a field with what it said and says.
type changeView struct{ Label, Before, After string }

type itemChangeView struct {
	Key, Name string
	Breaks    bool
	Fields    []changeView
}

type checkChangeView struct {
	checkView
	Fields []changeView
}

// showPublish shows what publishing the draft would change.
func (s *Server) showPublish(c echo.Context) error {
	return s.showPublishing(c, http.StatusOK, nil, nil)
}

// showPublishing shows the page, with why the act was refused and what was typed.
func (s *Server) showPublishing(c echo.Context, status int, refused *fault.Fault, typed url.Values) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	p, err := s.draftPage(c, tabPublish)
	if err != nil {
		return err
	}
	page := publishPage{draftPage: p, Note: typed.Get("note"), NeedsNote: p.Published > 0}
	if refused != nil {
		page.Message = words.Fault(refused)
	}
	if p.draft.Form != nil {
		before := forms.Form{}
		if p.Published > 0 {
			if before, err = s.Forms.Form(ctx, actor, p.Key); err != nil {
				return err
			}
		}
		page.compare(words, before, *p.draft.Form)
		page.May = p.Version > 0
	}
	return s.renderDraft(c, status, "formpublish.html", page.draftPage, page)
}

// compare puts the changes into words.
func (p *publishPage) compare(words locale.Printer, before, after forms.Form) {
	p.Changes = formedit.Compare(before, after)
	p.Head = changesIn(words, headSpecs, p.Changes.Head)
	for _, section := range p.Changes.Sections {
		p.Sections = append(p.Sections, changeView{section.Name, shownField(words, "title", section.Before), shownField(words, "title", section.After)})
	}
	for _, item := range p.Changes.Added {
		p.Added = append(p.Added, newItemView(words, item, nil))
	}
	for _, item := range p.Changes.Deleted {
		p.Deleted = append(p.Deleted, newItemView(words, item, nil))
	}
	for _, change := range p.Changes.Changed {
		p.Changed = append(p.Changed, itemChangeView{change.Item.Key, change.Item.Name(words), change.Breaks, changesIn(words, itemSpecs, change.Fields)})
	}
	for _, check := range p.Changes.ChecksAdded {
		p.ChecksNew = append(p.ChecksNew, newCheckView(words, after, check))
	}
	for _, check := range p.Changes.ChecksDeleted {
		p.ChecksOld = append(p.ChecksOld, newCheckView(words, before, check))
	}
	for _, change := range p.Changes.ChecksChanged {
		p.Checks = append(p.Checks, checkChangeView{newCheckView(words, after, change.Check), changesIn(words, checkSpecs, change.Fields)})
	}
}

func changesIn(words locale.Printer, specs []fieldSpec, changes []formedit.FieldChange) []changeView {
	list := make([]changeView, len(changes))
	for i, change := range changes {
		list[i] = changeView{labelOf(words, specs, change.Name), shownField(words, change.Name, change.Before), shownField(words, change.Name, change.After)}
	}
	return list
}

// publishForm makes the draft the newest version of its form, and the obligations that it calls for.
func (s *Server) publishForm(c echo.Context) error {
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
	form, err := s.Forms.Publish(ctx, actor, c.Param("form"), version, oneNewline(fields.Get("note")))
	var faults fault.FileFaults
	if errors.As(err, &faults) {
		return s.showPublishing(c, http.StatusUnprocessableEntity, fault.New(fault.Invalid, "formedit.not_published"), fields)
	}
	if f, ok := mendable(err); ok {
		return s.showPublishing(c, statusOf(f.Kind), f, fields)
	}
	if err != nil {
		return err
	}
	s.settle(ctx, cmp.Or(form.Key, c.Param("form")))
	s.flash(c, "formedit.published")
	return c.Redirect(http.StatusSeeOther, formPageURL(form.Key))
}

// settle follows the new version of a form through. It is in force, whatever happens here: what fails now
// the timetable does later.
func (s *Server) settle(ctx context.Context, form string) {
	if s.options.Settle == nil {
		return
	}
	if err := s.options.Settle(context.WithoutCancel(ctx)); err != nil {
		slog.ErrorContext(ctx, "follow a published form through", "form", form, "error", err)
	}
	s.options.Nudge()
}
