package accounts

import (
	"context"
	"fmt"

	"github.com/alexedwards/argon2id"
	"gorm.io/gorm"

	"pilotboard/pkg/fault"
)

// Login gives the user with the name and password; address is where the request comes from. Unauthorized
// `login.failed` says neither whether the name is known nor whether the user is disabled, and takes as
// long in each case. After five failures TooMany `login.throttled` answers a right password too.
func (s *Service) Login(ctx context.Context, name, password, address string) (User, error) {
	name = fold(name)
	if !namePattern.MatchString(name) || len(password) > maxPassword { // neither can be anybody's
		return User{}, fault.New(fault.Unauthorized, "login.failed")
	}
	user, right, err := s.verify(ctx, name, password)
	if err != nil {
		return User{}, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, "login "+name); err != nil {
			return err
		}
		// Again, now that nobody else counts: of many guesses at once only five are answered.
		if err := s.throttled(tx, name); err != nil {
			return err
		}
		if !right {
			return s.countFailure(tx, name, address, user)
		}
		if err := s.forgetFailures(tx, name); err != nil {
			return err
		}
		return s.recordLocal(tx, user, actLoggedIn, map[string]any{"address": address})
	})
	if err != nil {
		return User{}, err
	}
	if !right {
		return User{}, fault.New(fault.Unauthorized, "login.failed")
	}
	return user, nil
}

// verify tells whether name is an enabled user with that password, and who it is, if anybody. It does
// not hash for a name that is throttled.
func (s *Service) verify(ctx context.Context, name, password string) (User, bool, error) {
	if err := s.enter(ctx); err != nil {
		return User{}, false, err
	}
	defer s.leave()
	if err := s.throttled(s.db.Read(ctx), name); err != nil {
		return User{}, false, err
	}
	var found struct {
		User
		PasswordHash string
	}
	err := s.db.Read(ctx).Raw("SELECT "+userColumns+", password_hash FROM users WHERE name = ?", name).Scan(&found).Error
	if err != nil {
		return User{}, false, fmt.Errorf("read the user who logs in: %w", err)
	}
	hash := found.PasswordHash
	if found.ID == 0 {
		hash = noHash
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return User{}, false, fmt.Errorf("check a password: %w", err)
	}
	return found.User, match && found.ID != 0 && !found.Disabled, nil
}
