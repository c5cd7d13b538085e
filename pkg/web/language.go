package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/locale"
)

const languageCookie = "pilotboard_language"

// words gives the texts in the reader's language: the one chosen on a page, else the user's, else what
// the browser asks for.
func (s *Server) words(c echo.Context) locale.Printer {
	return locale.For(languageOf(c))
}

func languageOf(c echo.Context) string {
	if cookie, err := c.Cookie(languageCookie); err == nil && slices.Contains(locale.Languages, cookie.Value) {
		return cookie.Value
	}
	if actor, ok := actorOf(c); ok && slices.Contains(locale.Languages, actor.Language) {
		return actor.Language
	}
	return locale.Match(c.Request().Header.Get("Accept-Language"))
}

func (s *Server) chooseLanguage(c echo.Context) error {
	if language := c.FormValue("language"); slices.Contains(locale.Languages, language) {
		s.keepLanguage(c, language)
	}
	return c.Redirect(http.StatusSeeOther, localPath(c.FormValue("next")))
}

// keepLanguage makes the browser ask for a language from now on.
func (s *Server) keepLanguage(c echo.Context, language string) {
	c.SetCookie(&http.Cookie{
		Name: languageCookie, Value: language, Path: "/", Expires: time.Now().AddDate(1, 0, 0),
		Secure: s.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
