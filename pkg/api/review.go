package api

import (
	"context"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// waitingRow is a report in the queue of the caller.
type waitingRow struct {
	ReportRow
	Stage string   `json:"stage" enum:",county,city,province" doc:"Empty: for whoever reviews."`
	Risk  int64    `json:"risk" doc:"How unusual the filing is; 0 for nothing unusual."`
	Risks []reason `json:"risks" nullable:"false" doc:"What is unusual."`
}

// reason is one thing that is unusual about a filing.
type reason struct {
	Code    string `json:"code"`
	Weight  int64  `json:"weight"`
	Message string `json:"message"`
}

// QueueQuery chooses rows of a list. It is exported for huma, like ReportPath.
type QueueQuery struct {
	Scope  string `query:"scope" example:"340000" doc:"Code of a division; the caller's whole scope without."`
	Form   string `query:"form" example:"progress"`
	Period string `query:"period" example:"2019Q3"`
	Cursor string `query:"cursor" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"Rows per page; 200 without."`
}

// filter reads the query; a form that is not there is refused.
func (s *Server) filter(ctx context.Context, actor accounts.Actor, in *QueueQuery) (reporting.Filter, error) {
	q, err := quarterParameter("period", in.Period)
	if err != nil {
		return reporting.Filter{}, err
	}
	return reporting.Filter{Scope: in.Scope, Form: in.Form, Period: q, After: in.Cursor, Limit: in.Limit}, s.formKnown(ctx, actor, in.Form)
}

func (s *Server) listWaiting(ctx context.Context, actor accounts.Actor, in *QueueQuery) (list[waitingRow], error) {
	f, err := s.filter(ctx, actor, in)
	if err != nil {
		return list[waitingRow]{}, err
	}
	found, next, err := s.Reports.Queue(ctx, actor, f)
	if err != nil {
		return list[waitingRow]{}, err
	}
	printer := requestOf(ctx).printer
	return listOf(found, next, func(w reporting.Waiting) waitingRow {
		row := waitingRow{ReportRow: newReportRow(w.Summary), Stage: stages[w.Stage], Risk: w.Risk, Risks: []reason{}}
		for _, r := range w.Risks {
			row.Risks = append(row.Risks, reason{r.Key, r.Weight, printer.Message(r.Message)})
		}
		return row
	}), nil
}

// restatementRow is a numbered correction of an accepted report.
type restatementRow struct {
	Unit       string            `json:"unit"`
	Name       string            `json:"name"`
	Form       string            `json:"form"`
	Period     period.Quarter    `json:"period"`
	No         int64             `json:"no" doc:"Of this report, from 1."`
	Revision   int64             `json:"revision"`
	Before     int64             `json:"before" doc:"The revision that it replaces."`
	Reason     string            `json:"reason"`
	Changes    map[string]change `json:"changes" doc:"By item, as typed; N/A for not applicable, empty for blank."`
	AcceptedAt time.Time         `json:"accepted_at"`
	AcceptedBy string            `json:"accepted_by"`
}

// change is the content of a cell before and after a correction.
type change struct {
	Before any `json:"before"`
	After  any `json:"after"`
}

type restatementsQuery struct {
	QueueQuery
	Unit string `query:"unit" example:"fangxing"`
}

func (s *Server) listRestatements(ctx context.Context, actor accounts.Actor, in *restatementsQuery) (list[restatementRow], error) {
	f, err := s.filter(ctx, actor, &in.QueueQuery)
	if err != nil {
		return list[restatementRow]{}, err
	}
	f.Unit = in.Unit
	found, next, err := s.Reports.Restatements(ctx, actor, f)
	if err != nil {
		return list[restatementRow]{}, err
	}
	return listOf(found, next, func(r reporting.Restatement) restatementRow {
		row := restatementRow{
			Unit: r.Unit.Key, Name: r.Unit.Name, Form: r.Form, Period: r.Period, No: r.No, Revision: r.Revision, Before: r.BeforeRevision,
			Reason: r.Reason, Changes: map[string]change{}, AcceptedAt: r.AcceptedAt.UTC(), AcceptedBy: r.AcceptedBy,
		}
		for item, cells := range r.Changes {
			row.Changes[item] = change{cells[0], cells[1]}
		}
		return row
	}), nil
}
