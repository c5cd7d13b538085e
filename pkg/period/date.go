package period

import (
	"database/sql/driver"
	"fmt"
	"time"

	_ "time/tzdata" // the machine may have no zone files

	"pilotboard/pkg/fault"
)

// Zone is Asia/Shanghai, in which all days and quarters are counted.
var Zone = mustZone()

func mustZone() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return zone
}

// Earliest is the day from which something is valid that was there before records begin.
var Earliest = NewDate(1900, 1, 1)

// Date is a civil day without a time. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate gives a day; overflowing months and days carry over, as in time.Date.
func NewDate(year, month, day int) Date {
	y, m, d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Date()
	return Date{y, m, d}
}

// DateOf gives the day in Asia/Shanghai at moment t.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Zone).Date()
	return Date{y, m, d}
}

// ParseDate reads `2019-10-12`; anything else is Invalid `period.invalid_date`.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fault.New(fault.Invalid, "period.invalid_date", s)
	}
	y, m, d := t.Date()
	return Date{y, m, d}, nil
}

// MustParseDate is ParseDate for constants; it panics on a wrong one.
func MustParseDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// IsZero tells whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// String gives `2019-10-12`, and the empty text for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// AddDays gives the day n days later.
func (d Date) AddDays(n int) Date { return NewDate(d.Year, int(d.Month), d.Day+n) }

// DaysSince gives the number of days from other to d.
func (d Date) DaysSince(other Date) int { return int((d.utc().Unix() - other.utc().Unix()) / 86400) }

// Before tells whether d comes before other.
func (d Date) Before(other Date) bool { return d.utc().Before(other.utc()) }

// After tells whether d comes after other.
func (d Date) After(other Date) bool { return d.utc().After(other.utc()) }

// End gives the last moment of the day in Asia/Shanghai, exclusive: midnight after it.
func (d Date) End() time.Time {
	return time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, Zone)
}

// Value writes the text; no day is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads NULL, text or a time (whose own zone's day is meant).
func (d *Date) Scan(src any) error {
	if src == nil {
		*d = Date{}
		return nil
	}
	if t, ok := src.(time.Time); ok {
		year, month, day := t.Date()
		*d = Date{year, month, day}
		return nil
	}
	text, err := scanText(src)
	if err != nil {
		return fmt.Errorf("scan date: %w", err)
	}
	if len(text) > 10 {
		text = text[:10]
	}
	return d.UnmarshalText([]byte(text))
}

// MarshalText writes the text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the text; empty is no day.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func scanText(src any) (string, error) {
	switch v := src.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	}
	return "", fmt.Errorf("unexpected %T", src)
}
