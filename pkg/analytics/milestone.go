package analytics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// MilestoneAnswer is one milestone over the units of a scope that it applies to, at the end of a quarter:
// how many stand at which light by what is known, have it behind them, or are overdue, and a page of the units.
type MilestoneAnswer struct {
	Milestone plan.Milestone
	Units     int64
	Reported  int64
	Complete  int64
	Overdue   int64
	Lights    map[Light]int64
	Rows      []MilestoneUnit
	Next      string
}

// MilestoneUnit is one unit's state in a milestone. DaysLate is counted from the due quarter's last day, 0
// when not overdue. Source is the accepted report that its value comes from, nil while there is none, and
// Files the number of files that this report shows for it.
type MilestoneUnit struct {
	MilestoneState
	Unit     plan.Unit
	Batch    string
	Type     string
	Gap      int64
	DaysLate int
	Source   *Source
	Form     string
	Files    int64

	figure unitFigure
}

// Milestone answers for one milestone: the worst lights first, then the longest late. NotFound
// `figure.unknown`.
func (s *Service) Milestone(ctx context.Context, actor accounts.Actor, query Query, key string) (MilestoneAnswer, error) {
	query.By = ByUnit
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return MilestoneAnswer{}, err
	}
	m, ok := q.plan.Milestone(key)
	if !ok {
		return MilestoneAnswer{}, fault.New(fault.NotFound, "figure.unknown", key)
	}
	answer := MilestoneAnswer{Milestone: m, Lights: map[Light]int64{}}
	rows, err := s.milestoneUnits(ctx, q, m, &answer)
	if err != nil {
		return MilestoneAnswer{}, err
	}
	slices.SortFunc(rows, worseMilestone)
	if rows, answer.Next, err = q.page(rows); err != nil {
		return MilestoneAnswer{}, err
	}
	answer.Rows = rows
	if err := s.readPage(ctx, q, answer.Rows); err != nil {
		return answer, err
	}
	if err := s.recall(ctx, q, answer.Rows); err != nil {
		return answer, err
	}
	return answer, s.addSources(ctx, q, m, answer.Rows)
}

func (a *MilestoneAnswer) count(row MilestoneUnit, reported bool) {
	a.Units++
	a.Reported += one(reported)
	a.Complete += one(row.Actual == plan.One)
	a.Overdue += one(row.DaysLate > 0)
	a.Lights[row.Light]++
}

// milestoneUnits reads how far every unit of the question has come in a milestone, and of its figures no more
// than that takes, and counts them.
func (s *Service) milestoneUnits(ctx context.Context, q question, m plan.Milestone, answer *MilestoneAnswer) ([]MilestoneUnit, error) {
	reported, actual := q.Basis.columns()
	columns := "unit_id, since, batch, unit_type, due, submitted, " + reported + ", " + actual
	found, err := q.chosen(s.db.Read(ctx).Model(&unitFigure{})).Where("period = ?", q.Period).Select(columns).Rows()
	if err != nil {
		return nil, fmt.Errorf("read unit figures: %w", err)
	}
	defer found.Close()
	var rows []MilestoneUnit
	for found.Next() {
		f := unitFigure{Form: q.Form, Period: q.Period}
		if err := found.Scan(&f.UnitID, &f.Since, &f.Batch, &f.UnitType, &f.Due, &f.Submitted, &f.Reported, &f.Actual); err != nil {
			return nil, fmt.Errorf("read a unit's figures: %w", err)
		}
		row, applies, err := q.milestoneUnit(f, m)
		if err != nil {
			return nil, err
		}
		if applies {
			rows = append(rows, row)
			answer.count(row, f.Reported)
		}
	}
	return rows, found.Err()
}

// readPage reads the figures of the units of a page.
func (s *Service) readPage(ctx context.Context, q question, rows []MilestoneUnit) error {
	units, at := make([]int64, len(rows)), map[int64]int{}
	for i, r := range rows {
		units[i], at[r.figure.UnitID] = r.figure.UnitID, i
	}
	figures, err := s.figures(ctx, q, "period = ? AND unit_id IN ?", q.Period, units)
	for _, f := range figures {
		rows[at[f.UnitID]].figure = f
	}
	return err
}

// milestoneUnit gives one unit's state in a milestone; applies is false where the unit does not have it.
func (q question) milestoneUnit(f unitFigure, m plan.Milestone) (row MilestoneUnit, applies bool, err error) {
	due := m.Due(f.Batch)
	if due == 0 || !slices.Contains(m.Types, f.UnitType) {
		return row, false, nil
	}
	state := MilestoneState{Key: m.Key, Due: due, Planned: m.Planned(f.Batch, f.Period)}
	if state.Actual, state.HasValue, err = f.fraction(m.Key); err != nil {
		return row, false, err
	}
	state.Light, state.Reason = milestoneLight(q.plan, state.Planned, state.Actual, due, f.Period)
	row = MilestoneUnit{MilestoneState: state.reported(!f.missing(q.today)), Batch: f.Batch, Type: f.UnitType, figure: f}
	row.Gap = Gap(row.Planned, row.Actual)
	if row.Overdue(f.Period) {
		row.DaysLate = f.Period.Last().DaysSince(row.Due.Last())
	}
	return row, true, nil
}

