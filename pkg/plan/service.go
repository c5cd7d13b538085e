package plan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// ActImported is the act in the ledger by which a plan version comes into force.
const ActImported = "plan.imported"

// Service answers for plans, units and designations.
type Service struct {
	db     *database.DB
	tree   *divisions.Service
	ledger *ledger.Ledger
	clock  period.Clock
	parsed sync.Map // version → *Plan; a stored version never changes
}

// New makes the service.
func New(db *database.DB, tree *divisions.Service, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{db: db, tree: tree, ledger: l, clock: clock}
}

// version names one stored version of a plan.
type version struct {
	PlanID int64
	No     int64
}

// versionRow is a row of plan_versions.
type versionRow struct {
	PlanID    int64
	No        int64
	Document  string
	Hash      string
	Reason    string
	InForceAt time.Time
	ByName    string
}

func (versionRow) TableName() string { return "plan_versions" }

// planRow is a row of plans.
type planRow struct {
	ID  int64
	Key string
}

func (planRow) TableName() string { return "plans" }

// Current gives the newest version of the plan; NotFound `plan.none` before one is imported.
func (s *Service) Current(ctx context.Context) (*Plan, error) {
	var newest version
	result := s.db.Read(ctx).Raw("SELECT plan_id, no FROM plan_versions ORDER BY plan_id, no DESC LIMIT 1").Scan(&newest)
	if result.Error != nil {
		return nil, fmt.Errorf("read the plan's version: %w", result.Error)
	}
	if newest.No == 0 {
		return nil, fault.New(fault.NotFound, "plan.none")
	}
	return s.stored(ctx, newest)
}

// Version gives an earlier version of the plan by its number.
func (s *Service) Version(ctx context.Context, no int64) (*Plan, error) {
	var plan planRow
	if err := s.db.Read(ctx).Order("id").Limit(1).Find(&plan).Error; err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	return s.stored(ctx, version{plan.ID, no})
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

func (s *Service) stored(ctx context.Context, v version) (*Plan, error) {
	if p, ok := s.parsed.Load(v); ok {
		return p.(*Plan), nil
	}
	var row versionRow
	result := s.db.Read(ctx).Where("plan_id = ? AND no = ?", v.PlanID, v.No).Limit(1).Find(&row)
	if result.Error != nil {
		return nil, fmt.Errorf("read a plan: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return nil, fault.New(fault.NotFound, "plan.no_version", v.No)
	}
	p, err := Parse("plan", []byte(row.Document))
	if err != nil {
		return nil, fmt.Errorf("read version %d of the plan: %w", v.No, err)
	}
	p.ID, p.No = v.PlanID, v.No
	s.parsed.Store(v, p)
	return p, nil
}

// Import reads a plan file and makes it the version in force; originals are kept. The same document
// again changes nothing; a change of a plan that is there needs a reason (Invalid
// `plan.reason_missing`). Administrators only. Everything wrong with the file comes at once, as
// fault.FileFaults.
func (s *Service) Import(ctx context.Context, actor accounts.Actor, file string, data []byte, reason string, dryRun bool) (*Plan, error) {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return nil, err
	}
	p, err := Parse(file, data)
	if err != nil {
		return nil, err
	}
	if dryRun {
		err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
			_, err := s.next(tx, p, data, reason)
			return err
		})
		return p, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, "plan.import"); err != nil {
			return err
		}
		fresh, err := s.next(tx, p, data, reason)
		if err != nil || !fresh {
			return err
		}
		return s.keep(tx, actor, p, data, reason)
	})
	return p, err
}

// next fills in the plan's id and the version that the document would become, and tells whether that
// is a new one.
func (s *Service) next(tx *gorm.DB, p *Plan, data []byte, reason string) (fresh bool, err error) {
	var plan planRow
	if err := tx.Order("id").Limit(1).Find(&plan).Error; err != nil {
		return false, fmt.Errorf("read the plan: %w", err)
	}
	if plan.ID == 0 {
		p.No = 1
		return true, nil
	}
	if plan.Key != p.Key {
		return false, fault.New(fault.Conflict, "plan.another", plan.Key)
	}
	var newest versionRow
	if err := tx.Where("plan_id = ?", plan.ID).Order("no DESC").Limit(1).Find(&newest).Error; err != nil {
		return false, fmt.Errorf("read the plan's version: %w", err)
	}
	p.ID, p.No = plan.ID, newest.No
	if newest.Hash == hash(data) {
		return false, nil
	}
	if strings.TrimSpace(reason) == "" {
		return false, fault.New(fault.Invalid, "plan.reason_missing")
	}
	p.No++
	return true, nil
}

func (s *Service) keep(tx *gorm.DB, actor accounts.Actor, p *Plan, data []byte, reason string) error {
	now := s.clock().UTC().Truncate(time.Microsecond)
	if p.ID == 0 {
		plan := planRow{Key: p.Key}
		if err := tx.Create(&plan).Error; err != nil {
			return fmt.Errorf("write a plan: %w", err)
		}
		p.ID = plan.ID
	}
	row := versionRow{
		PlanID: p.ID, No: p.No, Document: string(data), Hash: hash(data), Reason: strings.TrimSpace(reason), InForceAt: now, ByName: actor.Name,
	}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("write a plan version: %w", err)
	}
	return s.ledger.Record(tx, ledger.Entry{
		At: now, ActorID: actor.UserID, ActorName: actor.Name, Act: ActImported,
		Detail: map[string]any{"key": p.Key, "version": p.No, "hash": row.Hash, "reason": row.Reason},
	})
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
