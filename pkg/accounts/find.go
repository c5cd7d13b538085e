package accounts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
)

const userColumns = `id, name, display, role, COALESCE(division_id, 0) AS division, COALESCE(unit_id, 0) AS unit,
	language, email, disabled, password_changed_at, created_at`

const (
	defaultLimit = 50
	maxLimit     = 200
)

// List gives the users whom by may manage, by name, from the first after the name after; next is the
// cursor of the next page, empty on the last. A limit of 0 is 50, and 200 is the most. It needs
// ManageUsers.
func (s *Service) List(ctx context.Context, by Actor, after string, limit int) (users []User, next string, err error) {
	if err := by.Require(ManageUsers); err != nil {
		return nil, "", err
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	after = fold(after)
	for len(users) <= limit {
		page, err := find(s.db.Read(ctx), " WHERE name > ? ORDER BY name LIMIT ?", after, database.AtMost(limit+1))
		if err != nil {
			return nil, "", err
		}
		reached, err := s.reach(ctx, nil, by, page)
		if err != nil {
			return nil, "", err
		}
		users = append(users, reached...)
		if len(page) <= limit {
			break
		}
		after = page[len(page)-1].Name
	}
	if len(users) > limit {
		users = users[:limit]
		next = users[limit-1].Name
	}
	return users, next, nil
}

// ByName gives a user. It needs ManageUsers; NotFound `user.unknown`, also for a user by may not manage.
func (s *Service) ByName(ctx context.Context, by Actor, name string) (User, error) {
	if err := by.Require(ManageUsers); err != nil {
		return User{}, err
	}
	return s.managed(ctx, s.db.Read(ctx), by, fold(name))
}

// ActorByID gives the user of a session as of now: passwordChangedAt is that of the User at login. A
// user who was disabled since, or whose password was changed, is Unauthorized `login.again`.
func (s *Service) ActorByID(ctx context.Context, id int64, passwordChangedAt time.Time) (Actor, error) {
	again := fault.New(fault.Unauthorized, "login.again")
	user, err := s.users.Get(ctx, id, func() (User, error) {
		users, err := find(s.db.Read(ctx), " WHERE id = ?", id)
		if err != nil {
			return User{}, err
		}
		if len(users) == 0 {
			return User{}, again
		}
		return users[0], nil
	})
	if err != nil {
		return Actor{}, err
	}
	if user.Disabled || !user.PasswordChangedAt.Equal(passwordChangedAt) {
		return Actor{}, again
	}
	return user.Actor(), nil
}

// Displays gives the names that people read by the ids of users, also of those who are disabled; an id
// of nobody is left out. It asks for no permission: who has acted on a report is told to everybody who
// may see the report.
func (s *Service) Displays(ctx context.Context, ids []int64) (map[int64]string, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	names := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	users, err := find(s.db.Read(ctx), " WHERE id IN ?", ids)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		names[u.ID] = u.Display
	}
	return names, nil
}

// managed gives the user with the name, whom by may manage.
func (s *Service) managed(ctx context.Context, tx *gorm.DB, by Actor, name string) (User, error) {
	users, err := find(tx, " WHERE name = ?", name)
	if err != nil {
		return User{}, err
	}
	reached, err := s.reach(ctx, tx, by, users)
	if err != nil {
		return User{}, err
	}
	if len(reached) == 0 {
		return User{}, fault.New(fault.NotFound, "user.unknown", name)
	}
	return reached[0], nil
}

// mustReach gives Forbidden `user.out_of_scope` for a user whom by may not manage.
func (s *Service) mustReach(ctx context.Context, tx *gorm.DB, by Actor, user User) error {
	reached, err := s.reach(ctx, tx, by, []User{user})
	if err != nil {
		return err
	}
	if len(reached) == 0 {
		return fault.New(fault.Forbidden, "user.out_of_scope")
	}
	return nil
}

func find(tx *gorm.DB, condition string, args ...any) ([]User, error) {
	var users []User
	if err := tx.Raw("SELECT "+userColumns+" FROM users"+condition, args...).Scan(&users).Error; err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	return users, nil
}
