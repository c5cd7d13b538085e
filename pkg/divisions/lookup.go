package divisions

import (
	"context"
	"fmt"
	"slices"

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
	return s.one(ctx, question{what: "v.code = ?", code: code, on: on}, code)
}

// ByKey gives the division with the permanent key, as on that day; NotFound `division.unknown` when
// there is none, also when it is not valid then.
func (s *Service) ByKey(ctx context.Context, key string, on period.Date) (Division, error) {
	return s.one(ctx, question{what: "d.key = ?", code: key, on: on}, key)
}

// ByID gives the division as on that day; NotFound `division.unknown` like ByKey.
func (s *Service) ByID(ctx context.Context, id int64, on period.Date) (Division, error) {
	return s.one(ctx, question{what: "d.id = ?", id: id, on: on}, id)
}

// Roots gives the divisions under nothing, by code.
func (s *Service) Roots(ctx context.Context, on period.Date) ([]Division, error) {
	return s.some(ctx, question{what: "v.parent_id IS NULL ORDER BY v.code", on: on})
}

// Children gives the divisions directly under id on that day, by code, those for statistics included.
func (s *Service) Children(ctx context.Context, id int64, on period.Date) ([]Division, error) {
	return s.some(ctx, question{what: "v.parent_id = ? ORDER BY v.code", id: id, on: on}, id)
}

// Names gives the divisions with these ids as on that day, by id; those not valid then are left out.
func (s *Service) Names(ctx context.Context, ids []int64, on period.Date) (map[int64]Division, error) {
	asked := make([]question, len(ids))
	for i, id := range ids {
		asked[i] = question{what: "d.id = ?", id: id, on: on}
	}
	lists, err := s.known.Many(ctx, asked, func(missing []question) (map[question][]Division, error) {
		return s.readNames(ctx, missing, on)
	})
	if err != nil {
		return nil, err
	}
	found := make(map[int64]Division, len(ids))
	for asked, list := range lists {
		if len(list) > 0 { // ByID keeps that there is none
			found[asked.id] = list[0]
		}
	}
	return found, nil
}

func (s *Service) readNames(ctx context.Context, asked []question, on period.Date) (map[question][]Division, error) {
	found := make(map[question][]Division, len(asked))
	for chunk := range slices.Chunk(asked, database.BatchSize) {
		ids := make([]int64, len(chunk))
		for i, q := range chunk {
			ids[i] = q.id
		}
		list, err := s.list(s.db.Read(ctx).Raw(selectDivision+" AND v.division_id IN ?", on, on, ids))
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			found[question{what: "d.id = ?", id: d.ID, on: on}] = []Division{d}
		}
	}
	return found, nil
}

func (s *Service) one(ctx context.Context, asked question, of any) (Division, error) {
	list, err := s.some(ctx, asked, of)
	if err != nil {
		return Division{}, err
	}
	if len(list) == 0 {
		return Division{}, unknown(of, asked.on)
	}
	return list[0], nil
}

// some gives the divisions for which what is asked holds, args being of what.
func (s *Service) some(ctx context.Context, asked question, args ...any) ([]Division, error) {
	list, err := s.known.Get(ctx, asked, func() ([]Division, error) {
		return s.list(s.db.Read(ctx).Raw(selectDivision+" AND "+asked.what, append([]any{asked.on, asked.on}, args...)...))
	})
	return slices.Clone(list), err
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
