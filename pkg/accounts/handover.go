package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
)

const (
	maxHandoverNote = 500 // characters
	handoverShown   = 30 * 24 * time.Hour
)

// Handover passes a unit from one clerk to another. Unit is the one that From files for, which must have
// been looked up as whoever hands over. To.Name is who takes over: without a Password a clerk who is
// there already, else a new user, whose role and unit follow. Note says why; it is for the new clerk.
type Handover struct {
	Unit int64
	From string
	To   NewUser
	Note string
}

// HandedOver is what the ledger says about a hand-over, with the names that people read.
type HandedOver struct {
	At       time.Time `json:"-"`
	From     string    `json:"from"`
	FromName string    `json:"from_display"`
	To       string    `json:"to"`
	ToName   string    `json:"to_display"`
	By       string    `json:"by_display"`
	Note     string    `json:"note"`
}

// HandOver gives the unit of one clerk to another and disables the first at once, whose sessions and
// tokens end; drafts stay with the unit. It needs ManageUsers. Faults: Invalid `handover.invalid` with every
// wrong field, NotFound `user.unknown`, Conflict `handover.not_clerk`, `handover.other_unit`,
// `handover.leaves_unit`, `user.exists`, `user.disabled` or `user.is_yourself`.
func (s *Service) HandOver(ctx context.Context, by Actor, in Handover) (User, error) {
	if err := by.Require(ManageUsers); err != nil {
		return User{}, err
	}
	in.From, in.Note = fold(in.From), strings.TrimSpace(in.Note)
	in.To.Role, in.To.Unit, in.To.Division = Clerk, in.Unit, 0
	in.To = in.To.completed()
	if err := in.check(); err != nil {
		return User{}, err
	}
	hash := ""
	if in.To.Password != "" {
		var err error
		if hash, err = s.hash(ctx, in.To.Password); err != nil {
			return User{}, err
		}
	}
	var to User
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		from, err := s.leaving(ctx, tx, by, in)
		if err != nil {
			return err
		}
		if to, err = s.taking(ctx, tx, by, in, hash); err != nil {
			return err
		}
		if err := tx.Exec("UPDATE users SET disabled = TRUE WHERE id = ?", from.ID).Error; err != nil {
			return fmt.Errorf("disable user %s: %w", from.Name, err)
		}
		return s.recordHandover(tx, by, in, from, to)
	})
	if err != nil {
		return User{}, err
	}
	return to, nil
}

