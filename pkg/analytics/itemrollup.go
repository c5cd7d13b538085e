package analytics

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// placesAtOnce is the number of divisions whose units' values are read together.
const placesAtOnce = 10

// dirtyItems are the places whose roll-ups of items no longer hold after acts: those of a report that was
// accepted, in its quarter and, since levels are carried forward, in all that were opened later; and
// those in which obligations have moved.
func dirtyItems(tx *gorm.DB, acts []ledger.Touched, moved *dirtyPlaces) (*dirtyPlaces, error) {
	dirty := moved
	var units []int64
	since := map[unitForm]period.Quarter{}
	for _, act := range acts {
		if reporting.Act(act.Act) != reporting.ActAccept {
			continue
		}
		key := unitForm{act.UnitID, act.Form}
		if first, there := since[key]; !there || act.Period < first {
			since[key] = act.Period
		}
		units = append(units, act.UnitID)
	}
	slices.Sort(units)
	for chunk := range slices.Chunk(slices.Compact(units), unitsAtOnce) {
		list, err := readOwed(tx.Where("unit_id IN ?", chunk))
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			if first, accepted := since[unitForm{o.UnitID, o.Form}]; accepted && o.Period >= first {
				dirty.note(o.figure())
			}
		}
	}
	return dirty, nil
}

// figure gives the place and period of what is owed as dirtyPlaces takes it.
func (o owed) figure() unitFigure {
	return unitFigure{Form: o.Form, Period: o.Period, ProvinceID: o.ProvinceID, CityID: o.CityID, CountyID: o.CountyID}
}

// refreshItems brings the roll-ups of items up to date with acts that have touched units; moved are
// the places in which obligations have come, gone, or changed.
func (s *Service) refreshItems(tx *gorm.DB, acts []ledger.Touched, moved *dirtyPlaces) error {
	dirty, err := dirtyItems(tx, acts, moved)
	if err != nil {
		return err
	}
	return s.rollUpItems(tx, dirty)
}

// refreshAllItems computes the roll-ups of all items.
func (s *Service) refreshAllItems(tx *gorm.DB) error {
	if err := tx.Exec("DELETE FROM item_rollups").Error; err != nil {
		return fmt.Errorf("remove roll-ups of items: %w", err)
	}
	list, err := readOwed(tx.Distinct("form, period, province_id, city_id, county_id"))
	if err != nil {
		return err
	}
	dirty := &dirtyPlaces{}
	for _, o := range list {
		dirty.note(o.figure())
	}
	return s.rollUpItems(tx, dirty)
}

// readOwed reads the expected reports that a query chooses.
func readOwed(query *gorm.DB) ([]owed, error) {
	var list []owed
	if err := query.Table("reports").Where("expected = ?", true).Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("read what is owed: %w", err)
	}
	return list, nil
}

