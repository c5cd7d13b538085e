package divisions

import (
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
)

// divisionRow is a row of divisions.
type divisionRow struct {
	ID    int64
	Key   string
	Level int
}

func (divisionRow) TableName() string { return "divisions" }

// versionRow is a row of division_versions.
type versionRow struct {
	DivisionID     int64       `gorm:"primaryKey"`
	ValidFrom      period.Date `gorm:"primaryKey"`
	ValidTo        period.Date
	Code           string
	Name           string
	ParentID       *int64
	StatisticsOnly bool
	SuccessorID    *int64
}

func (versionRow) TableName() string { return "division_versions" }

func newVersionRow(v version, id int64, ids map[string]int64) versionRow {
	reference := func(key string) *int64 {
		if key == "" {
			return nil
		}
		id := ids[key]
		return &id
	}
	return versionRow{
		DivisionID: id, ValidFrom: v.from, ValidTo: v.to, Code: v.code, Name: v.name,
		ParentID: reference(v.parent), StatisticsOnly: v.statisticsOnly, SuccessorID: reference(v.successor),
	}
}

// load reads the whole tree through time.
func load(tx *gorm.DB) (tree, error) {
	var divisions []divisionRow
	if err := tx.Raw("SELECT id, key, level FROM divisions").Scan(&divisions).Error; err != nil {
		return nil, fmt.Errorf("read divisions: %w", err)
	}
	var versions []versionRow
	if err := tx.Raw("SELECT * FROM division_versions ORDER BY division_id, valid_from").Scan(&versions).Error; err != nil {
		return nil, fmt.Errorf("read divisions: %w", err)
	}
	byID := make(map[int64]*history, len(divisions))
	all := make(tree, len(divisions))
	for _, d := range divisions {
		h := &history{id: d.ID, key: d.Key, level: d.Level}
		byID[d.ID], all[d.Key] = h, h
	}
	key := func(id *int64) string {
		if id == nil {
			return ""
		}
		return byID[*id].key
	}
	for _, v := range versions {
		h := byID[v.DivisionID]
		h.versions = append(h.versions, version{
			code: v.Code, name: v.Name, parent: key(v.ParentID), from: v.ValidFrom, to: v.ValidTo,
			statisticsOnly: v.StatisticsOnly, successor: key(v.SuccessorID),
		})
	}
	return all, nil
}

// loadIDs reads the id of every key.
func loadIDs(tx *gorm.DB) (map[string]int64, error) {
	var rows []divisionRow
	if err := tx.Raw("SELECT id, key FROM divisions").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read division ids: %w", err)
	}
	ids := make(map[string]int64, len(rows))
	for _, r := range rows {
		ids[r.Key] = r.ID
	}
	return ids, nil
}

func createDivisions(tx *gorm.DB, list []*history) error {
	rows := make([]divisionRow, len(list))
	for i, h := range list {
		rows[i] = divisionRow{Key: h.key, Level: h.level}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(rows, database.BatchSize).Error; err != nil {
		return fmt.Errorf("write divisions: %w", err)
	}
	return nil
}

// clearVersions makes room for other versions of divisions that are there, and sets their level.
func clearVersions(tx *gorm.DB, list []*history) error {
	byLevel := map[int][]int64{}
	for _, h := range list {
		byLevel[h.level] = append(byLevel[h.level], h.id)
	}
	for level, ids := range byLevel {
		for _, chunk := range chunks(ids) {
			if err := tx.Exec("UPDATE divisions SET level = ? WHERE id IN ? AND level <> ?", level, chunk, level).Error; err != nil {
				return fmt.Errorf("change divisions: %w", err)
			}
			if err := tx.Exec("DELETE FROM division_versions WHERE division_id IN ?", chunk).Error; err != nil {
				return fmt.Errorf("change divisions: %w", err)
			}
		}
	}
	return nil
}
