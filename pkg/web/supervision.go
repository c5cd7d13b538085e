package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/supervision"
)

const sectionSupervision = "supervision"

// levelKeys are the names of the levels; the style sheet adds colour and shape.
var levelKeys = map[supervision.Level]string{
	supervision.Blue: "supervision.blue", supervision.Yellow: "supervision.yellow", supervision.Red: "supervision.red",
}

var orderStateKeys = map[supervision.State]string{
	supervision.StateOpen: "supervision.state_open", supervision.StateUnsigned: "supervision.state_unsigned",
	supervision.StateClosed: "supervision.state_closed",
}

// orderMark is the level of an order, for its coloured mark.
type orderMark struct {
	Level supervision.Level
	Key   string
}

// orderRow is an order as lists and its own page show it.
type orderRow struct {
	supervision.Order
	Mark    orderMark
	URL     string
	About   string // what it is about, in words
	State   state
	DueText deadline
}

func (s *Server) orderRow(words locale.Printer, o supervision.Order) orderRow {
	row := orderRow{Order: o, Mark: orderMark{o.Level, levelKeys[o.Level]}, URL: o.URL(), State: orderState(o), About: subjectText(words, o)}
	if o.Open() {
		row.DueText = deadline{Date: o.Due, Text: words.T("supervision.make_up_by", monthDay(words, s.today(), o.Due), daysLeft(words, s.today(), o.Due))}
		row.DueText.warn(s.today())
	}
	return row
}

// subjectText says what an order is about: a report or a milestone.
func subjectText(words locale.Printer, o supervision.Order) string {
	if o.Subject == supervision.Milestone {
		return words.T("supervision.about_milestone", o.Milestone, o.Title)
	}
	return words.T("supervision.about_report", o.Period, o.Title)
}

func orderState(o supervision.Order) state {
	switch {
	case o.Closing == supervision.MadeUp:
		return state{"accepted", "supervision.made_up"}
	case o.Closing == supervision.Withdrawn:
		return state{"withdrawn", "supervision.withdrawn"}
	case o.SignedAt.IsZero():
		return state{"open", "supervision.state_unsigned"}
	}
	return state{"submitted", "supervision.signed"}
}

type ordersData struct {
	Levels, States, Places []option
	Rows                   []orderRow
	Total                  int64
	First, Next            string // addresses; empty when there is none
}

// showOrders lists supervision orders by the filters in the address.
func (s *Server) showOrders(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	f := supervision.Filter{
		Scope: c.QueryParam("scope"), Unit: c.QueryParam("unit"), Level: supervision.Level(c.QueryParam("level")),
		State: supervision.State(c.QueryParam("state")), After: c.QueryParam("after"), Limit: pageSize,
	}
	if (f.Level != "" && !f.Level.Known()) || (f.State != "" && orderStateKeys[f.State] == "") {
		return fault.New(fault.Invalid, "supervision.bad_filter")
	}
	list, next, err := s.Orders.Orders(ctx, actor, f)
	if err != nil {
		return err
	}
	data := ordersData{}
	if data.Total, err = s.Orders.Count(ctx, actor, f); err != nil {
		return err
	}
	for _, o := range list {
		data.Rows = append(data.Rows, s.orderRow(words, o))
	}
	for _, level := range supervision.Levels {
		data.Levels = append(data.Levels, option{string(level), words.T(levelKeys[level]), level == f.Level})
	}
	for _, one := range supervision.States {
		data.States = append(data.States, option{string(one), words.T(orderStateKeys[one]), one == f.State})
	}
	if data.Places, err = s.placesOf(ctx, actor, f.Scope); err != nil {
		return err
	}
	pages := reportsData{Action: "/supervision", Next: next}
	pages.page(c.QueryParams(), f.After)
	data.First, data.Next = pages.First, pages.Next
	return s.render(c, http.StatusOK, "supervision.html", view{Title: words.T("menu.supervision"), Section: sectionSupervision, Data: data})
}

// waitingOrders counts what the menu shows: orders a clerk has to sign for, to all others those that
// are open.
func (s *Server) waitingOrders(ctx context.Context, actor accounts.Actor) (database.Number, error) {
	f := supervision.Filter{State: supervision.StateOpen}
	if actor.Role == accounts.Clerk {
		f.State = supervision.StateUnsigned
	}
	return s.Orders.Number(ctx, actor, f)
}

// superviseReport gives the address for issuing an order about a report; empty where the reader may not
// or the report is not late.
func superviseReport(actor accounts.Actor, today period.Date, r reporting.Summary) string {
	if !actor.Can(accounts.ReviewReports) || !r.Late(today) {
		return ""
	}
	return "/supervision/new?" + url.Values{"unit": {r.Unit.Key}, "form": {r.Form}, "period": {r.Period.String()}}.Encode()
}

// superviseMilestone gives the address for issuing an order about a milestone of a unit.
func superviseMilestone(unit, milestone string) string {
	return "/supervision/new?" + url.Values{"unit": {unit}, "milestone": {milestone}}.Encode()
}
