package accounts

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/fault"
)

// Disable keeps a user from logging in and ends all sessions and tokens of that user at once. It needs
// ManageUsers; nobody disables themselves (Conflict `user.is_yourself`), so an administrator is left.
// Disabling twice changes nothing. NotFound `user.unknown`.
func (s *Service) Disable(ctx context.Context, by Actor, name string) error {
	if err := by.Require(ManageUsers); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		user, err := s.managed(ctx, tx, by, fold(name))
		switch {
		case err != nil:
			return err
		case user.ID == by.UserID:
			return fault.New(fault.Conflict, "user.is_yourself")
		case user.Disabled:
			return nil
		}
		if err := tx.Exec("UPDATE users SET disabled = TRUE WHERE id = ?", user.ID).Error; err != nil {
			return fmt.Errorf("disable user %s: %w", user.Name, err)
		}
		return s.record(tx, by, actDisabled, map[string]any{"user": user.Name})
	})
}
