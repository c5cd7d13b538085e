package analytics

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// forever is the until of what is known now.
var forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// unitFigure is a row of unit_figures: a unit in a period as it was known from Since until, but not at,
// Until. Achieved is by accepted reports, All also by those that wait for review. Overridden is the unit's
// light set by hand.
type unitFigure struct {
	UnitID     int64
	Form       string
	Period     period.Quarter
	Since      time.Time
	Until      time.Time
	ProvinceID int64
	CityID     int64
	CountyID   int64
	Batch      string
	UnitType   string
	Due        period.Date
	Submitted  bool
	OnTime     bool
	Accepted   bool
	Planned    plan.Fraction
	Overridden Light
	Achieved   `gorm:"embedded"`
	All        Achieved `gorm:"embedded;embeddedPrefix:all_"`
}

// Achieved is how far a unit has come by the reports of one basis. Light is that of the rules, without the
// one for missing reports; Locked is the one shown at the end of the period's lock day.
type Achieved struct {
	Reported bool
	Earned   plan.Fraction
	Overdue  int64
	Light    Light
	Locked   Light
	Actual   string // fractions by milestone; in All empty where it says the same as by accepted reports
}

func (unitFigure) TableName() string { return "unit_figures" }

// on gives the figure with what it says by the reports of a basis as its own.
func (f unitFigure) on(basis Basis) unitFigure {
	if basis != AllSubmitted {
		return f
	}
	actual := f.Actual
	f.Achieved = f.All
	if f.Actual == "" {
		f.Actual = actual
	}
	return f
}

// columns gives what on reads of a row whose other columns are not asked for: whether the unit has reported, and
// its fractions.
func (b Basis) columns() (reported, actual string) {
	if b == AllSubmitted {
		return "all_reported", "CASE WHEN all_actual = '' THEN actual ELSE all_actual END"
	}
	return "reported", "actual"
}

func (f unitFigure) open() bool { return f.Until.Equal(forever) }

// owedAs tells whether the unit owes the report in the same place and as the same kind.
func (f unitFigure) owedAs(other unitFigure) bool {
	return f.ProvinceID == other.ProvinceID && f.CityID == other.CityID && f.CountyID == other.CountyID &&
		f.Batch == other.Batch && f.UnitType == other.UnitType
}

// missing tells whether the report was due before today and is not in.
func (f unitFigure) missing(today period.Date) bool { return !f.Submitted && today.After(f.Due) }

// knownAt tells whether the row is what was known at a moment.
func (f unitFigure) knownAt(t time.Time) bool { return !f.Since.After(t) && f.Until.After(t) }

// sameAs tells whether both say the same, whenever it was known.
func (f unitFigure) sameAs(other unitFigure) bool {
	f.Since, f.Until = other.Since, other.Until
	f.Locked, f.All.Locked = other.Locked, other.All.Locked
	return f == other
}

// fractionsText writes fractions by milestone as `key=fraction`, one a line, in order of key.
func fractionsText(actual map[string]plan.Fraction) string {
	if len(actual) == 0 {
		return "\n" // something is known: that there is none
	}
	text := make([]byte, 0, 16*len(actual))
	for _, key := range slices.Sorted(maps.Keys(actual)) {
		text = append(append(text, key...), '=')
		text = append(strconv.AppendInt(text, int64(actual[key]), 10), '\n')
	}
	return string(text)
}

func (f unitFigure) fractions() (map[string]plan.Fraction, error) {
	actual := map[string]plan.Fraction{}
	for rest := f.Actual; rest != ""; {
		line, more, _ := strings.Cut(rest, "\n")
		rest = more
		key, number, some := strings.Cut(line, "=")
		if !some {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read the fractions of a unit: %w", err)
		}
		actual[key] = plan.Fraction(n)
	}
	return actual, nil
}

// fraction gives the fraction of one milestone, and whether it has any.
func (f unitFigure) fraction(milestone string) (plan.Fraction, bool, error) {
	head := milestone + "="
	for rest := f.Actual; rest != ""; {
		line, more, _ := strings.Cut(rest, "\n")
		rest = more
		if number, is := strings.CutPrefix(line, head); is {
			n, err := strconv.ParseInt(number, 10, 64)
			if err != nil {
				return 0, false, fmt.Errorf("read the fractions of a unit: %w", err)
			}
			return plan.Fraction(n), true, nil
		}
	}
	return 0, false, nil
}

// figureKey is the key of unit_figures.
type figureKey struct {
	unit   int64
	form   string
	period period.Quarter
	since  time.Time
}

func (f unitFigure) key() figureKey { return figureKey{f.UnitID, f.Form, f.Period, f.Since} }

// utc gives the row with its moments as every row has them.
func (f unitFigure) utc() unitFigure {
	f.Since, f.Until = f.Since.UTC(), f.Until.UTC()
	return f
}

// figureColumns are the key of unit_figures.
var figureColumns = []string{"unit_id", "form", "period", "since"}

// keptFigures reads the rows of units from the touched quarter on.
func keptFigures(tx *gorm.DB, t touched) (map[figureKey]unitFigure, error) {
	var rows []unitFigure
	if err := tx.Where("unit_id IN ? AND form = ? AND period >= ?", t.units, t.form, t.from).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read unit figures: %w", err)
	}
	kept := make(map[figureKey]unitFigure, len(rows))
	for _, r := range rows {
		r = r.utc()
		kept[r.key()] = r
	}
	return kept, nil
}
