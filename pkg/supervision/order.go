package supervision

import (
	"fmt"
	"net/url"
	"time"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Level is how grave an order is.
type Level string

// The levels, in the order in which an order climbs them.
const (
	Blue   Level = "blue"
	Yellow Level = "yellow"
	Red    Level = "red"
)

// Levels lists every level, the mildest first.
var Levels = []Level{Blue, Yellow, Red}

// Known tells whether l is one of the levels.
func (l Level) Known() bool { return l == Blue || l == Yellow || l == Red }

// Next gives the level above; empty above red.
func (l Level) Next() Level {
	switch l {
	case Blue:
		return Yellow
	case Yellow:
		return Red
	}
	return ""
}

// Subject is what an order is about.
type Subject string

// The subjects.
const (
	Report    Subject = "report"
	Milestone Subject = "milestone"
)

// Closing says why an order was closed; empty while it is open.
type Closing string

// The ways an order closes.
const (
	MadeUp    Closing = "made_up"
	Withdrawn Closing = "withdrawn"
)

// Order is one supervision order; No counts a unit's orders from 1. Form and Period name the report, or
// the quarter at whose end the milestone lagged; Title is that of the form or of the milestone. Due is
// the last day for making it up. SignedAt is zero until the order is signed for at its level, ClosedAt
// while it is open.
type Order struct {
	Unit      plan.Unit
	No        int64
	Level     Level
	Subject   Subject
	Form      string
	Period    period.Quarter
	Milestone string
	Title     string
	Reason    string
	Due       period.Date
	IssuedAt  time.Time
	IssuedBy  string // the display name
	RaisedAt  time.Time
	SignedAt  time.Time
	SignedBy  string
	Reply     string
	ClosedAt  time.Time
	Closing   Closing
	Sample    bool // of a demonstration

	issuerLevel int
}

// Open tells whether the order still stands.
func (o Order) Open() bool { return o.ClosedAt.IsZero() }

// URL gives the address of the order's page.
func (o Order) URL() string { return address(o.Unit.Key, o.No) }

func address(unit string, no int64) string {
	return fmt.Sprintf("/supervision/%s/%d", url.PathEscape(unit), no)
}

// Detail is what the ledger keeps with an act on an order. Reason is that of the act; of a signature
// it is the reply, of a closing by the program it is empty.
type Detail struct {
	Title   string      `json:"title"`
	Level   Level       `json:"level"`
	URL     string      `json:"url"`
	No      int64       `json:"no"`
	Reason  string      `json:"reason"`
	Due     period.Date `json:"due"`
	Closing Closing     `json:"closing,omitempty"`
}

// row is a row of supervision_orders.
type row struct {
	UnitID       int64
	No           int64
	Level        Level
	Subject      Subject
	Form         string
	Period       period.Quarter
	Milestone    string
	Title        string
	Reason       string
	Due          period.Date
	IssuedAt     time.Time
	IssuedByID   int64
	IssuedBy     string
	IssuerLevel  int
	RaisedAt     *time.Time
	SignedAt     *time.Time
	SignedBy     string
	Reply        string
	ClosedAt     *time.Time
	ClosedReason Closing
	Sample       bool
}

func (row) TableName() string { return "supervision_orders" }

func (r row) order(unit plan.Unit) Order {
	return Order{
		Unit: unit, No: r.No, Level: r.Level, Subject: r.Subject, Form: r.Form, Period: r.Period, Milestone: r.Milestone,
		Title: r.Title, Reason: r.Reason, Due: r.Due, IssuedAt: r.IssuedAt, IssuedBy: r.IssuedBy, RaisedAt: moment(r.RaisedAt),
		SignedAt: moment(r.SignedAt), SignedBy: r.SignedBy, Reply: r.Reply, ClosedAt: moment(r.ClosedAt),
		Closing: r.ClosedReason, Sample: r.Sample, issuerLevel: r.IssuerLevel,
	}
}

// detail is what the ledger keeps of an act on r done for a reason.
func (r row) detail(unit, reason string) Detail {
	return Detail{
		Title: r.Title, Level: r.Level, URL: address(unit, r.No), No: r.No, Reason: reason, Due: r.Due, Closing: r.ClosedReason,
	}
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// open refuses to go on with an order that is closed.
func (r row) open() error {
	if r.ClosedAt != nil {
		return fault.New(fault.Conflict, "supervision.is_closed", r.No)
	}
	return nil
}
