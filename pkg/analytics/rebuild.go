package analytics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/epoch"
	"pilotboard/pkg/override"
)

// Difference is a derived row that a rebuild did not reproduce: what was there and what came out.
type Difference struct {
	Table, Before, After string
}

// Differences are what a rebuild did not reproduce: how many rows, and the first of them.
type Differences struct {
	Total int
	First []Difference
}

// mostDifferences is how many differences are told.
const mostDifferences = 100

// note counts a row that was before and is after; nil is none. Nobody is told where d is nil.
func (d *Differences) note(table string, before, after any) {
	if d == nil {
		return
	}
	if d.Total++; len(d.First) < mostDifferences {
		d.First = append(d.First, Difference{table, said(before), said(after)})
	}
}

// said gives a row as text.
func said(row any) string {
	if row == nil {
		return ""
	}
	text, err := json.Marshal(row)
	if err != nil {
		return fmt.Sprint(row)
	}
	return string(text)
}

// Rebuild computes all facts, unit figures, roll-ups and efforts again from accepted revisions, as if there
// were none, in one transaction, puts them in the place of what is there, and gives what differed; nothing
// may. What had happened but was not refreshed yet is refreshed first in the same transaction, and acts on
// reports wait until it ends, so that neither counts as a difference. It keeps in memory a chunk of units and
// the roll-ups, whatever the number of units.
func (s *Service) Rebuild(ctx context.Context) (Differences, error) {
	var differences Differences
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, refreshLock); err != nil {
			return err
		}
		if err := errors.Join(s.reports.HoldStill(tx), s.plans.HoldStill(tx), override.HoldStill(s.db, tx)); err != nil {
			return err
		}
		for _, q := range queues {
			for taken := s.atOnce(q); taken >= s.atOnce(q); {
				var err error
				if taken, err = s.takeActs(tx, q); err != nil {
					return err
				}
			}
		}
		w, err := s.work(tx)
		if err != nil {
			return err
		}
		w.again, w.differ = true, &differences
		if err := removeStrays(tx, w); err != nil {
			return err
		}
		if err := s.refreshAll(tx, w); err != nil {
			return err
		}
		if err := s.allEfforts(tx, w.forms, w.differ); err != nil {
			return err
		}
		return epoch.Raise(tx, epoch.Figures, s.clock())
	})
	slices.SortStableFunc(differences.First, func(a, b Difference) int { return order(a.Table) - order(b.Table) })
	return differences, err
}

// derivedTables hold one or more rows for each unit, form and period.
var derivedTables = []string{"facts", "unit_figures", "efforts"}

func order(table string) int { return slices.Index(derivedTables, table) }

// removeStrays removes rows of units that owe no report on the form at all, which are in no chunk.
func removeStrays(tx *gorm.DB, w *work) error {
	for _, table := range derivedTables {
		strays := tx.Table(table).Where("NOT EXISTS (SELECT 1 FROM reports r WHERE r.unit_id = " + table + ".unit_id AND r.form = " + table + ".form)")
		var rows []map[string]any
		if err := strays.Session(&gorm.Session{}).Find(&rows).Error; err != nil {
			return fmt.Errorf("read strays of %s: %w", table, err)
		}
		for _, row := range rows {
			w.differ.note(table, row, nil)
		}
		if len(rows) == 0 {
			continue
		}
		if err := strays.Session(&gorm.Session{}).Delete(nil).Error; err != nil {
			return fmt.Errorf("remove strays of %s: %w", table, err)
		}
	}
	return nil
}
