package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

const remarkField = "remark." // the item's key follows

// act does something to the report of the address with the posted fields, tells those who follow the
// figures, and shows the report with the word of success that do gives; fill puts back what was typed when the act is
// refused.
func (s *Server) act(c echo.Context, fill func(*reportPage, url.Values), do func(ref reporting.Ref, version int64, fields url.Values) (done string, err error)) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	version, err := postedVersion(fields)
	if err != nil {
		return err
	}
	done, err := do(ref, version, fields)
	if err != nil {
		return s.refuse(c, ref, err, func(page *reportPage) { fill(page, fields) })
	}
	s.options.Nudge()
	s.flash(c, done)
	return c.Redirect(http.StatusSeeOther, reportURL(ref.Unit, ref.Form, ref.Period))
}

// backToReport leads whoever asks again for the address of an act to the report: a refused act is
// answered under its own address, which a browser reloads.
func (s *Server) backToReport(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"submit", "withdraw", "return", "accept", "reopen", "discussion"}, c.Param("act")) {
		return fault.New(fault.NotFound, "error.no_page")
	}
	return c.Redirect(http.StatusSeeOther, reportURL(ref.Unit, ref.Form, ref.Period))
}

// nothingTyped is the fill of acts that are one button.
func nothingTyped(*reportPage, url.Values) {}

func (s *Server) withdrawReport(c echo.Context) error {
	actor, _ := actorOf(c)
	return s.act(c, nothingTyped, func(ref reporting.Ref, version int64, _ url.Values) (string, error) {
		_, err := s.Reports.Withdraw(c.Request().Context(), actor, ref, version)
		return "filing.withdrawn", err
	})
}

func (s *Server) acceptReport(c echo.Context) error {
	actor, _ := actorOf(c)
	return s.act(c, nothingTyped, func(ref reporting.Ref, version int64, _ url.Values) (string, error) {
		report, err := s.Reports.Accept(c.Request().Context(), actor, ref, version)
		if report.Status == reporting.Submitted {
			return "review.passed", err
		}
		return "review.accepted", err
	})
}

// remarksOf gives the posted remarks by their items.
func remarksOf(fields url.Values) map[string]string {
	remarks := map[string]string{}
	for name := range fields {
		if item, ok := strings.CutPrefix(name, remarkField); ok && strings.TrimSpace(fields.Get(name)) != "" {
			remarks[item] = oneNewline(fields.Get(name))
		}
	}
	return remarks
}

func (s *Server) returnReport(c echo.Context) error {
	actor, _ := actorOf(c)
	fill := func(page *reportPage, fields url.Values) {
		page.MyNote = oneNewline(fields.Get("note"))
		for item, text := range remarksOf(fields) {
			if cell := page.cell(item); cell != nil {
				cell.MyRemark = text
			}
		}
	}
	return s.act(c, fill, func(ref reporting.Ref, version int64, fields url.Values) (string, error) {
		_, err := s.Reports.Return(c.Request().Context(), actor, ref, version, oneNewline(fields.Get("note")), remarksOf(fields))
		return "review.returned", err
	})
}

func (s *Server) reopenReport(c echo.Context) error {
	actor, _ := actorOf(c)
	fill := func(page *reportPage, fields url.Values) {
		page.MyReason, page.MyUntil = oneNewline(fields.Get("reason")), fields.Get("until")
	}
	return s.act(c, fill, func(ref reporting.Ref, version int64, fields url.Values) (string, error) {
		day, err := period.ParseDate(fields.Get("until"))
		if err != nil {
			return "", err
		}
		_, err = s.Reports.Reopen(c.Request().Context(), actor, ref, version, oneNewline(fields.Get("reason")), day)
		return "review.reopened", err
	})
}
