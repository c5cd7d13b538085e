package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/period"
)

// mostAnswers is the number of answers kept in memory, of at most 200 rows each.
const mostAnswers = 512

// question is everything that an answer about figures follows from, but for the epoch.
type question struct {
	address, language string
	role              accounts.Role
	everywhere        bool
	division, unit    int64
	today             period.Date
}

// answered is an answer as it was written.
type answered struct {
	status      int
	contentType string
	tag         string
	body        []byte
}

// errNotKept says that an answer is a refusal.
var errNotKept = errors.New("not kept")

// keptAddress tells whether the answers of an address follow from figures and from what all units share. An
// answer as of a moment is kept by nobody: the moment may be one that has not come yet.
func keptAddress(r *http.Request) bool {
	return r.Method == http.MethodGet && (r.URL.Path == "/api/v1/progress" || r.URL.Path == "/api/v1/completeness") &&
		!r.URL.Query().Has("as_of")
}

// keepAnswers answers from memory what was asked before in the same epoch by somebody with the same
// scope, and tells whoever holds that answer already (If-None-Match) that it still stands.
func (s *Server) keepAnswers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !keptAddress(c.Request()) {
			return next(c)
		}
		found, err := s.answers.Get(c.Request().Context(), s.questionOf(c), func() (answered, error) { return record(c, next) })
		if err != nil && !errors.Is(err, errNotKept) {
			return err
		}
		return found.write(c)
	}
}

func (s *Server) questionOf(c echo.Context) question {
	asked := requestOf(c.Request().Context())
	return question{
		address: c.Request().URL.RequestURI(), language: asked.printer.Language(),
		role: asked.actor.Role, everywhere: asked.actor.Everywhere(), division: asked.actor.Division, unit: asked.actor.Unit,
		today: s.clock.Today(),
	}
}

// recorder takes what a handler writes.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// record runs next and takes its answer; errNotKept comes with one that is no success.
func record(c echo.Context, next echo.HandlerFunc) (answered, error) {
	direct := c.Response()
	taken := &recorder{ResponseWriter: direct.Writer, status: http.StatusOK}
	c.SetResponse(echo.NewResponse(taken, c.Echo()))
	defer c.SetResponse(direct)
	if err := next(c); err != nil {
		return answered{}, err
	}
	a := answered{status: taken.status, contentType: direct.Header().Get(echo.HeaderContentType), body: taken.body.Bytes()}
	if a.status != http.StatusOK {
		return a, errNotKept
	}
	sum := sha256.Sum256(a.body)
	a.tag = `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
	return a, nil
}

func (a answered) write(c echo.Context) error {
	header := c.Response().Header()
	if a.tag != "" {
		header.Set("Cache-Control", "private, no-cache")
		header.Set("ETag", a.tag)
		if c.Request().Header.Get("If-None-Match") == a.tag {
			header.Del(echo.HeaderContentType)
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.Blob(a.status, a.contentType, a.body)
}
