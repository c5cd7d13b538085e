package evidence

import (
	"context"
	"io"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

// File gives a file of a unit in the actor's scope, and its content, which the caller closes. A file
// that the unit does not have is NotFound `evidence.unknown`, whoever else has it.
func (s *Service) File(ctx context.Context, actor accounts.Actor, unitKey, hash string) (File, io.ReadCloser, error) {
	file, err := s.find(ctx, actor, unitKey, hash)
	if err != nil {
		return File{}, nil, err
	}
	content, err := s.files.open(ctx, contentKey(file.Hash))
	return file, content, err
}

// Thumbnail gives a picture of a unit in the actor's scope, and its thumbnail of ThumbnailType, which
// the caller closes. A file that is no picture has none: NotFound `evidence.unknown`.
func (s *Service) Thumbnail(ctx context.Context, actor accounts.Actor, unitKey, hash string) (File, io.ReadCloser, error) {
	file, err := s.find(ctx, actor, unitKey, hash)
	if err != nil {
		return File{}, nil, err
	}
	if !file.Picture {
		return File{}, nil, fault.New(fault.NotFound, "evidence.unknown")
	}
	content, err := s.files.open(ctx, thumbnailKey(file.Hash))
	return file, content, err
}

// List gives, by hash, those of the files that a unit in the actor's scope has.
func (s *Service) List(ctx context.Context, actor accounts.Actor, unitKey string, hashes []string) (map[string]File, error) {
	unit, err := s.plans.Unit(ctx, actor, unitKey)
	if err != nil {
		return nil, err
	}
	return s.Known(s.db.Read(ctx), unit.ID, hashes)
}

func (s *Service) find(ctx context.Context, actor accounts.Actor, unitKey, hash string) (File, error) {
	unit, err := s.plans.Unit(ctx, actor, unitKey)
	if err != nil {
		return File{}, err
	}
	return one(s.db.Read(ctx), unit.ID, hash)
}
