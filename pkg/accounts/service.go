package accounts

import (
	"context"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// What the ledger calls the acts of this package.
const (
	actAdded       = "user.added"
	actPasswordSet = "user.password_set"
	actDisabled    = "user.disabled"
	actHandedOver  = "user.handed_over"
	actChanged     = "user.changed"
	actLoggedIn    = "user.logged_in"
	actThrottled   = "user.throttled"
	actTokenMade   = "token.created"

	actHandoverRead = "user.handover_read"
)

// Service keeps users and finds out who asks.
type Service struct {
	db     *database.DB
	tree   *divisions.Service
	ledger *ledger.Ledger
	clock  period.Clock
	// hashing lets few passwords be hashed at once: each takes 19 MiB and a processor.
	hashing chan struct{}
	bearers *epoch.Kept[string, bearer] // by the hash of their token
	users   *epoch.Kept[int64, User]
}

// maxKept is the number of users, and of tokens, kept in memory.
const maxKept = 4096

// New makes the service.
func New(db *database.DB, ledger *ledger.Ledger, clock period.Clock) *Service {
	return &Service{
		db: db, tree: divisions.New(db, ledger, clock), ledger: ledger, clock: clock,
		hashing: make(chan struct{}, 2), bearers: epoch.KeepCommon[string, bearer](maxKept), users: epoch.KeepCommon[int64, User](maxKept),
	}
}

// now gives the moment as both databases keep it, so that what is read back equals what was written.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// record writes an act into the ledger inside tx.
func (s *Service) record(tx *gorm.DB, by Actor, act string, detail map[string]any) error {
	return s.ledger.Record(tx, ledger.Entry{
		At: s.now(), ActorID: by.UserID, ActorName: by.Name, Act: act, Detail: detail,
	})
}

// recordLocal is record for an act that changes nothing of the user: somebody signed in, or could not.
func (s *Service) recordLocal(tx *gorm.DB, user User, act string, detail map[string]any) error {
	return s.ledger.Record(tx, ledger.Entry{At: s.now(), ActorID: user.ID, ActorName: user.Name, Act: act, Detail: detail, Local: true})
}

// reach gives those of users who are within the scope of by: everybody; in a province those with a
// division in it, by itself, and clerks, whose unit was looked up as by when they were added.
func (s *Service) reach(ctx context.Context, tx *gorm.DB, by Actor, users []User) ([]User, error) {
	if by.Everywhere() {
		return users, nil
	}
	ids := make([]int64, 0, len(users))
	for _, u := range users {
		if u.Division != 0 {
			ids = append(ids, u.Division)
		}
	}
	places, err := s.tree.Places(ctx, tx, ids, s.clock.Today())
	if err != nil {
		return nil, err
	}
	var reached []User
	for _, u := range users {
		if u.ID == by.UserID || u.Role == Clerk || places[u.Division].Within(by.Division) {
			reached = append(reached, u)
		}
	}
	return reached, nil
}
