package analytics

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/evidence"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/plan"
)

// MilestoneAnswer is one milestone over the units of a scope that it applies to, at the end of a quarter:
// how many show which light, have it behind them, or are overdue, and a page of the units.
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

	id int64
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
	figures, err := s.figures(ctx, q, "period = ?", q.Period)
	if err != nil {
		return MilestoneAnswer{}, err
	}
	answer := MilestoneAnswer{Milestone: m, Lights: map[Light]int64{}}
	var rows []MilestoneUnit
	for _, f := range figures {
		row, applies, err := q.milestoneUnit(f, key)
		if err != nil {
			return MilestoneAnswer{}, err
		}
		if applies {
			rows = append(rows, row)
			answer.count(row, f.Reported)
		}
	}
	slices.SortFunc(rows, worseMilestone)
	if rows, answer.Next, err = q.page(rows); err != nil {
		return MilestoneAnswer{}, err
	}
	answer.Rows = rows
	return answer, s.addSources(ctx, q, m, answer.Rows)
}

func (a *MilestoneAnswer) count(row MilestoneUnit, reported bool) {
	a.Units++
	a.Reported += one(reported)
	a.Complete += one(row.Actual == plan.One)
	a.Overdue += one(row.DaysLate > 0)
	a.Lights[row.Light]++
}

// milestoneUnit gives one unit's state in a milestone; applies is false where the unit does not have it.
func (q question) milestoneUnit(f unitFigure, key string) (row MilestoneUnit, applies bool, err error) {
	if _, applies = dueOf(q.plan, kind{f.Batch, f.UnitType}, key); !applies {
		return row, false, nil
	}
	actual, err := f.fractions()
	if err != nil {
		return row, false, err
	}
	for _, state := range Assess(q.plan, f.Batch, f.UnitType, f.Period, actual).Milestones {
		if state.Key != key {
			continue
		}
		row = MilestoneUnit{MilestoneState: state.onDay(f.Submitted, f.Due, q.today), Batch: f.Batch, Type: f.UnitType, id: f.UnitID}
	}
	row.Gap = Gap(row.Planned, row.Actual)
	if row.Overdue(f.Period) {
		row.DaysLate = f.Period.Last().DaysSince(row.Due.Last())
	}
	return row, true, nil
}

// Severity orders lights from the worst, severe, to done.
func (l Light) Severity() int { return slices.Index(severity, l) }

var severity = []Light{Severe, NotReported, Behind, Watch, OnTrack, Done}

func worseMilestone(a, b MilestoneUnit) int {
	return cmp.Or(cmp.Compare(a.Light.Severity(), b.Light.Severity()), cmp.Compare(b.DaysLate, a.DaysLate), cmp.Compare(b.Gap, a.Gap), cmp.Compare(a.id, b.id))
}

// page gives the rows after the question's cursor, as many as it asks for.
func (q question) page(rows []MilestoneUnit) ([]MilestoneUnit, string, error) {
	limit, after := q.Limit, 0
	if limit <= 0 || limit > MaxPage {
		limit = MaxPage
	}
	if q.After != "" {
		n, err := strconv.Atoi(q.After)
		if err != nil || n < 0 {
			return nil, "", fault.New(fault.Invalid, "list.bad_cursor")
		}
		after = min(n, len(rows))
	}
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
		ids[i] = r.id
	}
	units, err := s.plans.UnitsByID(ctx, ids)
	if err != nil {
		return err
	}
	db := s.db.Read(ctx)
	filings, err := readFilings(db, q.plan.Reporting.Form, ids)
	if err != nil {
		return err
	}
	items := map[string]string{}
	for _, t := range m.Types {
		if item, ok := forms.ItemOf(m, t); ok {
			items[t] = item.Key
		}
	}
	shown, err := evidence.Shown(db, q.plan.Reporting.Form, ids)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		r.Unit, r.Form = units[r.id], q.plan.Reporting.Form
		if source, ok := sourcesOf(q.plan, r.Batch, r.Type, filings[r.id], q.Period)[m.Key]; ok {
			r.Source = &source
			r.Files = shown[evidence.Place{Unit: r.id, Period: source.Period, Item: items[r.Type]}]
		}
	}
	return nil
}
