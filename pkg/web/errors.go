package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
)

// answerErrors is the one place where an error becomes an answer: a fault its page in the reader's
// language, anything else a page with the request's number, logged here and nowhere else.
func (s *Server) answerErrors(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if err == nil {
			return nil
		}
		f := s.faultOf(c, err)
		if c.Response().Committed {
			return nil // the answer was under way; it cannot be taken back
		}
		if f.Kind == fault.Unauthorized && c.Request().Method != http.MethodPost && !wantsJSON(c) && !byItself(c) {
			return c.Redirect(http.StatusSeeOther, "/login?next="+url.QueryEscape(localPath(c.Request().URL.RequestURI())))
		}
		return s.showFault(c, statusFor(err, f), f)
	}
}

// faultOf gives the fault that err is; what is no fault is logged.
func (s *Server) faultOf(c echo.Context, err error) *fault.Fault {
	if f, ok := fault.As(err); ok && f.Kind != fault.Internal {
		return f
	}
	var refused *echo.HTTPError
	if errors.As(err, &refused) && refused.Code < http.StatusInternalServerError {
		return refusal(refused.Code)
	}
	if errors.Is(err, c.Request().Context().Err()) && c.Request().Context().Err() != nil {
		return fault.New(fault.Internal, "error.internal", requestID(c)) // the reader has gone away
	}
	slog.ErrorContext(c.Request().Context(), "request failed", "id", requestID(c), "method", c.Request().Method,
		"path", c.Request().URL.Path, "error", err)
	return fault.New(fault.Internal, "error.internal", requestID(c))
}

// refusal gives the fault for what the router or a middleware refused.
func refusal(status int) *fault.Fault {
	switch status {
	case http.StatusNotFound:
		return fault.New(fault.NotFound, "error.no_page")
	case http.StatusMethodNotAllowed:
		return fault.New(fault.Invalid, "error.bad_method")
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.Invalid, "error.too_large", bodyLimit)
	case http.StatusForbidden:
		return fault.New(fault.Forbidden, "error.csrf")
	}
	return fault.New(fault.Invalid, "error.bad_request")
}

func statusFor(err error, f *fault.Fault) int {
	var refused *echo.HTTPError
	if _, ok := fault.As(err); !ok && errors.As(err, &refused) && f.Kind != fault.Internal {
		return refused.Code
	}
	return statusOf(f.Kind)
}

func statusOf(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.Unauthorized:
		return http.StatusUnauthorized
	case fault.TooMany:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

type errorData struct {
	Status  int
	Message string
	Details []string
	Again   bool // what was posted can be posted again after logging in
}

func (s *Server) showFault(c echo.Context, status int, f *fault.Fault) error {
	words := s.words(c)
	if wantsJSON(c) {
		return c.JSON(status, map[string]any{"message": words.Fault(f), "fields": fieldTexts(words, f)})
	}
	data := errorData{Status: status, Message: words.Fault(f), Again: f.Kind == fault.Unauthorized}
	for _, field := range f.Fields {
		data.Details = append(data.Details, words.Message(field.Message))
	}
	return s.renderError(c, status, view{Title: words.T(errorTitle(f.Kind)), Data: data})
}

func errorTitle(kind fault.Kind) string {
	switch kind {
	case fault.Invalid:
		return "error.title.invalid"
	case fault.NotFound:
		return "error.title.not_found"
	case fault.Forbidden:
		return "error.title.forbidden"
	case fault.Conflict:
		return "error.title.conflict"
	case fault.Unauthorized:
		return "error.title.unauthorized"
	case fault.TooMany:
		return "error.title.too_many"
	}
	return "error.title.internal"
}

// fieldTexts gives the faults of single fields by field, in words.
func fieldTexts(words locale.Printer, f *fault.Fault) map[string]string {
	texts := map[string]string{}
	for _, field := range f.Fields {
		texts[field.Name] = words.Message(field.Message)
	}
	return texts
}

func wantsJSON(c echo.Context) bool {
	return strings.HasPrefix(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON)
}
