package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/plan"
)

const handoverPath = "/handover/:unit/:name"

// handoversData lists units with their clerks, a page at a time.
type handoversData struct {
	Places      []option
	Rows        []handoverRow
	First, Next string // addresses; empty when there is none
}

type handoverRow struct {
	plan.Unit
	City   string
	Clerks []clerkLink
}

// clerkLink is a clerk with the address for handing over, which somebody who has been replaced has not.
type clerkLink struct {
	accounts.User
	URL string
}

// handoverData is the form for handing one unit over.
type handoverData struct {
	Unit                plan.Unit
	From                accounts.User
	URL                 string
	Note, Name, Display string // as typed
	Message             string
	Problems            []problem
	Wrong               map[string]string // by field
}

// handoverLabels are the keys of the names of the form's fields.
var handoverLabels = map[string]string{
	"note": "handover.note", "name": "handover.name", "display": "handover.display", "password": "handover.password", "again": "handover.again",
}

// showHandovers lists the clerks of an administrator's scope.
func (s *Server) showHandovers(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	filter := plan.UnitFilter{After: c.QueryParam("after"), Limit: pageSize}
	scope := c.QueryParam("scope")
	if scope != "" {
		division, err := accounts.Scope(ctx, s.Tree, actor, scope, s.today())
		if err != nil {
			return err
		}
		filter.Division = division.ID
	}
	units, next, err := s.Plans.Units(ctx, actor, filter)
	if err != nil {
		return err
	}
	data := handoversData{}
	if data.Rows, err = s.handoverRows(ctx, actor, units); err != nil {
		return err
	}
	if len(units) > 0 {
		if data.Places, err = s.placesOf(ctx, actor, scope); err != nil {
			return err
		}
	}
	query := url.Values{}
	if scope != "" {
		query.Set("scope", scope)
	}
	if filter.After != "" {
		data.First = "/handover" + queryText(query)
	}
	if next != "" {
		query.Set("after", next)
		data.Next = "/handover" + queryText(query)
	}
	return s.render(c, http.StatusOK, "handovers.html", view{Title: words.T("menu.handover"), Section: sectionHandover, Data: data})
}

func (s *Server) handoverRows(ctx context.Context, actor accounts.Actor, units []plan.Unit) ([]handoverRow, error) {
	ids, cities := make([]int64, len(units)), make([]int64, len(units))
	for i, u := range units {
		ids[i], cities[i] = u.ID, u.Place.City
	}
	clerks, err := s.Accounts.Clerks(ctx, actor, ids)
	if err != nil {
		return nil, err
	}
	names, err := s.Tree.Names(ctx, cities, s.today())
	if err != nil {
		return nil, err
	}
	rows := make([]handoverRow, len(units))
	for i, u := range units {
		rows[i] = handoverRow{Unit: u, City: names[u.Place.City].Name}
		for j, clerk := range clerks[u.ID] { // those who are disabled come last
			link := clerkLink{User: clerk}
			if !clerk.Disabled || j == 0 {
				link.URL = handoverURL(u.Key, clerk.Name)
			}
			rows[i].Clerks = append(rows[i].Clerks, link)
		}
	}
	return rows, nil
}

func handoverURL(unit, name string) string {
	return "/handover/" + url.PathEscape(unit) + "/" + url.PathEscape(name)
}

// handoverOf finds the unit and the clerk that a request is about.
func (s *Server) handoverOf(c echo.Context) (handoverData, error) {
	ctx := c.Request().Context()
	actor, _ := actorOf(c)
	unit, err := s.Plans.Unit(ctx, actor, c.Param("unit"))
	if err != nil {
		return handoverData{}, err
	}
	from, err := s.Accounts.ByName(ctx, actor, c.Param("name"))
	if err != nil {
		return handoverData{}, err
	}
	if from.Unit != unit.ID {
		return handoverData{}, fault.New(fault.NotFound, "user.unknown", from.Name)
	}
	return handoverData{Unit: unit, From: from, URL: handoverURL(unit.Key, from.Name)}, nil
}

func (s *Server) showHandover(c echo.Context) error {
	data, err := s.handoverOf(c)
	if err != nil {
		return err
	}
	return s.renderHandover(c, http.StatusOK, data)
}

func (s *Server) renderHandover(c echo.Context, status int, data handoverData) error {
	words := s.words(c)
	return s.render(c, status, "handover.html", view{
		Title: words.T("handover.of", data.From.Display), Section: sectionHandover, Data: data,
		Crumbs: []crumb{{words.T("menu.handover"), "/handover"}, {data.Unit.Name, ""}},
	})
}

// handOver gives the unit to a new user, or shows the form again with what is wrong.
func (s *Server) handOver(c echo.Context) error {
	data, err := s.handoverOf(c)
	if err != nil {
		return err
	}
	data.Note, data.Name, data.Display = c.FormValue("note"), c.FormValue("name"), c.FormValue("display")
	actor, _ := actorOf(c)
	err = s.handOverTo(c, actor, data)
	if f, ok := fault.As(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		words := s.words(c)
		data.Message, data.Wrong = words.Fault(f), fieldTexts(words, f)
		for _, field := range f.Fields {
			data.Problems = append(data.Problems, problem{Anchor: "h-" + field.Name, Label: words.T(handoverLabels[field.Name]), Text: words.Message(field.Message)})
		}
		return s.renderHandover(c, statusOf(f.Kind), data)
	}
	if err != nil {
		return err
	}
	s.flash(c, "handover.done")
	return c.Redirect(http.StatusSeeOther, "/handover")
}

func (s *Server) handOverTo(c echo.Context, actor accounts.Actor, data handoverData) error {
	password := c.FormValue("password")
	f := fault.New(fault.Invalid, "handover.invalid")
	switch {
	case password == "":
		f.With("password", "handover.password_missing")
	case password != c.FormValue("again"):
		f.With("again", "handover.passwords_differ")
	}
	if len(f.Fields) > 0 {
		return f
	}
	_, err := s.Accounts.HandOver(c.Request().Context(), actor, accounts.Handover{
		Unit: data.Unit.ID, From: data.From.Name, Note: data.Note,
		To: accounts.NewUser{Name: data.Name, Display: data.Display, Password: password},
	})
	return err
}
