package api

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/plan"
)

// completeness counts reports. The rates are in percent of expected; null when nothing is expected.
type completeness struct {
	Rows []completenessRow `json:"rows" nullable:"false"`
	Head
}

type completenessRow struct {
	Key          string   `json:"key" doc:"direct: units that lie in none of the rows."`
	Name         string   `json:"name"`
	Expected     int64    `json:"expected"`
	Submitted    int64    `json:"submitted"`
	OnTime       int64    `json:"on_time"`
	Accepted     int64    `json:"accepted"`
	Completeness *float64 `json:"completeness" doc:"submitted / expected."`
	Timeliness   *float64 `json:"timeliness" doc:"on_time / expected."`
	Acceptance   *float64 `json:"acceptance" doc:"accepted / expected."`
}

type completenessQuery struct {
	Form   string `query:"form" example:"progress" doc:"The plan's own form without."`
	Period string `query:"period" example:"2019Q3" doc:"The latest quarter that has ended without."`
	Scope  string `query:"scope" example:"340000" doc:"Code of a division valid at the period; the caller's whole scope without."`
	Unit   string `query:"unit" doc:"Key of one unit, instead of a scope."`
	By     string `query:"by" default:"city" enum:"province,city,county,unit,batch,type,period"`
	Batch  string `query:"batch"`
	Type   string `query:"type" enum:"district,street,community"`
	Knowledge
	Cursor string `query:"cursor" doc:"The next of the page before, by unit."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"Units per page; 200 without."`
}

// showCompleteness reads the counts off the rows of progress: the same question, answered with what
// it was about and how fresh it is.
func (s *Server) showCompleteness(ctx context.Context, actor accounts.Actor, in *completenessQuery) (completeness, error) {
	q, err := quarterParameter("period", in.Period)
	if err != nil {
		return completeness{}, err
	}
	if err := s.formKnown(ctx, actor, in.Form); err != nil {
		return completeness{}, err
	}
	query := analytics.Query{
		Scope: in.Scope, Unit: in.Unit, Form: in.Form, Period: q, By: analytics.By(in.By), Batch: in.Batch, Type: in.Type,
		After: in.Cursor, Limit: in.Limit,
	}
	if err := in.ask(&query); err != nil {
		return completeness{}, err
	}
	found, err := s.Figures.Progress(ctx, actor, query)
	if err != nil {
		return completeness{}, err
	}
	answer := completeness{Rows: []completenessRow{}, Head: headOf(found)}
	printer := requestOf(ctx).printer
	for _, r := range found.Rows {
		answer.Rows = append(answer.Rows, newCompletenessRow(r, rowName(printer, in.By, r.Key, r.Name)))
	}
	return answer, nil
}

func newCompletenessRow(r analytics.Row, name string) completenessRow {
	row := completenessRow{
		Key: r.Key, Name: name, Expected: r.Expected, Submitted: r.Submitted, OnTime: r.OnTime, Accepted: r.Accepted,
	}
	row.Completeness = share(r.Completeness())
	row.Timeliness = share(r.Timeliness())
	row.Acceptance = share(r.Acceptance())
	return row
}

func share(f plan.Fraction, ok bool) *float64 {
	if !ok {
		return nil
	}
	return percent(f)
}
