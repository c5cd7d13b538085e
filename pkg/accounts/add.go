package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/fault"
)

// Add makes a user. It needs ManageUsers, and by may only give a scope it covers itself; the unit of a
// clerk must have been looked up as by. Faults: Invalid `user.invalid` with every wrong field, Conflict
// `user.exists`, Forbidden.
func (s *Service) Add(ctx context.Context, by Actor, in NewUser) (User, error) {
	if err := by.Require(ManageUsers); err != nil {
		return User{}, err
	}
	in = in.completed()
	level, err := s.level(ctx, in.Division)
	if err != nil {
		return User{}, err
	}
	f := fault.New(fault.Invalid, "user.invalid")
	in.check(f)
	in.checkScope(f, level)
	if len(f.Fields) > 0 {
		return User{}, f
	}
	user := User{
		Name: in.Name, Display: in.Display, Role: in.Role, Division: in.Division, Unit: in.Unit,
		Language: in.Language, Email: in.Email, CreatedAt: s.now(),
	}
	user.PasswordChangedAt = user.CreatedAt
	hash, err := s.hash(ctx, in.Password)
	if err != nil {
		return User{}, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.mustReach(ctx, tx, by, user); err != nil {
			return err
		}
		if err := insert(tx, &user, hash); err != nil {
			return err
		}
		return s.record(tx, by, actAdded, map[string]any{
			"user": user.Name, "role": user.Role, "division": user.Division, "unit": user.Unit,
		})
	})
	if err != nil {
		return User{}, err
	}
	return user, nil
}

// level gives the level of a division, 0 for none that is valid today.
func (s *Service) level(ctx context.Context, division int64) (int, error) {
	if division == 0 {
		return 0, nil
	}
	d, err := s.tree.ByID(ctx, division, s.clock.Today())
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return d.Level, err
}

// userRow is a row of users; nil is none.
type userRow struct {
	ID                int64
	Name              string
	Display           string
	Role              Role
	DivisionID        *int64
	UnitID            *int64
	PasswordHash      string
	PasswordChangedAt time.Time
	Language          string
	Email             string
	CreatedAt         time.Time
}

func (userRow) TableName() string { return "users" }

func insert(tx *gorm.DB, user *User, hash string) error {
	row := userRow{
		Name: user.Name, Display: user.Display, Role: user.Role, DivisionID: orNil(user.Division), UnitID: orNil(user.Unit),
		PasswordHash: hash, PasswordChangedAt: user.PasswordChangedAt, Language: user.Language, Email: user.Email, CreatedAt: user.CreatedAt,
	}
	err := tx.Create(&row).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "user.exists", user.Name)
	}
	if err != nil {
		return fmt.Errorf("add user %s: %w", user.Name, err)
	}
	user.ID = row.ID
	return nil
}

func orNil(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}
