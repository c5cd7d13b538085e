package analytics

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// past is what was known of one unit by the moment of a question: its rows by period, oldest knowledge
// first, and the lights that were set by hand.
type past struct {
	rows      map[period.Quarter][]unitFigure
	overrides []override.Entry
}

// pasts gives the pasts of units, of whom rows are what was known, by unit, period and since.
func (s *Service) pasts(ctx context.Context, units []int64, rows []unitFigure) (map[int64]past, error) {
	overrides, err := s.overridesOf(ctx, units)
	if err != nil {
		return nil, err
	}
	pasts := make(map[int64]past, len(units))
	for _, unit := range units {
		pasts[unit] = past{map[period.Quarter][]unitFigure{}, overrides[unit]}
	}
	for _, f := range rows {
		pasts[f.UnitID].rows[f.Period] = append(pasts[f.UnitID].rows[f.Period], f)
	}
	return pasts, nil
}

// overridesOf gives all acts on the lights of units. They are kept in memory: whoever sets a light by hand
// raises the epoch of what all units share.
func (s *Service) overridesOf(ctx context.Context, units []int64) (map[int64][]override.Entry, error) {
	return s.overrides.Many(ctx, units, func(missing []int64) (map[int64][]override.Entry, error) {
		found := make(map[int64][]override.Entry, len(missing))
		for _, unit := range missing {
			found[unit] = nil // that there is none is kept, too
		}
		entries, err := override.Of(s.db.Read(ctx), missing)
		for _, entry := range entries {
			found[entry.UnitID] = append(found[entry.UnitID], entry)
		}
		return found, err
	})
}

// remembered is the light that a unit shows in a quarter and what it remembers. States are the unit's
// milestones as they stood when the lights were fixed: at the lock date or, before it, as they are known.
type remembered struct {
	Memory
	light  Light
	reason Reason
	then   Stand
	states []MilestoneState
}

// recalled narrows a query on unit_figures to what the lights of the question's quarter remember: every row
// of it, and of later ones what is known in the end.
func (q question) recalled(db *gorm.DB) *gorm.DB {
	return db.Where("form = ? AND since <= ? AND period >= ? AND (period = ? OR until > ?)", q.Form, q.moment(), q.Period, q.Period, q.moment())
}

// remember gives the lights of one page of units of the question's quarter.
func (s *Service) remember(ctx context.Context, q question, figures []unitFigure) (map[int64]remembered, error) {
	known, err := q.read(q.recalled(s.db.Read(ctx)).Where("unit_id IN ?", unitIDs(figures)).Order("unit_id, period, since"))
	if err != nil {
		return nil, err
	}
	return s.lightsOf(ctx, q, figures, known)
}

// lightsOf is remember where what is remembered has been read.
func (s *Service) lightsOf(ctx context.Context, q question, figures, known []unitFigure) (map[int64]remembered, error) {
	pasts, err := s.pasts(ctx, unitIDs(figures), known)
	if err != nil {
		return nil, err
	}
	lights := make(map[int64]remembered, len(figures))
	for _, f := range figures {
		if lights[f.UnitID], err = q.remember(pasts[f.UnitID], f); err != nil {
			return nil, err
		}
	}
	return lights, nil
}

// remember gives the lights of a unit in the quarter of f, which is what is known of it.
func (q question) remember(u past, f unitFigure) (remembered, error) {
	r := remembered{Memory: Memory{Frozen: q.frozen(f.Period)}, light: f.Light.onDay(f.Submitted, f.Due, q.today)}
	if f.Light == "" {
		return r, nil // no form of the plan
	}
	fixed, p, at := f, q.plan, q.moment()
	missing := f.missing(q.today)
	if r.Frozen {
		at = lastMoment(q.locks[f.Period])
		fixed = knownAt(u.rows[f.Period], at, f)
		p, _ = q.plans.At(at)
		missing = !fixed.Submitted
	}
	actual, err := fixed.fractions()
	if err != nil {
		return r, err
	}
	a := Assess(p, fixed.Batch, fixed.UnitType, f.Period, actual)
	r.light, r.reason = a.Light, a.Reason
	r.then = Stand{Planned: a.Planned, Actual: a.Earned, HasValue: fixed.Reported, Gap: Gap(a.Planned, a.Earned)}
	if missing && a.Light != Done {
		r.light, r.reason = NotReported, ReasonNotReported
	}
	for _, state := range a.Milestones {
		state = state.reported(!missing)
		state.Frozen = r.Frozen
		state.Light, state.Override = setByHand(state.Light, overridden(u.overrides, f.Period, state.Key, at))
		r.states = append(r.states, state)
	}
	r.light, r.Override = setByHand(r.light, overridden(u.overrides, f.Period, "", at))
	if r.Frozen {
		err = q.makeUp(u, f.Period, &r)
	}
	return r, err
}

