package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"pilotboard/dashboards"
	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// unitFigures is what the services answer for the page of a unit.
type unitFigures struct {
	plan    *plan.Plan
	unit    plan.Unit
	answer  analytics.UnitAnswer
	curves  []analytics.Curve
	reports []reporting.Summary
	titles  map[string]string // of forms
}

// unitData is what the template shows. Without Owes the unit owes no report for the quarter and has no
// figures of it.
type unitData struct {
	unitName
	Sample      bool
	Periods     []option
	Facts       []labelled
	Owes        bool
	Own         lightWhy
	Known       knownFilter
	Cards       []figureCard
	Pace        []string
	Progress    chartCard
	HasCurve    bool
	Workstreams []workstreamTable
	Reports     []filedRow
	Fresh       string
}

// labelled is a name with what it says.
type labelled struct{ Name, Text string }

// showUnit is the page of one unit: its light and why, planned against actual, every milestone, its
// reports.
func (s *Server) showUnit(c echo.Context) error {
	at, err := readPeriod(c)
	if err != nil {
		return err
	}
	return s.renderUnit(c, http.StatusOK, at, nil)
}

// renderUnit shows the unit of the address in a quarter, with the order to set a light that was refused.
func (s *Server) renderUnit(c echo.Context, status int, at period.Quarter, refused *refusedLight) error {
	actor, _ := actorOf(c)
	known, err := readKnown(c, s.today())
	if err != nil {
		return err
	}
	figures, err := s.unitFigures(c.Request().Context(), actor, c.Param("unit"), at, known)
	if err != nil {
		return err
	}
	b := unitBuilder{
		actor: actor, words: s.words(c), today: known.today(s.today()), demo: !s.options.DemoToday.IsZero(), unitFigures: figures,
		known: known, csrf: csrfToken(c), refused: refused,
	}
	data, err := b.data()
	if err != nil {
		return err
	}
	crumbs := divisionCrumbs(actor, figures.answer.Scope.Ancestors, homeQuery{Path: "/home", Period: figures.answer.Period, known: known})
	data.Known = known.filter(b.words, s.today())
	return s.render(c, status, "unit.html", view{
		Title: figures.unit.Name, Section: sectionHome, Charts: true, Data: data,
		Crumbs: append(crumbs, crumb{Name: figures.unit.Name}), Live: strconv.FormatInt(figures.answer.Freshness.Version, 10),
	})
}

func (s *Server) unitFigures(ctx context.Context, actor accounts.Actor, key string, at period.Quarter, k known) (f unitFigures, err error) {
	if f.unit, err = s.Plans.Unit(ctx, actor, key); err != nil {
		return f, err
	}
	if f.answer, err = s.Figures.Explain(ctx, actor, k.ask(analytics.Query{Unit: key, Period: at})); err != nil {
		return f, err
	}
	f.plan = f.answer.Plan
	if f.curves, err = s.Figures.Curves(ctx, actor, k.ask(analytics.Query{Unit: key, Period: f.answer.Period})); err != nil {
		return f, err
	}
	all, err := s.Forms.Forms(ctx)
	if err != nil {
		return f, err
	}
	f.titles = titlesOf(all)
	f.reports, _, err = s.Reports.Reports(ctx, actor, reporting.Filter{Unit: key})
	return f, err
}

// unitBuilder puts figures into words.
type unitBuilder struct {
	unitFigures
	actor accounts.Actor
	words locale.Printer
	today period.Date // of what is known
	demo  bool

	known   known
	csrf    string
	refused *refusedLight
}

