package analytics

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
)

// placeColumns are the key of rollups and of item_rollups.
var placeColumns = []string{"division_id", "form", "period", "batch", "unit_type"}

// placeTables are the two tables that hold roll-ups.
var placeTables = []string{"rollups", "item_rollups"}

// settle writes what roll-ups change by.
func (c changes) settle(tx *gorm.DB) error {
	for at, keys := range c.periods() {
		divisions := make([]int64, len(keys))
		for i, key := range keys {
			divisions[i] = key.division
		}
		slices.Sort(divisions)
		for chunk := range slices.Chunk(slices.Compact(divisions), unitsAtOnce) {
			stored, err := readPlaces(tx.Where("division_id IN ?", chunk), at)
			if err != nil {
				return err
			}
			fresh, err := c.onto(stored, keys, chunk)
			if err != nil {
				return err
			}
			if err := stored.become(tx, fresh, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleAll writes roll-ups that were added up from all units, and removes all others.
func (c changes) settleAll(tx *gorm.DB, differ *Differences) error {
	periods := c.periods()
	for _, table := range placeTables {
		var kept []struct {
			Form   string
			Period period.Quarter
		}
		if err := tx.Table(table).Distinct("form", "period").Scan(&kept).Error; err != nil {
			return fmt.Errorf("read %s: %w", table, err)
		}
		for _, k := range kept {
			if at := (asked{k.Form, k.Period}); periods[at] == nil {
				periods[at] = nil
			}
		}
	}
	for at, keys := range periods {
		stored, err := readPlaces(tx, at)
		if err != nil {
			return err
		}
		fresh, err := c.onto(places{}, keys, nil)
		if err != nil {
			return err
		}
		if err := stored.become(tx, fresh, differ); err != nil {
			return err
		}
	}
	return nil
}

// places are roll-ups of some divisions in one period of a form.
type places struct {
	sums  map[rollupKey]rollup
	items map[rollupKey]itemsRow
}

func readPlaces(chosen *gorm.DB, at asked) (places, error) {
	p := places{map[rollupKey]rollup{}, map[rollupKey]itemsRow{}}
	chosen = chosen.Where("form = ? AND period = ?", at.form, at.period).Session(&gorm.Session{})
	var sums []rollup
	if err := chosen.Find(&sums).Error; err != nil {
		return p, fmt.Errorf("read roll-ups: %w", err)
	}
	for _, r := range sums {
		p.sums[rollupKey{r.DivisionID, r.Form, r.Period, r.Batch, r.UnitType}] = r
	}
	var items []itemsRow
	if err := chosen.Find(&items).Error; err != nil {
		return p, fmt.Errorf("read roll-ups of items: %w", err)
	}
	for _, r := range items {
		p.items[r.key()] = r
	}
	return p, nil
}

// onto gives what roll-ups become by the changes of some keys, of the divisions that are given, if any are.
func (c changes) onto(stored places, keys []rollupKey, divisions []int64) (places, error) {
	fresh := places{map[rollupKey]rollup{}, map[rollupKey]itemsRow{}}
	for key, r := range stored.sums {
		fresh.sums[key] = r
	}
	for key, r := range stored.items {
		fresh.items[key] = r
	}
	for _, key := range keys {
		if divisions != nil {
			if _, chosen := slices.BinarySearch(divisions, key.division); !chosen {
				continue
			}
		}
		if err := c[key].onto(key, fresh); err != nil {
			return fresh, err
		}
	}
	return fresh, nil
}

// onto changes the roll-ups of a key.
func (c *placeChange) onto(key rollupKey, fresh places) error {
	if r, there := fresh.sums[key]; there {
		before, err := r.sum(true)
		if err != nil {
			return err
		}
		c.sum.Add(before)
		if !c.known {
			c.parent = r.ParentID
		}
	}
	if sum := c.sum.trimmed(); sum.Expected == 0 {
		delete(fresh.sums, key)
	} else {
		fresh.sums[key] = newRollup(key, c.level, c.parent, sum)
	}
	if r, there := fresh.items[key]; there {
		before, err := r.counts(nil)
		if err != nil {
			return err
		}
		c.items.add(before)
		if !c.known {
			c.parent = r.ParentID
		}
	}
	if text := c.items.text(); text == "" {
		delete(fresh.items, key)
	} else {
		fresh.items[key] = itemsRow{key.division, key.form, key.period, key.batch, key.unitType, c.level, c.parent, text}
	}
	return nil
}

// become makes the stored roll-ups what they are to be.
func (p places) become(tx *gorm.DB, fresh places, differ *Differences) error {
	if err := replace(tx, placeColumns, p.sums, fresh.sums, differ); err != nil {
		return err
	}
	return replace(tx, placeColumns, p.items, fresh.items, differ)
}

// row is a row of a table.
type row interface {
	comparable
	TableName() string
}

// replace makes stored rows what they are to be, and notes what differs.
func replace[K comparable, R row](tx *gorm.DB, key []string, stored, fresh map[K]R, differ *Differences) error {
	var put, gone []R
	for k, r := range fresh {
		if before, there := stored[k]; !there {
			put = append(put, r)
			differ.note(r.TableName(), nil, r)
		} else if before != r {
			put = append(put, r)
			differ.note(r.TableName(), before, r)
		}
	}
	for k, r := range stored {
		if _, there := fresh[k]; !there {
			gone = append(gone, r)
			differ.note(r.TableName(), r, nil)
		}
	}
	if err := database.Remove(tx, key, gone); err != nil {
		return err
	}
	return database.Put(tx, key, put)
}
