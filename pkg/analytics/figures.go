package analytics

import (
	"context"
	"math/big"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// Span says over which quarters an amount is added up; all else is that of the quarter's end.
type Span string

// The spans: the quarter alone, which empty means too; the year to date; since the plan began.
const (
	SpanQuarter Span = "quarter"
	SpanYear    Span = "year"
	SpanPlan    Span = "plan"
)

// MaxFigures is the greatest number of figures that can be asked for at once.
const MaxFigures = 100

// FigureQuery asks for figures: ids of indicators, or FORM.ITEM for what an item adds up to. By is
// province, city, county, batch, type or period; without it the scope is one row.
type FigureQuery struct {
	Query
	IDs  []string
	Span Span
}

// Figure is an indicator, or what an item adds up to, for one row of an answer. Value is exact and nil
// when there is none, which is not 0; Reported of Expected reports have a value in it. Break tells that
// it is not to be joined with the row before it, or that values of two definitions meet in it.
type Figure struct {
	Indicator
	Key       string
	Name      string
	Value     *big.Rat
	Reported  int64
	Expected  int64
	Qualifier forms.Qualifier
	Break     bool
}

// FigureAnswer is what Figures gives: for every id, in the order asked, its rows.
type FigureAnswer struct {
	Basis     Basis
	AsOf      time.Time
	Tree      Tree
	Scope     Scope
	Period    period.Quarter
	Rows      []Figure
	Freshness Freshness
}

// Of gives the rows of one figure.
func (a FigureAnswer) Of(id string) []Figure {
	var rows []Figure
	for _, f := range a.Rows {
		if f.ID == id {
			rows = append(rows, f)
		}
	}
	return rows
}

// Figures answers for indicators and aggregates of items (method.md §3) from accepted reports. The number
// of statements does not depend on the number of units. Faults: Invalid, NotFound `figure.unknown`,
// Forbidden.
func (s *Service) Figures(ctx context.Context, actor accounts.Actor, query FigureQuery) (FigureAnswer, error) {
	if query.By == "" {
		query.By = ByProvince
	}
	q, err := s.ask(ctx, actor, query.Query)
	if err != nil {
		return FigureAnswer{}, err
	}
	set, err := s.figureSet(ctx, q, query)
	if err != nil {
		return FigureAnswer{}, err
	}
	answer := FigureAnswer{Basis: q.Basis, AsOf: q.AsOf, Tree: q.Tree, Scope: q.scope, Period: q.Period, Rows: []Figure{}}
	if answer.Freshness, err = s.Freshness(ctx); err != nil {
		return FigureAnswer{}, err
	}
	groups, err := s.figureGroups(ctx, q, set)
	if err != nil {
		return FigureAnswer{}, err
	}
	if err := s.fillFigures(ctx, q, set, groups); err != nil {
		return FigureAnswer{}, err
	}
	for _, m := range set.measures {
		for _, row := range set.rows(m, groups) {
			if row.Key != Direct || row.Expected > 0 {
				answer.Rows = append(answer.Rows, row)
			}
		}
	}
	return answer, nil
}

// figureBys are the ways to ask for figures.
var figureBys = map[By]bool{ByProvince: true, ByCity: true, ByCounty: true, ByBatch: true, ByType: true, ByPeriod: true}

// figureSet looks up what is asked for.
func (s *Service) figureSet(ctx context.Context, q question, query FigureQuery) (*figureSet, error) {
	switch {
	case !figureBys[q.By]:
		return nil, fault.New(fault.Invalid, "query.by_unknown", string(q.By))
	case query.Span != "" && query.Span != SpanQuarter && query.Span != SpanYear && query.Span != SpanPlan:
		return nil, fault.New(fault.Invalid, "figure.span_unknown", string(query.Span))
	case len(query.IDs) > MaxFigures:
		return nil, fault.New(fault.Invalid, "figure.too_many", MaxFigures)
	}
	set := &figureSet{span: query.Span, first: q.plan.First, sums: map[figureAt][]itemRollup{}}
	for _, id := range query.IDs {
		m, err := s.measure(ctx, set, id)
		if err != nil {
			return nil, err
		}
		set.measures = append(set.measures, m)
	}
	return set, nil
}

// ratOf gives a fixed-point number as it is.
func ratOf(number int64, decimals int) *big.Rat {
	return new(big.Rat).Quo(big.NewRat(number, 1), pow10(decimals))
}
