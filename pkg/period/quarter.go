// Package period knows calendar quarters and civil dates in Asia/Shanghai: parse, order, first and
// last day (method.md §1). It knows nothing of reports and owns no table.
package period

import (
	"database/sql/driver"
	"fmt"

	"pilotboard/pkg/fault"
)

// Quarter is a calendar quarter as 4·year + quarter − 1, so that differences are numbers of
// quarters. Its text, in SQL, JSON and addresses, is `2019Q3`. Zero is no quarter.
type Quarter int

// Of gives quarter n (1–4) of year.
func Of(year, n int) Quarter { return Quarter(4*year + n - 1) }

// Parse reads `2019Q3`; anything else is Invalid `period.invalid`.
func Parse(s string) (Quarter, error) {
	if len(s) != 6 || s[4] != 'Q' || s[5] < '1' || s[5] > '4' {
		return 0, fault.New(fault.Invalid, "period.invalid", s)
	}
	year := 0
	for _, c := range s[:4] {
		if c < '0' || c > '9' {
			return 0, fault.New(fault.Invalid, "period.invalid", s)
		}
		year = year*10 + int(c-'0')
	}
	if year < 1900 {
		return 0, fault.New(fault.Invalid, "period.invalid", s)
	}
	return Of(year, int(s[5]-'0')), nil
}

// MustParse is Parse for constants; it panics on a wrong one.
func MustParse(s string) Quarter {
	q, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return q
}

// QuarterOf gives the quarter a date lies in.
func QuarterOf(d Date) Quarter { return Of(d.Year, (int(d.Month)-1)/3+1) }

// Year gives the calendar year.
func (q Quarter) Year() int { return int(q) / 4 }

// Number gives 1 to 4.
func (q Quarter) Number() int { return int(q)%4 + 1 }

// String gives `2019Q3`, and the empty text for no quarter.
func (q Quarter) String() string {
	if q == 0 {
		return ""
	}
	return fmt.Sprintf("%04dQ%d", q.Year(), q.Number())
}

// First gives the first day.
func (q Quarter) First() Date { return NewDate(q.Year(), 3*q.Number()-2, 1) }

// Last gives the last day: the day on which the tree of the period is taken.
func (q Quarter) Last() Date { return (q + 1).First().AddDays(-1) }

// Value writes the text.
func (q Quarter) Value() (driver.Value, error) { return q.String(), nil }

// Scan reads the text.
func (q *Quarter) Scan(src any) error {
	text, err := scanText(src)
	if err != nil {
		return fmt.Errorf("scan quarter: %w", err)
	}
	return q.UnmarshalText([]byte(text))
}

// MarshalText writes the text.
func (q Quarter) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads the text; empty is no quarter.
func (q *Quarter) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*q = 0
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*q = parsed
	return nil
}
