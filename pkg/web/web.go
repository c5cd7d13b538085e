// Package web is the door for people: HTML pages, forms, sessions and static files. It owns no table
// and holds no rule: every handler asks a service with the actor and shows what it answers. One file
// per resource; routes.go lists every address with the permission it takes.
package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/boundary"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/exchange"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/notify"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/supervision"
)

// Services are what the pages ask.
type Services struct {
	Accounts *accounts.Service
	Plans    *plan.Service
	Forms    *forms.Service
	Tree     *divisions.Service
	Reports  *reporting.Service
	Figures  *analytics.Service
	Exchange *exchange.Service
	Evidence *evidence.Service
	Orders   *supervision.Service
	Maps     *boundary.Service
	Database *database.DB
	Notices  *notify.Service

	Overrides *override.Service
}

// Options are how the pages are served. BaseURL is the address people type; cookies are Secure when it
// is https. With a DemoToday every page says that this is a demonstration on that day. Nudge wakes
// whatever turns acts on reports into figures and notices; it must return at once, and may be nil. Settle
// follows a new version of a form through, so that who owes it is called for it; it may be nil. Streams
// end when Ending closes, so that they do not hold up the end of the server; nil never does.
type Options struct {
	Clock     period.Clock
	DemoToday period.Date
	BaseURL   string
	Nudge     func()
	Settle    func(context.Context) error
	Ending    <-chan struct{}
}

// Server answers page requests.
type Server struct {
	Services
	options   Options
	sessions  *scs.SessionManager
	templates templates
	now       period.Clock // of sessions: the real one, also in a demonstration on another day
	watch     *watch       // of the streams
	epochs    *epoch.Clock
	cards     *epoch.Kept[cardsKey, homeCards]

	askSession time.Duration // how often a stream asks whether its session stands
}

// New makes the server. Its error tells of a template that cannot be read.
func New(services Services, options Options) (*Server, error) {
	if err := locale.Load(); err != nil {
		return nil, err
	}
	if options.Nudge == nil {
		options.Nudge = func() {}
	}
	s := &Server{Services: services, options: options, now: period.SystemClock, askSession: askSession, epochs: epoch.NewClock(services.Database)}
	s.cards = epoch.KeepFigures[cardsKey, homeCards](keptCards)
	s.watch = newWatch(s.screenNews)
	s.sessions = newSessions(services.Database, s.secure())
	var err error
	if s.templates, err = parseTemplates(); err != nil {
		return nil, fmt.Errorf("read the page templates: %w", err)
	}
	return s, nil
}

// secure tells whether cookies may travel over https only.
func (s *Server) secure() bool { return strings.HasPrefix(s.options.BaseURL, "https://") }

// Register adds the pages to e. Their middleware serves every address but those of the API, so that an
// unknown address and a method that is not there have a page too.
func (s *Server) Register(e *echo.Echo) {
	if e.IPExtractor == nil {
		e.IPExtractor = echo.ExtractIPDirect()
	}
	for _, m := range s.middleware() {
		e.Use(pagesOnly(m))
	}
	e.Match([]string{get, http.MethodHead}, assetsPrefix+"*", echo.WrapHandler(assetsHandler()))
	for _, r := range s.routes() {
		e.Add(r.method, r.path, s.allow(r.need, r.handler))
		if r.method == get {
			e.HEAD(r.path, s.allow(r.need, r.handler))
		}
	}
}

// today is the day the pages are about.
func (s *Server) today() period.Date { return s.options.Clock.Today() }
