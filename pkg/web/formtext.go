package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// textPage is the whole text of the draft. Theirs is what somebody else has made of it meanwhile.
type textPage struct {
	draftPage
	Text, Theirs string
}

// showDraftText shows the text of the draft.
func (s *Server) showDraftText(c echo.Context) error {
	p, err := s.draftPage(c, tabText)
	if err != nil {
		return err
	}
	return s.showText(c, http.StatusOK, p, p.draft.Document, "")
}

func (s *Server) showText(c echo.Context, status int, p draftPage, text, theirs string) error {
	p.Tab = tabText
	return s.renderDraft(c, status, "formtext.html", p, textPage{p, text, theirs})
}

// saveDraftText keeps the text as it was typed, be it right or not.
func (s *Server) saveDraftText(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	version, err := draftVersion(fields)
	if err != nil {
		return err
	}
	text := oneNewline(fields.Get("text"))
	draft, err := s.Forms.SaveDraft(ctx, actor, c.Param("form"), version, text)
	if f, ok := mendable(err); ok {
		p, err := s.draftPage(c, tabText)
		if err != nil {
			return err
		}
		p.Message = words.Fault(f)
		theirs := ""
		if p.draft.Document != text && p.Version != version {
			theirs = p.draft.Document
		}
		return s.showText(c, statusOf(f.Kind), p, text, theirs)
	}
	if err != nil {
		return err
	}
	if len(draft.Faults) > 0 {
		s.flash(c, "formedit.saved_faulty")
	} else {
		s.flash(c, "formedit.saved")
	}
	return c.Redirect(http.StatusSeeOther, formPageURL(c.Param("form"))+"/edit/text")
}