// check gives every wrong field of what was asked for.
func (in Handover) check() error {
	f := fault.New(fault.Invalid, "handover.invalid")
	switch {
	case in.Note == "":
		f.With("note", "handover.note_missing")
	case utf8.RuneCountInString(in.Note) > maxHandoverNote || !utf8.ValidString(in.Note) || strings.ContainsRune(in.Note, 0):
		f.With("note", "handover.note_invalid", maxHandoverNote)
	}
	if in.To.Name == in.From {
		f.With("name", "handover.same_user")
	}
	if in.To.Password != "" {
		in.To.check(f)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// leaving gives the clerk who leaves the unit.
func (s *Service) leaving(ctx context.Context, tx *gorm.DB, by Actor, in Handover) (User, error) {
	from, err := s.managed(ctx, tx, by, in.From)
	switch {
	case err != nil:
		return User{}, err
	case from.ID == by.UserID:
		return User{}, fault.New(fault.Conflict, "user.is_yourself")
	case from.Role != Clerk:
		return User{}, fault.New(fault.Conflict, "handover.not_clerk", from.Name)
	case from.Unit != in.Unit:
		return User{}, fault.New(fault.Conflict, "handover.other_unit", from.Name)
	}
	return from, nil
}

// taking gives the clerk who takes the unit over: made now, or there already. One who files for another
// unit leaves it only to somebody else there.
func (s *Service) taking(ctx context.Context, tx *gorm.DB, by Actor, in Handover, hash string) (User, error) {
	if hash != "" {
		to := User{
			Name: in.To.Name, Display: in.To.Display, Role: Clerk, Unit: in.Unit, Language: in.To.Language, CreatedAt: s.now(),
		}
		to.PasswordChangedAt = to.CreatedAt
		err := insert(tx, &to, hash)
		return to, err
	}
	to, err := s.managed(ctx, tx, by, in.To.Name)
	switch {
	case err != nil:
		return User{}, err
	case to.Role != Clerk:
		return User{}, fault.New(fault.Conflict, "handover.not_clerk", to.Name)
	case to.Disabled:
		return User{}, fault.New(fault.Conflict, "user.disabled", to.Name)
	case to.Unit == in.Unit:
		return to, nil
	}
	others, err := find(tx, " WHERE unit_id = ? AND id <> ? AND NOT disabled", to.Unit, to.ID)
	if err != nil {
		return User{}, err
	}
	if len(others) == 0 {
		return User{}, fault.New(fault.Conflict, "handover.leaves_unit", to.Name)
	}
	to.Unit = in.Unit
	if err := tx.Exec("UPDATE users SET unit_id = ? WHERE id = ?", in.Unit, to.ID).Error; err != nil {
		return User{}, fmt.Errorf("move user %s: %w", to.Name, err)
	}
	return to, nil
}

func (s *Service) recordHandover(tx *gorm.DB, by Actor, in Handover, from, to User) error {
	return s.ledger.Record(tx, ledger.Entry{
		At: s.now(), ActorID: by.UserID, ActorName: by.Name, Act: actHandedOver, Unit: in.Unit,
		Detail: HandedOver{From: from.Name, FromName: from.Display, To: to.Name, ToName: to.Display, By: by.Display, Note: in.Note},
	})
}

// Clerks gives, by unit, the clerks of units that have been looked up as by, also those who are disabled;
// it needs ManageUsers.
func (s *Service) Clerks(ctx context.Context, by Actor, units []int64) (map[int64][]User, error) {
	if err := by.Require(ManageUsers); err != nil {
		return nil, err
	}
	byUnit := make(map[int64][]User, len(units))
	if len(units) == 0 {
		return byUnit, nil
	}
	users, err := find(s.db.Read(ctx), " WHERE role = ? AND unit_id IN ? ORDER BY disabled, name", Clerk, units)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		byUnit[u.Unit] = append(byUnit[u.Unit], u)
	}
	return byUnit, nil
}

// LastHandover gives the hand-over by which a clerk came to the unit; ok is false when there was none in
// the last 30 days, or when the clerk has dismissed it.
func (s *Service) LastHandover(ctx context.Context, actor Actor) (last HandedOver, ok bool, err error) {
	if actor.Role != Clerk {
		return last, false, nil
	}
	entries, err := ledger.UnitEntries(ctx, s.db, actor.Unit, []string{actHandedOver, actHandoverRead}, s.now().Add(-handoverShown), 1)
	if err != nil || len(entries) == 0 || entries[0].Act != actHandedOver {
		return last, false, err
	}
	if err := json.Unmarshal(entries[0].Detail.(json.RawMessage), &last); err != nil {
		return last, false, fmt.Errorf("read a hand-over: %w", err)
	}
	last.At = entries[0].At
	return last, last.To == actor.Name, nil
}

// DismissHandover notes that the new clerk has read about the hand-over; LastHandover then tells no more
// of it. Without one it changes nothing.
func (s *Service) DismissHandover(ctx context.Context, actor Actor) error {
	_, ok, err := s.LastHandover(ctx, actor)
	if err != nil || !ok {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return s.ledger.Record(tx, ledger.Entry{
			At: s.now(), ActorID: actor.UserID, ActorName: actor.Name, Act: actHandoverRead, Unit: actor.Unit, Local: true,
		})
	})
}
