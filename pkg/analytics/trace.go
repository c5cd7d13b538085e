package analytics

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// TraceRow is one accepted value that a figure was computed from, with the fraction it counts as and
// the milestone's weight: Σ Weight·Fraction ÷ Weights of a unit is its earned value. A milestone
// without a value has earned nothing and no row; a reported unit without any value in the figure has
// one row without revision, so that the mean over the units of all rows is the group's figure.
type TraceRow struct {
	Unit      string
	Name      string // of the unit
	Form      string
	Period    period.Quarter
	Revision  int64
	Item      string
	Value     string
	Milestone string
	Fraction  plan.Fraction
	Weight    int
	Weights   int // sum of the unit's weights in the figure
}

// Trace lists what a figure of the query's scope and quarter was computed from (method.md §8), a page
// of units at a time. figure is `progress` for the whole plan, or a workstream or milestone key.
func (s *Service) Trace(ctx context.Context, actor accounts.Actor, query Query, figure string) ([]TraceRow, string, error) {
	query.By = ByUnit
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, "", err
	}
	if !figureKnown(q.plan, figure) {
		return nil, "", fault.New(fault.NotFound, "figure.unknown", figure)
	}
	figures, next, err := s.unitPage(ctx, q)
	if err != nil {
		return nil, "", err
	}
	units, err := s.unitsOf(ctx, figures)
	if err != nil {
		return nil, "", err
	}
	stories, err := s.stories(s.db.Read(ctx), q.plan.Reporting.Form, unitIDs(figures))
	if err != nil {
		return nil, "", err
	}
	rows := []TraceRow{}
	for _, f := range figures {
		filings := stories[f.UnitID].filings(f.Period, q.moment(), q.Basis)
		rows = append(rows, traceUnit(q, figure, units[f.UnitID], f, filings)...)
	}
	return rows, next, nil
}

func figureKnown(p *plan.Plan, figure string) bool {
	if figure == "progress" {
		return true
	}
	for _, w := range p.Workstreams {
		if w.Key == figure {
			return true
		}
		for _, m := range w.Milestones {
			if m.Key == figure {
				return true
			}
		}
	}
	return false
}

func traceUnit(q question, figure string, unit plan.Unit, f unitFigure, filings []filing) []TraceRow {
	if !f.Reported {
		return nil
	}
	sources := sourcesOf(q.plan, f, filings)
	actual := actuals(q.plan, f.Batch, f.UnitType, filings)
	var rows []TraceRow
	weights := 0
	for _, m := range q.plan.Milestones(f.Batch, f.UnitType) {
		if figure != "progress" && figure != m.Workstream && figure != m.Key {
			continue
		}
		weights += m.Weight
		source, ok := sources[m.Key]
		if !ok {
			continue
		}
		rows = append(rows, TraceRow{
			Unit: unit.Key, Name: unit.Name, Form: f.Form, Period: source.Period, Revision: source.Revision, Item: source.Item,
			Value: source.Text, Milestone: m.Key, Fraction: actual[m.Key], Weight: m.Weight,
		})
	}
	if len(rows) == 0 && weights > 0 {
		rows = []TraceRow{{Unit: unit.Key, Name: unit.Name, Form: f.Form}}
	}
	for i := range rows {
		rows[i].Weights = weights
	}
	return rows
}
