package divisions

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/ledger"
)

// ImportResult is how many divisions a file created, changed and found as it says.
type ImportResult struct {
	Created, Updated, Unchanged int
}

// Import reads a division file called file and makes each division it speaks of, by key, what it
// says; others stay as they are. It is all or nothing: anything wrong, in the file or between it and
// what is already there, is told at once as fault.FileFaults. A dry run tells the same and writes nothing.
// Who may import is the caller's question; actorName goes into the ledger.
func (s *Service) Import(ctx context.Context, r io.Reader, file string, dryRun bool, actorName string) (ImportResult, error) {
	found := newFaults(file)
	rows, err := parseFile(r, found)
	if err != nil {
		return ImportResult{}, err
	}
	wanted := histories(rows, found)
	var result ImportResult
	if dryRun {
		err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
			change, err := compare(tx, wanted, found)
			result = change.result
			return err
		})
		return result, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, "import divisions"); err != nil {
			return err
		}
		change, err := compare(tx, wanted, found)
		if err != nil {
			return err
		}
		result = change.result
		if result.Created+result.Updated == 0 {
			return nil
		}
		if err := change.apply(tx); err != nil {
			return err
		}
		return s.ledger.Record(tx, ledger.Entry{
			At: s.clock(), ActorName: actorName, Act: "divisions.imported",
			Detail: map[string]any{"file": filepath.Base(file), "created": result.Created, "updated": result.Updated},
		})
	})
	if err != nil {
		return ImportResult{}, err
	}
	return result, nil
}

// changes is what an import has to write.
type changes struct {
	created, updated []*history
	result           ImportResult
}

// compare sets what a file wants against what is there; an error is fault.FileFaults or a failed read.
func compare(tx *gorm.DB, wanted tree, found *faults) (changes, error) {
	existing, err := load(tx)
	if err != nil {
		return changes{}, err
	}
	after := make(tree, len(existing)+len(wanted))
	maps.Copy(after, existing)
	maps.Copy(after, wanted)
	after.findParents(found)
	after.check(found)
	if err := found.err(); err != nil {
		return changes{}, err
	}
	var c changes
	for _, key := range slices.Sorted(maps.Keys(wanted)) { // in the order of the tree, and so the ids
		h := wanted[key]
		before, ok := existing[key]
		switch {
		case !ok:
			c.created = append(c.created, h)
		case before.equal(h):
			c.result.Unchanged++
		default:
			h.id = before.id
			c.updated = append(c.updated, h)
		}
	}
	c.result.Created, c.result.Updated = len(c.created), len(c.updated)
	return c, nil
}

// apply writes the changes: new divisions first, since versions point to them.
func (c changes) apply(tx *gorm.DB) error {
	if err := createDivisions(tx, c.created); err != nil {
		return err
	}
	if err := clearVersions(tx, c.updated); err != nil {
		return err
	}
	ids, err := loadIDs(tx)
	if err != nil {
		return err
	}
	var rows []versionRow
	for _, list := range [][]*history{c.created, c.updated} {
		for _, h := range list {
			for _, v := range h.versions {
				rows = append(rows, newVersionRow(v, ids[h.key], ids))
			}
		}
	}
	if err := tx.CreateInBatches(rows, database.BatchSize).Error; err != nil {
		return fmt.Errorf("write divisions: %w", err)
	}
	return nil
}
