package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// meanings gives what items mean in a version of a form, each version read once.
func (s *Service) meanings(tx *gorm.DB) itemMeanings {
	type version struct {
		form string
		no   int64
	}
	known := map[version]map[string]forms.Item{}
	return func(form string, no int64) (map[string]forms.Item, error) {
		if items, there := known[version{form, no}]; there {
			return items, nil
		}
		f, err := s.reports.Forms().VersionIn(tx, form, no)
		if err != nil {
			return nil, err
		}
		items := map[string]forms.Item{}
		for _, item := range forms.Ever([]forms.Form{f}) {
			items[item.Key] = item
		}
		known[version{form, no}] = items
		return items, nil
	}
}

// itemQuery chooses values: of forms, of quarters up to one, of the items (all without), of units, as
// known at a moment (zero: now).
type itemQuery struct {
	forms []string
	items []string
	until period.Quarter
	units *gorm.DB
	asOf  time.Time
}

// readItems reads what the latest accepted revision of each report says, in order of unit, form and
// quarter.
func readItems(tx *gorm.DB, q itemQuery) ([]itemValue, error) {
	within, args := "form IN ? AND period <= ? AND unit_id IN (?)", []any{q.forms, q.until, q.units}
	if !q.asOf.IsZero() {
		within, args = within+" AND accepted_at <= ?", append(args, q.asOf.UTC())
	}
	rows, err := tx.Raw(`SELECT f.* FROM (SELECT unit_id, form, period, MAX(revision) AS revision FROM facts WHERE `+within+` GROUP BY unit_id, form, period) l
		JOIN facts f ON f.unit_id = l.unit_id AND f.form = l.form AND f.period = l.period AND f.revision = l.revision
		ORDER BY f.unit_id, f.form, f.period`, args...).Rows()
	if err != nil {
		return nil, fmt.Errorf("read the values of items: %w", err)
	}
	defer rows.Close()
	var values []itemValue
	for rows.Next() { // one at a time: all that is reported may be much more than what is asked
		var row facts
		if err := tx.ScanRows(rows, &row); err != nil {
			return nil, fmt.Errorf("read the values of items: %w", err)
		}
		if values, err = row.items(q.items, values); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the values of items: %w", err)
	}
	return values, nil
}

// sortItems puts values in order of unit, form and quarter.
func sortItems(values []itemValue) {
	slices.SortFunc(values, func(a, b itemValue) int {
		return cmp.Or(cmp.Compare(a.UnitID, b.UnitID), cmp.Compare(a.Form, b.Form), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Item, b.Item))
	})
}
