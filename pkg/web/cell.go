package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// cellPost is a cell as filing.js saves it: what is typed, and the content that was last known from the
// server. User is for whom the page was made.
type cellPost struct {
	User int64   `json:"user"`
	Base content `json:"base"`
	content
}

// cellSaved is the answer: what the server holds now.
type cellSaved struct {
	content
	reportNow
	Message string `json:"message"`
}

// cellClash is the answer when somebody else has changed the cell: what they made of it.
type cellClash struct {
	Message string  `json:"message"`
	By      string  `json:"by"`
	Mine    string  `json:"mine"`
	Theirs  string  `json:"theirs"`
	Content content `json:"content"`
}

// saveCell keeps one cell of a draft while the form is being filled in.
func (s *Server) saveCell(c echo.Context) error {
	ref, err := refOf(c)
	if err != nil {
		return err
	}
	var in cellPost
	if err := readJSON(c, &in); err != nil {
		return err
	}
	ctx, words, key := c.Request().Context(), s.words(c), c.Param("item")
	actor, _ := actorOf(c)
	if in.User != actor.UserID {
		return fault.New(fault.Forbidden, "filing.other_user") // somebody else has logged in meanwhile
	}
	report, err := s.Reports.SaveCell(ctx, actor, ref, key, in.Base.input(), in.input())
	var stale *reporting.StaleError
	if errors.As(err, &stale) && len(stale.Clashes) > 0 {
		return s.answerClash(c, ref, stale)
	}
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return c.JSON(http.StatusUnprocessableEntity, map[string]string{"message": cellMessage(words, f, key)})
	}
	if err != nil {
		return err
	}
	item, _ := report.Form.Item(key)
	return c.JSON(http.StatusOK, cellSaved{
		content: contentOf(item, report.Values[key]), reportNow: nowOf(words, report),
		Message: words.T("filing.saved_at", s.options.Clock().In(period.Zone).Format("15:04")),
	})
}

// cellMessage is what is wrong with one cell, in words.
func cellMessage(words locale.Printer, f *fault.Fault, key string) string {
	if text, ok := fieldTexts(words, f)[key]; ok {
		return text
	}
	return words.Fault(f)
}

func (s *Server) answerClash(c echo.Context, ref reporting.Ref, stale *reporting.StaleError) error {
	actor, _ := actorOf(c)
	report, err := s.Reports.Report(c.Request().Context(), actor, ref)
	if err != nil {
		return err
	}
	words, clash := s.words(c), stale.Clashes[0]
	item, _ := report.Form.Item(clash.Item)
	return c.JSON(http.StatusConflict, cellClash{
		Message: words.T("filing.clash", stale.By), By: stale.By,
		Mine: show(words, item, clash.Mine).Text, Theirs: show(words, item, clash.Theirs).Text,
		Content: contentOf(item, clash.Theirs),
	})
}
