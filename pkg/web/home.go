package web

import (
	"context"
	"html/template"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"pilotboard/dashboards"
	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

const (
	matrixPage  = 20 // units of the matrix on one page
	longestList = 10 // units in the lists of who is due and who is behind
)

// homeFigures is what the services answer for the monitoring home.
type homeFigures struct {
	plan       *plan.Plan
	answer     analytics.Answer // by city or, within a city, by county
	curves     []analytics.Curve
	worst      analytics.Matrix // its first page: those furthest behind
	matrix     analytics.Matrix // the asked page
	unfinished reporting.Unfinished
	restated   []reporting.Restatement
	calendar   []reporting.Calendar
	cities     []divisions.Division
}

// homeData is what the template shows.
type homeData struct {
	Empty   string // key of what is missing, instead of everything below
	Filters homeFilters
	Heading string
	Sample  bool
	Overdue string // warning that reports are late
	HasDue  bool   // whether it tells who has still to file
	Due     dueList
	Fresh   string
	homeCards
	restated
}

// homeCards are the cards that show figures alone, drawn: those above the list of who has still to file,
// and those below it.
type homeCards struct{ Above, Below template.HTML }

// homeShown is what they show.
type homeShown struct {
	Sample   bool
	Cards    []figureCard
	Pace     []string
	Progress chartCard
	Status   chartCard
	Behind   []behindRow
	Places   placeTable
	Matrix   matrixTable
	Fresh    string
}

// keptCards is how many homes are kept in memory with their figures drawn, each of up to half a megabyte.
const keptCards = 16

// cardsKey names drawn cards: what the address asks for, of a scope, on a day, in a language.
type cardsKey struct {
	address, language string
	division, unit    int64
	today             period.Date
}

// showHome is the monitoring home: who is due, late and behind, planned against actual, and the lights
// of every unit. Everything asked for stands in the address.
func (s *Server) showHome(c echo.Context) error {
	actor, _ := actorOf(c)
	asked, err := readHomeQuery(c, s.today())
	if err != nil {
		return err
	}
	words := s.words(c)
	v := view{Title: words.T("menu.home"), Section: sectionHome, Charts: true}
	figures, err := s.homeFigures(c.Request().Context(), actor, asked)
	if key, ok := nothingYet(err); ok {
		v.Data = homeData{Empty: key, Heading: v.Title}
		return s.render(c, http.StatusOK, "home.html", v)
	}
	if err != nil {
		return err
	}
	b := homeBuilder{words: words, today: asked.today(s.today()), now: s.today(), actor: actor, asked: asked.at(figures.answer.Period), demo: !s.options.DemoToday.IsZero(), homeFigures: figures, urging: urgingOf(c)}
	v.Crumbs = b.crumbs()
	v.Live = strconv.FormatInt(figures.answer.Freshness.Version, 10)
	if v.Data, err = s.homeData(c.Request().Context(), b); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "home.html", v)
}

// nothingYet gives the key of what a fresh installation still lacks.
func nothingYet(err error) (string, bool) {
	f, ok := fault.As(err)
	if !ok {
		return "", false
	}
	switch f.Key {
	case "plan.none":
		return "home.no_plan", true
	case "division.none":
		return "home.no_divisions", true
	}
	return "", false
}

// homeFigures asks the services; the number of questions does not depend on the number of units.
func (s *Server) homeFigures(ctx context.Context, actor accounts.Actor, asked homeQuery) (h homeFigures, err error) {
	query := asked.figures()
	query.Limit, query.After = matrixPage, asked.After
	home, err := s.Figures.Home(ctx, actor, query)
	if err != nil {
		return h, err
	}
	h = homeFigures{plan: home.Plan, answer: home.Answer, curves: home.Curves, worst: home.Worst, matrix: home.Matrix, restated: home.Restated}
	return h, s.homeReports(ctx, actor, asked, &h)
}

// homeReports adds who has not filed, and what the filters offer.
func (s *Server) homeReports(ctx context.Context, actor accounts.Actor, asked homeQuery, h *homeFigures) (err error) {
	filter := reporting.Filter{
		Scope: asked.Scope, Form: h.plan.Reporting.Form, Period: h.answer.Period, Batch: asked.Batch, Type: asked.Type, Limit: longestList,
	}
	if asked.ofToday() {
		filter.Late = pastDue(s.today(), h.answer.Due)
		if h.unfinished, err = s.Reports.Unfinished(ctx, actor, filter); err != nil {
			return err
		}
	}
	if h.calendar, err = s.Reports.Periods(ctx); err != nil {
		return err
	}
	h.cities, err = s.citiesOf(ctx, actor, h.answer.Scope, asked.treeDay(h.answer.Period, s.today()))
	return err
}

