package divisions

import (
	"context"

	"pilotboard/pkg/period"
)

// Under gives the division within and every counted division at or above the level that lies under it
// on that day, by code: those for statistics only are left out.
func (s *Service) Under(ctx context.Context, within int64, level int, on period.Date) ([]Division, error) {
	return s.list(s.db.Read(ctx).Raw(`WITH RECURSIVE down (id, key, code, name, level, parent, statistics_only) AS (
			SELECT d.id, d.key, v.code, v.name, d.level, COALESCE(v.parent_id, 0), v.statistics_only
			FROM division_versions v JOIN divisions d ON d.id = v.division_id WHERE d.id = ? AND `+valid+`
			UNION ALL
			SELECT d.id, d.key, v.code, v.name, d.level, COALESCE(v.parent_id, 0), v.statistics_only
			FROM down JOIN division_versions v ON v.parent_id = down.id AND down.level < ? AND `+valid+`
			JOIN divisions d ON d.id = v.division_id AND d.level <= ?
		) SELECT id, key, code, name, level, parent, statistics_only FROM down
		WHERE NOT statistics_only OR id = ? ORDER BY level, code`,
		within, on, on, level, on, on, level, within))
}
