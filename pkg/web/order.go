package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/supervision"
)

// orderData is the page of one order; a refused act brings back what was typed.
type orderData struct {
	orderRow
	SubjectURL            string
	Steps                 []orderStep
	Sign, Raise, Withdraw bool
	Next                  orderMark // the level that raising leads to
	Today                 period.Date
	Message               string
	Problems              []problem
	Refused               supervision.Act // the act that was refused
	Typed, Until          string
}

// orderStep is one act in the history of an order.
type orderStep struct {
	supervision.Step
	Key, Who string
	Mark     orderMark
}

const orderPath = "/supervision/:unit/:no"

// orderOf reads which order a request is about, and asks for it.
func (s *Server) orderOf(c echo.Context, actor accounts.Actor) (supervision.Order, error) {
	no, err := strconv.ParseInt(c.Param("no"), 10, 64)
	if err != nil {
		return supervision.Order{}, fault.New(fault.NotFound, "supervision.unknown", c.Param("no"))
	}
	return s.Orders.Order(c.Request().Context(), actor, c.Param("unit"), no)
}

// showOrder is the page of one order, printed as the 督办单 itself.
func (s *Server) showOrder(c echo.Context) error {
	return s.renderOrder(c, http.StatusOK, func(*orderData) {})
}

func (s *Server) renderOrder(c echo.Context, status int, fill func(*orderData)) error {
	actor, _ := actorOf(c)
	order, err := s.orderOf(c, actor)
	if err != nil {
		return err
	}
	words := s.words(c)
	data := orderData{orderRow: s.orderRow(words, order), Today: s.today(), SubjectURL: subjectURL(order)}
	data.Next = orderMark{order.Level.Next(), levelKeys[order.Level.Next()]}
	acts, err := s.Orders.Allowed(c.Request().Context(), actor, order)
	if err != nil {
		return err
	}
	for _, act := range acts {
		data.Sign = data.Sign || act == supervision.Sign
		data.Raise = data.Raise || act == supervision.Raise
		data.Withdraw = data.Withdraw || act == supervision.Withdraw
	}
	if data.Steps, err = s.orderSteps(c, words, actor, order); err != nil {
		return err
	}
	fill(&data)
	return s.render(c, status, "order.html", view{
		Title: words.T("supervision.number", order.No), Section: sectionSupervision, Data: data,
		Crumbs: []crumb{
			{words.T("menu.supervision"), "/supervision"}, {order.Unit.Name, "/supervision?unit=" + url.QueryEscape(order.Unit.Key)},
			{words.T("supervision.number", order.No), ""},
		},
	})
}

// subjectURL leads to the report or the milestone that an order is about.
func subjectURL(o supervision.Order) string {
	if o.Subject == supervision.Milestone {
		return unitURL(o.Unit.Key, 0) + "#" + o.Milestone
	}
	return reportURL(o.Unit.Key, o.Form, o.Period)
}

// orderSteps gives what was done to an order, the latest first.
func (s *Server) orderSteps(c echo.Context, words locale.Printer, actor accounts.Actor, o supervision.Order) ([]orderStep, error) {
	steps, err := s.Orders.History(c.Request().Context(), actor, o)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, step := range steps {
		ids = append(ids, step.ActorID)
	}
	names, err := s.Accounts.Displays(c.Request().Context(), ids)
	if err != nil {
		return nil, err
	}
	list := make([]orderStep, len(steps))
	for i, step := range steps {
		entry := orderStep{Step: step, Key: "act." + step.Act, Who: step.ActorName, Mark: orderMark{step.Level, levelKeys[step.Level]}}
		if name := names[step.ActorID]; name != "" {
			entry.Who = name
		}
		if step.ActorID == 0 {
			entry.Who = words.T("history.system")
		}
		switch step.Closing {
		case supervision.MadeUp:
			entry.Key = "supervision.made_up"
		case supervision.Withdrawn:
			entry.Key = "supervision.withdrawn"
		}
		list[len(steps)-1-i] = entry
	}
	return list, nil
}

func (s *Server) raiseOrder(c echo.Context) error {
	return s.actOnOrder(c, supervision.Raise, "reason", "supervision.done_raised",
		func(actor accounts.Actor, o supervision.Order, text string, due period.Date) error {
			_, err := s.Orders.Raise(c.Request().Context(), actor, o.Unit.Key, o.No, text, due)
			return err
		})
}

func (s *Server) signOrder(c echo.Context) error {
	return s.actOnOrder(c, supervision.Sign, "reply", "supervision.done_signed",
		func(actor accounts.Actor, o supervision.Order, text string, _ period.Date) error {
			_, err := s.Orders.Sign(c.Request().Context(), actor, o.Unit.Key, o.No, text)
			return err
		})
}

func (s *Server) withdrawOrder(c echo.Context) error {
	return s.actOnOrder(c, supervision.Withdraw, "reason", "supervision.done_withdrawn",
		func(actor accounts.Actor, o supervision.Order, text string, _ period.Date) error {
			_, err := s.Orders.Withdraw(c.Request().Context(), actor, o.Unit.Key, o.No, text)
			return err
		})
}

// actOnOrder does something to the order of the address with the posted text, and shows the order with
// a word of success or with what was wrong.
func (s *Server) actOnOrder(c echo.Context, act supervision.Act, field, done string, do func(accounts.Actor, supervision.Order, string, period.Date) error) error {
	actor, _ := actorOf(c)
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	order, err := s.orderOf(c, actor)
	if err != nil {
		return err
	}
	due, err := postedDay(fields.Get("due"))
	if err != nil {
		return err
	}
	text := oneNewline(fields.Get(field))
	err = do(actor, order, text, due)
	if f, ok := fault.As(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		words := s.words(c)
		status := http.StatusConflict
		if f.Kind == fault.Invalid {
			status = http.StatusUnprocessableEntity
		}
		return s.renderOrder(c, status, func(data *orderData) {
			data.Message, data.Problems = words.Fault(f), s.fieldProblems(c, f)
			data.Refused, data.Typed, data.Until = act, text, fields.Get("due")
			for i := range data.Problems { // each act has fields of its own
				data.Problems[i].Anchor = string(act) + "-" + data.Problems[i].Anchor
			}
		})
	}
	if err != nil {
		return err
	}
	s.flash(c, done)
	return c.Redirect(http.StatusSeeOther, order.URL())
}
