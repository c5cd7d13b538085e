package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/fault"
)

const (
	tokenPrefix  = "pb_" // so that people and secret scanners know one when they see it
	maxTokenDays = 3660
)

// CreateToken makes an access token with which a program acts as the user, for so many days; 0 days is
// without end. Only its hash is kept: the text returned is shown once. A user makes tokens for
// themselves; for others it needs ManageUsers. Faults: Forbidden, NotFound `user.unknown`, Conflict
// `user.disabled`, Invalid `token.days_invalid`.
func (s *Service) CreateToken(ctx context.Context, by Actor, name string, days int) (string, error) {
	name = fold(name)
	if own := by.UserID != 0 && name == by.Name; !own {
		if err := by.Require(ManageUsers); err != nil {
			return "", err
		}
	}
	if days < 0 || days > maxTokenDays {
		return "", fault.New(fault.Invalid, "token.days_invalid", maxTokenDays)
	}
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	plain := tokenPrefix + base64.RawURLEncoding.EncodeToString(secret)
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		user, err := s.managed(ctx, tx, by, name)
		if err != nil {
			return err
		}
		if user.Disabled {
			return fault.New(fault.Conflict, "user.disabled", name)
		}
		var expires any
		if days > 0 {
			expires = s.now().Add(time.Duration(days) * 24 * time.Hour)
		}
		err = tx.Exec("INSERT INTO tokens (user_id, hash, created_at, expires_at) VALUES (?, ?, ?, ?)",
			user.ID, hashToken(plain), s.now(), expires).Error
		if err != nil {
			return fmt.Errorf("keep a token of %s: %w", name, err)
		}
		return s.record(tx, by, actTokenMade, map[string]any{"user": user.Name, "days": days})
	})
	if err != nil {
		return "", err
	}
	return plain, nil
}

// ActorByToken gives the user for whom the token was made; Unauthorized `token.invalid` when it is
// unknown or expired or its user is disabled.
func (s *Service) ActorByToken(ctx context.Context, plain string) (Actor, error) {
	invalid := fault.New(fault.Unauthorized, "token.invalid")
	if !strings.HasPrefix(plain, tokenPrefix) {
		return Actor{}, invalid
	}
	hash := hashToken(plain)
	b, err := s.bearers.Get(ctx, hash, func() (bearer, error) { return s.bearer(ctx, hash) })
	if err != nil {
		return Actor{}, err
	}
	if b.expires != nil && !b.expires.After(s.now()) {
		return Actor{}, invalid
	}
	return b.actor, nil
}

// bearer is who a token stands for, and until when; nil is without end.
type bearer struct {
	actor   Actor
	expires *time.Time
}

func (s *Service) bearer(ctx context.Context, hash string) (bearer, error) {
	var tokens []struct {
		UserID    int64
		ExpiresAt *time.Time
	}
	if err := s.db.Read(ctx).Raw("SELECT user_id, expires_at FROM tokens WHERE hash = ?", hash).Scan(&tokens).Error; err != nil {
		return bearer{}, fmt.Errorf("read a token: %w", err)
	}
	if len(tokens) == 0 {
		return bearer{}, fault.New(fault.Unauthorized, "token.invalid")
	}
	users, err := find(s.db.Read(ctx), " WHERE NOT disabled AND id = ?", tokens[0].UserID)
	if err != nil {
		return bearer{}, err
	}
	if len(users) == 0 {
		return bearer{}, fault.New(fault.Unauthorized, "token.invalid")
	}
	return bearer{users[0].Actor(), tokens[0].ExpiresAt}, nil
}

func hashToken(plain string) string {
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}
