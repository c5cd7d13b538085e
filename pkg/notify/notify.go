// Package notify tells people what concerns them: it pulls acts on reports from the ledger and dates
// from the calendar, puts notices into inboxes, and sends them out by mail and webhook, what is urgent
// at once and the rest as one digest a day. It owns the tables notices, digests and outbox. It decides
// nothing about reports, and nothing below it knows that it is there.
package notify

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// consumer is this package's name in the ledger's feed.
const consumer = "notify"

// Feed names the acts that this package pulls from the ledger.
func Feed() ledger.Consumer {
	return ledger.Consumer{Name: consumer, Acts: slices.Sorted(maps.Keys(rules))}
}

// Options say how notices leave the program. BaseURL is the address people open, for links. Without
// Mail or Webhook that way is off, and notices are in the inbox alone.
type Options struct {
	BaseURL string
	Mail    *Mail
	Webhook *Webhook
}

// Service keeps inboxes and sends what is in them.
type Service struct {
	db      *database.DB
	plans   *plan.Service
	forms   *forms.Service
	reports *reporting.Service
	clock   period.Clock
	options Options
}

// New makes the service; until Sending says otherwise nothing leaves the program.
func New(db *database.DB, plans *plan.Service, f *forms.Service, reports *reporting.Service, clock period.Clock) *Service {
	return &Service{db: db, plans: plans, forms: f, reports: reports, clock: clock}
}

// Sending gives a service that also sends notices out.
func (s *Service) Sending(options Options) *Service {
	sending := *s
	sending.options = options
	return &sending
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// writeLock is held by whoever writes notices, so that what is there already is known for certain.
const writeLock = "notify.write"

// locked runs fn in a transaction that alone writes notices.
func (s *Service) locked(tx *gorm.DB, fn func() error) error {
	if err := s.db.Lock(tx, writeLock); err != nil {
		return fmt.Errorf("wait to write notices: %w", err)
	}
	return fn()
}
