package api

import (
	"context"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// report is one report with its cells.
type report struct {
	Unit          string            `json:"unit"`
	Form          string            `json:"form"`
	Period        period.Quarter    `json:"period"`
	Status        string            `json:"status" enum:"not_due,open,submitted,returned,accepted"`
	Version       int64             `json:"version" doc:"What to send back with a change."`
	Revision      int64             `json:"revision" doc:"Number of the latest filing; 0 before the first."`
	Due           period.Date       `json:"due" format:"date" doc:"Last day for filing on time."`
	Lock          period.Date       `json:"lock" format:"date" doc:"Last day for filing at all."`
	Values        values            `json:"values"`
	NotApplicable []string          `json:"not_applicable" nullable:"false"`
	Remarks       map[string]string `json:"remarks" doc:"What the reviewer pinned to cells, by item."`
	Note          string            `json:"note" doc:"What the reviewer returned or reopened it with."`
	Sample        bool              `json:"sample" doc:"Of a demonstration: sample data (示例数据)."`
	Prefilled     bool              `json:"prefilled" doc:"Nothing typed yet: the values are the last quarter's."`
}

// newReport writes r with values as they are in a form.
func newReport(r reporting.Report, f forms.Form, cells forms.Values) report {
	d := report{
		Unit: r.Unit.Key, Form: r.Form.Key, Period: r.Period, Status: string(r.Status), Version: r.Version,
		Revision: r.Revision, Due: r.Due, Lock: r.Lock, Remarks: r.Remarks, Note: r.Note, Prefilled: r.Prefilled, Sample: r.Sample,
	}
	d.Values, d.NotApplicable = f.Encode(cells)
	return d
}

// reportRow is a report in a list: all but its cells.
type reportRow struct {
	Unit        string         `json:"unit"`
	Name        string         `json:"name"`
	Form        string         `json:"form"`
	Period      period.Quarter `json:"period"`
	Status      string         `json:"status" enum:"open,submitted,returned,accepted"`
	Version     int64          `json:"version"`
	Revision    int64          `json:"revision"`
	Due         period.Date    `json:"due" format:"date"`
	Lock        period.Date    `json:"lock" format:"date"`
	SubmittedAt *time.Time     `json:"submitted_at"`
	AcceptedAt  *time.Time     `json:"accepted_at"`
	Note        string         `json:"note"`
}

type reportsQuery struct {
	Scope  string `query:"scope" example:"340000" doc:"Code of a division; the caller's whole scope without."`
	Form   string `query:"form" example:"progress"`
	Period string `query:"period" example:"2019Q3"`
	Status string `query:"status" enum:"not_due,open,submitted,returned,accepted"`
	Cursor string `query:"cursor" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"Rows per page; 200 without."`
}

func (s *Server) listReports(ctx context.Context, actor accounts.Actor, in *reportsQuery) (list[reportRow], error) {
	q, err := quarterParameter("period", in.Period)
	if err != nil {
		return list[reportRow]{}, err
	}
	if err := s.formKnown(ctx, actor, in.Form); err != nil {
		return list[reportRow]{}, err
	}
	if in.Status == string(reporting.NotDue) { // no rows would say that there are none
		return list[reportRow]{}, notAnswered(fault.New(fault.Invalid, "query.not_yet").With("status", "query.only_due"))
	}
	found, next, err := s.Reports.Reports(ctx, actor, reporting.Filter{
		Scope: in.Scope, Form: in.Form, Period: q, Status: reporting.Status(in.Status), After: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return list[reportRow]{}, err
	}
	return listOf(found, next, newReportRow), nil
}

func newReportRow(r reporting.Summary) reportRow {
	return reportRow{
		Unit: r.Unit.Key, Name: r.Unit.Name, Form: r.Form, Period: r.Period, Status: string(r.Status), Version: r.Version,
		Revision: r.Revision, Due: r.Due, Lock: r.Lock, SubmittedAt: moment(r.SubmittedAt), AcceptedAt: moment(r.AcceptedAt),
		Note: r.Note,
	}
}

// formKnown refuses a form that is not there, which a list would answer with no rows.
func (s *Server) formKnown(ctx context.Context, actor accounts.Actor, key string) error {
	if key == "" {
		return nil
	}
	_, err := s.Forms.Form(ctx, actor, key)
	return err
}

// moment gives null for no moment.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// ReportPath names a report. It is exported for huma, which looks into exported fields only.
type ReportPath struct {
	Unit   string `path:"unit" example:"fangxing"`
	Form   string `path:"form" example:"progress"`
	Period string `path:"period" example:"2019Q3"`
}

func (p ReportPath) ref() (reporting.Ref, error) {
	q, err := quarterParameter("period", p.Period)
	return reporting.Ref{Unit: p.Unit, Form: p.Form, Period: q}, err
}

func (s *Server) showReport(ctx context.Context, actor accounts.Actor, in *struct {
	ReportPath
	Revision int64 `query:"revision" minimum:"1" doc:"One filing, as it was filed."`
}) (report, error) {
	ref, err := in.ref()
	if err != nil {
		return report{}, err
	}
	found, err := s.Reports.Report(ctx, actor, ref)
	if err != nil {
		return report{}, err
	}
	if in.Revision == 0 {
		return newReport(found, found.Form, found.Values), nil
	}
	filed, err := s.Reports.Filed(ctx, actor, ref, in.Revision)
	if err != nil {
		return report{}, err
	}
	d := newReport(found, filed.Form, filed.Values)
	d.Revision, d.Prefilled = filed.No, false
	return d, nil
}
