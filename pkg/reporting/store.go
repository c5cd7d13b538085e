package reporting

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// unit finds the unit of ref and asks the actor's scope.
func (s *Service) unit(ctx context.Context, actor accounts.Actor, key string) (plan.Unit, error) {
	return s.plans.Unit(ctx, actor, key)
}

// hold is load for a change: on Postgres nobody else changes the row until tx ends, so that whoever
// comes second sees what the first one left. On SQLite the write transaction itself is that lock.
func hold(tx *gorm.DB, unit int64, ref Ref) (row, error) {
	return load(tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}), unit, ref)
}

// load reads the row of a report inside tx; no row is NotFound `report.not_owed`.
func load(tx *gorm.DB, unit int64, ref Ref) (row, error) {
	var r row
	result := tx.Where("unit_id = ? AND form = ? AND period = ?", unit, ref.Form, ref.Period).Limit(1).Find(&r)
	if result.Error != nil {
		return row{}, fmt.Errorf("read a report: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return row{}, fault.New(fault.NotFound, "report.not_owed", ref.Unit, ref.Period)
	}
	return r, nil
}

// store writes the changed row, provided that nobody else has changed it since it was read, and
// raises its version. A lost race is Conflict `report.stale`.
func store(tx *gorm.DB, r *row) error {
	read := r.Version
	r.Version++
	result := tx.Model(&row{}).Where("unit_id = ? AND form = ? AND period = ? AND version = ?", r.UnitID, r.Form, r.Period, read).
		Select("*").Updates(r)
	if result.Error != nil {
		return fmt.Errorf("store a report: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return fault.New(fault.Conflict, "report.stale")
	}
	return nil
}

// record writes what actor did to the report into the ledger.
func (s *Service) record(tx *gorm.DB, actor accounts.Actor, act Act, r row, at time.Time, detail any) error {
	return s.ledger.Record(tx, ledger.Entry{
		At: at, ActorID: actor.UserID, ActorName: actor.Name, Act: string(act), Unit: r.UnitID,
		Form: r.Form, Period: r.Period, Revision: r.Revision, Detail: detail,
	})
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// latestRevisions gives the latest revision of each of the unit's periods before q,
// newest first, at most most.
func (s *Service) latestRevisions(tx *gorm.DB, unit int64, form string, before period.Quarter, most int) ([]revisionRow, error) {
	var rows []revisionRow
	err := tx.Raw(`SELECT r.* FROM revisions r
		WHERE r.unit_id = ? AND r.form = ? AND r.period < ?
		AND r.no = (SELECT max(l.no) FROM revisions l WHERE l.unit_id = r.unit_id AND l.form = r.form AND l.period = r.period)
		ORDER BY r.period DESC LIMIT ?`, unit, form, before, most).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read earlier reports: %w", err)
	}
	return rows, nil
}

func revisionOf(tx *gorm.DB, unit int64, form string, q period.Quarter, no int64) (revisionRow, error) {
	var r revisionRow
	result := tx.Where("unit_id = ? AND form = ? AND period = ? AND no = ?", unit, form, q, no).Limit(1).Find(&r)
	if result.Error != nil {
		return revisionRow{}, fmt.Errorf("read a revision: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return revisionRow{}, fault.New(fault.NotFound, "report.no_revision", no)
	}
	return r, nil
}
