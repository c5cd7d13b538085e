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

// Rebuild throws all facts, unit figures, roll-ups and efforts away, computes them again from accepted
// revisions in one transaction, and gives what differed; nothing may. What had happened but was not
// refreshed yet is refreshed first in the same transaction, and acts on reports wait until it ends, so
// that neither counts as a difference.
func (s *Service) Rebuild(ctx context.Context) ([]Difference, error) {
	var differences []Difference
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, refreshLock); err != nil {
			return err
		}
		if err := errors.Join(s.reports.HoldStill(tx), s.plans.HoldStill(tx), override.HoldStill(s.db, tx)); err != nil {
			return err
		}
		for taken := most; taken == most; {
			var err error
			if taken, err = s.takeActs(tx); err != nil {
				return err
			}
		}
		before, err := derived(tx)
		if err != nil {
			return err
		}
		after, err := s.again(tx)
		if err != nil {
			return err
		}
		differences = compare(before, after)
		return epoch.Raise(tx, epoch.Figures, s.clock())
	})
	return differences, err
}

// again empties the derived tables, fills them and reads them.
func (s *Service) again(tx *gorm.DB) (map[string][]string, error) {
	for _, table := range derivedTables {
		if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
			return nil, fmt.Errorf("empty %s: %w", table, err)
		}
	}
	g, err := s.given(tx)
	if err != nil {
		return nil, err
	}
	if err := s.refreshAll(tx, g); err != nil {
		return nil, err
	}
	if err := s.allEfforts(tx); err != nil {
		return nil, err
	}
	return derived(tx)
}

var derivedTables = []string{"facts", "unit_figures", "rollups", "item_rollups", "efforts"}

// derived reads every derived row as text, by table, sorted.
func derived(tx *gorm.DB) (map[string][]string, error) {
	rows := map[string][]string{}
	if err := readAll[fact](tx, rows, "facts"); err != nil {
		return nil, err
	}
	if err := readAll[unitFigure](tx, rows, "unit_figures"); err != nil {
		return nil, err
	}
	if err := readAll[itemRollup](tx, rows, "item_rollups"); err != nil {
		return nil, err
	}
	if err := readAll[effort](tx, rows, "efforts"); err != nil {
		return nil, err
	}
	return rows, readAll[rollup](tx, rows, "rollups")
}

func readAll[T any](tx *gorm.DB, into map[string][]string, table string) error {
	var found []T
	if err := tx.Find(&found).Error; err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	for _, row := range found {
		text, err := json.Marshal(row)
		if err != nil {
			return fmt.Errorf("write a row of %s: %w", table, err)
		}
		into[table] = append(into[table], string(text))
	}
	slices.Sort(into[table])
	return nil
}

// compare walks two sorted lists per table.
func compare(before, after map[string][]string) []Difference {
	var differences []Difference
	for _, table := range derivedTables {
		old, fresh := before[table], after[table]
		for len(old) > 0 || len(fresh) > 0 {
			switch {
			case len(fresh) == 0 || (len(old) > 0 && old[0] < fresh[0]):
				differences = append(differences, Difference{Table: table, Before: old[0]})
				old = old[1:]
			case len(old) == 0 || fresh[0] < old[0]:
				differences = append(differences, Difference{Table: table, After: fresh[0]})
				fresh = fresh[1:]
			default:
				old, fresh = old[1:], fresh[1:]
			}
		}
	}
	return differences
}
