package api

import (
	"context"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/supervision"
)

// order is a supervision order.
type order struct {
	Unit         string         `json:"unit"`
	No           int64          `json:"no" doc:"Counts the unit's orders."`
	Level        string         `json:"level" enum:"blue,yellow,red"`
	Subject      string         `json:"subject" enum:"report,milestone"`
	Form         string         `json:"form"`
	Period       period.Quarter `json:"period" doc:"Of the report, or the quarter at whose end the milestone lagged."`
	Milestone    string         `json:"milestone" doc:"Empty for a report."`
	Title        string         `json:"title" doc:"Of the form or the milestone."`
	Reason       string         `json:"reason"`
	Due          period.Date    `json:"due" format:"date" doc:"Last day for making it up."`
	IssuedAt     time.Time      `json:"issued_at"`
	IssuedBy     string         `json:"issued_by"`
	RaisedAt     *time.Time     `json:"raised_at"`
	SignedAt     *time.Time     `json:"signed_at" doc:"null until it is signed for at its level."`
	SignedBy     string         `json:"signed_by"`
	Reply        string         `json:"reply"`
	ClosedAt     *time.Time     `json:"closed_at"`
	ClosedReason string         `json:"closed_reason" doc:"made_up, withdrawn, or empty while it is open."`
	Sample       bool           `json:"sample" doc:"Of a demonstration: sample data (示例数据)."`
}

func newOrder(o supervision.Order) order {
	return order{
		Unit: o.Unit.Key, No: o.No, Level: string(o.Level), Subject: string(o.Subject), Form: o.Form, Period: o.Period,
		Milestone: o.Milestone, Title: o.Title, Reason: o.Reason, Due: o.Due, IssuedAt: o.IssuedAt.UTC(), IssuedBy: o.IssuedBy,
		RaisedAt: momentOrNull(o.RaisedAt), SignedAt: momentOrNull(o.SignedAt), SignedBy: o.SignedBy, Reply: o.Reply,
		ClosedAt: momentOrNull(o.ClosedAt), ClosedReason: string(o.Closing), Sample: o.Sample,
	}
}

func momentOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

type ordersQuery struct {
	Scope  string `query:"scope" example:"340000" doc:"Code of a division; the caller's whole scope without."`
	Unit   string `query:"unit" doc:"Key of one unit."`
	Level  string `query:"level" enum:"blue,yellow,red"`
	State  string `query:"state" enum:"open,unsigned,closed" doc:"Unsigned ones are open too."`
	Cursor string `query:"cursor" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"Rows per page; 200 without."`
}

func (s *Server) listOrders(ctx context.Context, actor accounts.Actor, in *ordersQuery) (list[order], error) {
	found, next, err := s.Orders.Orders(ctx, actor, supervision.Filter{
		Scope: in.Scope, Unit: in.Unit, Level: supervision.Level(in.Level), State: supervision.State(in.State), After: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return list[order]{}, err
	}
	return listOf(found, next, newOrder), nil
}

// OrderPath names one order.
type OrderPath struct {
	Key string `path:"key" example:"fangxing"`
	No  int64  `path:"no" minimum:"1"`
}

func (s *Server) showOrder(ctx context.Context, actor accounts.Actor, in *struct{ OrderPath }) (order, error) {
	o, err := s.Orders.Order(ctx, actor, in.Key, in.No)
	return newOrder(o), err
}

type issueInput struct {
	Key  string `path:"key" example:"fangxing"`
	Body struct {
		Form      string `json:"form,omitempty" doc:"Of the late report; with period."`
		Period    string `json:"period,omitempty" example:"2019Q3"`
		Milestone string `json:"milestone,omitempty" example:"M2.2" doc:"Instead of form and period."`
		Reason    string `json:"reason"`
		Due       string `json:"due" example:"2019-10-20" doc:"Last day for making it up."`
	}
}

func (s *Server) issueOrder(ctx context.Context, actor accounts.Actor, in *issueInput) (order, error) {
	wanted := supervision.NewOrder{Unit: in.Key, Form: in.Body.Form, Milestone: in.Body.Milestone, Reason: in.Body.Reason}
	var err error
	if in.Body.Period != "" {
		if wanted.Period, err = period.Parse(in.Body.Period); err != nil {
			return order{}, fault.New(fault.Invalid, "request.invalid").With("period", "period.invalid", in.Body.Period)
		}
	}
	if wanted.Due, err = dayOf("due", in.Body.Due); err != nil {
		return order{}, err
	}
	o, err := s.Orders.Issue(ctx, actor, wanted)
	return newOrder(o), err
}

// dayOf reads a day out of a body; empty is none.
func dayOf(field, text string) (period.Date, error) {
	if text == "" {
		return period.Date{}, nil
	}
	day, err := period.ParseDate(text)
	if err != nil {
		return day, fault.New(fault.Invalid, "request.invalid").With(field, "period.invalid_date", text)
	}
	return day, nil
}

type raiseInput struct {
	OrderPath
	Body struct {
		Reason string `json:"reason"`
		Due    string `json:"due,omitempty" example:"2019-10-27" doc:"The old day stays without."`
	}
}

func (s *Server) raiseOrder(ctx context.Context, actor accounts.Actor, in *raiseInput) (order, error) {
	due, err := dayOf("due", in.Body.Due)
	if err != nil {
		return order{}, err
	}
	o, err := s.Orders.Raise(ctx, actor, in.Key, in.No, in.Body.Reason, due)
	return newOrder(o), err
}

type signInput struct {
	OrderPath
	Body *struct {
		Reply string `json:"reply,omitempty"`
	}
}

func (s *Server) signOrder(ctx context.Context, actor accounts.Actor, in *signInput) (order, error) {
	reply := ""
	if in.Body != nil {
		reply = in.Body.Reply
	}
	o, err := s.Orders.Sign(ctx, actor, in.Key, in.No, reply)
	return newOrder(o), err
}

type withdrawInput struct {
	OrderPath
	Body struct {
		Reason string `json:"reason"`
	}
}

func (s *Server) withdrawOrder(ctx context.Context, actor accounts.Actor, in *withdrawInput) (order, error) {
	o, err := s.Orders.Withdraw(ctx, actor, in.Key, in.No, in.Body.Reason)
	return newOrder(o), err
}
