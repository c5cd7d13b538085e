package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
)

type loginData struct {
	Name, Next, Wrong string
}

func (s *Server) showLogin(c echo.Context) error {
	next := localPath(c.QueryParam("next"))
	if _, ok := actorOf(c); ok {
		return c.Redirect(http.StatusSeeOther, next)
	}
	return s.renderLogin(c, http.StatusOK, loginData{Next: next})
}

func (s *Server) renderLogin(c echo.Context, status int, data loginData) error {
	return s.render(c, status, "login.html", view{Title: s.words(c).T("login.title"), Data: data})
}

func (s *Server) login(c echo.Context) error {
	data := loginData{Name: c.FormValue("name"), Next: localPath(c.FormValue("next"))}
	ctx := c.Request().Context()
	user, err := s.Accounts.Login(ctx, data.Name, c.FormValue("password"), c.RealIP())
	if f, ok := fault.As(err); ok {
		data.Wrong = s.words(c).Fault(f)
		return s.renderLogin(c, statusOf(f.Kind), data)
	}
	if err != nil {
		return err
	}
	if err := s.beginSession(ctx, user); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, data.Next)
}

func (s *Server) logout(c echo.Context) error {
	if err := s.sessions.Destroy(c.Request().Context()); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return c.Redirect(http.StatusSeeOther, "/login")
}

// localPath gives target when it is an address of this site, else the start page: nobody is to be led
// elsewhere by a link that looks like ours.
func localPath(target string) string {
	u, err := url.Parse(target)
	switch {
	case err != nil, u.IsAbs(), u.Host != "", u.Opaque != "",
		!strings.HasPrefix(target, "/"), strings.HasPrefix(target, "//"),
		strings.ContainsFunc(target, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }),
		u.Path == "/login", u.Path == "/logout", u.Path == "/language":
		return "/"
	}
	return target
}
