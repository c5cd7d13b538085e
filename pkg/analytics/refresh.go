package analytics

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// most is the greatest number of acts taken from the feed in one transaction.
const most = 2000

// refreshLock is held by whoever writes figures.
const refreshLock = "analytics.refresh"

// unitsAtOnce is the number of units whose figures are computed together.
const unitsAtOnce = 500

// Refresh takes what has happened since the last time from the ledger's feed and brings facts, unit
// figures and roll-ups up to date. It is safe to run twice and on several instances at once; it
// tells whether there was anything to do.
func (s *Service) Refresh(ctx context.Context) (bool, error) {
	any := false
	for {
		taken := 0
		err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
			if err := s.db.Lock(tx, refreshLock); err != nil {
				return err
			}
			if taken, err = s.takeActs(tx); err != nil || taken == 0 {
				return err
			}
			return epoch.Raise(tx, epoch.Figures, s.clock())
		})
		if err != nil {
			return any, fmt.Errorf("refresh the figures: %w", err)
		}
		any = any || taken > 0
		if taken < most {
			return any, nil
		}
	}
}

// takeActs takes acts from the feed, brings the figures up to date with them and gives their number.
// Plan and calendar are read after the acts, so that an act that changes them meets the change.
func (s *Service) takeActs(tx *gorm.DB) (int, error) {
	acts, err := ledger.Take(tx, consumer, most)
	if err != nil || len(acts) == 0 {
		return 0, err
	}
	given, err := s.given(tx)
	if err != nil {
		return 0, err
	}
	if err := s.refreshUnits(tx, given, acts); err != nil {
		return 0, err
	}
	if err := s.refreshEfforts(tx, acts); err != nil {
		return 0, err
	}
	return len(acts), ledger.Done(tx, consumer, acts)
}

// given is what the figures of all units follow from: the versions of the plan and the lock dates.
type given struct {
	plans plan.History
	locks map[calendarKey]period.Date
}

// calendarKey is a period of a form.
type calendarKey struct {
	form   string
	period period.Quarter
}

func (s *Service) given(tx *gorm.DB) (given, error) {
	plans, err := s.plans.HistoryIn(tx)
	if err != nil {
		return given{}, err
	}
	calendar, err := s.reports.PeriodsIn(tx)
	if err != nil {
		return given{}, err
	}
	g := given{plans, map[calendarKey]period.Date{}}
	for _, c := range calendar {
		g.locks[calendarKey{c.Form, c.Period}] = c.Lock
	}
	return g, nil
}

// refreshUnits computes the figures of every unit that acts touched, of all units when one of the
// acts touches no single one, and then the roll-ups above those that changed.
func (s *Service) refreshUnits(tx *gorm.DB, g given, acts []ledger.Touched) error {
	var units []int64
	for _, act := range acts {
		if act.UnitID == 0 {
			return s.refreshAll(tx, g)
		}
		units = append(units, act.UnitID)
	}
	slices.Sort(units)
	dirty, moved := &dirtyPlaces{}, &dirtyPlaces{}
	for chunk := range slices.Chunk(slices.Compact(units), unitsAtOnce) {
		if err := s.refreshChunk(tx, g, chunk, dirty, moved, false); err != nil {
			return err
		}
	}
	if err := s.rollUp(tx, g.plans.Newest(), dirty); err != nil {
		return err
	}
	return s.refreshItems(tx, acts, moved)
}

func (s *Service) refreshAll(tx *gorm.DB, g given) error {
	dirty := &dirtyPlaces{}
	for after := int64(0); ; {
		units, err := reporting.ReportingUnits(tx, after, unitsAtOnce)
		if err != nil {
			return err
		}
		if len(units) == 0 {
			if err := s.rollUp(tx, g.plans.Newest(), dirty); err != nil {
				return err
			}
			return s.refreshAllItems(tx)
		}
		if err := s.refreshChunk(tx, g, units, dirty, &dirtyPlaces{}, true); err != nil {
			return err
		}
		after = units[len(units)-1]
	}
}

