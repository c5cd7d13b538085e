package analytics

import (
	"slices"
	"time"

	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// begin gives the first moment at which a report for q can be owed; nothing is known of it before.
func begin(q period.Quarter) time.Time { return q.Last().End().UTC() }

// lastMoment gives the last moment of a day.
func lastMoment(day period.Date) time.Time { return day.End().UTC().Add(-time.Microsecond) }

// historyOf computes every row of unit_figures of one obligation, oldest first: one for each moment from
// which something else was known than before. It follows from what is stored alone. Place, batch, type and
// due date are those of the obligation as it stands; lock is the period's lock date.
func historyOf(plans plan.History, o reporting.Obligation, s *story, lock period.Date) []unitFigure {
	var rows []unitFigure
	for _, at := range momentsOf(plans, o, s) {
		p, _ := plans.At(at)
		f := figureOf(p, o, s, at)
		if n := len(rows); n > 0 {
			if f.sameAs(rows[n-1]) {
				continue
			}
			rows[n-1].Until = at
		}
		rows = append(rows, f)
	}
	freeze(rows, lock)
	return rows
}

// momentsOf gives the moments at which the figures of an obligation can have changed, in order, each once.
// What happened before anything was owed counts from its beginning on.
func momentsOf(plans plan.History, o reporting.Obligation, s *story) []time.Time {
	moments := []time.Time{begin(o.Period)}
	add := func(at time.Time) {
		if at.After(moments[0]) {
			moments = append(moments, at)
		}
	}
	for report, course := range s.courses {
		if report.Form != o.Form || report.Period > o.Period || (o.Form != s.form && report.Period != o.Period) {
			continue
		}
		for _, standing := range course {
			add(standing.Since)
		}
	}
	if o.Form == s.form {
		for _, dated := range plans {
			add(dated.InForceAt)
		}
		for _, e := range s.overrides {
			if e.Period == o.Period && e.Milestone == "" {
				add(e.At)
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	return slices.CompactFunc(moments, time.Time.Equal)
}

// figureOf computes what was known of an obligation at a moment, under the plan p.
func figureOf(p *plan.Plan, o reporting.Obligation, s *story, at time.Time) unitFigure {
	standing := s.standing(o.Form, o.Period, at)
	f := unitFigure{
		UnitID: o.UnitID, Form: o.Form, Period: o.Period, Since: at, Until: forever,
		ProvinceID: o.ProvinceID, CityID: o.CityID, CountyID: o.CountyID, Batch: o.Batch, UnitType: o.UnitType,
		Due: o.Due, Submitted: standing.In, OnTime: standing.OnTime(o.Due), Accepted: standing.Accepted > 0,
	}
	if o.Form != p.Reporting.Form {
		return f
	}
	if set := overridden(s.overrides, o.Period, "", at); set != nil {
		f.Overridden = Light(set.Light)
	}
	f.Planned = p.Planned(o.Batch, o.UnitType, o.Period)
	accepted, all := s.filings(o.Period, at, AcceptedOnly), s.filings(o.Period, at, AllSubmitted)
	f.Achieved = achieved(p, o, accepted)
	f.All = f.Achieved
	if !slices.EqualFunc(accepted, all, func(a, b filing) bool { return a.Period == b.Period && a.Revision == b.Revision }) {
		f.All = achieved(p, o, all)
	}
	if f.All.Actual == f.Actual {
		f.All.Actual = ""
	}
	return f
}

// achieved holds what filings say against the plan.
func achieved(p *plan.Plan, o reporting.Obligation, filings []filing) Achieved {
	actual := actuals(p, o.Batch, o.UnitType, filings)
	a := Assess(p, o.Batch, o.UnitType, o.Period, actual)
	return Achieved{Reported: len(filings) > 0, Earned: a.Earned, Overdue: a.Overdue, Light: a.Light, Actual: fractionsText(actual)}
}

// freeze notes in each row the light that was shown at the end of the lock day: in rows known later the one
// of then, in those known before the one that they would show if nothing else became known.
func freeze(rows []unitFigure, lock period.Date) {
	locked := 0
	for i := range rows {
		if !rows[i].Since.After(lastMoment(lock)) {
			locked = i
		}
	}
	for i := range rows {
		then := rows[min(i, locked)]
		rows[i].Locked = then.lockedLight(then.Light)
		rows[i].All.Locked = then.lockedLight(then.All.Light)
	}
}

// lockedLight gives the light shown on the lock day, when what is due is either in or missing.
func (f unitFigure) lockedLight(light Light) Light {
	switch {
	case light == "" || f.Overridden != "":
		return f.Overridden
	case light != Done && !f.Submitted:
		return NotReported
	}
	return light
}
