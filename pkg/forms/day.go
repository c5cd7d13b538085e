package forms

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// The days that a cell takes.
var (
	firstDay = period.NewDate(1900, 1, 1)
	lastDay  = period.NewDate(2199, 12, 31)
)

var writtenDay = regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)$`)

// parseDay reads 2019-10-31, 2019/10/31 and 2019年10月31日.
func (i Item) parseDay(text string) (Value, *fault.Message) {
	parts := writtenDay.FindStringSubmatch(strings.TrimSpace(width.Fold.String(text)))
	if parts == nil {
		return Value{}, &fault.Message{Key: "cell.not_a_date"}
	}
	numbers := make([]int, 0, 3)
	for _, part := range parts[1:] {
		if part != "" {
			n, _ := strconv.Atoi(part)
			numbers = append(numbers, n)
		}
	}
	day := period.NewDate(numbers[0], numbers[1], numbers[2])
	if day.Year != numbers[0] || int(day.Month) != numbers[1] || day.Day != numbers[2] {
		return Value{}, &fault.Message{Key: "cell.not_a_date"}
	}
	return i.day(day)
}

// ParseSerial reads the number by which spreadsheets keep a day, with 1 January 1900 as 1. It takes none
// before 1 March 1900, where they count a day that never was.
func (i Item) ParseSerial(serial int64) (Value, *fault.Message) {
	if serial <= 60 || serial > int64(lastDay.DaysSince(firstDay))+2 {
		return Value{}, &fault.Message{Key: "cell.not_a_date"}
	}
	return i.day(period.NewDate(1899, 12, 30).AddDays(int(serial)))
}

func (i Item) day(day period.Date) (Value, *fault.Message) {
	v := valueOfDay(day)
	switch {
	case day.Before(firstDay) || day.After(lastDay):
		return Value{}, &fault.Message{Key: "cell.not_a_date"}
	case i.Min > 0 && v.Number < i.Min:
		return Value{}, &fault.Message{Key: "cell.before_day", Args: []any{dayOf(i.Min)}}
	case i.Max > 0 && v.Number > i.Max:
		return Value{}, &fault.Message{Key: "cell.after_day", Args: []any{dayOf(i.Max)}}
	}
	return v, nil
}

func valueOfDay(day period.Date) Value {
	return Value{State: Given, Number: int64(day.Year*10000 + int(day.Month)*100 + day.Day), Text: day.String()}
}

// dayOf gives the day that is kept as YYYYMMDD.
func dayOf(n int64) period.Date { return period.NewDate(int(n/10000), int(n/100%100), int(n%100)) }
