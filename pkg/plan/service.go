package plan

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// ActImported is the act in the ledger by which a plan version comes into force; downstream packages
// then compute anew.
const ActImported = "plan.imported"

// lock is held by whoever changes plans, units or designations.
const lock = "plan"

// Service answers for plans, units and designations.
type Service struct {
	db     *database.DB
	tree   *divisions.Service
	ledger *ledger.Ledger
	clock  period.Clock
	parsed sync.Map // version → *Plan
}

// New makes the service.
func New(db *database.DB, tree *divisions.Service, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{db: db, tree: tree, ledger: l, clock: clock}
}

// version names one stored version of a plan; with the hash, a database that was restored from a
// backup cannot be mistaken for what it was before.
type version struct {
	PlanID int64
	No     int64
	Hash   string
}

// Current gives the newest version of the plan; NotFound `plan.none` before one is imported. It asks
// the database which version that is, since another instance may have imported one, and parses each
// version once.
func (s *Service) Current(ctx context.Context) (*Plan, error) {
	newest, err := s.version(ctx, "1 = 1")
	if err != nil {
		return nil, err
	}
	if newest.No == 0 {
		return nil, fault.New(fault.NotFound, "plan.none")
	}
	return s.stored(ctx, newest)
}

// Version gives one version of the plan by its number; NotFound `plan.no_version`.
func (s *Service) Version(ctx context.Context, no int64) (*Plan, error) {
	v, err := s.version(ctx, "no = ?", no)
	if err != nil {
		return nil, err
	}
	if v.No == 0 {
		return nil, fault.New(fault.NotFound, "plan.no_version", no)
	}
	return s.stored(ctx, v)
}

// ByKey gives the newest version of the plan with the key; everybody who can sign in may read it.
func (s *Service) ByKey(ctx context.Context, actor accounts.Actor, key string) (*Plan, error) {
	if err := actor.Require(accounts.ReadFigures); err != nil {
		return nil, err
	}
	p, err := s.Current(ctx)
	if err != nil {
		return nil, err
	}
	if p.Key != key {
		return nil, fault.New(fault.NotFound, "plan.unknown", key)
	}
	return p, nil
}

// version finds the newest version that a condition lets in; the zero version when there is none.
func (s *Service) version(ctx context.Context, condition string, args ...any) (version, error) {
	var v version
	err := s.db.Read(ctx).Raw("SELECT plan_id, no, hash FROM plan_versions WHERE "+condition+" ORDER BY plan_id, no DESC LIMIT 1", args...).Scan(&v).Error
	if err != nil {
		return v, fmt.Errorf("read the plan's version: %w", err)
	}
	return v, nil
}

func (s *Service) stored(ctx context.Context, v version) (*Plan, error) {
	if p, ok := s.parsed.Load(v); ok {
		return p.(*Plan), nil
	}
	var row versionRow
	if err := s.db.Read(ctx).Where("plan_id = ? AND no = ?", v.PlanID, v.No).Take(&row).Error; err != nil {
		return nil, fmt.Errorf("read version %d of the plan: %w", v.No, err)
	}
	p, err := Parse("plan", []byte(row.Document))
	if err != nil {
		// faults of a stored file are not those of whoever asks now
		return nil, fmt.Errorf("read version %d of the plan: %s", v.No, err.Error())
	}
	p.ID, p.No = v.PlanID, v.No
	kept, _ := s.parsed.LoadOrStore(version{v.PlanID, v.No, row.Hash}, p)
	return kept.(*Plan), nil
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }
