package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
)

type accountData struct {
	User      accounts.User
	Languages []option
	Message   string
	Problems  map[string]string // by field
}

// showAccount shows the reader's own account.
func (s *Server) showAccount(c echo.Context) error {
	actor, _ := actorOf(c)
	user, err := s.Accounts.Own(c.Request().Context(), actor)
	if err != nil {
		return err
	}
	return s.renderAccount(c, http.StatusOK, accountData{User: user})
}

func (s *Server) renderAccount(c echo.Context, status int, data accountData) error {
	for _, language := range locale.Languages {
		name := locale.For(language).T("account.language_name")
		data.Languages = append(data.Languages, option{language, name, language == data.User.Language})
	}
	return s.render(c, status, "account.html", view{Title: s.words(c).T("account.title"), Data: data})
}

// saveAccount keeps where the reader's mail goes and the language, which then also holds on pages.
func (s *Server) saveAccount(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	email, language := c.FormValue("email"), c.FormValue("language")
	err := s.Accounts.ChangeOwn(ctx, actor, email, language)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		user, err := s.Accounts.Own(ctx, actor)
		if err != nil {
			return err
		}
		user.Email = email
		if slices.Contains(locale.Languages, language) {
			user.Language = language
		}
		data := accountData{User: user, Message: words.Fault(f), Problems: map[string]string{}}
		for _, field := range f.Fields {
			data.Problems[field.Name] = words.Message(field.Message)
		}
		return s.renderAccount(c, http.StatusUnprocessableEntity, data)
	}
	if err != nil {
		return err
	}
	s.keepLanguage(c, language)
	s.flash(c, "account.saved")
	return c.Redirect(http.StatusSeeOther, "/account")
}
