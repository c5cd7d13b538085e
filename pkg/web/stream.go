package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

const (
	askSession = time.Minute      // how soon a stream notices that its session has ended
	writeTime  = 10 * time.Second // for one event; a reader that takes longer is gone
	lateAfter  = time.Minute      // acts that wait longer are missed on the screen
)

// byItself tells whether a page asked for this address by itself. Such a request is nobody's presence,
// gets 401 instead of the way to the login page, and says little in the log.
func byItself(c echo.Context) bool {
	switch c.Path() {
	case "/version", "/screen/figures", "/screen/events":
		return true
	}
	return false
}

// screenNews tells which figures a screen made now would show. The day counts too: at midnight reports
// become late.
func (s *Server) screenNews(ctx context.Context) (news, error) {
	freshness, err := s.Figures.Freshness(ctx)
	if err != nil {
		return news{}, err
	}
	found := news{Version: s.screenVersion(freshness.Version)}
	since, err := s.Figures.Waiting(ctx)
	if err != nil {
		return news{}, err
	}
	if !since.IsZero() && s.options.Clock().Sub(since) > lateAfter {
		found.Waiting = since.UTC().Format(time.RFC3339)
	}
	return found, nil
}

func (s *Server) screenVersion(figures int64) string { return fmt.Sprintf("%d.%s", figures, s.today()) }

// streamScreen sends a screen the version of the figures whenever it changes and every 15 seconds
// besides; it holds no figure, so it asks no scope. It ends with the reader, the server, or the session.
//
// A screen that runs for days neither falls out silently nor keeps a login for ever: an open stream
// counts as presence for viewers, who can change nothing, and for nobody else; nobody's session outlives
// lifeTime from the login. When the session has ended the stream says so before it ends, and the screen
// shows it beside its last figures.
func (s *Server) streamScreen(c echo.Context) error {
	actor, _ := actorOf(c)
	told, ok := s.watch.join(actor.UserID)
	if !ok {
		return fault.New(fault.TooMany, "screen.too_many", mostOfOne)
	}
	defer s.watch.leave(told)
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // else nginx keeps events back
	out := stream{c.Response(), http.NewResponseController(c.Response())}
	// the server's time limit for reading a request would end this one
	if err := out.limits.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("open a stream: %w", err)
	}
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead || out.send("retry: 3000\n\n") != nil {
		return nil
	}
	s.stream(c, actor, told, out)
	return nil
}

// stream sends what it is told until it has to end. A failure to write means that the reader has gone.
func (s *Server) stream(c echo.Context, actor accounts.Actor, told <-chan news, out stream) {
	token := s.sessions.Token(c.Request().Context())
	ask := time.NewTicker(s.askSession)
	defer ask.Stop()
	for {
		select {
		case <-c.Request().Context().Done():
			return
		case <-s.options.Ending:
			return
		case found := <-told:
			data, err := json.Marshal(found)
			if err != nil || out.send("event: figures\ndata: "+string(data)+"\n\n") != nil {
				return
			}
		case <-ask.C:
			in, err := s.stillIn(token, actor)
			if err != nil {
				slog.Error("ask for the session of a stream", "id", requestID(c), "error", err)
			}
			if err == nil && !in {
				_ = out.send("event: ended\ndata: login\n\n") // a reader that has gone needs no telling
				return
			}
		}
	}
}

// stillIn tells whether the session is still that of the actor, and counts the stream as presence of
// a viewer. It reads the session anew: it may have ended, or begun again, since the stream began.
func (s *Server) stillIn(token string, actor accounts.Actor) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	ctx, err := s.sessions.Load(ctx, token)
	if err != nil {
		return false, fmt.Errorf("load the session: %w", err)
	}
	now, idle, err := s.sessionActor(ctx)
	if err != nil || now.UserID != actor.UserID || now.UserID == 0 {
		return false, err
	}
	if idle > touchAfter && now.Role == accounts.Viewer {
		s.sessions.Put(ctx, seenOfSession, s.now().Unix())
		if _, _, err := s.sessions.Commit(ctx); err != nil {
			return true, fmt.Errorf("keep the session: %w", err)
		}
	}
	return true, nil
}

// stream is an answer that goes on.
type stream struct {
	http.ResponseWriter
	limits *http.ResponseController
}

// send writes at once, or fails in time.
func (o stream) send(text string) error {
	if err := o.limits.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := o.Write([]byte(text)); err != nil {
		return err
	}
	return o.limits.Flush()
}
