package evidence

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// fileRow is a row of evidence_files.
type fileRow struct {
	UnitID int64
	File   File `gorm:"embedded"`
}

func (fileRow) TableName() string { return "evidence_files" }

// useRow is a row of evidence_uses.
type useRow struct {
	UnitID int64
	Form   string
	Period period.Quarter
	Item   string
	Hash   string
}

func (useRow) TableName() string { return "evidence_uses" }

// Known gives, by hash, those of the files that the unit has, as tx sees it. It asks no scope: the
// caller has.
func (s *Service) Known(tx *gorm.DB, unit int64, hashes []string) (map[string]File, error) {
	known := make(map[string]File, len(hashes))
	for chunk := range slices.Chunk(hashes, database.BatchSize) {
		var rows []fileRow
		if err := tx.Where("unit_id = ? AND hash IN ?", unit, chunk).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("read evidence files: %w", err)
		}
		for _, row := range rows {
			known[row.File.Hash] = row.File
		}
	}
	return known, nil
}

// one gives a file of the unit; NotFound `evidence.unknown`.
func one(tx *gorm.DB, unit int64, hash string) (File, error) {
	var row fileRow
	result := tx.Where("unit_id = ? AND hash = ?", unit, hash).Limit(1).Find(&row)
	if result.Error != nil {
		return File{}, fmt.Errorf("read an evidence file: %w", result.Error)
	}
	if result.RowsAffected == 0 {
		return File{}, fault.New(fault.NotFound, "evidence.unknown")
	}
	return row.File, nil
}
