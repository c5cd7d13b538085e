package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"pilotboard/pkg/fault"
)

// bodyLimit is the greatest size of a posted form: a full narrative many times over. Uploads have their own.
const bodyLimit = "2M"

const requestIDKey = "request-id"

// middleware is what every page request passes, the outermost first.
func (s *Server) middleware() []echo.MiddlewareFunc {
	return []echo.MiddlewareFunc{
		identifyRequest,
		s.logRequest,
		setHeaders,
		compressAssets(),
		s.answerErrors,
		recoverPanics,
		refuseBadAddresses,
		s.pinEpoch,
		s.loadSession,
		limitBodies(),
		s.protectForms(),
	}
}

// pagesOnly leaves the API alone: it has its own middleware.
func pagesOnly(m echo.MiddlewareFunc) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if strings.HasPrefix(c.Request().URL.Path, "/api/") {
				return next(c)
			}
			return m(next)(c) // made here, since echo makes the chain anew for every request
		}
	}
}

func isAsset(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, assetsPrefix) }

// identifyRequest gives the request the number that error pages show and logs bear.
func identifyRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()[:12]
		c.Set(requestIDKey, id)
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

func requestID(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
}

func (s *Server) logRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		err := next(c)
		level := slog.LevelInfo
		if isAsset(c) || byItself(c) || c.Path() == "/healthz" {
			level = slog.LevelDebug // browsers ask for these all the time
		}
		actor, _ := actorOf(c)
		slog.Log(c.Request().Context(), level, "request", "id", requestID(c), "method", c.Request().Method,
			"path", c.Request().URL.Path, "status", c.Response().Status, "user", actor.Name,
			"address", c.RealIP(), "ms", time.Since(start).Milliseconds())
		return err
	}
}

// contentPolicy lets a page load our own files alone: no inline script or style, nothing from elsewhere.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func setHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderContentSecurityPolicy, contentPolicy)
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderXFrameOptions, "DENY")
		h.Set(echo.HeaderReferrerPolicy, "same-origin")
		if !isAsset(c) {
			h.Set(echo.HeaderCacheControl, "no-store")
		}
		return next(c)
	}
}

// compressAssets compresses what is public and the same for everybody. Pages stay as they are: their
// length must not tell anything about the secrets in them.
func compressAssets() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{
		MinLength: 1024,
		Skipper: func(c echo.Context) bool {
			return !isAsset(c) || strings.HasSuffix(c.Request().URL.Path, ".woff2") || c.Request().Header.Get("Range") != ""
		},
	})
}

// recoverPanics turns a panic into an error, which answers and is logged like any other.
func recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			r := recover()
			if cause, ok := r.(error); ok && errors.Is(cause, http.ErrAbortHandler) {
				panic(r)
			}
			if r != nil {
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// refuseBadAddresses refuses addresses that hold what no text may hold; Postgres would refuse the query
// made from them.
func refuseBadAddresses(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		address := c.Request().URL
		query, err := url.QueryUnescape(address.RawQuery)
		for _, text := range []string{address.Path, query} {
			if err != nil || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return fault.New(fault.NotFound, "page.bad_address")
			}
		}
		return next(c)
	}
}

// pinEpoch lets the request answer from memory what has not changed before it came in. A stream outlives
// every epoch.
func (s *Server) pinEpoch(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if isAsset(c) || c.Path() == "/healthz" || c.Path() == "/screen/events" {
			return next(c)
		}
		ctx, _, err := s.epochs.Pin(c.Request().Context())
		if err != nil {
			return err
		}
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

const csrfField = "_csrf"

// protectForms refuses a post that does not come from one of our own pages.
func (s *Server) protectForms() echo.MiddlewareFunc {
	return middleware.CSRFWithConfig(middleware.CSRFConfig{
		TokenLookup:    "header:X-CSRF-Token,form:" + csrfField,
		CookieName:     "pilotboard_csrf",
		CookiePath:     "/",
		CookieSecure:   s.secure(),
		CookieHTTPOnly: true,
		CookieSameSite: http.SameSiteLaxMode,
		ContextKey:     csrfField,
		Skipper:        func(c echo.Context) bool { return isAsset(c) || c.Path() == "/healthz" || byItself(c) },
	})
}

// csrfToken is what every form on the page carries.
func csrfToken(c echo.Context) string {
	token, _ := c.Get(csrfField).(string)
	return token
}
