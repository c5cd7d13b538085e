package period

import "time"

// Clock tells the moment; services get theirs when they are made, so that a demonstration or a test
// can live on another day.
type Clock func() time.Time

// SystemClock tells the real moment, in UTC.
func SystemClock() time.Time { return time.Now().UTC() }

// ClockOn gives a clock that runs on the given day with the real time of day: for demonstrations.
func ClockOn(day Date) Clock {
	shift := day.DaysSince(DateOf(time.Now()))
	return func() time.Time { return time.Now().UTC().AddDate(0, 0, shift) }
}

// Today gives the day in Asia/Shanghai.
func (c Clock) Today() Date { return DateOf(c()) }
