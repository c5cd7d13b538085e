package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
)

// sectionView is a block of the form with its cells.
type sectionView struct {
	Key, Title   string
	URL          string // of the report
	Code         string // of the workstream
	Cells        []cellView
	Given, Asked int  // measures that say anything, out of all
	Had          bool // something was filed for an earlier quarter
	Same         int  // for how many quarters in a row it has said the same; 0 when it changed
	Confirmed    bool // the clerk has looked at it, and it is as last quarter
}

// ToConfirm tells whether the block waits for the clerk's word that nothing has changed.
func (s sectionView) ToConfirm() bool { return s.Same > 0 && !s.Confirmed }

// Folded tells whether the block is shown in one line: nothing has changed, and nothing is to be mended.
func (s sectionView) Folded() bool {
	for _, cell := range s.Cells {
		if cell.Wrong != "" || cell.Remark != "" || len(cell.Findings) > 0 || cell.Typed.encode() != cell.Was {
			return false
		}
	}
	return s.Same > 0
}

// confirmPost is how sections.js confirms a section.
type confirmPost struct {
	User int64 `json:"user"`
}

// confirmSection notes that a section is as last quarter. Without scripts the form is saved first, and
// the reader comes to the next block that waits.
func (s *Server) confirmSection(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	actor, _ := actorOf(c)
	ctx, section := c.Request().Context(), c.Param("section")
	if wantsJSON(c) {
		var in confirmPost
		if err := readJSON(c, &in); err != nil {
			return err
		}
		if in.User != actor.UserID {
			return fault.New(fault.Forbidden, "filing.other_user")
		}
		report, err := s.Reports.Confirm(ctx, actor, ref, section, true)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, nowOf(s.words(c), report))
	}
	if _, answered, err := s.savePosted(c, ref); answered || err != nil {
		return err
	}
	report, err := s.Reports.Confirm(ctx, actor, ref, section, true)
	if err != nil {
		return s.refuse(c, ref, err, asForm)
	}
	return c.Redirect(http.StatusSeeOther, formURL(report, actor)+"#"+nextToConfirm(report))
}

// nextToConfirm gives the place of the next block that waits, or of the end of the form.
func nextToConfirm(r reporting.Report) string {
	for _, section := range r.Form.Sections {
		if r.Unchanged[section.Key] > 0 && !r.Confirmed[section.Key] {
			return "same-" + section.Key
		}
	}
	return "submit"
}

// readJSON reads what a script of ours sends.
func readJSON(c echo.Context, into any) error {
	err := json.NewDecoder(c.Request().Body).Decode(into)
	var tooLarge *echo.HTTPError
	switch {
	case errors.As(err, &tooLarge):
		return err
	case err != nil:
		return fault.New(fault.Invalid, "error.bad_request")
	}
	return nil
}