// recall puts with the rows of a page the lights that they show and what these remember.
func (s *Service) recall(ctx context.Context, q question, rows []MilestoneUnit) error {
	figures := make([]unitFigure, len(rows))
	for i, r := range rows {
		figures[i] = r.figure
	}
	lights, err := s.remember(ctx, q, figures)
	if err != nil {
		return err
	}
	for i, r := range rows {
		rows[i].MilestoneState = lights[r.figure.UnitID].onto(r.MilestoneState, r.figure.missing(q.today))
	}
	return nil
}

// Severity orders lights from the worst, severe, to done.
func (l Light) Severity() int { return slices.Index(severity, l) }

var severity = []Light{Severe, NotReported, Behind, Watch, OnTrack, Done}

func worseMilestone(a, b MilestoneUnit) int {
	return cmp.Or(cmp.Compare(a.Light.Severity(), b.Light.Severity()), cmp.Compare(b.DaysLate, a.DaysLate), cmp.Compare(b.Gap, a.Gap), cmp.Compare(a.figure.UnitID, b.figure.UnitID))
}

// page gives the rows after the question's cursor, as many as it asks for.
func (q question) page(rows []MilestoneUnit) ([]MilestoneUnit, string, error) {
	limit, after, err := q.paging()
	if err != nil {
		return nil, "", err
	}
	after = min(after, len(rows))
	rows = rows[after:]
	if len(rows) <= limit {
		return rows, "", nil
	}
	return rows[:limit], strconv.Itoa(after + limit), nil
}

// addSources names the units and puts with them the reports that their values come from.
func (s *Service) addSources(ctx context.Context, q question, m plan.Milestone, rows []MilestoneUnit) error {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.figure.UnitID
	}
	units, err := s.plans.UnitsByID(ctx, ids)
	if err != nil {
		return err
	}
	db := s.db.Read(ctx)
	items := map[string]forms.Item{}
	asked := []string{forms.CommunitiesItem}
	for _, t := range m.Types {
		item, _ := forms.ItemOf(m, t)
		items[t], asked = item, append(asked, item.Key)
	}
	filings, err := s.answers(db, q, ids, asked)
	if err != nil {
		return err
	}
	shown, err := evidence.Shown(db, q.plan.Reporting.Form, ids)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		r.Unit, r.Form = units[r.figure.UnitID], q.plan.Reporting.Form
		for _, f := range filings[r.figure.UnitID] {
			if _, ok := reporting.Actual(m, r.Type, f.values); ok {
				item := items[r.Type]
				r.Source = &Source{Period: f.period, Revision: f.revision, Item: item.Key, Text: item.Format(f.values[item.Key])}
				r.Files = shown[evidence.Place{Unit: r.figure.UnitID, Period: f.period, Item: item.Key}]
			}
		}
	}
	return nil
}

// answered is what an accepted report says in some of its items.
type answered struct {
	period   period.Quarter
	revision int64
	values   forms.Values
}

// answers is filingsOf, or with those that wait for review where the question counts them.
func (s *Service) answers(db *gorm.DB, q question, units []int64, items []string) (map[int64][]answered, error) {
	if q.Basis != AllSubmitted {
		return filingsOf(db, q, units, items)
	}
	stories, err := s.stories(db, q.plan.Reporting.Form, units)
	if err != nil {
		return nil, err
	}
	filings := map[int64][]answered{}
	for unit, story := range stories {
		for _, f := range story.filings(q.Period, q.moment(), q.Basis) {
			filings[unit] = append(filings[unit], answered{f.Period, f.Revision, f.Values})
		}
	}
	return filings, nil
}

// filingsOf reads some items of the units' reports up to the question's quarter: of each report the latest
// revision that was accepted by the question's moment. They are in order of period.
func filingsOf(db *gorm.DB, q question, units []int64, items []string) (map[int64][]answered, error) {
	moment := q.AsOf
	if moment.IsZero() {
		moment = endOfTime
	}
	var rows []facts
	err := db.Raw(`SELECT f.* FROM facts f JOIN (
			SELECT unit_id, period, MAX(revision) AS revision FROM facts
			WHERE unit_id IN ? AND form = ? AND period <= ? AND accepted_at <= ? GROUP BY unit_id, period) l
		ON l.unit_id = f.unit_id AND l.period = f.period AND l.revision = f.revision
		WHERE f.unit_id IN ? AND f.form = ? ORDER BY f.unit_id, f.period`,
		units, q.Form, q.Period, moment.UTC(), units, q.Form).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	filings := map[int64][]answered{}
	for _, f := range rows {
		values := forms.Values{}
		err := f.each(func(item string, v forms.Value) {
			if slices.Contains(items, item) {
				values[item] = v
			}
		})
		if err != nil {
			return nil, err
		}
		filings[f.UnitID] = append(filings[f.UnitID], answered{f.Period, f.Revision, values})
	}
	return filings, nil
}

// endOfTime is later than anything that happens.
var endOfTime = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
