package analytics

import (
	"slices"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// itemRollup is what the values of an item add up to over the units of one batch and type in a division. N
// is the number of units with a value; of a yes/no, Sum is the number of those who say yes. The item
// expectedItem counts in N the reports that are expected. Min and Max hold where ranked is N.
type itemRollup struct {
	DivisionID   int64
	Form         string
	Period       period.Quarter
	Batch        string
	UnitType     string
	Item         string
	N            int64
	Sum          int64
	Min          int64
	Max          int64
	Qualifier    int
	FirstVersion int64
	LastVersion  int64
	ranked       int64
}

const expectedItem = ""

// optionItem is under which the units are counted that have chosen an option.
func optionItem(item, option string) string { return item + "=" + option }

// add adds the figures of other units, or of another quarter.
func (r *itemRollup) add(other itemRollup) {
	switch {
	case other.N == 0:
		return
	case r.N == 0:
		r.Min, r.Max, r.FirstVersion, r.LastVersion = other.Min, other.Max, other.FirstVersion, other.LastVersion
	}
	r.N += other.N
	r.Sum += other.Sum
	r.ranked += other.ranked
	r.Min, r.Max = min(r.Min, other.Min), max(r.Max, other.Max)
	r.Qualifier = max(r.Qualifier, other.Qualifier)
	r.FirstVersion, r.LastVersion = min(r.FirstVersion, other.FirstVersion), max(r.LastVersion, other.LastVersion)
}

// itemValue is a value of an item in an accepted report of a unit.
type itemValue struct {
	UnitID      int64
	Form        string
	Period      period.Quarter
	Item        string
	Revision    int64
	Value       int64
	FormVersion int64
}

// itemMeanings gives the items of a version of a form by key.
type itemMeanings func(form string, version int64) (map[string]forms.Item, error)

// unitItems gives what one unit counts with at the end of a quarter: of an amount what it reported for
// that very quarter, of all else the last it reported up to then. values are those of one form of the
// unit, in order of quarters. Items that do not add up are left out, but for options, which are counted.
func unitItems(values []itemValue, q period.Quarter, meaning itemMeanings) (map[string]itemValue, error) {
	last := map[string]itemValue{}
	for _, v := range values {
		if v.Period > q {
			break
		}
		items, err := meaning(v.Form, v.FormVersion)
		if err != nil {
			return nil, err
		}
		item, asked := items[v.Item]
		switch {
		case !asked, item.Type != forms.Option && item.Aggregation == forms.None:
		case item.Kind == forms.KindFlow && v.Period != q:
			delete(last, v.Item)
		default:
			last[v.Item] = v
		}
	}
	return last, nil
}

// unitItem is what one unit counts with in an item; ranked tells that the least or the greatest is asked for.
type unitItem struct {
	Item         string
	N, Sum       int64
	Min, Max     int64
	Qualifier    int
	FirstVersion int64
	ranked       bool
}

// rollup gives it as a sum over the one unit.
func (u unitItem) rollup() itemRollup {
	return itemRollup{
		Item: u.Item, N: u.N, Sum: u.Sum, Min: u.Min, Max: u.Max, ranked: u.N, Qualifier: u.Qualifier,
		FirstVersion: u.FirstVersion, LastVersion: u.FirstVersion,
	}
}

// counted gives all that a unit counts with at the end of a quarter for which it owes a report: values are
// those of the form, in order of quarters.
func counted(values []itemValue, q period.Quarter, meaning itemMeanings) ([]unitItem, error) {
	own, err := unitItems(values, q, meaning)
	if err != nil {
		return nil, err
	}
	list := make([]unitItem, 1, len(own)+1)
	list[0] = unitItem{Item: expectedItem, N: 1}
	for _, v := range own {
		items, err := meaning(v.Form, v.FormVersion)
		if err != nil {
			return nil, err
		}
		list = v.counted(items[v.Item], list)
	}
	return list, nil
}

// counted adds what one value counts as: itself, and an option also as that option.
func (v itemValue) counted(item forms.Item, list []unitItem) []unitItem {
	own := unitItem{
		Item: v.Item, N: 1, Sum: v.Value, Min: v.Value, Max: v.Value, Qualifier: rank(item.Qualifier), FirstVersion: v.FormVersion, ranked: ranks(item),
	}
	if item.Type != forms.Option {
		return append(list, own)
	}
	own.Sum, own.Min, own.Max = 0, 0, 0
	list = append(list, own)
	choice, known := item.Chosen(forms.Value{State: forms.Given, Number: v.Value})
	if !known {
		return list
	}
	own.Item = optionItem(v.Item, choice.Key)
	own.Sum, own.Min, own.Max = 1, 1, 1
	return append(list, own)
}

func rank(q forms.Qualifier) int { return max(slices.Index(forms.Qualifiers, q), 0) }

// owed is a report that is expected of a unit, with the unit's place.
type owed struct {
	UnitID     int64
	Form       string
	Period     period.Quarter
	Batch      string
	UnitType   string
	ProvinceID int64
	CityID     int64
	CountyID   int64
}

// itemKey is the key of item_rollups.
type itemKey struct {
	division int64
	form     string
	period   period.Quarter
	batch    string
	unitType string
	item     string
}

func (r itemRollup) key() itemKey {
	return itemKey{r.DivisionID, r.Form, r.Period, r.Batch, r.UnitType, r.Item}
}

// itemSums adds up roll-ups by their key.
type itemSums map[itemKey]*itemRollup

func (s itemSums) add(r itemRollup) {
	sum := s[r.key()]
	if sum == nil {
		sum = &itemRollup{DivisionID: r.DivisionID, Form: r.Form, Period: r.Period, Batch: r.Batch, UnitType: r.UnitType, Item: r.Item}
		s[r.key()] = sum
	}
	sum.add(r)
}

// addUnits adds what units count with in the given divisions of each report that they owe.
func (s itemSums) addUnits(owed []owed, values map[unitForm][]itemValue, meaning itemMeanings, divisions func(owed) []int64) error {
	for _, o := range owed {
		own, err := counted(values[unitForm{o.UnitID, o.Form}], o.Period, meaning)
		if err != nil {
			return err
		}
		for _, division := range divisions(o) {
			for _, one := range own {
				r := one.rollup()
				r.DivisionID, r.Form, r.Period, r.Batch, r.UnitType = division, o.Form, o.Period, o.Batch, o.UnitType
				s.add(r)
			}
		}
	}
	return nil
}

// unitForm is a form of a unit.
type unitForm struct {
	unit int64
	form string
}

func byUnitForm(values []itemValue) map[unitForm][]itemValue {
	by := map[unitForm][]itemValue{}
	for _, v := range values {
		key := unitForm{v.UnitID, v.Form}
		by[key] = append(by[key], v)
	}
	return by
}
