package analytics

import (
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// chunk is what is stored about some units on one form.
type chunk struct {
	touched
	obligations []reporting.Obligation
	facts       map[int64][]facts // of every accepted report, by period and revision
	fresh       map[filedKey]bool // facts that are new
	stories     map[int64]*story
	kept        map[figureKey]unitFigure // from the touched quarter on
	open        map[figureKey]unitFigure // those of them that are known now, by a key without a moment
}

// refreshChunk brings facts and figures of some units up to date and notes what changes in roll-ups.
func (s *Service) refreshChunk(tx *gorm.DB, w *work, t touched) error {
	c, err := s.readChunk(tx, w, t)
	if err != nil {
		return err
	}
	figures, owed := map[figureKey]unitFigure{}, map[figureKey]unitFigure{}
	for _, o := range c.obligations {
		for _, f := range historyOf(w.plans, o, c.stories[o.UnitID], w.locks[asked{o.Form, o.Period}]) {
			figures[f.key()] = f
			if f.open() {
				owed[f.owed()] = f
			}
		}
	}
	if w.all {
		err = w.countAll(c, owed)
	} else {
		err = w.countChanges(c, owed)
	}
	if err != nil {
		return err
	}
	return replace(tx, figureColumns, c.kept, figures, w.differ)
}

// countAll counts what every unit of a chunk owes.
func (w *work) countAll(c chunk, owed map[figureKey]unitFigure) error {
	for _, f := range owed {
		if err := w.changes.put(w.plans.Newest(), f); err != nil {
			return err
		}
		if err := w.countItems(c, f, false, 1); err != nil {
			return err
		}
	}
	return nil
}

// countChanges counts what is owed otherwise than before, and takes out what was counted.
func (w *work) countChanges(c chunk, owed map[figureKey]unitFigure) error {
	more := map[int64]bool{} // units with new facts
	for key := range c.fresh {
		more[key.unit] = true
	}
	for key, f := range owed {
		former, there := c.open[key]
		if there && former == f && !more[f.UnitID] {
			continue
		}
		if err := w.changes.put(w.plans.Newest(), f); err != nil {
			return err
		}
		if there {
			if err := w.changes.take(w.plans.Newest(), former); err != nil {
				return err
			}
		}
		if there && former.owedAs(f) && !more[f.UnitID] {
			continue
		}
		if err := w.countItems(c, f, false, 1); err != nil {
			return err
		}
		if there {
			if err := w.countItems(c, former, true, -1); err != nil {
				return err
			}
		}
	}
	for key, former := range c.open {
		if _, still := owed[key]; still {
			continue
		}
		if err := w.changes.take(w.plans.Newest(), former); err != nil {
			return err
		}
		if err := w.countItems(c, former, true, -1); err != nil {
			return err
		}
	}
	return nil
}

// countItems counts the values of a unit's items in a quarter, with or, before, without the new facts.
func (w *work) countItems(c chunk, f unitFigure, before bool, times int64) error {
	values, err := c.values(f.UnitID, f.Period, before)
	if err != nil {
		return err
	}
	items, err := counted(values, f.Period, w.meaning)
	if err != nil {
		return err
	}
	w.changes.count(f, items, times)
	return nil
}

// values gives what the latest accepted revisions of a unit's reports up to a quarter say, in order of quarters.
func (c chunk) values(unit int64, q period.Quarter, before bool) ([]itemValue, error) {
	var last []facts
	for _, f := range c.facts[unit] {
		if f.Period > q || (before && c.fresh[f.key()]) {
			continue
		}
		if n := len(last); n > 0 && last[n-1].Period == f.Period {
			last[n-1] = f
		} else {
			last = append(last, f)
		}
	}
	var values []itemValue
	var err error
	for _, f := range last {
		if values, err = f.items(nil, values); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// readChunk reads what is stored about units, and writes the facts that they lack. A fact may belong to a
// quarter before those that were touched, whose act is still to be taken: it counts from there on.
func (s *Service) readChunk(tx *gorm.DB, w *work, t touched) (c chunk, err error) {
	c = chunk{touched: t}
	if err := s.keepFacts(tx, w, &c); err != nil {
		return c, err
	}
	for key := range c.fresh {
		c.from = min(c.from, key.period)
	}
	if c.obligations, err = reporting.ObligationsFrom(tx, c.form, c.from, c.units); err != nil {
		return c, err
	}
	if c.stories, err = s.storiesOf(tx, w.planForm(), c.form, c.units, c.facts); err != nil {
		return c, err
	}
	c.kept, err = keptFigures(tx, c.touched)
	c.open = map[figureKey]unitFigure{}
	for _, f := range c.kept {
		if f.open() {
			c.open[f.owed()] = f
		}
	}
	return c, err
}

// keepFacts reads the facts of units and writes those that are not there yet: of accepted revisions, which
// never change, so that facts are only ever added. When facts are computed again, they are all made of
// revisions, and what is there becomes what they are.
func (s *Service) keepFacts(tx *gorm.DB, w *work, c *chunk) error {
	stored, err := readFacts(tx, c.form, c.units)
	if err != nil {
		return err
	}
	known := facts{}.TableName()
	if w.again {
		known = ""
	}
	revisions, err := reporting.AcceptedRevisions(tx, c.form, c.units, known)
	if err != nil {
		return err
	}
	made, err := s.factsOfAll(tx, revisions)
	if err != nil {
		return err
	}
	if w.again {
		if err := replace(tx, factsKey, factsByKey(stored), factsByKey(made), w.differ); err != nil {
			return err
		}
		c.facts = factsByUnit(made)
		return nil
	}
	c.fresh = map[filedKey]bool{}
	for _, f := range made {
		c.fresh[f.key()] = true
	}
	c.facts = factsByUnit(append(stored, made...))
	return database.Put(tx, factsKey, made)
}

// owed gives the key of what a row is about, whatever the moment.
func (f unitFigure) owed() figureKey {
	key := f.key()
	key.since = time.Time{}
	return key
}
