package reporting

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
)

// Unfinished is what has still to be filed of what a filter chooses: the first of the reports that are not
// in and of those that were returned, and how many there are of each.
type Unfinished struct {
	Open, Returned           []Summary
	OpenCount, ReturnedCount int64
}

// Unfinished gives at most Limit reports of each; Status and After of the filter are not asked.
func (s *Service) Unfinished(ctx context.Context, actor accounts.Actor, f Filter) (u Unfinished, err error) {
	f.Status, f.After = "", ""
	query, err := s.chosen(ctx, actor, f)
	if err != nil {
		return u, err
	}
	part := func(status Status) *gorm.DB {
		chosen := query.Session(&gorm.Session{}).Where(unfinished+" AND status = ?", status).Session(&gorm.Session{})
		first := chosen.Select(summaryColumns).Order(newestFirst).Limit(f.limit())
		return s.db.Read(ctx).Raw("SELECT p.*, (?) AS total FROM (?) AS p", chosen.Select("COUNT(*)"), first)
	}
	rows, counts, err := readSummaries(s.db.Read(ctx).Raw("SELECT * FROM (?) AS missing UNION ALL SELECT * FROM (?) AS correct ORDER BY status, "+newestFirst,
		part(Open), part(Returned)))
	if err != nil {
		return u, fmt.Errorf("list what is still to be filed: %w", err)
	}
	list, err := s.summaries(ctx, rows)
	for i, r := range list {
		if r.Status == Open {
			u.Open, u.OpenCount = append(u.Open, r), counts[i]
			continue
		}
		u.Returned, u.ReturnedCount = append(u.Returned, r), counts[i]
	}
	return u, err
}
