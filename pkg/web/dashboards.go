package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"pilotboard/dashboards"
	"pilotboard/pkg/exchange"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

const (
	dashboardsPath = "/dashboards"
	dashboardPath  = dashboardsPath + "/:dashboard"
)

// boardData is what the template of every dashboard shows.
type boardData struct {
	Empty   string // key of what is missing, instead of everything below
	About   string // message key
	Heading string
	Sample  bool
	Action  string
	Filters homeFilters
	Options []boardOption
	Cards   []boardCard
	restated
}

// boardOption is a field of the filter bar that the dashboard alone offers.
type boardOption struct {
	Name, Label, Value string
	Choices, Hints     []option
}

// boardCard is a card with the addresses of its files and what it rests on.
type boardCard struct {
	dashboards.Card
	Fresh       string
	CSV, XLSX   string
	First, More string // addresses of pages of a long table
}

// showDashboards lists what there is to look at.
func (s *Server) showDashboards(c echo.Context) error {
	return s.render(c, http.StatusOK, "dashboards.html", view{Title: s.words(c).T("dashboards.title"), Section: sectionDashboards, Data: groupsOf()})
}

// boardGroup is a heading with its dashboards.
type boardGroup struct {
	Key    string
	Boards []dashboards.Dashboard
}

func groupsOf() []boardGroup {
	var groups []boardGroup
	for _, d := range dashboards.All() {
		if n := len(groups); n == 0 || groups[n-1].Key != string(d.Group) {
			groups = append(groups, boardGroup{Key: string(d.Group)})
		}
		last := &groups[len(groups)-1]
		last.Boards = append(last.Boards, d)
	}
	return groups
}

// showDashboard is the page of any dashboard; what is asked stands in the address.
func (s *Server) showDashboard(c echo.Context) error {
	b, err := s.drawn(c)
	if err != nil {
		return err
	}
	v := view{Title: b.words.T(b.dashboard.Title), Section: b.dashboard.Key, Charts: true}
	if b.empty != "" {
		v.Data = boardData{Empty: b.empty, About: b.dashboard.About}
		return s.render(c, http.StatusOK, "dashboard.html", v)
	}
	data := b.board()
	if data.restated, err = s.restated(c.Request().Context(), b.homeBuilder); err != nil {
		return err
	}
	v.Crumbs, v.Live, v.Data = b.crumbs(), strconv.FormatInt(b.answer.Freshness.Version, 10), data
	return s.render(c, http.StatusOK, "dashboard.html", v)
}

// exportCard gives the table of one card as a file.
func (s *Server) exportCard(c echo.Context) error {
	b, err := s.drawn(c)
	if err != nil {
		return err
	}
	card, err := s.wholeCard(c.Request().Context(), &b, c.Param("card"))
	if err != nil {
		return err
	}
	table := b.file(card)
	name := b.dashboard.Key + "-" + card.Key + "-" + b.answer.Period.String()
	if c.QueryParam("format") == "xlsx" {
		return s.download(c, name+".xlsx", mimeWorkbook, func(w io.Writer) error { return table.WriteXLSX(w) })
	}
	return s.download(c, name+".csv", mimeCSV, func(w io.Writer) error { return table.WriteCSV(w) })
}

// wholeCard gives a card with the rows of all its pages.
func (s *Server) wholeCard(ctx context.Context, b *drawnBoard, key string) (dashboards.Card, error) {
	card, ok := cardOf(b.cards, key)
	if !ok {
		return card, fault.New(fault.NotFound, "dashboards.no_card")
	}
	for next := card.Next; next != ""; {
		b.ask.Query.After = next
		cards, err := b.dashboard.Draw(ctx, s.Figures, b.ask)
		if err != nil {
			return card, err
		}
		more, _ := cardOf(cards, key)
		table := card.Shown()
		table.Rows = append(table.Rows, more.Shown().Rows...)
		card.Chart, card.Table, next = nil, table, more.Next
	}
	return card, nil
}

func cardOf(cards []dashboards.Card, key string) (dashboards.Card, bool) {
	for _, card := range cards {
		if card.Key == key {
			return card, true
		}
	}
	return dashboards.Card{}, false
}

