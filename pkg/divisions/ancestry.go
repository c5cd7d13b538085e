package divisions

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/period"
)

// Ancestors gives the way from the province down to the division itself on that day; NotFound
// `division.unknown` when it is not valid then.
func (s *Service) Ancestors(ctx context.Context, id int64, on period.Date) ([]Division, error) {
	list, err := s.list(s.db.Read(ctx).Raw(`WITH RECURSIVE up (id, parent_id) AS (
			SELECT v.division_id, v.parent_id FROM division_versions v WHERE v.division_id = ? AND `+valid+`
			UNION ALL
			SELECT v.division_id, v.parent_id FROM up JOIN division_versions v ON v.division_id = up.parent_id AND `+valid+`
		) `+selectDivision+` AND v.division_id IN (SELECT id FROM up) ORDER BY d.level`,
		id, on, on, on, on, on, on))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, unknown(id, on)
	}
	return list, nil
}

// Count gives the number of divisions of the level valid on that day at or under the division
// within, without those for statistics only. This is the denominator of every share of divisions.
func (s *Service) Count(ctx context.Context, within int64, level int, on period.Date) (int, error) {
	var n int
	err := s.db.Read(ctx).Raw(`WITH RECURSIVE down (id, level, counted) AS (
			SELECT d.id, d.level, NOT v.statistics_only
			FROM division_versions v JOIN divisions d ON d.id = v.division_id WHERE d.id = ? AND d.level <= ? AND `+valid+`
			UNION ALL
			SELECT d.id, d.level, NOT v.statistics_only
			FROM down JOIN division_versions v ON v.parent_id = down.id AND `+valid+`
			JOIN divisions d ON d.id = v.division_id AND d.level <= ?
		) SELECT COUNT(*) FROM down WHERE level = ? AND counted`,
		within, level, on, on, on, on, level, level).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count divisions: %w", err)
	}
	return n, nil
}

// Places tells where the divisions with these ids lie on that day, by id: for a tree as then give a
// day of the period, for the tree as now give today. A division merged away before that day lies
// where its successor lies, under its own id in Division. Ids without a place then are left out.
// It reads inside tx; a nil tx stands for a read outside any transaction.
func (s *Service) Places(ctx context.Context, tx *gorm.DB, ids []int64, on period.Date) (map[int64]Place, error) {
	if tx == nil {
		tx = s.db.Read(ctx)
	}
	places := make(map[int64]Place, len(ids))
	for _, chunk := range chunks(ids) {
		steps, err := climb(tx, chunk, on)
		if err != nil {
			return nil, err
		}
		for _, step := range steps {
			place := places[step.Start]
			place.Division = step.Start
			switch step.Level {
			case Province:
				place.Province = step.ID
			case City:
				place.City = step.ID
			case County:
				place.County = step.ID
			}
			places[step.Start] = place
		}
	}
	return places, nil
}

// step says that division ID is one of those that Start lies in, or Start itself.
type step struct {
	Start, ID int64
	Level     int
}

// climb goes up from each id in one query; from a division that has ended, to its successor first.
// Only the last version of a division has a successor, so there is one way up.
func climb(tx *gorm.DB, ids []int64, on period.Date) ([]step, error) {
	const next = `CASE WHEN v.valid_to <= ? THEN v.successor_id ELSE v.parent_id END, (v.valid_to IS NULL OR v.valid_to > ?)`
	const usable = `v.valid_from <= ? AND (v.valid_to IS NULL OR v.valid_to > ? OR v.successor_id IS NOT NULL)`
	var steps []step
	err := tx.Raw(`WITH RECURSIVE up (start_id, id, next_id, valid) AS (
			SELECT v.division_id, v.division_id, `+next+` FROM division_versions v WHERE v.division_id IN ? AND `+usable+`
			UNION ALL
			SELECT up.start_id, v.division_id, `+next+` FROM up JOIN division_versions v ON v.division_id = up.next_id AND `+usable+`
		) SELECT up.start_id AS start, up.id, d.level FROM up JOIN divisions d ON d.id = up.id WHERE up.valid`,
		on, on, ids, on, on, on, on, on, on).Scan(&steps).Error
	if err != nil {
		return nil, fmt.Errorf("read where divisions lie: %w", err)
	}
	return steps, nil
}
