package api

import (
	"context"
	"slices"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// report is one report with its cells.
type report struct {
	Unit          string              `json:"unit"`
	Form          string              `json:"form"`
	Period        period.Quarter      `json:"period"`
	Status        string              `json:"status" enum:"not_due,open,submitted,returned,accepted"`
	Version       int64               `json:"version" doc:"What to send back with a change."`
	Revision      int64               `json:"revision" doc:"Number of the latest filing; 0 before the first."`
	Due           period.Date         `json:"due" format:"date" doc:"Last day for filing on time."`
	Lock          period.Date         `json:"lock" format:"date" doc:"Last day for filing at all."`
	Values        values              `json:"values"`
	NotApplicable []string            `json:"not_applicable" nullable:"false"`
	Remarks       map[string]string   `json:"remarks" doc:"What the reviewer pinned to cells, by item."`
	Note          string              `json:"note" doc:"What the reviewer returned or reopened it with."`
	Sample        bool                `json:"sample" doc:"Of a demonstration: sample data (示例数据)."`
	Prefilled     bool                `json:"prefilled" doc:"Nothing typed yet: the values are the last quarter's."`
	Explanations  map[string]string   `json:"explanations" doc:"The clerk's, of warnings, by check."`
	Evidence      map[string][]string `json:"evidence" doc:"Hashes of the files attached, by item."`
	Stage         string              `json:"stage" enum:",county,city,province" doc:"Who reviews it next; empty when it does not wait, or for whoever reviews."`
	Findings      []finding           `json:"findings" nullable:"false" doc:"Checks that the values do not pass."`
	Risk          int64               `json:"risk" doc:"How unusual the latest filing is; 0 can be accepted together with others."`
}

// finding is a check that the values do not pass.
type finding struct {
	Check    string   `json:"check"`
	Severity string   `json:"severity" enum:"error,warning"`
	Items    []string `json:"items" nullable:"false"`
	Message  string   `json:"message"`
}

// stages are the levels that review, as the API names them.
var stages = map[int]string{divisions.County: "county", divisions.City: "city", divisions.Province: "province"}

// newReport writes r with content as it is in a form, and what its checks find in the caller's language.
func newReport(ctx context.Context, r reporting.Report, f forms.Form, content reporting.Content) report {
	d := report{
		Unit: r.Unit.Key, Form: r.Form.Key, Period: r.Period, Status: string(r.Status), Version: r.Version,
		Revision: r.Revision, Due: r.Due, Lock: r.Lock, Remarks: r.Remarks, Note: r.Note, Prefilled: r.Prefilled, Sample: r.Sample,
		Explanations: content.Explanations, Evidence: content.Evidence, Stage: stages[r.Stage], Findings: []finding{}, Risk: r.Risk,
	}
	d.Values, d.NotApplicable = f.Encode(content.Values)
	printer := requestOf(ctx).printer
	for _, one := range r.Findings {
		d.Findings = append(d.Findings, finding{
			Check: one.Check, Severity: string(one.Severity), Items: slices.Clone(one.Items), Message: printer.Message(one.Message),
		})
	}
	return d
}

// ReportRow is a report in a list: all but its cells. It is exported for huma, like ReportPath.
type ReportRow struct {
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

func (s *Server) listReports(ctx context.Context, actor accounts.Actor, in *reportsQuery) (none countedList[ReportRow], err error) {
	q, err := quarterParameter("period", in.Period)
	if err != nil {
		return none, err
	}
	if err := s.formKnown(ctx, actor, in.Form); err != nil {
		return none, err
	}
	if in.Status == string(reporting.NotDue) { // no rows would say that there are none
		return none, notAnswered(fault.New(fault.Invalid, "query.not_yet").With("status", "query.only_due"))
	}
	page, err := s.Reports.Page(ctx, actor, reporting.Filter{
		Scope: in.Scope, Form: in.Form, Period: q, Status: reporting.Status(in.Status), After: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return none, err
	}
	rows := listOf(page.Reports, page.Next, newReportRow)
	return countedList[ReportRow]{rows.Rows, rows.Next, page.Count}, nil
}

func newReportRow(r reporting.Summary) ReportRow {
	return ReportRow{
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
	if err := s.Reports.Look(ctx, actor, found); err != nil {
		return report{}, err
	}
	if in.Revision == 0 {
		return newReport(ctx, found, found.Form, found.Content), nil
	}
	filed, err := s.Reports.Filed(ctx, actor, ref, in.Revision)
	if err != nil {
		return report{}, err
	}
	found.Findings = nil // they are about what the report says now
	d := newReport(ctx, found, filed.Form, filed.Content)
	d.Revision, d.Prefilled = filed.No, false
	return d, nil
}
