// Package supervision keeps supervision orders (督办单): a reviewing level tells a unit, by hand, to make
// up a late report or a milestone that lags, raises the order step by step from blue to red, and the
// unit signs for it. An order closes by itself when what it is about has been made up; nothing is ever
// issued or raised by itself. It owns the table supervision_orders. It computes no figure: whether a
// report is late it asks reporting, whether a milestone lags it asks analytics. It sends nothing: who
// wants to tell people reads its acts in the ledger.
package supervision

import (
	"context"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// The acts in the ledger. Their detail is Detail; form and period are those of the order.
const (
	ActIssued = "supervision.issued"
	ActRaised = "supervision.raised"
	ActSigned = "supervision.signed"
	ActClosed = "supervision.closed"
)

// Services are the rooms below that orders are about.
type Services struct {
	Plans   *plan.Service
	Tree    *divisions.Service
	Reports *reporting.Service
	Figures *analytics.Service
}

// Service answers for supervision orders. Every call asks the actor's scope, but CloseMadeUp, which
// only the program itself calls.
type Service struct {
	Services
	db     *database.DB
	ledger *ledger.Ledger
	clock  period.Clock
}

// New makes the service.
func New(db *database.DB, below Services, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{Services: below, db: db, ledger: l, clock: clock}
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// mayRead refuses those who have no part in supervision: Forbidden `permission.denied`.
func mayRead(actor accounts.Actor) error {
	if actor.Can(accounts.FileReports) {
		return nil
	}
	return actor.Require(accounts.ReviewReports)
}

// unit finds the unit with the key and asks the actor's scope.
func (s *Service) unit(ctx context.Context, actor accounts.Actor, key string) (plan.Unit, error) {
	if err := mayRead(actor); err != nil {
		return plan.Unit{}, err
	}
	return s.Plans.Unit(ctx, actor, key)
}

// level gives that of the actor's division, 0 for one who covers everything; a clerk has none.
func (s *Service) level(ctx context.Context, actor accounts.Actor) (int, error) {
	if actor.Everywhere() {
		return 0, nil
	}
	division, err := s.Tree.ByID(ctx, actor.Division, s.clock.Today())
	if fault.Is(err, fault.NotFound) {
		return 0, fault.New(fault.Forbidden, "scope.forbidden")
	}
	return division.Level, err
}