// citiesOf gives the cities that a reader of the whole province can choose among.
func (s *Server) citiesOf(ctx context.Context, actor accounts.Actor, scope analytics.Scope, on period.Date) ([]divisions.Division, error) {
	if len(scope.Ancestors) == 0 || scope.Unit != nil || covered(actor, scope.Ancestors) > 0 {
		return nil, nil
	}
	return s.Tree.Children(ctx, scope.Ancestors[0].ID, on)
}

// homeBuilder puts figures into words.
type homeBuilder struct {
	homeFigures
	words locale.Printer
	today period.Date // of what is known
	now   period.Date // today in any case
	actor accounts.Actor
	asked homeQuery
	demo  bool
	urging
}

func (s *Server) homeData(ctx context.Context, b homeBuilder) (homeData, error) {
	data := homeData{
		Filters: b.filters(), Sample: b.sample(), Fresh: b.fresh(), Heading: b.words.T("home.about", b.scopeName(), b.answer.Period),
	}
	if b.answer.Total.Expected == 0 {
		data.Empty = "home.no_units"
		return data, nil
	}
	data.Overdue, data.HasDue, data.Due = b.overdue(), b.asked.ofToday(), b.dueList()
	var err error
	if data.homeCards, err = s.homeCards(ctx, b); err != nil {
		return data, err
	}
	data.restated, err = s.restatedOf(ctx, b, b.homeFigures.restated)
	return data, err
}

func (b homeBuilder) sample() bool { return b.demo || planIsSample(b.plan) }

func (b homeBuilder) fresh() string {
	return freshText(b.words, b.answer.Freshness, b.answer.Total) + b.asked.text(b.words)
}

// homeCards draws the cards that show figures alone, or gives those that are kept for their epoch.
func (s *Server) homeCards(ctx context.Context, b homeBuilder) (homeCards, error) {
	key := cardsKey{address: b.asked.url(), language: b.words.Language(), division: b.answer.Scope.Division.ID, today: b.now}
	if unit := b.answer.Scope.Unit; unit != nil {
		key.unit = unit.ID
	}
	return s.cards.Get(ctx, key, func() (cards homeCards, err error) {
		shown, err := b.shown()
		if err != nil {
			return cards, err
		}
		if cards.Above, err = s.draw(key.language, "home.html", "home_above", shown); err != nil {
			return cards, err
		}
		cards.Below, err = s.draw(key.language, "home.html", "home_below", shown)
		return cards, err
	})
}

func (b homeBuilder) shown() (homeShown, error) {
	shown := homeShown{
		Sample: b.sample(), Cards: b.cards(), Pace: paceLines(b.words, b.plan, b.answer.Total),
		Behind: b.behind(), Places: b.places(), Matrix: b.matrixTable(), Fresh: b.fresh(),
	}
	reader := dashboards.Reader{Printer: b.words, Today: b.today, AsOf: !b.asked.AsOf.IsZero(), Link: func(q period.Quarter) string { return b.asked.at(q).url() }}
	progress, err := dashboards.Progress("progress", b.curves, b.answer.Period, reader)
	if err != nil {
		return shown, err
	}
	status, err := dashboards.Status("status", b.answer.Total, reader)
	if err != nil {
		return shown, err
	}
	shown.Progress = chartCard{Chart: progress, Label: b.words.T("home.progress_label", b.scopeName(), b.answer.Period)}
	shown.Status = chartCard{Chart: status, Label: b.words.T("home.status_label", b.scopeName(), b.answer.Period), Short: true, Open: true}
	return shown, nil
}

func (b homeBuilder) scopeName() string {
	if unit := b.answer.Scope.Unit; unit != nil {
		return unit.Name
	}
	return b.answer.Scope.Division.Name
}

// crumbs leads from the province to the scope; only what the reader covers can be opened.
func (b homeBuilder) crumbs() []crumb {
	scope := b.answer.Scope
	crumbs := divisionCrumbs(b.actor, scope.Ancestors, b.asked)
	if scope.Unit != nil {
		return append(crumbs, crumb{Name: scope.Unit.Name})
	}
	if n := len(crumbs); n > 0 {
		crumbs[n-1].URL = ""
	}
	return crumbs
}
