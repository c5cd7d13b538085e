package accounts

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"gorm.io/gorm"

	"pilotboard/pkg/fault"
)

const (
	minPassword = 10  // characters
	maxPassword = 256 // bytes; nobody types more, and hashing more costs time
)

// hashCost is the smallest of the settings of the OWASP Password Storage Cheat Sheet.
var hashCost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// noHash is a hash, with hashCost, of a password that was thrown away: an unknown name is checked
// against it, so that it takes as long as a known one.
const noHash = "$argon2id$v=19$m=19456,t=2,p=1$1WgzPaiU6Z2pXrubWmzRug$bx5k6d0jT4pT+QzeW0v9hBzYHQhBUK6T9qB6bmmVsWg"

func checkPassword(f *fault.Fault, name, password string) {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		f.With("password", "password.too_short", minPassword)
	case len(password) > maxPassword:
		f.With("password", "password.too_long", maxPassword)
	case strings.EqualFold(password, name):
		f.With("password", "password.is_name")
	}
}

// hash gives the hash of a password.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer s.leave()
	hash, err := argon2id.CreateHash(password, hashCost)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// enter waits until a password may be hashed.
func (s *Service) enter(ctx context.Context) error {
	select {
	case s.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

func (s *Service) leave() { <-s.hashing }

// SetPassword gives a user another password and ends all sessions of that user. It needs ManageUsers;
// faults: NotFound `user.unknown`, Forbidden, Invalid `user.invalid` with field password.
func (s *Service) SetPassword(ctx context.Context, by Actor, name, password string) error {
	if err := by.Require(ManageUsers); err != nil {
		return err
	}
	name = fold(name)
	f := fault.New(fault.Invalid, "user.invalid")
	if checkPassword(f, name, password); len(f.Fields) > 0 {
		return f
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		user, err := s.managed(ctx, tx, by, name)
		if err != nil {
			return err
		}
		err = tx.Exec("UPDATE users SET password_hash = ?, password_changed_at = ? WHERE id = ?", hash, s.now(), user.ID).Error
		if err != nil {
			return fmt.Errorf("set the password of %s: %w", name, err)
		}
		return s.record(tx, by, actPasswordSet, map[string]any{"user": user.Name})
	})
}
