package web

import (
	"github.com/labstack/echo/v4"

	"pilotboard/pkg/reporting"
)

// fillField asks for the filing form of a report that is not the reader's own; in the address and in the
// form itself.
const fillField = "fill"

// filingURL gives the address of the filing form that was posted.
func filingURL(c echo.Context, ref reporting.Ref) string {
	address := reportURL(ref.Unit, ref.Form, ref.Period)
	if c.FormValue(fillField) == "1" {
		address += "?" + fillField + "=1"
	}
	return address
}

// howFiled reads how the posted form files the report.
func howFiled(c echo.Context) reporting.Filing {
	return reporting.Filing{OnBehalf: c.FormValue("on_behalf")}
}
