package accounts

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"gorm.io/gorm"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
)

// maxEmail is the greatest length of a mail address, in bytes (RFC 5321).
const maxEmail = 254

// Own gives the actor's own account. The program itself has none: Forbidden `permission.denied`.
func (s *Service) Own(ctx context.Context, actor Actor) (User, error) {
	return own(s.db.Read(ctx), actor)
}

func own(tx *gorm.DB, actor Actor) (User, error) {
	users, err := find(tx, " WHERE id = ? AND disabled = FALSE", actor.UserID)
	if err != nil {
		return User{}, err
	}
	if len(users) == 0 {
		return User{}, fault.New(fault.Forbidden, "permission.denied")
	}
	return users[0], nil
}

// ChangeOwn sets where the actor's own mail goes (empty for nowhere) and in which language it is
// written. Faults: Invalid `user.invalid` with the fields email and language, Forbidden.
func (s *Service) ChangeOwn(ctx context.Context, actor Actor, email, language string) error {
	email = strings.TrimSpace(email)
	f := fault.New(fault.Invalid, "user.invalid")
	if checkContact(f, email, language); len(f.Fields) > 0 {
		return f
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		user, err := own(tx, actor)
		if err != nil || (user.Email == email && user.Language == language) {
			return err
		}
		if err := tx.Exec("UPDATE users SET email = ?, language = ? WHERE id = ?", email, language, user.ID).Error; err != nil {
			return fmt.Errorf("change user %s: %w", user.Name, err)
		}
		return s.record(tx, actor, actChanged, map[string]any{"user": user.Name, "email": user.Email != email, "language": language})
	})
}

// checkContact adds to f what is wrong with an address, which may be empty, and a language.
func checkContact(f *fault.Fault, email, language string) {
	if address, err := mail.ParseAddress(email); email != "" && (err != nil || address.Address != email || len(email) > maxEmail) {
		f.With("email", "user.email_invalid")
	}
	if !slices.Contains(locale.Languages, language) {
		f.With("language", "user.language_unknown", strings.Join(locale.Languages, ", "))
	}
}
