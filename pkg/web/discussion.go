package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// discussReport adds the posted words to the thread of a report.
func (s *Server) discussReport(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	actor, _ := actorOf(c)
	address := reportURL(ref.Unit, ref.Form, ref.Period)
	if fields.Get("behalf") != "" {
		address += "?behalf=1"
	}
	words := oneNewline(fields.Get("words"))
	if _, err := s.Reports.Discuss(c.Request().Context(), actor, ref, words); err != nil {
		return s.refuse(c, ref, err, func(page *reportPage) { page.MyWords = words })
	}
	s.flash(c, "review.said")
	return c.Redirect(http.StatusSeeOther, address+"#thread")
}
