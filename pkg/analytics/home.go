package analytics

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// Home is what stands on the monitoring home about one scope, worked out together: the scope by city or,
// within a city, by county; its curves; the units furthest behind, and the asked page of all units; the
// newest corrections, of what is known now. It is shared by all who ask, and must not be changed.
type Home struct {
	Answer
	Curves   []Curve
	Worst    Matrix
	Matrix   Matrix
	Restated []reporting.Restatement
}

// newestRestated is how many corrections stand on the home.
const newestRestated = 5

// keptHomes is how many homes are kept in memory, each about as large as its page, and keptRestated for how many
// scopes their newest corrections.
const keptHomes, keptRestated = 32, 512

// homeKey names a home: a question as it was understood, of a scope, on a day.
type homeKey struct {
	query          Query
	division, unit int64
	today          period.Date
}

// Home gives the monitoring home; By of the query is not asked, After and Limit are of its matrix. What has
// not changed since the epoch before is not asked for again.
func (s *Service) Home(ctx context.Context, actor accounts.Actor, query Query) (Home, error) {
	query.By = ByCity
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return Home{}, err
	}
	key := homeKey{query: q.Query, division: q.scope.Division.ID, today: s.clock.Today()}
	if q.scope.Unit != nil {
		key.unit = q.scope.Unit.ID
	} else if q.scope.Division.Level == divisions.City {
		q.By = ByCounty
	}
	home, err := s.homes.Get(ctx, key, func() (Home, error) { return s.home(ctx, q) })
	if err != nil {
		return Home{}, err
	}
	if home.Restated, err = s.newestRestatements(ctx, actor, q); err != nil {
		return Home{}, err
	}
	home.Scope = q.scope
	home.Freshness, err = s.Freshness(ctx)
	return home, err
}

func (s *Service) home(ctx context.Context, q question) (h Home, err error) {
	h.Answer = Answer{Plan: q.plan, Basis: q.Basis, AsOf: q.AsOf, Tree: q.Tree, Scope: q.scope, Period: q.Period, Due: q.calendar[q.Period]}
	parts, below, err := s.sums(ctx, q, "period <= ?", q.Period)
	if err != nil {
		return h, err
	}
	q.below = below
	all := byPeriod(parts)
	own := *all.at(q.Period.String())
	h.Total, h.Curves = q.row("", "", own), q.curvesByBatch(all)
	if h.Rows, err = s.divisionRows(ctx, q, own); err != nil {
		return h, err
	}
	first := q
	first.After = ""
	if h.Worst, err = s.matrix(ctx, first); err != nil {
		return h, err
	}
	if h.Matrix = h.Worst; q.After != "" {
		h.Matrix, err = s.matrix(ctx, q)
	}
	return h, err
}

// restatedKey names the newest corrections of a scope up to a quarter.
type restatedKey struct {
	division, unit int64
	upTo           period.Quarter
}

// newestRestatements gives the newest corrections of reports that the figures of a question rest on; none
// where they are not those of today, as the lists of reports are.
func (s *Service) newestRestatements(ctx context.Context, actor accounts.Actor, q question) ([]reporting.Restatement, error) {
	if !q.AsOf.IsZero() || (q.Tree == AsNow && q.Scope != "") {
		return nil, nil
	}
	key := restatedKey{division: q.scope.Division.ID, upTo: q.Period}
	filter := reporting.Filter{Scope: q.Scope, UpTo: q.Period, Limit: newestRestated}
	if q.scope.Unit != nil {
		key.unit = q.scope.Unit.ID
		filter.Scope, filter.Unit = "", q.scope.Unit.Key
	}
	return s.restated.Get(ctx, key, func() ([]reporting.Restatement, error) {
		list, _, err := s.reports.Restatements(ctx, actor, filter)
		return list, err
	})
}