// drawnBoard is a dashboard with what it drew for one question. Empty is the key of what a fresh
// installation lacks; nothing is drawn then.
type drawnBoard struct {
	homeBuilder
	dashboard dashboards.Dashboard
	ask       dashboards.Ask
	cards     []dashboards.Card
	empty     string
}

// drawn reads the address, asks the scope and draws.
func (s *Server) drawn(c echo.Context) (drawnBoard, error) {
	dashboard, ok := dashboards.Find(c.Param("dashboard"))
	if !ok {
		return drawnBoard{}, fault.New(fault.NotFound, "dashboards.unknown")
	}
	actor, _ := actorOf(c)
	asked, err := readHomeQuery(c, s.today())
	if err != nil {
		return drawnBoard{}, err
	}
	asked.Path, asked.More = dashboardsPath+"/"+dashboard.Key, url.Values{}
	if c.Param("card") != "" {
		asked.After = "" // a file has all pages
	}
	b := drawnBoard{dashboard: dashboard, homeBuilder: homeBuilder{
		words: s.words(c), today: asked.today(s.today()), now: s.today(), actor: actor, asked: asked, demo: !s.options.DemoToday.IsZero(),
	}}
	err = s.askBoard(c.Request().Context(), &b, c.QueryParams())
	if key, ok := nothingYet(err); ok {
		b.empty = key
		return b, nil
	}
	if err != nil {
		return b, err
	}
	b.cards, err = dashboard.Draw(c.Request().Context(), s.Figures, b.ask)
	return b, err
}

// askBoard fills in what the dashboard is asked; the services ask the scope.
func (s *Server) askBoard(ctx context.Context, b *drawnBoard, given url.Values) (err error) {
	query := b.asked.figures()
	query.After = b.asked.After
	if b.answer, err = s.Figures.Head(ctx, b.actor, query); err != nil {
		return err
	}
	b.plan = b.answer.Plan
	b.asked.Period, query.Period = b.answer.Period, b.answer.Period
	if b.calendar, err = s.Reports.Periods(ctx); err != nil {
		return err
	}
	if b.cities, err = s.citiesOf(ctx, b.actor, b.answer.Scope, b.asked.treeDay(b.answer.Period, b.now)); err != nil {
		return err
	}
	b.ask = dashboards.Ask{
		Reader: dashboards.Reader{Printer: b.words, Today: b.today, AsOf: !b.asked.AsOf.IsZero()},
		Actor:  b.actor, Query: query, Head: b.answer, Plan: b.plan, Values: map[string]string{},
	}
	if b.ask.Forms, err = s.Forms.Forms(ctx); err != nil {
		return err
	}
	if b.ask.Map, err = s.shapes(ctx, b.actor); err != nil {
		return err
	}
	if err := b.readOptions(given); err != nil {
		return err
	}
	b.ask.Links = b.links()
	b.ask.Link = func(q period.Quarter) string { return b.asked.at(q).url() }
	return nil
}

// readOptions takes the dashboard's own options from the address; what is not among the choices is
// refused.
func (b *drawnBoard) readOptions(given url.Values) error {
	for _, o := range b.dashboard.Options {
		value := given.Get(o.Name)
		if value != "" {
			b.asked.More.Set(o.Name, value)
		}
		if o.Choices != nil {
			choices := o.Choices(b.ask)
			if value == "" && len(choices) > 0 {
				value = choices[0].Value
			}
			if !offered(choices, value) {
				return fault.New(fault.Invalid, "dashboards.option_unknown", b.words.T(o.Label), value)
			}
		}
		b.ask.Values[o.Name] = value
	}
	return nil
}

func offered(choices []dashboards.Choice, value string) bool {
	for _, choice := range choices {
		if choice.Value == value {
			return true
		}
	}
	return len(choices) == 0 && value == ""
}

