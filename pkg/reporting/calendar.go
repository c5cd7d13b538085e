package reporting

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

// ActCalendar is the act in the ledger by which the dates of a period change; its detail is DateChange.
const ActCalendar = "calendar.changed"

// DateChange is a change of the two dates of one period of a form.
type DateChange struct {
	Form      string         `json:"-"`
	Period    period.Quarter `json:"-"`
	At        time.Time      `json:"-"`
	ActorID   int64          `json:"-"`
	ActorName string         `json:"-"`
	OldDue    period.Date    `json:"old_due"`
	OldLock   period.Date    `json:"old_lock"`
	Due       period.Date    `json:"due"`
	Lock      period.Date    `json:"lock"`
	Reason    string         `json:"reason"`
}

// maxCalendarDays is how long after the end of a quarter its dates may lie.
const maxCalendarDays = 366

// SetDates changes the due and the lock date of one opened period of a form, and with them those of its
// reports. A report that was reopened until a later day keeps that day. A reason is required; both
// dates lie after the quarter, the lock date not before the due date. Once the lock date has passed, lights
// stand for ever and so does it: Conflict `calendar.locked`; a report can be reopened. Who may manage the
// plan; NotFound `calendar.not_opened`.
func (s *Service) SetDates(ctx context.Context, actor accounts.Actor, form string, q period.Quarter, due, lock period.Date, reason string) error {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if err := checkDates(q, due, lock, reason); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, "reporting.open"); err != nil { // no report is made with the old dates meanwhile
			return err
		}
		var old periodRow
		result := tx.Where("form = ? AND period = ?", form, q).Limit(1).Find(&old)
		if result.Error != nil {
			return fmt.Errorf("read the calendar: %w", result.Error)
		}
		if result.RowsAffected == 0 {
			return fault.New(fault.NotFound, "calendar.not_opened", form, q)
		}
		if s.clock.Today().After(old.Lock) {
			return fault.New(fault.Conflict, "calendar.locked", q, old.Lock)
		}
		if err := moveDates(tx, old, due, lock); err != nil {
			return err
		}
		return s.ledger.Record(tx, ledger.Entry{
			At: s.now(), ActorID: actor.UserID, ActorName: actor.Name, Act: ActCalendar, Form: form, Period: q,
			Detail: DateChange{OldDue: old.Due, OldLock: old.Lock, Due: due, Lock: lock, Reason: reason},
		})
	})
}

func checkDates(q period.Quarter, due, lock period.Date, reason string) error {
	wrong := fault.New(fault.Invalid, "calendar.invalid")
	for _, d := range []struct {
		field string
		day   period.Date
	}{{"due", due}, {"lock", lock}} {
		switch {
		case !d.day.After(q.Last()):
			wrong.With(d.field, "calendar.too_early", q.Last())
		case d.day.DaysSince(q.Last()) > maxCalendarDays:
			wrong.With(d.field, "calendar.too_late", maxCalendarDays)
		}
	}
	if len(wrong.Fields) == 0 && lock.Before(due) {
		wrong.With("lock", "calendar.lock_first")
	}
	if reason == "" {
		wrong.With("reason", "calendar.reason_missing")
	}
	if bad := forms.CheckText(reason, MaxNote); bad != nil {
		wrong.With("reason", bad.Key, bad.Args...)
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}

// moveDates gives a period and its reports new dates; a later lock date of a report's own stays.
func moveDates(tx *gorm.DB, old periodRow, due, lock period.Date) error {
	err := tx.Exec("UPDATE periods SET due = ?, lock = ? WHERE form = ? AND period = ?", due, lock, old.Form, old.Period).Error
	if err != nil {
		return fmt.Errorf("change the calendar: %w", err)
	}
	err = tx.Exec(`UPDATE reports SET due = ?, lock = CASE WHEN lock > ? AND lock > ? THEN lock ELSE ? END
		WHERE form = ? AND period = ?`, due, old.Lock, lock, lock, old.Form, old.Period).Error
	if err != nil {
		return fmt.Errorf("change the dates of reports: %w", err)
	}
	return nil
}

// maxChanges is how many changes of the calendar DateChanges gives.
const maxChanges = 200

// DateChanges lists the newest changes of the calendar, the latest first; everybody who can sign in may
// read them.
func (s *Service) DateChanges(ctx context.Context, actor accounts.Actor) ([]DateChange, error) {
	if err := actor.Require(accounts.ReadFigures); err != nil {
		return nil, err
	}
	entries, err := ledger.ActEntries(ctx, s.db, ledger.Report{}, []string{ActCalendar}, maxChanges)
	if err != nil {
		return nil, err
	}
	changes := make([]DateChange, len(entries))
	for i, e := range entries {
		c := DateChange{Form: e.Form, Period: e.Period, At: e.At, ActorID: e.ActorID, ActorName: e.ActorName}
		if err := json.Unmarshal(e.Detail.(json.RawMessage), &c); err != nil {
			return nil, fmt.Errorf("read a change of the calendar: %w", err)
		}
		changes[len(entries)-1-i] = c
	}
	return changes, nil
}
