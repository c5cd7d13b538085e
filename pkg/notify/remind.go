package notify

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// remindAtOnce is the number of units whose people are reminded in one transaction.
const remindAtOnce = 500

// The kinds of reminders with the keys of their texts.
var remindKeys = map[string]string{
	"remind.due":  "notice.due",
	"remind.late": "notice.late",
	"remind.lock": "notice.lock",
}

// reminder is one date of the calendar: it is told from the day that lies from days after the date, and
// where the program did not run then, until the day that lies to days after it.
type reminder struct {
	name     string // of the cause; one reminder for each
	kind     string
	from, to int
	ofLock   bool // the date is the lock date, else the due date
}

var reminders = []reminder{
	{name: "due-7", kind: "remind.due", from: -7, to: -2},
	{name: "due-1", kind: "remind.due", from: -1, to: 0},
	{name: "late", kind: "remind.late", from: 1, to: 3},
	{name: "lock-3", kind: "remind.lock", from: -3, to: 0, ofLock: true},
}

// date gives the date of the calendar that the reminder of today is about, and false when it is no
// such day. A correction of an accepted report has no due date any more.
func (m reminder) date(o reporting.Owing, today period.Date) (period.Date, bool) {
	date := o.Due
	if m.ofLock {
		date = o.Lock
	} else if o.Corrects {
		return period.Date{}, false
	}
	days := today.DaysSince(date)
	return date, days >= m.from && days <= m.to && !today.After(o.Lock)
}

// span gives the dates that reminders of today may be about.
func span(today period.Date, ofLock bool) reporting.Days {
	days := reporting.Days{From: today, To: today}
	for _, m := range reminders {
		if m.ofLock != ofLock {
			continue
		}
		if from := today.AddDays(-m.to); from.Before(days.From) {
			days.From = from
		}
		if to := today.AddDays(-m.from); to.After(days.To) {
			days.To = to
		}
	}
	return days
}

// Remind tells those who file of the dates of what they have still to file: 7 days and 1 day before
// the due date, on the day after it, and 3 days before the lock date. A reminder counts as told at the
// beginning of the day. It is safe to run at any time and on several instances at once.
func (s *Service) Remind(ctx context.Context) error {
	today := s.clock.Today()
	for after, first := int64(0), true; after != 0 || first; first = false {
		list, next, err := reporting.Owed(s.db.Read(ctx), span(today, false), span(today, true), after, remindAtOnce)
		if err != nil {
			return fmt.Errorf("remind: %w", err)
		}
		if err := s.remind(ctx, list, today); err != nil {
			return fmt.Errorf("remind: %w", err)
		}
		after = next
	}
	return nil
}

// remind tells those who file some reports; when all have been told it only reads.
func (s *Service) remind(ctx context.Context, list []reporting.Owing, today period.Date) error {
	var ids []int64
	var forms []string
	for _, o := range list {
		ids, forms = append(ids, o.UnitID), append(forms, o.Form)
	}
	units, err := s.plans.UnitsByID(ctx, ids)
	if err != nil {
		return err
	}
	titles, err := s.titles(ctx, forms)
	if err != nil {
		return err
	}
	who, err := filersOf(s.db.Read(ctx), units)
	if err != nil {
		return err
	}
	var rows []noticeRow
	for _, o := range list {
		unit := units[o.UnitID]
		told, err := remindersOf(o, unit, titles[o.Form], who.around(scene{unit: unit}, []side{filers}), today)
		if err != nil {
			return err
		}
		rows = append(rows, told...)
	}
	if len(rows) == 0 {
		return nil
	}
	if fresh, err := unknownTo(s.db.Read(ctx), rows); err != nil || len(fresh) == 0 {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return s.locked(tx, func() error { return s.keep(tx, rows, who.byID) })
	})
}

// remindersOf gives today's reminders of a report for each of those who file it.
func remindersOf(o reporting.Owing, unit plan.Unit, title string, to []int64, today period.Date) ([]noticeRow, error) {
	var rows []noticeRow
	for _, m := range reminders {
		date, due := m.date(o, today)
		if !due {
			continue
		}
		text, err := args{Unit: unit.Name, Form: title, Until: date, Sample: o.Sample}.json()
		if err != nil {
			return nil, err
		}
		blank := noticeRow{
			Kind: m.kind, UnitID: o.UnitID, Form: o.Form, Period: o.Period, Args: text, URL: addressOf(unit, o.Form, o.Period.String()),
			Cause:     fmt.Sprintf("%s:%d:%s:%s:%s", m.name, o.UnitID, o.Form, o.Period, date),
			CreatedAt: today.AddDays(-1).End().UTC().Truncate(time.Microsecond),
		}
		for _, id := range to {
			row, err := blank.to(id)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}
