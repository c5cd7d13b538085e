package api

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// moveInput is an act that needs no more than a report; the body may be left out.
type moveInput struct {
	ReportPath
	Body *struct {
		Version int64 `json:"version,omitempty" minimum:"0" doc:"Refuse when this is not the version any more."`
	}
}

func (in *moveInput) version() int64 {
	if in.Body == nil {
		return 0
	}
	return in.Body.Version
}

// act is what withdraw and accept are.
type act func(context.Context, accounts.Actor, reporting.Ref, int64) (reporting.Report, error)

type submitInput struct {
	ReportPath
	Body *struct {
		Version  int64  `json:"version,omitempty" minimum:"0" doc:"Refuse when this is not the version any more."`
		OnBehalf string `json:"on_behalf,omitempty" doc:"Who answers for the figures; needed of whoever files for others."`
	}
}

func (s *Server) submitReport(ctx context.Context, actor accounts.Actor, in *submitInput) (report, error) {
	at := func(field string) problemField {
		if field == "on_behalf" {
			return pointer(field)
		}
		return atContent(field)
	}
	return s.move(ctx, actor, in.ReportPath, at, func(ctx context.Context, actor accounts.Actor, ref reporting.Ref) (reporting.Report, error) {
		if in.Body == nil {
			return s.Reports.Submit(ctx, actor, ref, 0)
		}
		return s.Reports.File(ctx, actor, ref, in.Body.Version, reporting.Filing{OnBehalf: in.Body.OnBehalf})
	})
}

type discussInput struct {
	ReportPath
	Body struct {
		Words string `json:"words"`
	}
}

func (s *Server) discussReport(ctx context.Context, actor accounts.Actor, in *discussInput) (report, error) {
	ref, err := in.ref()
	if err != nil {
		return report{}, err
	}
	said, err := s.Reports.Discuss(ctx, actor, ref, in.Body.Words)
	if err != nil {
		return report{}, err
	}
	return newReport(ctx, said, said.Form, said.Content), nil
}

func (s *Server) withdrawReport(ctx context.Context, actor accounts.Actor, in *moveInput) (report, error) {
	return s.move(ctx, actor, in.ReportPath, pointTo, in.with(s.Reports.Withdraw))
}

func (s *Server) acceptReport(ctx context.Context, actor accounts.Actor, in *moveInput) (report, error) {
	return s.move(ctx, actor, in.ReportPath, pointTo, in.with(s.Reports.Accept))
}

// step is an act with everything it needs but the report.
type step func(context.Context, accounts.Actor, reporting.Ref) (reporting.Report, error)

func (in *moveInput) with(do act) step {
	return func(ctx context.Context, actor accounts.Actor, ref reporting.Ref) (reporting.Report, error) {
		return do(ctx, actor, ref, in.version())
	}
}

// move does an act, answers with the report as it is then, and has the figures refreshed. Fields of
// its fault lie in the request where at says.
func (s *Server) move(ctx context.Context, actor accounts.Actor, path ReportPath, at func(string) problemField, do step) (report, error) {
	ref, err := path.ref()
	if err != nil {
		return report{}, err
	}
	moved, err := do(ctx, actor, ref)
	if err != nil {
		return report{}, &placed{s.stale(ctx, actor, ref, err), at}
	}
	s.nudge()
	return newReport(ctx, moved, moved.Form, moved.Content), nil
}

type returnInput struct {
	ReportPath
	Body *struct {
		Version int64             `json:"version,omitempty" minimum:"0" doc:"Refuse when this is not the version any more."`
		Note    string            `json:"note,omitempty"`
		Remarks map[string]string `json:"remarks,omitempty" doc:"By item. A note or a remark is needed."`
	}
}

func (s *Server) returnReport(ctx context.Context, actor accounts.Actor, in *returnInput) (report, error) {
	at := func(field string) problemField {
		if field == "note" {
			return pointer(field)
		}
		return pointer("remarks", field)
	}
	return s.move(ctx, actor, in.ReportPath, at, func(ctx context.Context, actor accounts.Actor, ref reporting.Ref) (reporting.Report, error) {
		if in.Body == nil {
			return s.Reports.Return(ctx, actor, ref, 0, "", nil)
		}
		return s.Reports.Return(ctx, actor, ref, in.Body.Version, in.Body.Note, in.Body.Remarks)
	})
}

type reopenInput struct {
	ReportPath
	Body *struct {
		Version int64  `json:"version,omitempty" minimum:"0" doc:"Refuse when this is not the version any more."`
		Reason  string `json:"reason,omitempty" doc:"Needed."`
		Until   string `json:"until,omitempty" example:"2019-11-30" doc:"Needed: the last day for filing."`
	}
}

func (s *Server) reopenReport(ctx context.Context, actor accounts.Actor, in *reopenInput) (report, error) {
	return s.move(ctx, actor, in.ReportPath, pointTo, func(ctx context.Context, actor accounts.Actor, ref reporting.Ref) (reporting.Report, error) {
		if in.Body == nil {
			return s.Reports.Reopen(ctx, actor, ref, 0, "", period.Date{})
		}
		var until period.Date
		if in.Body.Until != "" {
			var err error
			if until, err = period.ParseDate(in.Body.Until); err != nil {
				return reporting.Report{}, fault.New(fault.Invalid, "request.invalid").With("until", "period.invalid_date", in.Body.Until)
			}
		}
		return s.Reports.Reopen(ctx, actor, ref, in.Body.Version, in.Body.Reason, until)
	})
}
