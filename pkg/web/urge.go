package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// urging is what the buttons to urge units need on a page; Reports are those shown that have one.
type urging struct {
	CSRF, Here string
	Reports    []string
}

func urgingOf(c echo.Context) urging {
	return urging{CSRF: csrfToken(c), Here: localPath(c.Request().URL.RequestURI())}
}

// urgeButton is the button of one report; without a value there is none.
type urgeButton struct {
	Value, Unit string
}

// add gives the button of a report and notes it; there is none when the reader may not urge units, or
// there is nothing to urge.
func (u *urging) add(actor accounts.Actor, r reporting.Summary, today period.Date) urgeButton {
	if !actor.Can(accounts.ReviewReports) || !r.Urgeable(today) {
		return urgeButton{}
	}
	value := r.Unit.Key + "/" + r.Form + "/" + r.Period.String()
	u.Reports = append(u.Reports, value)
	return urgeButton{value, r.Unit.Name}
}

// urge calls on the units of the posted reports to file them, and goes back to the list.
func (s *Server) urge(c echo.Context) error {
	actor, _ := actorOf(c)
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	var refs []reporting.Ref
	for _, text := range fields["report"] {
		parts := strings.Split(text, "/")
		if len(parts) != 3 {
			return fault.New(fault.Invalid, "error.bad_request")
		}
		q, err := period.Parse(parts[2])
		if err != nil {
			return err
		}
		refs = append(refs, reporting.Ref{Unit: parts[0], Form: parts[1], Period: q})
	}
	words := s.words(c)
	urged, err := s.Reports.Urge(c.Request().Context(), actor, refs)
	switch f, ok := fault.As(err); {
	case ok && f.Kind == fault.Conflict:
		s.flash(c, words.Fault(f))
	case err != nil:
		return err
	case urged < len(refs):
		s.flash(c, words.T("urge.some", urged, len(refs)-urged))
	default:
		s.flash(c, words.T("urge.done", urged))
	}
	s.options.Nudge()
	return c.Redirect(http.StatusSeeOther, localPath(fields.Get("next")))
}
