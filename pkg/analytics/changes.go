package analytics

import (
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// changes are by how much the roll-ups of places change, or what they are when everything is added up.
type changes map[rollupKey]*placeChange

// placeChange is that of one batch and type in one division. parent is the division above, as the figures
// that count now tell; known is false while only such that counted before have told.
type placeChange struct {
	level  int
	parent int64
	known  bool
	sum    Sum
	items  itemCounts
}

// above gives the divisions that count a unit, from the lowest, with their level and the division above.
func (f unitFigure) above(yield func(level int, division, parent int64)) {
	levels := [3]int64{f.CountyID, f.CityID, f.ProvinceID}
	for i, division := range levels {
		if division == 0 {
			continue
		}
		parent := int64(0)
		for _, higher := range levels[i+1:] {
			if parent == 0 {
				parent = higher
			}
		}
		yield(divisions.County-i, division, parent)
	}
}

// at gives the changes of every place that counts the unit, now or before.
func (c changes) at(f unitFigure, now bool) []*placeChange {
	list := make([]*placeChange, 0, 3)
	f.above(func(level int, division, parent int64) {
		key := rollupKey{division, f.Form, f.Period, f.Batch, f.UnitType}
		place := c[key]
		if place == nil {
			place = &placeChange{level: level, items: itemCounts{}}
			c[key] = place
		}
		if now || !place.known {
			place.parent, place.known = parent, place.known || now
		}
		list = append(list, place)
	})
	return list
}

// put counts a unit's figures.
func (c changes) put(p *plan.Plan, f unitFigure) error {
	sum, err := sumOf(p, f)
	for _, place := range c.at(f, true) {
		place.sum.Add(sum)
	}
	return err
}

// take counts a unit's figures no longer.
func (c changes) take(p *plan.Plan, f unitFigure) error {
	sum, err := sumOf(p, f)
	sum = sum.negative()
	for _, place := range c.at(f, false) {
		place.sum.Add(sum)
	}
	return err
}

// count counts what a unit counts with in items, now or, with times being -1, no longer.
func (c changes) count(f unitFigure, items []unitItem, times int64) {
	for _, place := range c.at(f, times > 0) {
		for _, item := range items {
			place.items.count(item, times)
		}
	}
}

// periods gives the places by form and period.
func (c changes) periods() map[asked][]rollupKey {
	by := map[asked][]rollupKey{}
	for key := range c {
		at := asked{key.form, key.period}
		by[at] = append(by[at], key)
	}
	return by
}

// negative gives what takes a sum out again.
func (s Sum) negative() Sum {
	none := Sum{
		Expected: -s.Expected, Submitted: -s.Submitted, OnTime: -s.OnTime, Accepted: -s.Accepted,
		Reported: -s.Reported, Planned: -s.Planned, Earned: -s.Earned, Overdue: -s.Overdue,
		Measures: make(map[string]Tally, len(s.Measures)),
	}
	for i := range s.Lights {
		none.Lights[i] = [2]int64{-s.Lights[i][0], -s.Lights[i][1]}
		none.Locked[i] = -s.Locked[i]
	}
	for key, t := range s.Measures {
		none.Measures[key] = Tally{-t.Units, -t.Planned, -t.Earned, -t.Complete}
	}
	return none
}

// trimmed leaves out the measures that no unit counts in, as a sum that was added up from units does.
func (s Sum) trimmed() Sum {
	measures := s.Measures
	s.Measures = nil
	for key, t := range measures {
		if t != (Tally{}) {
			if s.Measures == nil {
				s.Measures = make(map[string]Tally, len(measures))
			}
			s.Measures[key] = t
		}
	}
	return s
}

// asked is a form in a period.
type asked struct {
	form   string
	period period.Quarter
}
