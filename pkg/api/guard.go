package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
)

// request is what is known about a call beside its input.
type request struct {
	actor   accounts.Actor
	printer locale.Printer
	id      string
}

type requestKey struct{}

// requestOf gives what guard and authenticate have found out; a call without them speaks Chinese.
func requestOf(ctx context.Context) request {
	r, ok := ctx.Value(requestKey{}).(request)
	if !ok {
		r.printer = locale.For(locale.Chinese)
	}
	return r
}

func keep(c echo.Context, ctx context.Context, r request) {
	c.SetRequest(c.Request().WithContext(context.WithValue(ctx, requestKey{}, r)))
}

// under has m see only the addresses that begin so, known and unknown ones: a middleware of a group
// would hide from echo which methods there are.
func under(prefix string, m echo.MiddlewareFunc) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		guarded := m(next)
		return func(c echo.Context) error {
			if strings.HasPrefix(c.Request().URL.Path, prefix) {
				return guarded(c)
			}
			return next(c)
		}
	}
}

// guard is the first to see and the last to answer a call: language, request id, headers; and any
// error or panic that is left comes out as a problem, never as a page.
func guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := request{printer: locale.For(locale.Match(c.Request().Header.Get("Accept-Language")))}
		header := c.Response().Header()
		if r.id = header.Get(echo.HeaderXRequestID); r.id == "" {
			r.id = uuid.NewString()
			header.Set(echo.HeaderXRequestID, r.id)
		}
		header.Set("Content-Language", r.printer.Language())
		header.Set(echo.HeaderVary, "Accept-Language")
		header.Set("Cache-Control", "no-store")
		header.Set(echo.HeaderXContentTypeOptions, "nosniff")
		keep(c, c.Request().Context(), r)
		start := time.Now()
		err := safely(c, next)
		if err != nil {
			err = r.refuse(c, err)
		}
		ctx := c.Request().Context()
		slog.InfoContext(ctx, "request", "id", r.id, "method", c.Request().Method, "path", c.Request().URL.Path,
			"status", c.Response().Status, "user", requestOf(ctx).actor.Name, "address", c.RealIP(), "ms", time.Since(start).Milliseconds())
		return err
	}
}

// safely calls next unless the address holds what is no text, and turns a panic into an error.
func safely(c echo.Context, next echo.HandlerFunc) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if gone, ok := p.(error); ok && errors.Is(gone, http.ErrAbortHandler) {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	address := c.Request().URL
	query, err := url.QueryUnescape(address.RawQuery)
	if err != nil || !isText(address.Path) || !isText(query) {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return next(c)
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// authenticate lets in who bears a valid token and never looks at cookies.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		scheme, token, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			token = ""
		}
		ctx, _, err := s.epochs.Pin(c.Request().Context())
		if err != nil {
			return err
		}
		actor, err := s.Accounts.ActorByToken(ctx, strings.TrimSpace(token))
		if err != nil {
			if fault.Is(err, fault.Unauthorized) {
				c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
			}
			return err
		}
		r := requestOf(ctx)
		r.actor = actor
		keep(c, ctx, r)
		return next(c)
	}
}

// refuse answers with the problem that err is, unless an answer has begun.
func (r request) refuse(c echo.Context, err error) error {
	ctx := c.Request().Context()
	if c.Response().Committed {
		slog.ErrorContext(ctx, "API answer broken off", "id", r.id, "error", err)
		return nil
	}
	var p *problem
	var known *echo.HTTPError
	if errors.As(err, &known) {
		p = r.refused(known.Code, nil)
	} else {
		p = r.problem(ctx, err)
	}
	c.Response().Header().Set(echo.HeaderContentType, problemType)
	c.Response().WriteHeader(p.Status)
	return c.Echo().JSONSerializer.Serialize(c, p, "")
}
