package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

const remarkField = "remark." // the item's key follows

// act does something to the report of the address, tells those who follow the figures, and shows the
// report with a word of success; fill puts back what was typed when the act is refused.
func (s *Server) act(c echo.Context, done string, fill func(*reportPage), do func(ref reporting.Ref, version int64) error) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	version, err := postedVersion(c)
	if err != nil {
		return err
	}
	if err := do(ref, version); err != nil {
		return s.refuse(c, ref, err, fill)
	}
	s.options.Nudge()
	s.flash(c, done)
	return c.Redirect(http.StatusSeeOther, reportURL(ref.Unit, ref.Form, ref.Period))
}

func (s *Server) withdrawReport(c echo.Context) error {
	actor, _ := actorOf(c)
	return s.act(c, "filing.withdrawn", nil, func(ref reporting.Ref, version int64) error {
		_, err := s.Reports.Withdraw(c.Request().Context(), actor, ref, version)
		return err
	})
}

func (s *Server) acceptReport(c echo.Context) error {
	actor, _ := actorOf(c)
	return s.act(c, "review.accepted", nil, func(ref reporting.Ref, version int64) error {
		_, err := s.Reports.Accept(c.Request().Context(), actor, ref, version)
		return err
	})
}

func (s *Server) returnReport(c echo.Context) error {
	actor, _ := actorOf(c)
	fields, err := c.FormParams()
	if err != nil {
		return err
	}
	note, remarks := oneNewline(fields.Get("note")), map[string]string{}
	for name := range fields {
		if item, ok := strings.CutPrefix(name, remarkField); ok && strings.TrimSpace(fields.Get(name)) != "" {
			remarks[item] = oneNewline(fields.Get(name))
		}
	}
	fill := func(page *reportPage) {
		page.MyNote = note
		for item, text := range remarks {
			if cell := page.cell(item); cell != nil {
				cell.MyRemark = text
			}
		}
	}
	return s.act(c, "review.returned", fill, func(ref reporting.Ref, version int64) error {
		_, err := s.Reports.Return(c.Request().Context(), actor, ref, version, note, remarks)
		return err
	})
}

func (s *Server) reopenReport(c echo.Context) error {
	actor, _ := actorOf(c)
	reason, until := oneNewline(c.FormValue("reason")), c.FormValue("until")
	fill := func(page *reportPage) { page.MyReason, page.MyUntil = reason, until }
	return s.act(c, "review.reopened", fill, func(ref reporting.Ref, version int64) error {
		day, err := period.ParseDate(until)
		if err != nil {
			return err
		}
		_, err = s.Reports.Reopen(c.Request().Context(), actor, ref, version, reason, day)
		return err
	})
}
