package supervision

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
)

// MaxPage is the greatest number of orders a list gives at once.
const MaxPage = 200

// State chooses orders by how far they have come; empty chooses all.
type State string

// The states. Unsigned ones are open too.
const (
	StateOpen     State = "open"
	StateUnsigned State = "unsigned"
	StateClosed   State = "closed"
)

// States lists every state.
var States = []State{StateOpen, StateUnsigned, StateClosed}

// Filter chooses orders. Scope is the code of a division, empty for the actor's whole scope; Unit is the
// key of a unit; After is the cursor that the page before gave. A Limit of 0 is MaxPage.
type Filter struct {
	Scope string
	Unit  string
	Level Level
	State State
	After string
	Limit int
}

// Orders lists orders in the actor's scope, the newest first; next is the cursor of the following page.
func (s *Service) Orders(ctx context.Context, actor accounts.Actor, f Filter) (list []Order, next string, err error) {
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return nil, "", err
	}
	if f.Limit <= 0 || f.Limit > MaxPage {
		f.Limit = MaxPage
	}
	if f.After != "" {
		at, unit, no, err := parseCursor(f.After)
		if err != nil {
			return nil, "", err
		}
		query = query.Where("(o.issued_at < ? OR (o.issued_at = ? AND (o.unit_id > ? OR (o.unit_id = ? AND o.no < ?))))", at, at, unit, unit, no)
	}
	var rows []row
	err = query.Select("o.*").Order("o.issued_at DESC, o.unit_id, o.no DESC").Limit(f.Limit + 1).Scan(&rows).Error
	if err != nil {
		return nil, "", fmt.Errorf("list supervision orders: %w", err)
	}
	if len(rows) > f.Limit {
		rows = rows[:f.Limit]
		last := rows[f.Limit-1]
		next = fmt.Sprintf("%d.%d.%d", last.IssuedAt.UnixMicro(), last.UnitID, last.No)
	}
	list, err = s.orders(ctx, rows)
	return list, next, err
}

// Count gives how many orders the filter chooses.
func (s *Service) Count(ctx context.Context, actor accounts.Actor, f Filter) (int64, error) {
	number, err := s.Number(ctx, actor, f)
	if err != nil {
		return 0, err
	}
	n, err := s.db.Numbers(ctx, number)
	if err != nil {
		return 0, fmt.Errorf("count supervision orders: %w", err)
	}
	return n[0], nil
}

// Number is Count, to be answered together with other numbers.
func (s *Service) Number(ctx context.Context, actor accounts.Actor, f Filter) (database.Number, error) {
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return database.Number{}, err
	}
	return database.NumberOf(query.Select("COUNT(*)")), nil
}

func (s *Service) chosen(ctx context.Context, actor accounts.Actor, f Filter) (*gorm.DB, error) {
	query, err := s.within(ctx, actor, f.Scope)
	if err != nil {
		return nil, err
	}
	if f.Unit != "" {
		unit, err := s.unit(ctx, actor, f.Unit)
		if err != nil {
			return nil, err
		}
		query = query.Where("o.unit_id = ?", unit.ID)
	}
	if f.Level != "" {
		query = query.Where("o.level = ?", f.Level)
	}
	switch f.State {
	case StateOpen:
		query = query.Where("o.closed_at IS NULL")
	case StateUnsigned:
		query = query.Where("o.closed_at IS NULL AND o.signed_at IS NULL")
	case StateClosed:
		query = query.Where("o.closed_at IS NOT NULL")
	}
	return query, nil
}

// within chooses the orders to units that lie today in the division with the code scope, or in all that
// the actor may see.
func (s *Service) within(ctx context.Context, actor accounts.Actor, scope string) (*gorm.DB, error) {
	if err := mayRead(actor); err != nil {
		return nil, err
	}
	query := s.db.Read(ctx).Table("supervision_orders o").Joins("JOIN units u ON u.id = o.unit_id")
	switch {
	case scope == "" && actor.Role == accounts.Clerk:
		return query.Where("o.unit_id = ?", actor.Unit), nil
	case scope == "" && actor.Everywhere():
		return query, nil
	}
	division, err := accounts.Scope(ctx, s.Tree, actor, scope, s.clock.Today())
	if err != nil {
		return nil, err
	}
	id := division.ID
	return query.Where("(u.province_id = ? OR u.city_id = ? OR u.county_id = ? OR u.division_id = ?)", id, id, id, id), nil
}

func parseCursor(cursor string) (at time.Time, unit, no int64, err error) {
	var micros int64
	if n, err := fmt.Sscanf(cursor, "%d.%d.%d", &micros, &unit, &no); n != 3 || err != nil {
		return at, 0, 0, fault.New(fault.Invalid, "list.bad_cursor")
	}
	return time.UnixMicro(micros).UTC(), unit, no, nil
}

func (s *Service) orders(ctx context.Context, rows []row) ([]Order, error) {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.UnitID
	}
	units, err := s.Plans.UnitsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Order, len(rows))
	for i, r := range rows {
		list[i] = r.order(units[r.UnitID])
	}
	return list, nil
}

// Order gives one order of a unit in the actor's scope; NotFound `supervision.unknown`.
func (s *Service) Order(ctx context.Context, actor accounts.Actor, unit string, no int64) (Order, error) {
	of, err := s.unit(ctx, actor, unit)
	if err != nil {
		return Order{}, err
	}
	r, err := load(s.db.Read(ctx), of.ID, no)
	if err != nil {
		return Order{}, err
	}
	return r.order(of), nil
}

// Step is one act on an order. ActorID is 0 for the program itself.
type Step struct {
	Act       string
	At        time.Time
	ActorID   int64
	ActorName string
	Detail
}

// maxSteps is how many acts of a subject are read for the history of one order.
const maxSteps = 200

// History lists what was done to an order, oldest first.
func (s *Service) History(ctx context.Context, actor accounts.Actor, o Order) ([]Step, error) {
	unit, err := s.unit(ctx, actor, o.Unit.Key)
	if err != nil {
		return nil, err
	}
	entries, err := ledger.ActEntries(ctx, s.db, ledger.Report{Unit: unit.ID, Form: o.Form, Period: o.Period},
		[]string{ActIssued, ActRaised, ActSigned, ActClosed}, maxSteps)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, e := range entries {
		step := Step{Act: e.Act, At: e.At, ActorID: e.ActorID, ActorName: e.ActorName}
		if err := json.Unmarshal(e.Detail.(json.RawMessage), &step.Detail); err != nil {
			return nil, fmt.Errorf("read an act of supervision: %w", err)
		}
		if step.No == o.No {
			steps = append(steps, step)
		}
	}
	return steps, nil
}
