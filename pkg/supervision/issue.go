package supervision

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

const (
	// MaxText is the greatest length of a reason or a reply, in characters.
	MaxText = 1000
	// maxDays is how far ahead an order may be due.
	maxDays = 366
)

// NewOrder is what an order is issued with: the report of Form and Period, or Milestone as it stands
// at the end of the latest quarter. Exactly one of Form and Milestone is given.
type NewOrder struct {
	Unit      string
	Form      string
	Period    period.Quarter
	Milestone string
	Reason    string
	Due       period.Date
}

// About is what an order can be issued about: a report that is late or a milestone that lags.
type About struct {
	Unit      plan.Unit
	Subject   Subject
	Form      string
	Period    period.Quarter
	Milestone string
	Title     string
	Sample    bool
}

// Issue issues a blue order. Reviewers, monitors and administrators whose sub-tree holds the unit. The
// report must be late or the milestone lag, and no other order about it be open: else Conflict
// `supervision.not_late`, `.not_lagging` or `.already_open`.
func (s *Service) Issue(ctx context.Context, actor accounts.Actor, in NewOrder) (Order, error) {
	about, err := s.About(ctx, actor, in)
	if err != nil {
		return Order{}, err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	wrong := fault.New(fault.Invalid, "supervision.invalid")
	checkText(wrong, "reason", in.Reason, true)
	s.checkDue(wrong, in.Due)
	if len(wrong.Fields) > 0 {
		return Order{}, wrong
	}
	level, err := s.level(ctx, actor)
	if err != nil {
		return Order{}, err
	}
	r := row{
		UnitID: about.Unit.ID, Level: Blue, Subject: about.Subject, Form: about.Form, Period: about.Period, Milestone: about.Milestone,
		Title: about.Title, Reason: in.Reason, Due: in.Due, IssuedAt: s.now(), IssuedByID: actor.UserID, IssuedBy: actor.Display,
		IssuerLevel: level, Sample: about.Sample,
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, fmt.Sprintf("supervision.%d", r.UnitID)); err != nil {
			return err
		}
		if err := create(tx, &r); err != nil {
			return err
		}
		return s.record(tx, actor, ActIssued, r, about.Unit.Key, r.IssuedAt, in.Reason)
	})
	return r.order(about.Unit), err
}

// create numbers and writes a row; the lock of the unit's orders is held.
func create(tx *gorm.DB, r *row) error {
	err := tx.Raw("SELECT COALESCE(MAX(no), 0) + 1 FROM supervision_orders WHERE unit_id = ?", r.UnitID).Scan(&r.No).Error
	if err != nil {
		return fmt.Errorf("number a supervision order: %w", err)
	}
	err = tx.Create(r).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "supervision.already_open", r.Title)
	}
	if err != nil {
		return fmt.Errorf("write a supervision order: %w", err)
	}
	return nil
}

// About tells what an order would be about, for those who may issue it; its faults are those of Issue.
func (s *Service) About(ctx context.Context, actor accounts.Actor, in NewOrder) (About, error) {
	if err := actor.Require(accounts.ReviewReports); err != nil {
		return About{}, err
	}
	unit, err := s.Plans.Unit(ctx, actor, in.Unit)
	if err != nil {
		return About{}, err
	}
	switch {
	case in.Milestone != "" && in.Form == "":
		return s.lagging(ctx, actor, unit, in.Milestone)
	case in.Milestone == "" && in.Form != "":
		return s.late(ctx, actor, unit, in)
	}
	return About{}, fault.New(fault.Invalid, "supervision.no_subject")
}

// late gives the report of in, provided that it is late. The scope has been asked by the unit; the
// list is read by the program, so that a unit is found wherever it lay in the period.
func (s *Service) late(ctx context.Context, actor accounts.Actor, unit plan.Unit, in NewOrder) (About, error) {
	ref := reporting.Ref{Unit: unit.Key, Form: in.Form, Period: in.Period}
	report, err := s.Reports.Report(ctx, actor, ref)
	if err != nil {
		return About{}, err
	}
	found, err := s.Reports.Count(ctx, accounts.System("supervision"), reporting.Filter{
		Unit: unit.Key, Form: in.Form, Period: in.Period, Late: true,
	})
	if err != nil {
		return About{}, err
	}
	if found == 0 {
		return About{}, fault.New(fault.Conflict, "supervision.not_late", report.Form.Title)
	}
	return About{
		Unit: unit, Subject: Report, Form: in.Form, Period: in.Period, Title: report.Form.Title, Sample: report.Sample,
	}, nil
}

// lagging gives the milestone, provided that it lags at the end of the latest quarter.
func (s *Service) lagging(ctx context.Context, actor accounts.Actor, unit plan.Unit, key string) (About, error) {
	p, err := s.Plans.Current(ctx)
	if err != nil {
		return About{}, err
	}
	answer, err := s.Figures.Unit(ctx, actor, unit.Key, 0)
	if err != nil {
		return About{}, err
	}
	for _, e := range answer.Milestones {
		if e.Key != key {
			continue
		}
		if !analytics.Lags(p, e.MilestoneState, answer.Period) {
			return About{}, fault.New(fault.Conflict, "supervision.not_lagging", e.Milestone.Title)
		}
		report, err := s.Reports.Report(ctx, actor, reporting.Ref{Unit: unit.Key, Form: p.Reporting.Form, Period: answer.Period})
		if err != nil {
			return About{}, err
		}
		return About{
			Unit: unit, Subject: Milestone, Form: p.Reporting.Form, Period: answer.Period, Milestone: key,
			Title: e.Milestone.Title, Sample: report.Sample || e.Milestone.Sample,
		}, nil
	}
	return About{}, fault.New(fault.NotFound, "supervision.no_milestone", key)
}

// checkText adds to wrong what is wrong with a text.
func checkText(wrong *fault.Fault, field, text string, needed bool) {
	if needed && text == "" {
		wrong.With(field, "supervision.reason_missing")
	}
	if bad := forms.CheckText(text, MaxText); bad != nil {
		wrong.With(field, bad.Key, bad.Args...)
	}
}

// checkDue adds to wrong what is wrong with the last day for making up.
func (s *Service) checkDue(wrong *fault.Fault, due period.Date) {
	today := s.clock.Today()
	switch {
	case due.IsZero():
		wrong.With("due", "supervision.due_missing")
	case due.Before(today):
		wrong.With("due", "supervision.due_past")
	case due.After(today.AddDays(maxDays)):
		wrong.With("due", "supervision.due_far", maxDays)
	}
}