// refreshChunk brings facts and figures of some units up to date and notes the places whose
// roll-ups no longer hold: every place of the units when the plan itself may have changed, since
// workstreams and milestones can then add up to something else while a unit's totals stay.
//
// moved notes the places in which an obligation has come, gone, or changed its place or kind.
func (s *Service) refreshChunk(tx *gorm.DB, g given, units []int64, dirty, moved *dirtyPlaces, planChanged bool) error {
	if err := s.writeFacts(tx, units); err != nil {
		return err
	}
	stories, err := s.stories(tx, g.plans.Newest().Reporting.Form, units)
	if err != nil {
		return err
	}
	obligations, err := reporting.Obligations(tx, units)
	if err != nil {
		return err
	}
	kept, err := keptFigures(tx, units)
	if err != nil {
		return err
	}
	before := map[figureKey]unitFigure{} // what was owed so far
	for key, figure := range kept {
		if key.since = (time.Time{}); figure.open() {
			before[key] = figure
		}
	}
	var changed []unitFigure
	for _, o := range obligations {
		rows, err := historyOf(g.plans, o, stories[o.UnitID], g.locks[calendarKey{o.Form, o.Period}])
		if err != nil {
			return err
		}
		for _, figure := range rows {
			was, there := kept[figure.key()]
			delete(kept, figure.key())
			same := there && was == figure
			if figure.open() && (!same || planChanged) {
				dirty.note(figure)
			}
			if figure.open() {
				owed := figureKey{unit: figure.UnitID, form: figure.Form, period: figure.Period}
				if former, owedBefore := before[owed]; !owedBefore || !former.owedAs(figure) {
					moved.note(figure)
					moved.noteFormer(former)
				}
				delete(before, owed)
			}
			if same {
				continue
			}
			if there && was.open() {
				dirty.noteFormer(was)
			}
			changed = append(changed, figure)
		}
	}
	for _, figure := range before {
		moved.noteFormer(figure)
	}
	for _, figure := range kept {
		if figure.open() {
			dirty.noteFormer(figure)
		}
	}
	return replaceFigures(tx, changed, kept)
}

// writeFacts adds the facts of accepted revisions that are not there yet. Revisions never change, so
// facts are only ever added.
func (s *Service) writeFacts(tx *gorm.DB, units []int64) error {
	missing, err := unwritten(tx, units)
	if err != nil {
		return err
	}
	var facts []fact
	versions := s.reports.Forms().ReadingIn(tx)
	for _, r := range missing {
		values, err := reporting.ReadValues(versions, r)
		if err != nil {
			return err
		}
		for item, v := range values {
			if v.Text == "" {
				facts = append(facts, fact{
					UnitID: r.UnitID, Period: r.Period, Item: item, Revision: r.No, Form: r.Form,
					State: v.State, Value: v.Number, AcceptedAt: r.AcceptedAt,
				})
			}
		}
	}
	if len(facts) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(facts, database.BatchSize).Error; err != nil {
		return fmt.Errorf("write facts: %w", err)
	}
	return nil
}

// unwritten gives the accepted revisions of the units that have no facts yet. A revision that holds
// no number gives none and comes up again, at no harm.
func unwritten(tx *gorm.DB, units []int64) ([]reporting.AcceptedRevision, error) {
	accepted, err := reporting.AcceptedRevisions(tx, units)
	if err != nil {
		return nil, err
	}
	type key struct {
		UnitID   int64
		Form     string
		Period   period.Quarter
		Revision int64
	}
	var rows []key
	err = tx.Raw("SELECT DISTINCT unit_id, form, period, revision FROM facts WHERE unit_id IN ?", units).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	written := make(map[key]bool, len(rows))
	for _, r := range rows {
		written[r] = true
	}
	return slices.DeleteFunc(accepted, func(r reporting.AcceptedRevision) bool {
		return written[key{r.UnitID, r.Form, r.Period, r.No}]
	}), nil
}

// Freshness is the number of the latest change of any figure, and its moment.
type Freshness struct {
	Version     int64
	RefreshedAt time.Time
}

// Freshness tells how fresh the figures are; a version of 0 means that there are none yet.
func (s *Service) Freshness(ctx context.Context) (Freshness, error) {
	e, err := epoch.Now(ctx, s.db)
	return Freshness{e.Figures, e.FiguresAt}, err
}

// Waiting gives the moment of the oldest act that the figures do not show yet, and no moment when they
// show all. It is asked by the program for everybody, without a scope.
func (s *Service) Waiting(ctx context.Context) (time.Time, error) {
	acts, err := ledger.TakeEntries(s.db.Read(ctx), consumer, 1)
	if err != nil || len(acts) == 0 {
		return time.Time{}, err
	}
	return acts[0].At, nil
}
