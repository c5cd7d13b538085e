package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
)

// Add keeps a file for a unit. It needs FileReports and the unit in the actor's scope, both asked
// before anything is read. A file the unit already has keeps its first name, uploader and moment.
// Faults: Invalid `evidence.too_large`, `evidence.empty`, `evidence.bad_type`,
// `evidence.picture_too_large`, `evidence.broken`.
//
// The content is written before the transaction: when that fails, content that no unit has stays
// behind, which is harmless.
func (s *Service) Add(ctx context.Context, actor accounts.Actor, unitKey, name string, r io.Reader) (File, error) {
	if err := actor.Require(accounts.FileReports); err != nil {
		return File{}, err
	}
	unit, err := s.plans.Unit(ctx, actor, unitKey)
	if err != nil {
		return File{}, err
	}
	content, err := readAll(r)
	if err != nil {
		return File{}, err
	}
	k, err := kindOf(content)
	if err != nil {
		return File{}, err
	}
	hash := sha256.Sum256(content)
	file := File{
		Hash: hex.EncodeToString(hash[:]), Name: cleanName(name, k), Type: k.mime, Size: int64(len(content)),
		Picture: k.picture, UploadedAt: s.now(), UploadedBy: actor.Display,
	}
	if err := s.write(ctx, file, content); err != nil {
		return File{}, err
	}
	return s.keep(ctx, actor, unit.ID, file)
}

// readAll reads a file of bounded size.
func readAll(r io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read an uploaded file: %w", err)
	case len(content) > MaxSize:
		return nil, TooLarge()
	case len(content) == 0:
		return nil, fault.New(fault.Invalid, "evidence.empty")
	}
	return content, nil
}

// TooLarge is the fault of a file that is too large, for doors that see so before they read it.
func TooLarge() error { return fault.New(fault.Invalid, "evidence.too_large", MaxSize>>20) }

// write puts the content, and the thumbnail of a picture, where files are kept.
func (s *Service) write(ctx context.Context, file File, content []byte) error {
	if file.Picture {
		small, err := s.thumbnail(ctx, content)
		if err != nil {
			return err
		}
		if err := s.files.write(ctx, thumbnailKey(file.Hash), ThumbnailType, small); err != nil {
			return err
		}
	}
	return s.files.write(ctx, contentKey(file.Hash), file.Type, content)
}

// added is the detail of ActAdded.
type added struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// keep gives the unit the file, unless it has it already.
func (s *Service) keep(ctx context.Context, actor accounts.Actor, unit int64, file File) (File, error) {
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		result := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&fileRow{UnitID: unit, File: file})
		if result.Error != nil {
			return fmt.Errorf("keep an evidence file: %w", result.Error)
		}
		if result.RowsAffected == 0 {
			var err error
			file, err = one(tx, unit, file.Hash)
			return err
		}
		return s.ledger.Record(tx, ledger.Entry{
			At: file.UploadedAt, ActorID: actor.UserID, ActorName: actor.Name, Act: ActAdded, Unit: unit,
			Detail: added{file.Name, file.Hash, file.Type, file.Size}, Local: true,
		})
	})
	if err != nil {
		return File{}, err
	}
	return file, nil
}
