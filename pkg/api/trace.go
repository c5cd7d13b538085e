package api

import (
	"context"
	"fmt"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// traceRow is one reported value that a figure was computed from. A unit's part of the figure is the
// sum over its rows of fraction times weight / weights.
type traceRow struct {
	Unit      string         `json:"unit"`
	Form      string         `json:"form"`
	Period    period.Quarter `json:"period"`
	Revision  int64          `json:"revision"`
	Item      string         `json:"item"`
	Value     any            `json:"value" doc:"As in a report: a number as text, yes/no as true or false."`
	Milestone string         `json:"milestone"`
	Fraction  string         `json:"fraction" example:"0.375000000" doc:"What the value counts as, exactly; 1 is complete."`
	Weight    int            `json:"weight"`
	Weights   int            `json:"weights" doc:"Sum of the weights of the unit's milestones in the figure."`
}

type traceQuery struct {
	Figure string `query:"figure" required:"true" example:"M2.2" doc:"progress, the key of a workstream or a milestone, the id of an indicator, or FORM.ITEM."`
	Scope  string `query:"scope" example:"340000" doc:"Code of a division valid at the period; the caller's whole scope without."`
	Unit   string `query:"unit" doc:"Key of one unit, instead of a scope."`
	Period string `query:"period" example:"2019Q3" doc:"The latest quarter that has ended without."`
	Batch  string `query:"batch"`
	Type   string `query:"type" enum:"district,street,community"`
	Span   string `query:"span" default:"quarter" enum:"quarter,year,plan" doc:"Of an indicator or an item: what amounts are added up over."`
	Knowledge
	Cursor string `query:"cursor" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"Units per page; 200 without."`
}

func (s *Server) showTrace(ctx context.Context, actor accounts.Actor, in *traceQuery) (list[traceRow], error) {
	q, err := quarterParameter("period", in.Period)
	if err != nil {
		return list[traceRow]{}, err
	}
	query := analytics.Query{
		Scope: in.Scope, Unit: in.Unit, Period: q, Batch: in.Batch, Type: in.Type, After: in.Cursor, Limit: in.Limit,
	}
	if err := in.ask(&query); err != nil {
		return list[traceRow]{}, err
	}
	if known, err := s.Figures.HasFigure(ctx, in.Figure); err != nil {
		return list[traceRow]{}, err
	} else if known {
		return s.showFigureTrace(ctx, actor, in, query)
	}
	found, next, err := s.Figures.Trace(ctx, actor, query, in.Figure)
	if err != nil || len(found) == 0 {
		return list[traceRow]{Rows: []traceRow{}, Next: next}, err
	}
	form, err := s.Forms.Form(ctx, actor, found[0].Form)
	if err != nil {
		return list[traceRow]{}, err
	}
	return listOf(found, next, func(r analytics.TraceRow) traceRow { return newTraceRow(r, form) }), nil
}

func newTraceRow(r analytics.TraceRow, form forms.Form) traceRow {
	row := traceRow{
		Unit: r.Unit, Form: r.Form, Period: r.Period, Revision: r.Revision, Item: r.Item, Value: r.Value,
		Milestone: r.Milestone, Weight: r.Weight, Weights: r.Weights,
		Fraction: fmt.Sprintf("%d.%09d", r.Fraction/plan.One, r.Fraction%plan.One),
	}
	if item, ok := form.Item(r.Item); ok && item.Type == forms.YesNo {
		row.Value = r.Value == "true"
	}
	return row
}

// showFigureTrace lists the values behind an indicator or an aggregate of an item, each of which counts
// wholly and measures no milestone.
func (s *Server) showFigureTrace(ctx context.Context, actor accounts.Actor, in *traceQuery, query analytics.Query) (list[traceRow], error) {
	found, next, err := s.Figures.TraceFigure(ctx, actor, analytics.FigureQuery{
		Query: query, IDs: []string{in.Figure}, Span: analytics.Span(in.Span),
	})
	if err != nil {
		return list[traceRow]{}, err
	}
	known := map[string]forms.Form{}
	for _, r := range found {
		if _, read := known[r.Form]; read {
			continue
		}
		if known[r.Form], err = s.Forms.Form(ctx, actor, r.Form); err != nil {
			return list[traceRow]{}, err
		}
	}
	return listOf(found, next, func(r analytics.FigureSource) traceRow {
		return newTraceRow(analytics.TraceRow{
			Unit: r.Unit, Form: r.Form, Period: r.Period, Revision: r.Revision, Item: r.Item, Value: r.Text, Fraction: plan.One, Weight: 1, Weights: 1,
		}, known[r.Form])
	}), nil
}
