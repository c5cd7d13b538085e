package supervision

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/reporting"
)

// CloseMadeUp closes every open order whose report has come in, or whose milestone is complete by
// accepted figures, and gives their number. It may run at any time, on several instances: an order is
// closed once. Meant for the program itself, after a refresh of the figures.
func (s *Service) CloseMadeUp(ctx context.Context) (closed int, err error) {
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		rows, err := s.closeReports(tx)
		if err != nil {
			return err
		}
		milestones, err := s.closeMilestones(tx)
		if err != nil {
			return err
		}
		rows = append(rows, milestones...)
		closed = len(rows)
		return s.recordMadeUp(ctx, tx, rows)
	})
	return closed, err
}

// closeReports closes the orders whose report stands as filed; one that was returned or withdrawn again
// does not.
func (s *Service) closeReports(tx *gorm.DB) ([]row, error) {
	var rows []row
	err := tx.Raw(`UPDATE supervision_orders SET closed_at = ?, closed_reason = ?
		WHERE closed_at IS NULL AND subject = ? AND EXISTS (SELECT 1 FROM reports r WHERE r.unit_id = supervision_orders.unit_id
			AND r.form = supervision_orders.form AND r.period = supervision_orders.period AND r.status IN ?)
		RETURNING *`, s.now(), MadeUp, Report, []reporting.Status{reporting.Submitted, reporting.Accepted}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("close the orders about reports: %w", err)
	}
	return rows, nil
}

// closeMilestones closes the orders whose milestone is complete, so many units at a time.
func (s *Service) closeMilestones(tx *gorm.DB) ([]row, error) {
	var all []row
	for after := int64(0); ; {
		var units []int64
		err := tx.Raw(`SELECT DISTINCT unit_id FROM supervision_orders WHERE closed_at IS NULL AND subject = ? AND unit_id > ?
			ORDER BY unit_id LIMIT ?`, Milestone, after, database.AtMost(database.BatchSize)).Scan(&units).Error
		if err != nil {
			return nil, fmt.Errorf("read the units under supervision: %w", err)
		}
		if len(units) == 0 {
			return all, nil
		}
		after = units[len(units)-1]
		complete, err := analytics.Complete(tx, units)
		if err != nil {
			return nil, err
		}
		rows, err := s.closeComplete(tx, units, complete)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
}

// closeComplete closes the orders of some units about milestones that are among complete.
func (s *Service) closeComplete(tx *gorm.DB, units []int64, complete map[int64][]string) ([]row, error) {
	var pairs [][]any
	for _, unit := range units {
		for _, milestone := range complete[unit] {
			pairs = append(pairs, []any{unit, milestone})
		}
	}
	var all []row
	for start := 0; start < len(pairs); start += database.BatchSize {
		var rows []row
		err := tx.Raw(`UPDATE supervision_orders SET closed_at = ?, closed_reason = ?
			WHERE closed_at IS NULL AND subject = ? AND (unit_id, milestone) IN ? RETURNING *`,
			s.now(), MadeUp, Milestone, pairs[start:min(start+database.BatchSize, len(pairs))]).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("close the orders about milestones: %w", err)
		}
		all = append(all, rows...)
	}
	return all, nil
}

func (s *Service) recordMadeUp(ctx context.Context, tx *gorm.DB, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.UnitID
	}
	units, err := s.Plans.UnitsByID(ctx, ids)
	if err != nil {
		return err
	}
	entries := make([]ledger.Entry, len(rows))
	for i, r := range rows {
		entries[i] = r.entry(accounts.System("supervision"), ActClosed, units[r.UnitID].Key, *r.ClosedAt, "")
	}
	return s.ledger.Record(tx, entries...)
}
