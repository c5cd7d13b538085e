package plan

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// ActImported is the act in the ledger by which a plan version comes into force; downstream packages
// then compute anew.
const ActImported = "plan.imported"

// NoPlan is the key of the fault that no plan has been imported yet.
const NoPlan = "plan.none"

// lock is held by whoever changes plans, units or designations.
const lock = "plan"

// Service answers for plans, units and designations.
type Service struct {
	db     *database.DB
	tree   *divisions.Service
	ledger *ledger.Ledger
	clock  period.Clock
	parsed sync.Map // version → *Plan
	past   *epoch.Kept[struct{}, History]
	units  *epoch.Kept[string, Unit] // by key
	byID   *epoch.Kept[int64, Unit]
	owned  *epoch.Kept[ownKey, []Unit]
}

// maxKept is the number of units kept in memory by each name: those of a province.
const maxKept = 20_000

// New makes the service.
func New(db *database.DB, tree *divisions.Service, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{
		db: db, tree: tree, ledger: l, clock: clock, past: epoch.KeepCommon[struct{}, History](1),
		units: epoch.KeepCommon[string, Unit](maxKept), byID: epoch.KeepCommon[int64, Unit](maxKept),
		owned: epoch.KeepCommon[ownKey, []Unit](maxKept),
	}
}

// version names one stored version of a plan; with the hash, a database that was restored from a
// backup cannot be mistaken for what it was before.
type version struct {
	PlanID int64
	No     int64
	Hash   string
}

// Current gives the newest version of the plan; NotFound `plan.none` before one is imported. Each
// version is parsed once.
func (s *Service) Current(ctx context.Context) (*Plan, error) {
	history, err := s.History(ctx)
	if err != nil {
		return nil, err
	}
	return history.Newest(), nil
}

// CurrentIn is Current as tx sees it.
func (s *Service) CurrentIn(tx *gorm.DB) (*Plan, error) {
	newest, err := newestVersion(tx, "1 = 1")
	if err != nil {
		return nil, err
	}
	if newest.No == 0 {
		return nil, fault.New(fault.NotFound, NoPlan)
	}
	return s.stored(tx, newest)
}

// Version gives one version of the plan by its number; NotFound `plan.no_version`.
func (s *Service) Version(ctx context.Context, no int64) (*Plan, error) {
	history, err := s.History(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	for _, dated := range history {
		if dated.No == no {
			return dated.Plan, nil
		}
	}
	return nil, fault.New(fault.NotFound, "plan.no_version", no)
}

// VersionIn is Version as tx sees it.
func (s *Service) VersionIn(tx *gorm.DB, no int64) (*Plan, error) {
	v, err := newestVersion(tx, "no = ?", no)
	if err != nil {
		return nil, err
	}
	if v.No == 0 {
		return nil, fault.New(fault.NotFound, "plan.no_version", no)
	}
	return s.stored(tx, v)
}

// HoldStill lets no new version come until tx ends.
func (s *Service) HoldStill(tx *gorm.DB) error { return s.db.HoldStill(tx, "plan_versions") }

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

// newestVersion finds the newest version that a condition lets in; the zero version when there is none.
func newestVersion(tx *gorm.DB, condition string, args ...any) (version, error) {
	var v version
	err := tx.Raw("SELECT plan_id, no, hash FROM plan_versions WHERE "+condition+" ORDER BY plan_id, no DESC LIMIT 1", args...).Scan(&v).Error
	if err != nil {
		return v, fmt.Errorf("read the plan's version: %w", err)
	}
	return v, nil
}

func (s *Service) stored(tx *gorm.DB, v version) (*Plan, error) {
	if p, ok := s.parsed.Load(v); ok {
		return p.(*Plan), nil
	}
	p, hash, err := readVersion(tx, v.PlanID, v.No)
	if err != nil {
		return nil, err
	}
	kept, _ := s.parsed.LoadOrStore(version{v.PlanID, v.No, hash}, p)
	return kept.(*Plan), nil
}

// readVersion reads and parses a stored version.
func readVersion(tx *gorm.DB, plan, no int64) (p *Plan, hash string, err error) {
	var row versionRow
	if err := tx.Where("plan_id = ? AND no = ?", plan, no).Take(&row).Error; err != nil {
		return nil, "", fmt.Errorf("read version %d of the plan: %w", no, err)
	}
	if p, err = Parse("plan", []byte(row.Document)); err != nil {
		// faults of a stored file are not those of whoever asks now
		return nil, "", fmt.Errorf("read version %d of the plan: %s", no, err.Error())
	}
	p.ID, p.No = plan, no
	return p, row.Hash, nil
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }
