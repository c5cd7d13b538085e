package analytics

import (
	"context"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/reporting"
)

// Restated lists the corrections of reports up to the query's quarter, on its form and in its scope, that were accepted after one
// moment and not after another, the latest first; more tells that there are others beyond MaxPage.
func (s *Service) Restated(ctx context.Context, actor accounts.Actor, query Query, since, until time.Time) (list []reporting.Restatement, more bool, err error) {
	query.By = ByPeriod
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, false, err
	}
	filter := reporting.Filter{Scope: query.Scope, Form: q.Form, UpTo: q.Period, Since: since, Until: until}
	if q.scope.Unit != nil {
		filter.Scope, filter.Unit = "", q.scope.Unit.Key
	}
	list, next, err := s.reports.Restatements(ctx, actor, filter)
	return list, next != "", err
}
