package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/locale"
	"pilotboard/pkg/notify"
)

type inboxData struct {
	Rows        []inboxRow
	Unread      int64
	Newest      string // the notice up to which all can be marked as read
	First, Next string // addresses of pages
}

// inboxRow is a notice in the reader's words; Open is where it leads, marking it as read on the way.
type inboxRow struct {
	notify.Notice
	Text, Quote, Open string
}

// showInbox lists the reader's own notices, the newest first.
func (s *Server) showInbox(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	after := c.QueryParam("after")
	list, next, err := s.Notices.Inbox(ctx, actor, after, pageSize)
	if err != nil {
		return err
	}
	data := inboxData{Rows: inboxRows(words, list)}
	if data.Unread, err = s.Notices.Unread(ctx, actor); err != nil {
		return err
	}
	if len(list) > 0 {
		data.Newest = list[0].ID
	}
	if after != "" {
		data.First = "/inbox"
	}
	if next != "" {
		data.Next = "/inbox?after=" + url.QueryEscape(next)
	}
	return s.render(c, http.StatusOK, "inbox.html", view{Title: words.T("inbox.title"), Data: data})
}

func inboxRows(words locale.Printer, list []notify.Notice) []inboxRow {
	rows := make([]inboxRow, len(list))
	for i, n := range list {
		rows[i] = inboxRow{Notice: n, Text: n.Text(words), Quote: n.Note(), Open: "/inbox/" + n.ID}
	}
	return rows
}

// openNotice leads to what a notice is about and marks it as read.
func (s *Server) openNotice(c echo.Context) error {
	ctx := c.Request().Context()
	actor, _ := actorOf(c)
	notice, err := s.Notices.Notice(ctx, actor, c.Param("notice"))
	if err != nil {
		return err
	}
	if c.Request().Method == get && notice.ReadAt.IsZero() {
		if err := s.Notices.MarkRead(ctx, actor, notice.ID); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, localPath(notice.URL))
}

func (s *Server) readNotice(c echo.Context) error {
	actor, _ := actorOf(c)
	if err := s.Notices.MarkRead(c.Request().Context(), actor, c.Param("notice")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, localPath(c.FormValue("next")))
}

func (s *Server) readAllNotices(c echo.Context) error {
	actor, _ := actorOf(c)
	if err := s.Notices.MarkAllRead(c.Request().Context(), actor, c.FormValue("newest")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/inbox")
}
