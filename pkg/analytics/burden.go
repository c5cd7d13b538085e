package analytics

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Burden is what a form asks of those who file it in one quarter, summed over the filed reports of the
// scope: cells to type, cells that hold something, cells that differ from the report before.
// MedianSeconds is that of the time spent on a report
// whose editing left a trace; Timed is their number, and without any there is no median.
type Burden struct {
	Form          forms.Form
	Reports       int64
	Asked         int64
	Given         int64
	Changed       int64
	Timed         int64
	MedianSeconds int64
	Items         []ItemUse
}

// ItemUse is an item with where its values are used; nobody uses one without uses.
type ItemUse struct {
	forms.Item
	Section string
	Uses    []Use
}

// Use is one figure that an item goes into: Kind is `milestone`, `computed` or `indicator`, Key the
// milestone, item or indicator.
type Use struct{ Kind, Key, Title string }

// Unused gives the items that no figure uses. Words are read by people, not by figures, and are left out.
func (b Burden) Unused() []ItemUse {
	return slices.DeleteFunc(slices.Clone(b.Items), func(i ItemUse) bool { return len(i.Uses) > 0 || i.Type == forms.Text })
}

// ChangedShare gives changed ÷ asked; ok is false when nothing was asked.
func (b Burden) ChangedShare() (plan.Fraction, bool) {
	return plan.Ratio(b.Changed, b.Asked), b.Asked > 0
}

// BurdenRow is the effort of one unit.
type BurdenRow struct {
	Unit    plan.Unit
	Asked   int64
	Given   int64
	Changed int64
	Seconds int64
}

// Burden measures a form, given in its newest version, in the query's scope and quarter, from history.
// Form, By, Batch and Type of the query are not asked for.
func (s *Service) Burden(ctx context.Context, actor accounts.Actor, form forms.Form, query Query) (Burden, error) {
	query.Form = form.Key
	q, err := s.askEffort(ctx, actor, query)
	if err != nil {
		return Burden{}, err
	}
	b := Burden{Form: form, Items: usesOf(form, q.plan)}
	var sums struct{ Reports, Asked, Given, Changed, Timed int64 }
	chosen := q.placed(s.db.Read(ctx).Model(&effort{})).Where("period = ?", q.Period)
	err = chosen.Select(`COUNT(*) AS reports, COALESCE(SUM(asked), 0) AS asked, COALESCE(SUM(given), 0) AS given,
		COALESCE(SUM(changed), 0) AS changed, COALESCE(SUM(CASE WHEN seconds > 0 THEN 1 ELSE 0 END), 0) AS timed`).Scan(&sums).Error
	if err != nil {
		return b, fmt.Errorf("read efforts: %w", err)
	}
	b.Reports, b.Asked, b.Given, b.Changed, b.Timed = sums.Reports, sums.Asked, sums.Given, sums.Changed, sums.Timed
	if b.Timed == 0 {
		return b, nil
	}
	err = q.placed(s.db.Read(ctx).Model(&effort{})).Where("period = ? AND seconds > 0", q.Period).
		Select("seconds").Order("seconds").Offset(int(b.Timed-1) / 2).Limit(1).Scan(&b.MedianSeconds).Error
	if err != nil {
		return b, fmt.Errorf("read efforts: %w", err)
	}
	return b, nil
}

// BurdenRows lists the efforts of the units on the query's form, by unit; next is the cursor of the
// following page.
func (s *Service) BurdenRows(ctx context.Context, actor accounts.Actor, query Query) (rows []BurdenRow, next string, err error) {
	q, err := s.askEffort(ctx, actor, query)
	if err != nil {
		return nil, "", err
	}
	limit, after, err := q.paging()
	if err != nil {
		return nil, "", err
	}
	var efforts []effort
	err = q.placed(s.db.Read(ctx)).Where("period = ? AND unit_id > ?", q.Period, after).Order("unit_id").Limit(limit + 1).Find(&efforts).Error
	if err != nil {
		return nil, "", fmt.Errorf("read efforts: %w", err)
	}
	if len(efforts) > limit {
		efforts = efforts[:limit]
		next = strconv.FormatInt(efforts[limit-1].UnitID, 10)
	}
	ids := make([]int64, len(efforts))
	for i, e := range efforts {
		ids[i] = e.UnitID
	}
	units, err := s.plans.UnitsByID(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	for _, e := range efforts {
		rows = append(rows, BurdenRow{Unit: units[e.UnitID], Asked: e.Asked, Given: e.Given, Changed: e.Changed, Seconds: e.Seconds})
	}
	return rows, next, nil
}

// askEffort is ask without a way to split the rows; the latest quarter of a form is that of its calendar.
func (s *Service) askEffort(ctx context.Context, actor accounts.Actor, query Query) (question, error) {
	query.By = ByUnit
	q, err := s.ask(ctx, actor, query)
	if err != nil || query.Period != 0 {
		return q, err
	}
	latest := period.Quarter(0)
	for opened := range q.calendar {
		latest = max(latest, opened)
	}
	if latest != 0 {
		q.Period = latest
	}
	return q, nil
}

// usesOf tells for each item that people type which figures use it.
func usesOf(form forms.Form, p *plan.Plan) []ItemUse {
	var list []ItemUse
	for _, section := range form.Sections {
		for _, item := range section.Items {
			if item.Computed != "" {
				continue
			}
			use := ItemUse{Item: item, Section: section.Title}
			if m, ok := p.Milestone(item.Milestone); ok {
				use.Uses = append(use.Uses, Use{"milestone", m.Key, m.Title})
			}
			if item.Key == forms.CommunitiesItem {
				use.Uses = append(use.Uses, Use{"milestone", p.Key, p.Title})
			}
			for _, computed := range form.ComputedFrom(item.Key) {
				use.Uses = append(use.Uses, Use{"computed", computed.Key, computed.Title})
			}
			for _, i := range indicators {
				if i.rests(form.Key, item.Key) {
					use.Uses = append(use.Uses, Use{"indicator", i.ID, i.ID})
				}
			}
			list = append(list, use)
		}
	}
	return list
}