// links gives the addresses that a dashboard leads to.
func (b *drawnBoard) links() dashboards.Links {
	return dashboards.Links{
		Self: func(set ...string) string { return b.asked.with(b.asked.Path, set) },
		Board: func(key string, set ...string) string {
			asked := b.asked.from("")
			asked.More = nil
			return asked.with(dashboardsPath+"/"+key, set)
		},
		Unit:   func(key string) string { return b.asked.onto(unitURL(key, b.answer.Period)) },
		Report: reportURL,
	}
}

// with gives an address with some values of its own, given as name and value in turn.
func (q homeQuery) with(path string, set []string) string {
	values := q.values()
	for i := 0; i+1 < len(set); i += 2 {
		values.Del(set[i])
		if set[i+1] != "" {
			values.Set(set[i], set[i+1])
		}
	}
	return path + queryText(values)
}

// board puts what was drawn into the page.
func (b *drawnBoard) board() boardData {
	data := boardData{
		About: b.dashboard.About, Heading: b.words.T("home.about", b.scopeName(), b.answer.Period), Sample: b.sample(),
		Action: b.asked.Path, Filters: b.filters(), Options: b.options(),
	}
	for _, card := range b.cards {
		shown := boardCard{Card: card, Fresh: b.fresh(card)}
		if len(card.Shown().Head) > 0 {
			path := b.asked.Path + "/" + url.PathEscape(card.Key)
			shown.CSV, shown.XLSX = b.asked.with(path, []string{"format", "csv"}), b.asked.with(path, []string{"format", "xlsx"})
		}
		if card.Next != "" {
			shown.More = b.asked.from(card.Next).url()
		}
		if b.asked.After != "" && card.Paged {
			shown.First = b.asked.from("").url()
		}
		data.Cards = append(data.Cards, shown)
	}
	return data
}

func (b *drawnBoard) sample() bool { return b.demo || planIsSample(b.plan) }

// fresh says how fresh a card is and how many of the expected reports it rests on.
func (b *drawnBoard) fresh(card dashboards.Card) string {
	if card.Counts != "" {
		return b.words.T("dashboards.fresh_of", b.answer.Freshness.RefreshedAt, b.answer.Freshness.Version, card.Counts) + b.asked.text(b.words)
	}
	return freshText(b.words, b.answer.Freshness, b.answer.Total) + b.asked.text(b.words)
}

func (b *drawnBoard) options() []boardOption {
	var list []boardOption
	for _, o := range b.dashboard.Options {
		if o.Label == "" {
			continue
		}
		shown := boardOption{Name: o.Name, Label: o.Label, Value: b.ask.Values[o.Name]}
		if o.Choices != nil {
			shown.Choices = boardChoices(o.Choices(b.ask), shown.Value)
		}
		if o.Hints != nil {
			shown.Hints = boardChoices(o.Hints(b.ask), shown.Value)
		}
		list = append(list, shown)
	}
	return list
}

func boardChoices(choices []dashboards.Choice, chosen string) []option {
	list := make([]option, len(choices))
	for i, choice := range choices {
		list[i] = option{choice.Value, choice.Name, choice.Value == chosen}
	}
	return list
}

// file is a card as a table to be written: what it is about and how fresh it is stand with it.
func (b *drawnBoard) file(card dashboards.Card) exchange.Table {
	shown := card.Shown()
	table := exchange.Table{Title: b.words.T(b.dashboard.Title) + " " + card.Title, Head: shown.Head}
	if b.sample() {
		table.Title = b.words.T("dashboards.sample_title", table.Title)
	}
	table.Notes = append([]string{b.words.T("home.about", b.scopeName(), b.answer.Period)}, card.Notes...)
	table.Notes = append(table.Notes, b.fresh(card))
	for _, row := range shown.Rows {
		texts := make([]string, len(row))
		for i, cell := range row {
			texts[i] = cellText(b.words, cell)
		}
		table.Rows = append(table.Rows, texts)
	}
	return table
}

// cellText gives a cell as plain words: a light by its mark and name.
func cellText(words locale.Printer, cell dashboards.Cell) string {
	if cell.Light == "" {
		return cell.Text
	}
	text := dashboards.LightLabel(cell.Light, words)
	if cell.Text != "" {
		text += " " + cell.Text
	}
	return text
}
