// Package api is the door for programs: the same services as the pages, as JSON under /api/v1 with
// bearer tokens, and its own description under /api/openapi.json, generated from the code. It owns no
// table and holds no rule: scopes, checks and figures are the services'.
package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/exchange"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/supervision"
)

// Services is what the API asks.
type Services struct {
	Accounts *accounts.Service
	Plans    *plan.Service
	Forms    *forms.Service
	Tree     *divisions.Service
	Reports  *reporting.Service
	Figures  *analytics.Service
	Exchange *exchange.Service
	Orders   *supervision.Service
	Evidence *evidence.Service
	Database *database.DB
}

// Options is how it behaves. Nudge wakes the refresh of the figures after an act that touches them;
// nil does nothing.
type Options struct {
	Clock period.Clock
	Nudge func()
}

// Server answers the calls.
type Server struct {
	Services
	clock   period.Clock
	nudge   func()
	epochs  *epoch.Clock
	answers *epoch.Kept[question, answered]
}

// New makes the server.
func New(services Services, options Options) *Server {
	s := &Server{
		Services: services, clock: options.Clock, nudge: options.Nudge,
		epochs: epoch.NewClock(services.Database), answers: epoch.KeepFigures[question, answered](mostAnswers),
	}
	if s.nudge == nil {
		s.nudge = func() {}
	}
	return s
}

// Register adds everything under /api/ to e, with its middleware, and touches no other address. The description needs no token, the calls do.
func (s *Server) Register(e *echo.Echo) {
	e.Use(under("/api/", guard), under("/api/v1/", s.authenticate), s.keepAnswers)
	api := humaecho.NewWithGroup(e, e.Group("/api/v1"), config())
	s.routes(api)
	e.GET("/api/openapi.json", func(c echo.Context) error {
		return c.JSON(http.StatusOK, api.OpenAPI())
	})
}

// routes is the table of all calls.
func (s *Server) routes(api huma.API) {
	handle(api, http.MethodGet, "/units", "list-units", "Reporting units in the caller's scope", s.listUnits)
	handle(api, http.MethodGet, "/units/{key}", "show-unit", "One reporting unit", s.showUnit)
	handle(api, http.MethodGet, "/plans/{key}", "show-plan", "The newest version of a plan, with its planned curves", s.showPlan)
	handle(api, http.MethodGet, "/forms", "list-forms", "The head of every form in its newest version", s.listForms)
	handle(api, http.MethodGet, "/forms/{key}", "show-form", "The newest version of a form", s.showForm)
	handle(api, http.MethodGet, "/periods/{q}", "show-period", "A quarter and its dates", s.showPeriod)

	handle(api, http.MethodGet, "/reports", "list-reports", "Reports in the caller's scope, newest period first", s.listReports)
	const report = "/reports/{unit}/{form}/{period}"
	handle(api, http.MethodGet, report, "show-report", "The draft or latest revision of a report, or one revision", s.showReport)
	handle(api, http.MethodPut, report, "save-report", "Change cells of a draft; cells not named keep their content", s.saveReport)
	handle(api, http.MethodPost, report+"/submit", "submit-report", "File the draft as a new revision", s.submitReport)
	handle(api, http.MethodPost, report+"/withdraw", "withdraw-report", "Take a submitted report back", s.withdrawReport)
	handle(api, http.MethodPost, report+"/return", "return-report", "Send a submitted report back with a note or remarks", s.returnReport)
	handle(api, http.MethodPost, report+"/accept", "accept-report", "Make the latest revision the figure of its quarter", s.acceptReport)
	handle(api, http.MethodPost, report+"/reopen", "reopen-report", "Let a unit file once more until a day", s.reopenReport)
	handle(api, http.MethodPost, report+"/discussion", "discuss-report", "Write to those who file and review a report", s.discussReport)
	handle(api, http.MethodGet, "/review", "list-waiting", "Reports that wait for the caller's review, the most unusual first", s.listWaiting)
	handle(api, http.MethodGet, "/restatements", "list-restatements", "Numbered corrections of accepted reports, the latest first", s.listRestatements)

	s.registerImports(api)
	s.registerEvidence(api)

	handle(api, http.MethodGet, "/progress", "show-progress", "Planned and earned", s.showProgress)
	handle(api, http.MethodGet, "/completeness", "show-completeness", "Expected, submitted, on time, accepted, and the rates", s.showCompleteness)
	handle(api, http.MethodGet, "/figures", "show-figures", "Indicators and what items add up to", s.showFigures)
	handle(api, http.MethodGet, "/trace", "show-trace", "The revisions that a figure was computed from", s.showTrace)

	handle(api, http.MethodGet, "/supervision", "list-orders", "Supervision orders in the caller's scope, newest first", s.listOrders)
	handle(api, http.MethodPost, "/units/{key}/supervision", "issue-order", "Supervise a late report or a milestone that lags", s.issueOrder)
	const order = "/units/{key}/supervision/{no}"
	handle(api, http.MethodGet, order, "show-order", "One supervision order", s.showOrder)
	handle(api, http.MethodPost, order+"/raise", "raise-order", "Raise an order by one level", s.raiseOrder)
	handle(api, http.MethodPost, order+"/sign", "sign-order", "Sign for an order", s.signOrder)
	handle(api, http.MethodPost, order+"/withdraw", "withdraw-order", "Close an order that should not stand", s.withdrawOrder)
	handle(api, http.MethodGet, "/calendar", "show-calendar", "Both dates of every opened period of every form", s.showCalendar)
	handle(api, http.MethodPut, "/periods/{q}/forms/{form}", "set-dates", "Change both dates of one period of a form", s.setDates)
}
