package locale

import (
	"fmt"
	"time"

	"pilotboard/pkg/period"
)

var chineseOrdinals = [...]string{"一", "二", "三", "四"}

// Quarter gives `2019年第三季度` or `2019 Q3`, and the empty text for no quarter.
func (p Printer) Quarter(q period.Quarter) string {
	switch {
	case q == 0:
		return ""
	case p.language == English:
		return fmt.Sprintf("%d Q%d", q.Year(), q.Number())
	}
	return fmt.Sprintf("%d年第%s季度", q.Year(), chineseOrdinals[q.Number()-1])
}

// Date gives `2019年10月12日` or `12 Oct 2019`, and the empty text for no day.
func (p Printer) Date(d period.Date) string {
	switch {
	case d.IsZero():
		return ""
	case p.language == English:
		return fmt.Sprintf("%d %s %d", d.Day, d.Month.String()[:3], d.Year)
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
}

// Time gives day and time of day in Asia/Shanghai, and the empty text for no time.
func (p Printer) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.Date(period.DateOf(t)) + " " + t.In(period.Zone).Format("15:04")
}

// Percent gives `68.8%` for the rounded number 68.8, and the empty text for no number.
func (p Printer) Percent(number string) string {
	if number == "" {
		return ""
	}
	return number + "%"
}

// Light gives the name of a light (`done`, `severe` …).
func (p Printer) Light(light string) string { return p.T("light." + light) }

// UnitType gives the name of a type of reporting unit (`district`, `street`, `community`,
// `county`, `city`), and what is
// none of them as it is.
func (p Printer) UnitType(key string) string {
	switch key {
	case "district":
		return p.T("unit_type.district")
	case "street":
		return p.T("unit_type.street")
	case "community":
		return p.T("unit_type.community")
	case "county":
		return p.T("unit_type.county")
	case "city":
		return p.T("unit_type.city")
	}
	return key
}
