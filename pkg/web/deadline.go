package web

import (
	"fmt"

	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

// nearDays is how many days before a date a reader is warned.
const nearDays = 7

// deadline is a date in words with the days left. Class is that of the style sheet: near, past or none.
type deadline struct {
	Date  period.Date
	Text  string
	Class string
}

// dueDate says until when a report counts as filed on time.
func dueDate(words locale.Printer, today, due period.Date) deadline {
	d := deadline{Date: due, Text: words.T("deadline.due", monthDay(words, today, due), daysLeft(words, today, due))}
	d.warn(today)
	return d
}

// lockDate says until when a report can be filed at all.
func lockDate(words locale.Printer, today, lock period.Date) deadline {
	left := daysLeft(words, today, lock)
	if today.After(lock) {
		left = words.T("deadline.locked")
	}
	d := deadline{Date: lock, Text: words.T("deadline.lock", monthDay(words, today, lock), left)}
	d.warn(today)
	return d
}

// inTime says of a report that is in whether it came in time.
func inTime(words locale.Printer, today, due, submitted period.Date) deadline {
	if days := submitted.DaysSince(due); days > 0 {
		return deadline{Text: words.T("deadline.came_late", monthDay(words, today, submitted), days), Class: "near"}
	}
	return deadline{Text: words.T("deadline.came_in_time", monthDay(words, today, submitted))}
}

func (d *deadline) warn(today period.Date) {
	switch days := d.Date.DaysSince(today); {
	case days < 0:
		d.Class = "past"
	case days <= nearDays:
		d.Class = "near"
	}
}

func daysLeft(words locale.Printer, today, day period.Date) string {
	switch days := day.DaysSince(today); {
	case days > 0:
		return words.T("deadline.left", days)
	case days == 0:
		return words.T("deadline.today")
	default:
		return words.T("deadline.over", -days)
	}
}

// monthDay gives `10月10日` or `10 Oct`, with the year when it is another one.
func monthDay(words locale.Printer, today, day period.Date) string {
	switch {
	case day.Year != today.Year:
		return words.Date(day)
	case words.Language() == locale.English:
		return fmt.Sprintf("%d %s", day.Day, day.Month.String()[:3])
	}
	return fmt.Sprintf("%d月%d日", int(day.Month), day.Day)
}