func (b unitBuilder) data() (unitData, error) {
	row := b.answer.Row
	data := unitData{
		unitName: unitName{Name: b.unit.Name, URL: b.known.onto(unitURL(b.unit.Key, b.answer.Period)), Placeholder: b.unit.Placeholder, About: b.about()},
		Sample:   b.demo || planIsSample(b.plan), Facts: b.facts(), Owes: b.answer.Owes, Reports: b.filedRows(),
	}
	var opened []period.Quarter
	for _, r := range b.reports {
		opened = append(opened, r.Period)
	}
	data.Periods = periodChoices(b.words.Quarter, opened, b.answer.Period)
	if !b.answer.Owes {
		return data, nil
	}
	data.Fresh = freshText(b.words, b.answer.Freshness, row) + b.known.text(b.words)
	data.Own = b.ownLight()
	data.Cards, data.Pace, data.Workstreams = b.cards(), paceLines(b.words, b.plan, row), b.workstreams()
	reader := dashboards.Reader{Printer: b.words, Today: b.today, AsOf: !b.known.AsOf.IsZero(), Link: func(q period.Quarter) string { return b.known.onto(unitURL(b.unit.Key, q)) }}
	chart, err := dashboards.Progress("progress", b.curves, b.answer.Period, reader)
	if err != nil {
		return data, err
	}
	data.HasCurve = len(b.curves) > 0
	data.Progress = chartCard{Chart: chart, Label: b.words.T("home.progress_label", b.unit.Name, b.answer.Period)}
	return data, nil
}

// about says what the unit was in the quarter; where it owed nothing then, what it is by its latest
// designation.
func (b unitBuilder) about() string {
	batch, kind := b.unit.Batch, b.unit.Type
	if b.answer.Owes {
		batch, kind = b.answer.Batch, b.answer.UnitType
	}
	return b.plan.BatchTitle(batch) + " · " + b.words.UnitType(kind)
}

// facts is what the register says about the unit: its latest designation.
func (b unitBuilder) facts() []labelled {
	place := ""
	for _, d := range b.answer.Scope.Ancestors {
		place += d.Name
	}
	if b.unit.Placeholder {
		place = b.words.T("unit.place_open", place)
	}
	facts := []labelled{
		{b.words.T("unit.place"), place},
		{b.words.T("unit.batch"), b.plan.BatchTitle(b.unit.Batch)},
		{b.words.T("unit.type"), b.words.UnitType(b.unit.Type)},
		{b.words.T("unit.designated"), b.vague(b.unit.Since, b.unit.SincePrecision)},
	}
	if !b.unit.Until.IsZero() {
		facts = append(facts, labelled{b.words.T("unit.until"), b.words.Date(b.unit.Until)})
	}
	if b.unit.Document != "" {
		facts = append(facts, labelled{b.words.T("unit.document"), b.unit.Document})
	}
	return facts
}

// vague writes a day no more exactly than it is known.
func (b unitBuilder) vague(day period.Date, precision string) string {
	switch precision {
	case "year":
		return b.words.T("unit.year", strconv.Itoa(day.Year))
	case "quarter":
		return b.words.Quarter(period.QuarterOf(day))
	case "month":
		return b.words.T("unit.month", strconv.Itoa(day.Year), strconv.Itoa(int(day.Month)))
	}
	return b.words.Date(day)
}

// reason says which rule gave a light.
func (b unitBuilder) reason(r analytics.Reason, gap int64, due period.Quarter) string {
	return reasonText(b.words, b.plan, r, gap, due)
}

func reasonText(words locale.Printer, p *plan.Plan, r analytics.Reason, gap int64, due period.Quarter) string {
	return words.T(string(r), gapText(words, gap), p.Behind, p.Severe, due)
}

func (b unitBuilder) cards() []figureCard {
	row, words := b.answer.Row, b.words
	f := figuresOf(words, row)
	overdue := figureCard{Name: words.T("unit.overdue"), Value: strconv.FormatInt(row.Overdue, 10), Unit: words.T("unit.items"),
		Note: words.T("unit.overdue_note"), URL: "#milestones"}
	if row.Overdue > 0 {
		overdue.Tone = "severe"
	}
	cards := []figureCard{
		{Name: words.T("home.actual"), Value: f.Earned, Note: words.T("unit.actual_note", f.Planned)},
		{Name: words.T("home.gap"), Value: noFigure, Note: words.T("home.no_figures")},
		{Name: words.T("unit.spi"), Value: f.SPI, Note: words.T("unit.spi_note")},
		overdue,
	}
	if row.HasFigures {
		cards[1].Value, cards[1].Unit, cards[1].Note = pointsText(row.Gap), words.T("unit.points"), gapText(words, row.Gap)
		if row.Gap > 0 {
			cards[1].Tone = "behind"
		}
	}
	return cards
}
