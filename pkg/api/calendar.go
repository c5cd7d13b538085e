package api

import (
	"context"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// calendar is every opened period of every form, and what was changed.
type calendar struct {
	Rows    []calendarRow    `json:"rows" nullable:"false"`
	Changes []calendarChange `json:"changes" nullable:"false" doc:"The newest 200, the latest first."`
}

type calendarRow struct {
	Form   string         `json:"form"`
	Period period.Quarter `json:"period"`
	Due    period.Date    `json:"due" format:"date" doc:"Last day for filing on time."`
	Lock   period.Date    `json:"lock" format:"date" doc:"Last day for filing at all."`
}

type calendarChange struct {
	Form    string         `json:"form"`
	Period  period.Quarter `json:"period"`
	Due     period.Date    `json:"due" format:"date"`
	Lock    period.Date    `json:"lock" format:"date"`
	OldDue  period.Date    `json:"old_due" format:"date"`
	OldLock period.Date    `json:"old_lock" format:"date"`
	By      string         `json:"by" doc:"Name of the user."`
	Reason  string         `json:"reason"`
}

func newCalendarRow(c reporting.Calendar) calendarRow {
	return calendarRow{Form: c.Form, Period: c.Period, Due: c.Due, Lock: c.Lock}
}

func (s *Server) showCalendar(ctx context.Context, actor accounts.Actor, _ *struct{}) (calendar, error) {
	periods, err := s.Reports.Periods(ctx)
	if err != nil {
		return calendar{}, err
	}
	changes, err := s.Reports.DateChanges(ctx, actor)
	if err != nil {
		return calendar{}, err
	}
	answer := calendar{Rows: []calendarRow{}, Changes: []calendarChange{}}
	for _, c := range periods {
		answer.Rows = append(answer.Rows, newCalendarRow(c))
	}
	for _, c := range changes {
		answer.Changes = append(answer.Changes, calendarChange{
			Form: c.Form, Period: c.Period, Due: c.Due, Lock: c.Lock, OldDue: c.OldDue, OldLock: c.OldLock, By: c.ActorName, Reason: c.Reason,
		})
	}
	return answer, nil
}

type datesInput struct {
	Q    string `path:"q" example:"2019Q3"`
	Form string `path:"form" example:"progress"`
	Body struct {
		Due    string `json:"due" example:"2019-10-18" doc:"After the quarter."`
		Lock   string `json:"lock" example:"2019-11-05" doc:"Not before due."`
		Reason string `json:"reason"`
	}
}

// setDates changes the dates of one period and has the figures follow.
func (s *Server) setDates(ctx context.Context, actor accounts.Actor, in *datesInput) (calendarRow, error) {
	q, err := period.Parse(in.Q)
	if err != nil {
		return calendarRow{}, parameter("q", err)
	}
	due, err := dayOf("due", in.Body.Due)
	if err != nil {
		return calendarRow{}, err
	}
	lock, err := dayOf("lock", in.Body.Lock)
	if err != nil {
		return calendarRow{}, err
	}
	if err := s.Reports.SetDates(ctx, actor, in.Form, q, due, lock, in.Body.Reason); err != nil {
		return calendarRow{}, err
	}
	s.nudge()
	periods, err := s.Reports.Periods(ctx)
	if err != nil {
		return calendarRow{}, err
	}
	for _, c := range periods {
		if c.Form == in.Form && c.Period == q {
			return newCalendarRow(c), nil
		}
	}
	return calendarRow{}, fault.New(fault.NotFound, "calendar.not_opened", in.Form, q)
}
