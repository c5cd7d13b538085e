package divisions

import (
	"context"
	"fmt"
	"slices"

	"pilotboard/pkg/period"
)

// Ancestors gives the way from the province down to the division itself on that day; NotFound
// `division.unknown` when it is not valid then.
func (s *Service) Ancestors(ctx context.Context, id int64, on period.Date) ([]Division, error) {
	var way []Division
	for next := id; next != 0; {
		d, err := s.ByID(ctx, next, on)
		if err != nil {
			return nil, err
		}
		way = append(way, d)
		next = d.Parent
	}
	slices.Reverse(way)
	return way, nil
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
