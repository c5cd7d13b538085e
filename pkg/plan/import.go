package plan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
)

// planRow is a row of plans.
type planRow struct {
	ID  int64
	Key string
}

func (planRow) TableName() string { return "plans" }

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

// Import reads a plan file and makes it the version in force; every file is kept as it was given. The
// same file as the newest version changes nothing; a change of a plan that is there needs a reason
// (Invalid `plan.reason_missing`), and must keep the batches that units are in (Conflict
// `plan.batch_in_use`). There is one plan: another key is Conflict `plan.another`. Everything wrong
// with the file comes at once, as fault.FileFaults. A dry run tells all this and writes nothing; its
// plan bears the version it would have. It asks for ManagePlan.
func (s *Service) Import(ctx context.Context, actor accounts.Actor, file string, data []byte, reason string, dryRun bool) (*Plan, error) {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return nil, err
	}
	p, err := Parse(file, data)
	if err != nil {
		return nil, err
	}
	reason = strings.TrimSpace(reason)
	if dryRun {
		err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
			_, err := next(tx, p, data, reason)
			return err
		})
	} else {
		err = s.db.Write(ctx, func(tx *gorm.DB) error {
			if err := s.db.Lock(tx, lock); err != nil {
				return err
			}
			fresh, err := next(tx, p, data, reason)
			if err != nil || !fresh {
				return err
			}
			return s.keep(tx, actor, p, data, reason)
		})
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// next fills in the plan's id and the version that the document would become, and tells whether that
// is a new one.
func next(tx *gorm.DB, p *Plan, data []byte, reason string) (fresh bool, err error) {
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
	var newest version
	err = tx.Raw("SELECT plan_id, no, hash FROM plan_versions WHERE plan_id = ? ORDER BY no DESC LIMIT 1", plan.ID).Scan(&newest).Error
	if err != nil {
		return false, fmt.Errorf("read the plan's version: %w", err)
	}
	p.ID, p.No = plan.ID, newest.No
	if newest.Hash == hash(data) {
		return false, nil
	}
	if reason == "" {
		return false, fault.New(fault.Invalid, "plan.reason_missing")
	}
	p.No++
	if err := keepsBatches(tx, p); err != nil {
		return false, err
	}
	before, _, err := readVersion(tx, plan.ID, newest.No)
	if err != nil {
		return false, err
	}
	return true, keepsItems(before, p)
}

// keepsItems refuses a version that reads what was reported on the one before differently: another
// form, or an item whose values are kept in another way. A measure with a new definition is a new item
// (method.md §3).
func keepsItems(before, p *Plan) error {
	if before.Reporting.Form != p.Reporting.Form {
		return fault.New(fault.Conflict, "plan.form_changed", before.Reporting.Form, p.Reporting.Form)
	}
	kept := map[string]Measure{}
	for _, w := range before.Workstreams {
		for _, m := range w.Milestones {
			kept[m.Measure.Item] = m.Measure
		}
	}
	for _, w := range p.Workstreams {
		for _, m := range w.Milestones {
			was, there := kept[m.Measure.Item]
			if there && (was.Type != m.Measure.Type || was.Decimals != m.Measure.Decimals || was.Unit != m.Measure.Unit) {
				return fault.New(fault.Conflict, "plan.item_changed", m.Measure.Item, m.Key)
			}
		}
	}
	return nil
}

// keepsBatches refuses a version without a batch that units are in.
func keepsBatches(tx *gorm.DB, p *Plan) error {
	var batches []string
	if err := tx.Raw("SELECT DISTINCT batch FROM designations WHERE plan_id = ? AND batch <> '' ORDER BY batch", p.ID).Scan(&batches).Error; err != nil {
		return fmt.Errorf("read the batches in use: %w", err)
	}
	for _, batch := range batches {
		if !p.HasBatch(batch) {
			return fault.New(fault.Conflict, "plan.batch_in_use", batch)
		}
	}
	return nil
}

func (s *Service) keep(tx *gorm.DB, actor accounts.Actor, p *Plan, data []byte, reason string) error {
	if p.ID == 0 {
		plan := planRow{Key: p.Key}
		if err := tx.Create(&plan).Error; err != nil {
			return fmt.Errorf("write a plan: %w", err)
		}
		p.ID = plan.ID
	}
	now := s.now()
	row := versionRow{PlanID: p.ID, No: p.No, Document: string(data), Hash: hash(data), Reason: reason, InForceAt: now, ByName: actor.Name}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("write a plan version: %w", err)
	}
	return s.ledger.Record(tx, ledger.Entry{
		At: now, ActorID: actor.UserID, ActorName: actor.Name, Act: ActImported,
		Detail: map[string]any{"key": p.Key, "version": p.No, "hash": row.Hash, "reason": reason},
	})
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
