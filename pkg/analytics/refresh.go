package analytics

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/epoch"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// actsAtOnce and patientAtOnce are the greatest numbers of acts taken from a queue in one transaction, during
// which the other queue waits.
const (
	actsAtOnce    = 2000
	patientAtOnce = 100
)

// refreshLock is held by whoever writes figures.
const refreshLock = "analytics.refresh"

// unitsAtOnce is the number of units whose figures are computed together.
const unitsAtOnce = 500

// Refresh takes what has happened since the last time and brings facts, unit figures and roll-ups up to date.
// It is safe to run twice and on several instances at once; it tells whether there was anything to do.
func (s *Service) Refresh(ctx context.Context) (any bool, err error) {
	for _, q := range queues {
		for more := true; more; {
			if more, _, err = s.refresh(ctx, q); err != nil {
				return any, err
			}
			any = any || more
		}
	}
	return any, nil
}

// RefreshSome is Refresh with some of what has happened, of one queue. It then leaves the machine to others:
// for half as long as it took, after a patient one three times as long, not more than five seconds.
func (s *Service) RefreshSome(ctx context.Context, q Queue) (any bool, err error) {
	any, took, err := s.refresh(ctx, q)
	if err != nil || !any {
		return any, err
	}
	rest := took / 2
	if q == Patient {
		rest = 3 * took
	}
	select {
	case <-ctx.Done():
		return any, ctx.Err()
	case <-time.After(min(rest, 5*time.Second)):
		return any, nil
	}
}

// refresh takes acts once, tells whether there were any, and how long it took once nobody else did it. A
// process waits for others with one connection.
func (s *Service) refresh(ctx context.Context, q Queue) (any bool, took time.Duration, err error) {
	if any, err = ledger.Waits(s.db.Read(ctx), string(q)); err != nil || !any {
		return any, 0, err
	}
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	var began time.Time
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, refreshLock); err != nil {
			return err
		}
		began = time.Now()
		taken, err := s.takeActs(tx, q)
		if any = taken > 0; err != nil || !any {
			return err
		}
		return epoch.Raise(tx, epoch.Figures, s.clock())
	})
	if err != nil {
		return false, 0, fmt.Errorf("refresh the figures: %w", err)
	}
	return any, time.Since(began), nil
}

func (s *Service) atOnce(q Queue) int {
	if q == Patient {
		return min(s.most, patientAtOnce)
	}
	return s.most
}

// takeActs takes acts from a queue, brings the figures up to date with them and gives their number.
// Plan and calendar are read after the acts, so that an act that changes them meets the change; and whether
// there is such an act after them, so that a unit is never taken out of roll-ups under another plan than the
// one under which it was put in.
func (s *Service) takeActs(tx *gorm.DB, q Queue) (int, error) {
	acts, err := ledger.Take(tx, string(q), s.atOnce(q))
	if err != nil || len(acts) == 0 {
		return 0, err
	}
	w, err := s.work(tx)
	if err != nil {
		return 0, err
	}
	general, err := ledger.WaitsForAll(tx, string(Prompt))
	if err != nil {
		return 0, err
	}
	if general {
		return s.takeAll(tx)
	}
	if err := s.refreshUnits(tx, w, acts); err != nil {
		return 0, err
	}
	if err := s.refreshEfforts(tx, w, acts); err != nil {
		return 0, err
	}
	return len(acts), ledger.Done(tx, string(q), acts)
}

// takeAll takes every act there is and computes the figures of all units.
func (s *Service) takeAll(tx *gorm.DB) (int, error) {
	var all []ledger.Touched
	for _, q := range queues {
		acts, err := ledger.Take(tx, string(q), math.MaxInt32)
		if err != nil {
			return 0, err
		}
		if err := ledger.Done(tx, string(q), acts); err != nil {
			return 0, err
		}
		all = append(all, acts...)
	}
	w, err := s.work(tx)
	if err != nil {
		return 0, err
	}
	if err := s.refreshAll(tx, w); err != nil {
		return 0, err
	}
	return len(all), s.refreshEfforts(tx, w, all)
}

