package divisions

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
)

// valid is the condition, with two dates, that version v is valid on a day.
const valid = `v.valid_from <= ? AND (v.valid_to IS NULL OR v.valid_to > ?)`

// selectDivision reads a Division as it was on a day, given twice.
const selectDivision = `SELECT d.id, d.key, v.code, v.name, d.level, COALESCE(v.parent_id, 0) AS parent, v.statistics_only
	FROM division_versions v JOIN divisions d ON d.id = v.division_id WHERE ` + valid

// ByCode gives the division that has the code on that day; else NotFound `division.unknown`.
// Provinces, cities and counties have 6 digits, townships 9, villages 12.
func (s *Service) ByCode(ctx context.Context, code string, on period.Date) (Division, error) {
	return s.one(ctx, "v.code = ?", code, on)
}

// ByKey gives the division with the permanent key, as on that day; NotFound `division.unknown` when
// there is none, also when it is not valid then.
func (s *Service) ByKey(ctx context.Context, key string, on period.Date) (Division, error) {
	return s.one(ctx, "d.key = ?", key, on)
}

// ByID gives the division as on that day; NotFound `division.unknown` like ByKey.
func (s *Service) ByID(ctx context.Context, id int64, on period.Date) (Division, error) {
	return s.one(ctx, "d.id = ?", id, on)
}

// Roots gives the divisions under nothing, by code.
func (s *Service) Roots(ctx context.Context, on period.Date) ([]Division, error) {
	return s.list(s.db.Read(ctx).Raw(selectDivision+" AND v.parent_id IS NULL ORDER BY v.code", on, on))
}

// Children gives the divisions directly under id on that day, by code, those for statistics included.
func (s *Service) Children(ctx context.Context, id int64, on period.Date) ([]Division, error) {
	return s.list(s.db.Read(ctx).Raw(selectDivision+" AND v.parent_id = ? ORDER BY v.code", on, on, id))
}

// Names gives the divisions with these ids as on that day, by id; those not valid then are left out.
func (s *Service) Names(ctx context.Context, ids []int64, on period.Date) (map[int64]Division, error) {
	found := make(map[int64]Division, len(ids))
	for _, chunk := range chunks(ids) {
		list, err := s.list(s.db.Read(ctx).Raw(selectDivision+" AND v.division_id IN ?", on, on, chunk))
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			found[d.ID] = d
		}
	}
	return found, nil
}

func (s *Service) one(ctx context.Context, condition string, value any, on period.Date) (Division, error) {
	list, err := s.list(s.db.Read(ctx).Raw(selectDivision+" AND "+condition, on, on, value))
	if err != nil {
		return Division{}, err
	}
	if len(list) == 0 {
		return Division{}, unknown(value, on)
	}
	return list[0], nil
}

func (s *Service) list(query *gorm.DB) ([]Division, error) {
	var list []Division
	if err := query.Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("read divisions: %w", err)
	}
	return list, nil
}

// chunks cuts ids into pieces small enough for one statement.
func chunks(ids []int64) [][]int64 {
	var pieces [][]int64
	for start := 0; start < len(ids); start += database.BatchSize {
		pieces = append(pieces, ids[start:min(start+database.BatchSize, len(ids))])
	}
	return pieces
}
