package web

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// reportURL gives the address of a report.
func reportURL(unit, form string, q period.Quarter) string {
	return "/reports/" + url.PathEscape(unit) + "/" + url.PathEscape(form) + "/" + q.String()
}

// refOf reads which report a request is about.
func refOf(c echo.Context) (reporting.Ref, error) {
	q, err := period.Parse(c.Param("period"))
	if err != nil {
		return reporting.Ref{}, err
	}
	return reporting.Ref{Unit: c.Param("unit"), Form: c.Param("form"), Period: q}, nil
}
