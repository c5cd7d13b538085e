package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/api"
	"pilotboard/pkg/web"
)

// serveCommand is `pilotboard serve`.
type serveCommand struct{}

// Run serves until the context ends.
func (serveCommand) Run(ctx context.Context, c *Config, s streams) error {
	return withServices(ctx, c, func(services services) error {
		return serve(ctx, c, services, func(address string) {
			fmt.Fprintf(s.out, "pilotboard is at %s\n", address)
		})
	})
}

// serve listens, runs the jobs beside the server, and ends both when the context ends. ready is
// called with the address once it listens.
func serve(ctx context.Context, c *Config, s services, ready func(address string)) error {
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (another address: --addr)", c.Addr, err)
	}
	rarely()
	jobs := newJobs(s)
	e, err := router(c, s, jobs.nudge, ctx.Done())
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: e, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	finished := jobs.start(ctx)
	ready(c.reachable(listener.Addr()))
	select {
	case err = <-ended:
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err = server.Shutdown(grace)
		<-finished
	}
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	slog.Info("stopped")
	return nil
}

// rarely lets memory grow to three times what is in use before it is collected, twice being Go's own choice:
// little is in use, and at twice that a server under load would collect several times a second. GOGC goes
// before it.
func rarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// router puts pages and API on one server; streams end when ending closes.
func router(c *Config, s services, nudge func(), ending <-chan struct{}) (*echo.Echo, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	clock := c.clock()
	pages, err := web.New(
		web.Services{Accounts: s.accounts, Plans: s.plans, Forms: s.forms, Tree: s.tree, Reports: s.reports, Figures: s.figures, Exchange: s.exchange, Orders: s.orders, Maps: s.maps, Evidence: s.evidence, Database: s.db, Notices: s.notices, Overrides: s.overrides},
		web.Options{Clock: clock, DemoToday: c.businessDay(), BaseURL: c.baseURL(), Nudge: nudge, Settle: s.settle, Ending: ending})
	if err != nil {
		return nil, err
	}
	pages.Register(e)
	programs := api.New(
		api.Services{Accounts: s.accounts, Plans: s.plans, Forms: s.forms, Tree: s.tree, Reports: s.reports, Figures: s.figures, Exchange: s.exchange, Orders: s.orders, Evidence: s.evidence, Database: s.db},
		api.Options{Clock: clock, Nudge: nudge})
	programs.Register(e)
	return e, nil
}

// reachable gives the address to open: the configured one, with the port that was really taken.
func (c Config) reachable(listening net.Addr) string {
	if c.BaseURL != "" {
		return c.baseURL()
	}
	return "http://" + listening.String()
}
