package web

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

const sectionCalendar = "calendar"

type calendarData struct {
	MayEdit  bool
	Rows     []calendarRow
	Changes  []calendarChange
	Message  string
	Problems []problem
}

// calendarRow is a period of a form; a refused change brings back what was typed.
type calendarRow struct {
	reporting.Calendar
	ID, URL, Title           string
	DueDays, LockDays        int    // after the quarter
	DueLeft, LockLeft        string // days left, empty when there are none
	First                    period.Date
	Open                     bool
	TypedDue, TypedLock, Why string
}

// calendarChange is a change of dates, in words.
type calendarChange struct {
	reporting.DateChange
	Title, Who string
}

// showCalendar lists every period of every form with its two dates and what became of them.
func (s *Server) showCalendar(c echo.Context) error {
	return s.renderCalendar(c, http.StatusOK, func(*calendarData) {})
}

func (s *Server) renderCalendar(c echo.Context, status int, fill func(*calendarData)) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	periods, err := s.Reports.Periods(ctx)
	if err != nil {
		return err
	}
	var titles map[string]string
	if len(periods) > 0 { // without a plan there are neither periods nor forms
		if titles, err = s.titlesOfForms(ctx); err != nil {
			return err
		}
	}
	data := calendarData{MayEdit: actor.Can(accounts.ManagePlan)}
	for _, p := range periods {
		data.Rows = append(data.Rows, s.calendarRow(words, p, cmp.Or(titles[p.Form], p.Form)))
	}
	if data.Changes, err = s.calendarChanges(c, words, actor, titles); err != nil {
		return err
	}
	fill(&data)
	return s.render(c, status, "calendar.html", view{Title: words.T("menu.calendar"), Section: sectionCalendar, Data: data})
}

func (s *Server) calendarRow(words locale.Printer, p reporting.Calendar, title string) calendarRow {
	return calendarRow{
		Calendar: p, ID: p.Form + "-" + p.Period.String(), URL: "/calendar/" + url.PathEscape(p.Form) + "/" + p.Period.String(), Title: title,
		DueLeft: s.stillLeft(words, p.Due), LockLeft: s.stillLeft(words, p.Lock),
		DueDays: p.Due.DaysSince(p.Period.Last()), LockDays: p.Lock.DaysSince(p.Period.Last()), First: p.Period.Last().AddDays(1),
		TypedDue: p.Due.String(), TypedLock: p.Lock.String(),
	}
}

// stillLeft says how many days are left until a day; nothing of a day that has passed.
func (s *Server) stillLeft(words locale.Printer, day period.Date) string {
	if s.today().After(day) {
		return ""
	}
	return daysLeft(words, s.today(), day)
}

func (s *Server) calendarChanges(c echo.Context, words locale.Printer, actor accounts.Actor, titles map[string]string) ([]calendarChange, error) {
	changes, err := s.Reports.DateChanges(c.Request().Context(), actor)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, change := range changes {
		ids = append(ids, change.ActorID)
	}
	names, err := s.Accounts.Displays(c.Request().Context(), ids)
	if err != nil {
		return nil, err
	}
	list := make([]calendarChange, len(changes))
	for i, change := range changes {
		list[i] = calendarChange{DateChange: change, Title: cmp.Or(titles[change.Form], change.Form), Who: change.ActorName}
		if name := names[change.ActorID]; name != "" {
			list[i].Who = name
		}
		if change.ActorID == 0 {
			list[i].Who = words.T("history.system")
		}
	}
	return list, nil
}

// setDates changes the dates of one period and has the figures follow.
func (s *Server) setDates(c echo.Context) error {
	actor, _ := actorOf(c)
	q, err := period.Parse(c.Param("period"))
	if err != nil {
		return err
	}
	fields, err := postedFields(c)
	if err != nil {
		return err
	}
	due, err := postedDay(fields.Get("due"))
	if err != nil {
		return err
	}
	lock, err := postedDay(fields.Get("lock"))
	if err != nil {
		return err
	}
	err = s.Reports.SetDates(c.Request().Context(), actor, c.Param("form"), q, due, lock, oneNewline(fields.Get("reason")))
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return s.renderCalendar(c, http.StatusUnprocessableEntity, func(data *calendarData) {
			data.Message, data.Problems = s.words(c).Fault(f), s.fieldProblems(c, f)
			data.putBack(c.Param("form"), q, fields)
		})
	}
	if err != nil {
		return err
	}
	s.options.Nudge()
	s.flash(c, "calendar.done")
	return c.Redirect(http.StatusSeeOther, "/calendar")
}

// putBack opens the row of a refused change with what was typed into it.
func (d *calendarData) putBack(form string, q period.Quarter, fields url.Values) {
	for i := range d.Rows {
		row := &d.Rows[i]
		if row.Form != form || row.Period != q {
			continue
		}
		row.Open, row.TypedDue, row.TypedLock, row.Why = true, fields.Get("due"), fields.Get("lock"), fields.Get("reason")
		for j := range d.Problems {
			d.Problems[j].Anchor = d.Problems[j].Anchor + "-" + row.ID
		}
	}
}
