package forms

import (
	"context"
	"fmt"
	"time"

	"pilotboard/pkg/accounts"
)

// DraftInfo is a draft without what it says.
type DraftInfo struct {
	Form     string
	Version  int64
	EditedAt time.Time
	EditedBy string
}

// Drafts gives the forms that are being edited, by key. It asks for ManagePlan.
func (s *Service) Drafts(ctx context.Context, actor accounts.Actor) ([]DraftInfo, error) {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return nil, err
	}
	var list []DraftInfo
	err := s.db.Read(ctx).Raw("SELECT form, version, edited_at, edited_by FROM form_drafts ORDER BY form").Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read the drafts of forms: %w", err)
	}
	return list, nil
}
