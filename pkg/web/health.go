package web

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// health tells a supervisor whether this instance can answer.
func (s *Server) health(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	if err := s.Database.Ping(ctx); err != nil {
		slog.ErrorContext(ctx, "the database does not answer", "id", requestID(c), "error", err)
		return c.String(http.StatusServiceUnavailable, "database unreachable\n")
	}
	return c.String(http.StatusOK, "ok\n")
}

// showVersion gives the number of the latest change of any figure: pages that follow the data ask for
// it and fetch themselves again when it has changed.
func (s *Server) showVersion(c echo.Context) error {
	freshness, err := s.Figures.Freshness(c.Request().Context())
	if err != nil {
		return err
	}
	return c.String(http.StatusOK, strconv.FormatInt(freshness.Version, 10))
}