// setByHand gives the light that is shown where one may have been set by hand.
func setByHand(computed Light, set *override.Entry) (Light, *Override) {
	if set == nil {
		return computed, nil
	}
	light := Light(set.Light)
	return light, &Override{Light: light, Computed: computed, Reason: set.Reason, By: set.ByName, At: set.At}
}

// knownAt gives the row that was known at a moment; where nothing was, the first one there is, and where
// there is none, f.
func knownAt(rows []unitFigure, at time.Time, f unitFigure) unitFigure {
	if len(rows) > 0 {
		f = rows[0]
	}
	for _, row := range rows {
		if row.knownAt(at) {
			return row
		}
	}
	return f
}

// makeUp notes in which quarters what was missing was made up: of each milestone and, once all of them are,
// of the unit.
func (q question) makeUp(u past, at period.Quarter, r *remembered) error {
	later := map[period.Quarter]map[string]plan.Fraction{}
	for p, rows := range u.rows {
		if last := rows[len(rows)-1]; p > at && last.knownAt(q.moment()) {
			actual, err := last.fractions()
			if err != nil {
				return err
			}
			later[p] = actual
		}
	}
	all, latest := true, period.Quarter(0)
	var err error
	for i, state := range r.states {
		if fulfilled(state.Light) {
			continue
		}
		r.states[i].MadeUp, err = madeUp(state, u.rows[at], lastMoment(q.locks[at]), later)
		if err != nil {
			return err
		}
		all = all && r.states[i].MadeUp != 0
		latest = max(latest, r.states[i].MadeUp)
	}
	if all && !fulfilled(r.light) {
		r.MadeUp = latest
	}
	return nil
}

// fulfilled tells whether a light leaves nothing to make up.
func fulfilled(light Light) bool { return light == Done || light == OnTrack }

// madeUp gives the quarter in which what a milestone lacked was made up: the report came in, what the report
// itself says was accepted, or the first later quarter at whose end the milestone had reached what was planned; 0 while neither has happened.
func madeUp(state MilestoneState, rows []unitFigure, lock time.Time, later map[period.Quarter]map[string]plan.Fraction) (period.Quarter, error) {
	if state.Light == NotReported {
		return cameIn(rows), nil
	}
	for _, row := range rows { // its own report may have been accepted, or corrected, after the lock
		actual, err := row.fractions()
		if err != nil {
			return 0, err
		}
		if row.Since.After(lock) && Gap(state.Planned, actual[state.Key]) <= 0 {
			return period.QuarterOf(period.DateOf(row.Since)), nil
		}
	}
	first := period.Quarter(0)
	for p, actual := range later {
		if Gap(state.Planned, actual[state.Key]) <= 0 && (first == 0 || p < first) {
			first = p
		}
	}
	return first, nil
}

// cameIn gives the quarter in which the report of rows finally came in; 0 while it is not in.
func cameIn(rows []unitFigure) period.Quarter {
	quarter := period.Quarter(0)
	for _, row := range slices.Backward(rows) {
		if !row.Submitted {
			break
		}
		quarter = period.QuarterOf(period.DateOf(row.Since))
	}
	return quarter
}

// onto gives a milestone as it is known with the light it shows. One that the plan did not have when the
// lights were fixed has the light of now.
func (r remembered) onto(state MilestoneState, missing bool) MilestoneState {
	for _, then := range r.states {
		if then.Key == state.Key {
			state.Light, state.Reason, state.Memory = then.Light, then.Reason, then.Memory
			return state
		}
	}
	return state.reported(!missing)
}
