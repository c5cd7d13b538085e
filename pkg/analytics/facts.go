package analytics

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// facts is a row of facts: all numbers of one accepted revision, of which there are Items. Cells holds them
// as `item=number`, one a line, in order of item; one that is not applicable has no number.
type facts struct {
	UnitID      int64
	Form        string
	Period      period.Quarter
	Revision    int64
	FormVersion int64
	AcceptedAt  time.Time
	Items       int64
	Cells       string
}

func (facts) TableName() string { return "facts" }

var factsKey = []string{"unit_id", "form", "period", "revision"}

func (f facts) key() filedKey { return filedKey{f.UnitID, f.Form, f.Period, f.Revision} }

// filedKey is the key of facts.
type filedKey struct {
	unit     int64
	form     string
	period   period.Quarter
	revision int64
}

// factsOf gives the facts of a revision.
func factsOf(r reporting.AcceptedRevision, values forms.Values) facts {
	f := facts{UnitID: r.UnitID, Form: r.Form, Period: r.Period, Revision: r.No, FormVersion: r.FormVersion, AcceptedAt: r.AcceptedAt.UTC()}
	var text []byte
	for _, item := range slices.Sorted(maps.Keys(values)) {
		v := values[item]
		if v.Text != "" {
			continue
		}
		f.Items++
		text = append(append(text, item...), '=')
		if v.State == forms.Given {
			text = strconv.AppendInt(text, v.Number, 10)
		}
		text = append(text, '\n')
	}
	f.Cells = string(text)
	return f
}

// each goes through the numbers in order of item.
func (f facts) each(take func(item string, v forms.Value)) error {
	for rest := f.Cells; rest != ""; {
		line, more, _ := strings.Cut(rest, "\n")
		rest = more
		item, number, _ := strings.Cut(line, "=")
		if number == "" {
			take(item, forms.Value{State: forms.NotApplicable})
			continue
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("read facts: %w", err)
		}
		take(item, forms.Value{State: forms.Given, Number: n})
	}
	return nil
}

// values gives the numbers by item.
func (f facts) values() (forms.Values, error) {
	values := make(forms.Values, f.Items)
	err := f.each(func(item string, v forms.Value) { values[item] = v })
	return values, err
}

// items adds what a revision says to a list of values; of some items, of all when there are none.
func (f facts) items(some []string, list []itemValue) ([]itemValue, error) {
	err := f.each(func(item string, v forms.Value) {
		if v.State == forms.Given && (len(some) == 0 || slices.Contains(some, item)) {
			list = append(list, itemValue{f.UnitID, f.Form, f.Period, item, f.Revision, v.Number, f.FormVersion})
		}
	})
	return list, err
}

// readFacts reads the facts of all accepted reports of units on a form, by unit, period and revision.
func readFacts(tx *gorm.DB, form string, units []int64) ([]facts, error) {
	var rows []facts
	err := tx.Where("unit_id IN ? AND form = ?", units, form).Order("unit_id, period, revision").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	for i := range rows {
		rows[i].AcceptedAt = rows[i].AcceptedAt.UTC()
	}
	return rows, nil
}

// factsOfAll makes facts of revisions.
func (s *Service) factsOfAll(tx *gorm.DB, revisions []reporting.AcceptedRevision) ([]facts, error) {
	versions := s.reports.Forms().ReadingIn(tx)
	list := make([]facts, len(revisions))
	for i, r := range revisions {
		values, err := reporting.ReadValues(versions, r)
		if err != nil {
			return nil, err
		}
		list[i] = factsOf(r, values)
	}
	return list, nil
}

func factsByKey(list []facts) map[filedKey]facts {
	by := make(map[filedKey]facts, len(list))
	for _, f := range list {
		by[f.key()] = f
	}
	return by
}

// factsByUnit gives the facts of each unit in order of period and revision.
func factsByUnit(list []facts) map[int64][]facts {
	by := map[int64][]facts{}
	for _, f := range list {
		by[f.UnitID] = append(by[f.UnitID], f)
	}
	for _, own := range by {
		slices.SortFunc(own, func(a, b facts) int {
			return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Revision, b.Revision))
		})
	}
	return by
}
