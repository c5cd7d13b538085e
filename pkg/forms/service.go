package forms

import (
	"context"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Service keeps forms and their versions.
type Service struct {
	db     *database.DB
	plans  *plan.Service
	ledger *ledger.Ledger
	clock  period.Clock
}

// New makes the service.
func New(db *database.DB, plans *plan.Service, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{db: db, plans: plans, ledger: l, clock: clock}
}

// Form gives the newest version of a form; everybody who can sign in may read it. NotFound
// `form.unknown`.
func (s *Service) Form(ctx context.Context, actor accounts.Actor, key string) (Form, error) {
	if err := actor.Require(accounts.ReadFigures); err != nil {
		return Form{}, err
	}
	return s.CurrentIn(s.db.Read(ctx), key)
}

// Forms gives the newest version of every form, the plan's first.
func (s *Service) Forms(ctx context.Context) ([]Form, error) { return s.AllIn(s.db.Read(ctx)) }

// AllIn is Forms as tx sees it.
func (s *Service) AllIn(tx *gorm.DB) ([]Form, error) {
	p, err := s.plans.CurrentIn(tx)
	if err != nil {
		return nil, err
	}
	return []Form{FormOf(p)}, nil
}

// CurrentIn gives the newest version of a form as tx sees it. NotFound `form.unknown`.
func (s *Service) CurrentIn(tx *gorm.DB, key string) (Form, error) {
	all, err := s.AllIn(tx)
	if err != nil {
		return Form{}, err
	}
	for _, f := range all {
		if f.Key == key {
			return f, nil
		}
	}
	return Form{}, fault.New(fault.NotFound, "form.unknown", key)
}

// VersionIn gives one version of a form as tx sees it. NotFound `form.no_version`.
func (s *Service) VersionIn(tx *gorm.DB, key string, no int64) (Form, error) {
	p, err := s.plans.VersionIn(tx, no)
	if err != nil {
		return Form{}, err
	}
	return FormOf(p), nil
}

// Keep makes sure inside tx that the version can be read for ever, before anything is filed on it.
func (s *Service) Keep(_ *gorm.DB, _ Form) error { return nil }
