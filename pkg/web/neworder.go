package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/supervision"
)

// makeUpDays is how many days for making up are offered at first.
const makeUpDays = 7

type newOrderData struct {
	orderRow
	Message  string // of a refusal, with what is wrong
	Problems []problem
	In       supervision.NewOrder
	Until    string // as typed
	Today    period.Date
}

// showNewOrder is the small form for issuing an order, filled in from the address. Where an order about
// the same stands already, it leads there.
func (s *Server) showNewOrder(c echo.Context) error {
	actor, _ := actorOf(c)
	in, err := newOrderOf(c.QueryParams())
	if err != nil {
		return err
	}
	standing, err := s.standingOrder(c.Request().Context(), actor, in)
	if err != nil {
		return err
	}
	if standing != "" {
		return c.Redirect(http.StatusSeeOther, standing)
	}
	return s.renderNewOrder(c, actor, in, s.today().AddDays(makeUpDays).String(), nil)
}

// newOrderOf reads what an order is to be about.
func newOrderOf(fields url.Values) (supervision.NewOrder, error) {
	in := supervision.NewOrder{
		Unit: fields.Get("unit"), Form: fields.Get("form"), Milestone: fields.Get("milestone"), Reason: oneNewline(fields.Get("reason")),
	}
	if text := fields.Get("period"); text != "" {
		q, err := period.Parse(text)
		if err != nil {
			return in, err
		}
		in.Period = q
	}
	return in, nil
}

// standingOrder gives the address of the open order about the same, if there is one.
func (s *Server) standingOrder(ctx context.Context, actor accounts.Actor, in supervision.NewOrder) (string, error) {
	open, _, err := s.Orders.Orders(ctx, actor, supervision.Filter{Unit: in.Unit, State: supervision.StateOpen})
	if err != nil {
		return "", err
	}
	for _, o := range open {
		sameReport := o.Subject == supervision.Report && o.Form == in.Form && o.Period == in.Period
		if sameReport || (o.Subject == supervision.Milestone && o.Milestone == in.Milestone) {
			return o.URL(), nil
		}
	}
	return "", nil
}

func (s *Server) renderNewOrder(c echo.Context, actor accounts.Actor, in supervision.NewOrder, until string, refusal *fault.Fault) error {
	about, err := s.Orders.About(c.Request().Context(), actor, in)
	if err != nil {
		return err
	}
	words := s.words(c)
	data := newOrderData{In: in, Until: until, Today: s.today(), orderRow: s.orderRow(words, supervision.Order{
		Unit: about.Unit, Level: supervision.Blue, Subject: about.Subject, Form: about.Form, Period: about.Period,
		Milestone: about.Milestone, Title: about.Title, Sample: about.Sample,
	})}
	status := http.StatusOK
	if refusal != nil {
		status = http.StatusUnprocessableEntity
		data.Message, data.Problems = words.Fault(refusal), s.fieldProblems(c, refusal)
	}
	return s.render(c, status, "neworder.html", view{
		Title: words.T("supervision.issue"), Section: sectionSupervision, Data: data,
		Crumbs: []crumb{{words.T("menu.supervision"), "/supervision"}, {words.T("supervision.issue"), ""}},
	})
}

// fieldProblems lists what is wrong with single fields, each leading to its field.
func (s *Server) fieldProblems(c echo.Context, f *fault.Fault) []problem {
	words := s.words(c)
	var problems []problem
	for _, field := range f.Fields {
		problems = append(problems, problem{Anchor: field.Name, Label: words.T(fieldNames[field.Name]), Text: words.Message(field.Message)})
	}
	return problems
}

// fieldNames are the labels of the fields of orders and of the calendar.
var fieldNames = map[string]string{
	"reason": "supervision.reason", "due": "supervision.due", "reply": "supervision.reply", "lock": "calendar.lock",
}

func (s *Server) issueOrder(c echo.Context) error {
	actor, _ := actorOf(c)
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	in, err := newOrderOf(fields)
	if err != nil {
		return err
	}
	if in.Due, err = postedDay(fields.Get("due")); err != nil {
		return err
	}
	order, err := s.Orders.Issue(c.Request().Context(), actor, in)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid && len(f.Fields) > 0 {
		return s.renderNewOrder(c, actor, in, fields.Get("due"), f)
	}
	if err != nil {
		return err
	}
	s.flash(c, "supervision.done_issued")
	return c.Redirect(http.StatusSeeOther, order.URL())
}

// postedDay reads a day; nothing is no day.
func postedDay(text string) (period.Date, error) {
	if text == "" {
		return period.Date{}, nil
	}
	return period.ParseDate(text)
}