// rollUpItems recomputes the roll-ups of items in the dirty places level by level, as rollUp does.
func (s *Service) rollUpItems(tx *gorm.DB, dirty *dirtyPlaces) error {
	meaning := s.meanings(tx)
	for i, places := range dirty {
		level := divisions.County - i
		periods, ids := map[string][]period.Quarter{}, map[string][]int64{} // by form
		for place := range places {
			periods[place.form] = append(periods[place.form], place.period)
			ids[place.form] = append(ids[place.form], place.division)
		}
		for _, form := range slices.Sorted(maps.Keys(ids)) {
			slices.Sort(ids[form])
			slices.Sort(periods[form])
			quarters := slices.Compact(periods[form])
			for chunk := range slices.Chunk(slices.Compact(ids[form]), placesAtOnce) {
				at := itemPlaces{form, quarters, chunk, level, places}
				if err := at.rollUp(tx, meaning); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// itemPlaces are divisions of a level whose roll-ups of a form are computed together, for all of the
// periods: also for those in which one of them is not dirty, which comes to the same.
type itemPlaces struct {
	form    string
	periods []period.Quarter
	ids     []int64
	level   int
	parents map[placePeriod]int64
}

func (p itemPlaces) rollUp(tx *gorm.DB, meaning itemMeanings) error {
	sums := itemSums{}
	if err := p.addUnits(tx, sums, meaning); err != nil {
		return err
	}
	var below []itemRollup
	if err := tx.Where("parent_id IN ? AND form = ? AND period IN ?", p.ids, p.form, p.periods).Find(&below).Error; err != nil {
		return fmt.Errorf("read roll-ups of items: %w", err)
	}
	for _, r := range below {
		r.DivisionID = r.ParentID
		sums.add(r)
	}
	above, err := p.above(tx)
	if err != nil {
		return err
	}
	if err := tx.Where("division_id IN ? AND form = ? AND period IN ?", p.ids, p.form, p.periods).Delete(&itemRollup{}).Error; err != nil {
		return fmt.Errorf("remove roll-ups of items: %w", err)
	}
	rows := make([]itemRollup, 0, len(sums))
	for _, r := range sums {
		r.Level, r.ParentID = p.level, above[placePeriod{r.DivisionID, p.form, r.Period}]
		rows = append(rows, *r)
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(rows, database.BatchSize).Error; err != nil {
		return fmt.Errorf("write roll-ups of items: %w", err)
	}
	return nil
}

// above gives the division above each place in each period: as noted or, where a place is not dirty in a
// period, as its roll-ups say.
func (p itemPlaces) above(tx *gorm.DB) (map[placePeriod]int64, error) {
	var kept []itemRollup
	err := tx.Model(&itemRollup{}).Distinct("division_id", "period", "parent_id").
		Where("division_id IN ? AND form = ? AND period IN ?", p.ids, p.form, p.periods).Find(&kept).Error
	if err != nil {
		return nil, fmt.Errorf("read roll-ups of items: %w", err)
	}
	above := map[placePeriod]int64{}
	for _, r := range kept {
		above[placePeriod{r.DivisionID, p.form, r.Period}] = r.ParentID
	}
	maps.Copy(above, p.parents)
	return above, nil
}

// directly is the condition, with the divisions three times, that a unit lies directly in one of them.
const directly = `(county_id IN ? OR (county_id = 0 AND city_id IN ?) OR (county_id = 0 AND city_id = 0 AND province_id IN ?))`

// addUnits adds the units that lie directly in the divisions.
func (p itemPlaces) addUnits(tx *gorm.DB, sums itemSums, meaning itemMeanings) error {
	list, err := readOwed(tx.Where("form = ? AND period IN ? AND "+directly, p.form, p.periods, p.ids, p.ids, p.ids))
	if err != nil || len(list) == 0 {
		return err
	}
	values, err := readItems(tx, itemQuery{
		forms: []string{p.form}, until: p.periods[len(p.periods)-1],
		units: tx.Table("reports").Select("unit_id").Where("form = ? AND period IN ? AND "+directly, p.form, p.periods, p.ids, p.ids, p.ids),
	})
	if err != nil {
		return err
	}
	return sums.addUnits(list, byUnitForm(values), meaning, func(o owed) []int64 { return []int64{o.home()} })
}

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
	chosen, more := "f.state = ?", []any{forms.Given}
	if len(q.items) > 0 {
		chosen, more = chosen+" AND f.item IN ?", append(more, q.items)
	}
	var values []itemValue
	err := tx.Raw(`SELECT f.unit_id, f.form, f.period, f.item, f.revision, f.value, r.form_version
		FROM (SELECT unit_id, form, period, MAX(revision) AS revision FROM facts WHERE `+within+` GROUP BY unit_id, form, period) l
		JOIN facts f ON f.unit_id = l.unit_id AND f.form = l.form AND f.period = l.period AND f.revision = l.revision
		JOIN revisions r ON r.unit_id = l.unit_id AND r.form = l.form AND r.period = l.period AND r.no = l.revision
		WHERE `+chosen, append(args, more...)...).Scan(&values).Error
	if err != nil {
		return nil, fmt.Errorf("read the values of items: %w", err)
	}
	sortItems(values)
	return values, nil
}

// sortItems puts values in order of unit, form and quarter.
func sortItems(values []itemValue) {
	slices.SortFunc(values, func(a, b itemValue) int {
		return cmp.Or(cmp.Compare(a.UnitID, b.UnitID), cmp.Compare(a.Form, b.Form), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Item, b.Item))
	})
}
