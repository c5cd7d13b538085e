package analytics

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/plan"
)

// CompletenessRow counts the reports of one group (method.md §6): expected, those that are in, those
// that first came in on or before the due date, those accepted.
type CompletenessRow struct {
	Key, Name                             string
	Expected, Submitted, OnTime, Accepted int64
}

// Rates gives completeness, timeliness and acceptance; ok is false when nothing is expected.
func (r CompletenessRow) Rates() (completeness, timeliness, acceptance plan.Fraction, ok bool) {
	if r.Expected == 0 {
		return 0, 0, 0, false
	}
	return plan.Ratio(r.Submitted, r.Expected), plan.Ratio(r.OnTime, r.Expected), plan.Ratio(r.Accepted, r.Expected), true
}

// Completeness counts reports by province, city, county, batch, type or period; by unit gives a page.
func (s *Service) Completeness(ctx context.Context, actor accounts.Actor, query Query) ([]CompletenessRow, string, error) {
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, "", err
	}
	own, err := s.own(ctx, q)
	if err != nil {
		return nil, "", err
	}
	rows, next, err := s.rows(ctx, q, own)
	if err != nil {
		return nil, "", err
	}
	counted := make([]CompletenessRow, len(rows))
	for i, r := range rows {
		counted[i] = CompletenessRow{Key: r.Key, Name: r.Name, Expected: r.Expected, Submitted: r.Submitted, OnTime: r.OnTime, Accepted: r.Accepted}
	}
	return counted, next, nil
}
