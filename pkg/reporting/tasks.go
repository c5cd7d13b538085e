package reporting

import (
	"context"
	"fmt"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// ownReports chooses the reports that are the actor's own to file, as own does.
const ownReports = "(unit_id = ? OR (unit_type = 'city' AND city_id = ?) OR (unit_type = 'county' AND county_id = ?))"

// ownArgs gives what ownReports is asked with; nothing has the id 0.
func ownArgs(actor accounts.Actor) []any {
	if actor.Role == accounts.Clerk {
		return []any{actor.Unit, 0, 0}
	}
	return []any{0, actor.Division, actor.Division}
}

// Task is a report of the actor's own. Stage is the level that reviews a submitted one next, 0 for
// whoever reviews.
type Task struct {
	Summary
	Stage int
}

// Locked tells whether the report can no longer be filed, and is not in.
func (t Task) Locked(today period.Date) bool {
	return today.After(t.Lock) && (t.Status == Open || t.Status == Returned)
}

// Tasks lists the reports that the actor files for itself, of every form: a clerk's, and those of a
// reviewer's own city or county; the newest period first, at most MaxPage. For whoever may file.
func (s *Service) Tasks(ctx context.Context, actor accounts.Actor) ([]Task, error) {
	if err := actor.Require(accounts.FileReports); err != nil {
		return nil, err
	}
	query, err := s.chosen(ctx, actor, Filter{Own: true})
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Row   summaryRow `gorm:"embedded"`
		Stage int
	}
	err = query.Select(summaryColumns + ", stage").Order("period DESC, unit_id, form").Limit(MaxPage).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list own reports: %w", err)
	}
	plain := make([]summaryRow, len(rows))
	for i, r := range rows {
		plain[i] = r.Row
	}
	summaries, err := s.summaries(ctx, plain)
	if err != nil {
		return nil, err
	}
	list := make([]Task, len(rows))
	for i, r := range rows {
		list[i] = Task{Summary: summaries[i], Stage: r.Stage}
	}
	return list, nil
}

// Coming is a report of a quarter that has not ended: Opens is the first day on which it can be filed.
type Coming struct {
	Unit             plan.Unit
	Form             forms.Form
	Period           period.Quarter
	Opens, Due, Lock period.Date
}

// Coming lists what the units, which are the actor's own, owe for the quarter under way, form by form.
func (s *Service) Coming(ctx context.Context, actor accounts.Actor, units []plan.Unit) ([]Coming, error) {
	if err := actor.Require(accounts.FileReports); err != nil {
		return nil, err
	}
	p, err := s.plans.Current(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.forms.Forms(ctx)
	if err != nil {
		return nil, err
	}
	q := period.QuarterOf(s.clock.Today())
	var list []Coming
	for _, unit := range units {
		if !own(actor, unit.ID, unit.Division, unit.Type) {
			return nil, fault.New(fault.Forbidden, "unit.forbidden")
		}
		for _, form := range all {
			if form.Asks(q, p) && form.Owes(unit.Type) && unit.DesignatedOn(q.Last()) {
				list = append(list, Coming{
					Unit: unit, Form: form, Period: q, Opens: q.Last().AddDays(1),
					Due: q.Last().AddDays(form.DueDays), Lock: q.Last().AddDays(form.LockDays),
				})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y Coming) int { return x.Due.DaysSince(y.Due) })
	return list, nil
}

// Unfiled is how many units below the actor have still to file a form for a quarter: nothing is in, or
// what was in was returned.
type Unfiled struct {
	Form           string
	Period         period.Quarter
	Due            period.Date
	Open, Returned int64
}

// Unfiled counts by form and quarter the reports in the actor's scope, beside its own, that can still be
// filed and are not in; the newest quarter first.
func (s *Service) Unfiled(ctx context.Context, actor accounts.Actor) ([]Unfiled, error) {
	query, err := s.chosen(ctx, actor, Filter{ToFile: true})
	if err != nil {
		return nil, err
	}
	var rows []Unfiled
	err = query.Select(`form, period, MIN(due) AS due, SUM(CASE WHEN status = 'open' AND accepted_revision = 0 THEN 1 ELSE 0 END) AS open,
		SUM(CASE WHEN status = 'returned' OR accepted_revision > 0 THEN 1 ELSE 0 END) AS returned`).
		Where("NOT "+ownReports, ownArgs(actor)...).
		Group("form, period").Order("period DESC, form").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count what is still to be filed: %w", err)
	}
	return rows, nil
}
