package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
)

const (
	sessionCookie = "pilotboard_session"
	idleTime      = 12 * time.Hour     // without a request
	lifeTime      = 7 * 24 * time.Hour // from login, whatever happens
	touchAfter    = 5 * time.Minute    // how exactly idleTime is kept: a session is not written at every request

	actorKey = "actor"
)

// What a session holds.
const (
	userOfSession     = "user"
	passwordOfSession = "password_changed_at" // microseconds
	seenOfSession     = "seen"                // seconds
	flashOfSession    = "flash"
)

func newSessions(db *database.DB, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = accounts.NewSessionStore(db)
	m.HashTokenInStore = true
	m.Lifetime = lifeTime
	m.Cookie.Name = sessionCookie
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = secure
	m.Cookie.Persist = false // ends with the browser: office machines are shared
	return m
}

// actorOf gives who asks, if anybody is logged in.
func actorOf(c echo.Context) (accounts.Actor, bool) {
	actor, ok := c.Get(actorKey).(accounts.Actor)
	return actor, ok
}

// loadSession finds the session of the request and its actor as of now, and keeps the session before
// the answer goes out.
func (s *Server) loadSession(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if isAsset(c) || c.Path() == "/healthz" {
			return next(c)
		}
		token := ""
		if cookie, err := c.Cookie(sessionCookie); err == nil {
			token = cookie.Value
		}
		ctx, err := s.sessions.Load(c.Request().Context(), token)
		if err != nil {
			return fmt.Errorf("load the session: %w", err)
		}
		c.SetRequest(c.Request().WithContext(ctx))
		c.Response().Before(func() { s.keepSession(c, ctx) })
		if err := s.loadActor(c, ctx); err != nil {
			return err
		}
		return next(c)
	}
}

func (s *Server) loadActor(c echo.Context, ctx context.Context) error {
	actor, idle, err := s.sessionActor(ctx)
	if err != nil || actor.UserID == 0 {
		return err
	}
	if idle > touchAfter && !byItself(c) {
		s.sessions.Put(ctx, seenOfSession, s.now().Unix())
	}
	c.Set(actorKey, actor)
	return nil
}

// sessionActor gives who is logged in, as of now, and for how long they have done nothing; nobody where
// the session has none. A session that has ended is destroyed.
func (s *Server) sessionActor(ctx context.Context) (actor accounts.Actor, idle time.Duration, err error) {
	user := s.sessions.GetInt64(ctx, userOfSession)
	if user == 0 {
		return actor, 0, nil
	}
	idle = s.now().Sub(time.Unix(s.sessions.GetInt64(ctx, seenOfSession), 0))
	if idle > idleTime {
		return actor, idle, s.sessions.Destroy(ctx)
	}
	actor, err = s.Accounts.ActorByID(ctx, user, time.UnixMicro(s.sessions.GetInt64(ctx, passwordOfSession)))
	if fault.Is(err, fault.Unauthorized) {
		return accounts.Actor{}, idle, s.sessions.Destroy(ctx)
	}
	return actor, idle, err
}

// keepSession writes a changed session and its cookie. It runs when the answer has begun, so a failure
// can only be logged; the reader then is not logged in.
func (s *Server) keepSession(c echo.Context, ctx context.Context) {
	switch s.sessions.Status(ctx) {
	case scs.Modified:
		token, expiry, err := s.sessions.Commit(ctx)
		if err != nil {
			slog.ErrorContext(ctx, "keep the session", "id", requestID(c), "error", err)
			return
		}
		s.sessions.WriteSessionCookie(ctx, c.Response(), token, expiry)
	case scs.Destroyed:
		s.sessions.WriteSessionCookie(ctx, c.Response(), "", time.Time{})
	}
}

// beginSession logs user in, under a new token.
func (s *Server) beginSession(ctx context.Context, user accounts.User) error {
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	s.sessions.Put(ctx, userOfSession, user.ID)
	s.sessions.Put(ctx, passwordOfSession, user.PasswordChangedAt.UnixMicro())
	s.sessions.Put(ctx, seenOfSession, s.now().Unix())
	return nil
}

// flash keeps a message for the next page the reader sees.
func (s *Server) flash(c echo.Context, key string) {
	s.sessions.Put(c.Request().Context(), flashOfSession, key)
}

// takeFlash gives the message kept by flash, once. There is none outside a session.
func (s *Server) takeFlash(c echo.Context) string {
	if _, ok := actorOf(c); !ok {
		return ""
	}
	return s.sessions.PopString(c.Request().Context(), flashOfSession)
}
