package accounts

import (
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
)

// The lookups below ask no scope: they serve the program itself, which decides who is told of what.
// Each reads inside tx, leaves disabled users out, and takes one query for every 500 ids.

// ClerksOf gives the clerks of units.
func ClerksOf(tx *gorm.DB, units []int64) ([]User, error) {
	return enabled(tx, " AND role = ? AND unit_id IN ? ORDER BY id", units, Clerk)
}

// StaffOf gives those of a role, other than clerks, who are in charge of divisions.
func StaffOf(tx *gorm.DB, role Role, divisions []int64) ([]User, error) {
	return enabled(tx, " AND role = ? AND division_id IN ? ORDER BY id", divisions, role)
}

// ByID gives users by their ids.
func ByID(tx *gorm.DB, ids []int64) (map[int64]User, error) {
	users, err := enabled(tx, " AND id IN ?", ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]User, len(users))
	for _, u := range users {
		byID[u.ID] = u
	}
	return byID, nil
}

// WithMail gives up to most of those who have given a mail address, by id, from the first after the
// id after.
func WithMail(tx *gorm.DB, after int64, most int) ([]User, error) {
	return find(tx, " WHERE disabled = FALSE AND email <> '' AND id > ? ORDER BY id LIMIT ?", after, database.AtMost(most))
}

// enabled finds users by a condition that ends in a list of ids.
func enabled(tx *gorm.DB, condition string, ids []int64, args ...any) ([]User, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var users []User
	for chunk := range slices.Chunk(ids, database.BatchSize) {
		found, err := find(tx, " WHERE disabled = FALSE"+condition, append(slices.Clone(args), chunk)...)
		if err != nil {
			return nil, err
		}
		users = append(users, found...)
	}
	return users, nil
}