// work is what the figures of all units follow from, the versions of the plan and the lock dates, and what
// has been computed so far. all: every unit's figures are computed, so that changes are what roll-ups are;
// again: facts are, too. differ, unless nil, is told what is not as it was.
type work struct {
	plans   plan.History
	locks   map[asked]period.Date
	forms   []string // that have been opened
	meaning itemMeanings
	all     bool
	again   bool
	changes changes
	differ  *Differences
}

func (s *Service) work(tx *gorm.DB) (*work, error) {
	plans, err := s.plans.HistoryIn(tx)
	if err != nil {
		return nil, err
	}
	calendar, err := s.reports.PeriodsIn(tx)
	if err != nil {
		return nil, err
	}
	w := &work{plans: plans, locks: map[asked]period.Date{}, meaning: s.meanings(tx), changes: changes{}}
	for _, c := range calendar {
		w.locks[asked{c.Form, c.Period}] = c.Lock
		w.forms = append(w.forms, c.Form)
	}
	slices.Sort(w.forms)
	w.forms = slices.Compact(w.forms)
	return w, nil
}

// planForm is the form on which the plan's milestones are reported.
func (w *work) planForm() string { return w.plans.Newest().Reporting.Form }

// touched is units whose reports on a form for a quarter, and so their figures for it and all later ones,
// may have changed.
type touched struct {
	form  string
	from  period.Quarter
	units []int64
}

// touchedBy gives what acts have touched, each unit of a form once. An act that bears no form is about the
// plan's.
func touchedBy(acts []ledger.Touched, planForm string) []touched {
	first := map[unitForm]period.Quarter{}
	for _, act := range acts {
		key := unitForm{act.UnitID, act.Form}
		if act.Form == "" {
			key.form = planForm
		}
		if from, there := first[key]; !there || act.Period < from {
			first[key] = act.Period
		}
	}
	by := map[asked][]int64{}
	for key, from := range first {
		by[asked{key.form, from}] = append(by[asked{key.form, from}], key.unit)
	}
	list := make([]touched, 0, len(by))
	for at, units := range by {
		slices.Sort(units)
		list = append(list, touched{at.form, at.period, units})
	}
	return list
}

// refreshUnits computes the figures of every unit that acts touched, and changes the roll-ups above them by
// as much as they changed.
func (s *Service) refreshUnits(tx *gorm.DB, w *work, acts []ledger.Touched) error {
	for _, t := range touchedBy(acts, w.planForm()) {
		for chunk := range slices.Chunk(t.units, unitsAtOnce) {
			if err := s.refreshChunk(tx, w, touched{t.form, t.from, chunk}); err != nil {
				return err
			}
		}
	}
	return w.changes.settle(tx)
}

// refreshAll computes the figures of all units and adds all roll-ups up from them.
func (s *Service) refreshAll(tx *gorm.DB, w *work) error {
	w.all, w.changes = true, changes{}
	for _, form := range w.forms {
		for after := int64(0); ; {
			units, err := reporting.ReportingUnits(tx, form, after, unitsAtOnce)
			if err != nil {
				return err
			}
			if len(units) == 0 {
				break
			}
			if err := s.refreshChunk(tx, w, touched{form: form, units: units}); err != nil {
				return err
			}
			after = units[len(units)-1]
		}
	}
	return w.changes.settleAll(tx, w.differ)
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
func (s *Service) Waiting(ctx context.Context) (oldest time.Time, err error) {
	for _, q := range queues {
		acts, err := ledger.TakeEntries(s.db.Read(ctx), string(q), 1)
		if err != nil {
			return time.Time{}, err
		}
		if len(acts) > 0 && (oldest.IsZero() || acts[0].At.Before(oldest)) {
			oldest = acts[0].At
		}
	}
	return oldest, nil
}
