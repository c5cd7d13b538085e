package divisions

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/period"
)

// Place is where something lies at a date: the divisions above it, and its own. 0 means that it has
// none at that level.
type Place struct{ Province, City, County, Division int64 }

// Within tells whether the place lies in the division or is it. Nothing lies within 0.
func (p Place) Within(division int64) bool {
	return division != 0 &&
		(division == p.Province || division == p.City || division == p.County || division == p.Division)
}

// Places tells where the divisions with these ids lie on that day, by id: for a tree as then give a
// day of the period, for the tree as now give today. A division merged away before that day lies
// where its successor lies, under its own id in Division. Ids without a place then are left out.
// It reads inside tx; a nil tx stands for a read outside any transaction.
func (s *Service) Places(ctx context.Context, tx *gorm.DB, ids []int64, on period.Date) (map[int64]Place, error) {
	if tx != nil {
		return places(tx, ids, on)
	}
	asked := make([]question, len(ids))
	for i, id := range ids {
		asked[i] = question{id: id, on: on}
	}
	known, err := s.lies.Many(ctx, asked, func(missing []question) (map[question]Place, error) {
		ids := make([]int64, len(missing))
		for i, q := range missing {
			ids[i] = q.id
		}
		read, err := places(s.db.Read(ctx), ids, on)
		found := make(map[question]Place, len(read))
		for id, place := range read {
			found[question{id: id, on: on}] = place
		}
		return found, err
	})
	if err != nil {
		return nil, err
	}
	found := make(map[int64]Place, len(known))
	for q, place := range known {
		found[q.id] = place
	}
	return found, nil
}

func places(tx *gorm.DB, ids []int64, on period.Date) (map[int64]Place, error) {
	steps, err := climb(tx, ids, on)
	if err != nil {
		return nil, err
	}
	places := make(map[int64]Place, len(ids))
	for _, id := range ids {
		if _, ok := steps[id]; ok {
			places[id] = placeOf(id, steps)
		}
	}
	return places, nil
}

// step is a division on the way up. Next is the one above it, or for one that has ended its
// successor; 0 for none.
type step struct {
	ID    int64
	Level int
	Next  int64
	Ended bool
}

// climb reads the steps from ids to the top, one query for each level and chunk.
func climb(tx *gorm.DB, ids []int64, on period.Date) (map[int64]step, error) {
	steps := make(map[int64]step, len(ids))
	for len(ids) > 0 {
		var above []int64
		seen := map[int64]bool{}
		for _, chunk := range chunks(ids) {
			found, err := readSteps(tx, chunk, on)
			if err != nil {
				return nil, err
			}
			for _, step := range found {
				steps[step.ID] = step
				if step.Next != 0 && !seen[step.Next] {
					seen[step.Next] = true
					above = append(above, step.Next)
				}
			}
		}
		ids = above
	}
	return steps, nil
}

// readSteps relies on a division having a successor in its last version only: one row for each id.
func readSteps(tx *gorm.DB, ids []int64, on period.Date) ([]step, error) {
	var steps []step
	err := tx.Raw(`SELECT d.id, d.level, v.valid_to IS NOT NULL AND v.valid_to <= ? AS ended,
			COALESCE(CASE WHEN v.valid_to <= ? THEN v.successor_id ELSE v.parent_id END, 0) AS next
		FROM division_versions v JOIN divisions d ON d.id = v.division_id
		WHERE v.division_id IN ? AND v.valid_from <= ? AND (v.valid_to IS NULL OR v.valid_to > ? OR v.successor_id IS NOT NULL)`,
		on, on, ids, on, on).Scan(&steps).Error
	if err != nil {
		return nil, fmt.Errorf("read where divisions lie: %w", err)
	}
	return steps, nil
}

func placeOf(id int64, steps map[int64]step) Place {
	place := Place{Division: id}
	for next := id; next != 0; next = steps[next].Next {
		step := steps[next]
		switch {
		case step.Ended: // its successor says where
		case step.Level == Province:
			place.Province = next
		case step.Level == City:
			place.City = next
		case step.Level == County:
			place.County = next
		}
	}
	return place
}
