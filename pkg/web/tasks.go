package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// task is a report on a clerk's list.
type task struct {
	URL      string
	Title    string
	Period   period.Quarter
	State    state
	DueText  deadline
	LockText deadline
	Note     string
	Act      string // key of what there is to do
	Summary  reporting.Summary
}

type tasksData struct {
	Unit             plan.Unit
	UnitURL          string
	Todo, Sent, Done []task
	Coming           *task // the report of the quarter under way
	Opens            period.Date
	MoreURL          string
}

// showStart is what a reader sees first: a clerk what is to be filed, a reviewer what is to be
// reviewed, everybody else where things stand.
func (s *Server) showStart(c echo.Context) error {
	switch actor, _ := actorOf(c); actor.Role {
	case accounts.Clerk:
		return s.showTasks(c, actor)
	case accounts.Reviewer:
		return c.Redirect(http.StatusSeeOther, "/review")
	}
	return c.Redirect(http.StatusSeeOther, "/home")
}

// doneMost is how many finished reports the task page lists.
const doneMost = 4

func (s *Server) showTasks(c echo.Context, actor accounts.Actor) error {
	ctx, words := c.Request().Context(), s.words(c)
	list, _, err := s.Reports.Reports(ctx, actor, reporting.Filter{})
	if err != nil {
		return err
	}
	units, err := s.Plans.UnitsByID(ctx, []int64{actor.Unit})
	if err != nil {
		return err
	}
	p, err := s.Plans.Current(ctx)
	if err != nil {
		return err
	}
	data := tasksData{Unit: units[actor.Unit], MoreURL: "/reports"}
	data.UnitURL = "/units/" + data.Unit.Key
	for _, summary := range list {
		t := s.task(words, summary, p.Reporting.Title)
		switch {
		case summary.Status == reporting.Accepted:
			data.Done = append(data.Done, t)
		case summary.Status == reporting.Submitted, s.today().After(summary.Lock):
			data.Sent = append(data.Sent, t)
		default:
			data.Todo = append(data.Todo, t)
		}
	}
	data.Done = data.Done[:min(len(data.Done), doneMost)]
	if err := s.addComing(c, actor, p, &data); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "tasks.html", view{
		Title: words.T("menu.tasks"), Section: sectionTasks, Crumbs: []crumb{{data.Unit.Name, data.UnitURL}, {words.T("menu.tasks"), ""}}, Data: data,
	})
}

func (s *Server) task(words locale.Printer, summary reporting.Summary, title string) task {
	today := s.today()
	t := task{
		URL: reportURL(summary.Unit.Key, summary.Form, summary.Period), Title: title, Period: summary.Period,
		State:   stateOf(summary.Status, summary.Late(today)),
		DueText: dueDate(words, today, summary.Due), LockText: lockDate(words, today, summary.Lock),
		Note: summary.Note, Summary: summary, Act: "tasks.look",
	}
	switch {
	case today.After(summary.Lock):
	case summary.Status == reporting.Returned:
		t.Act = "tasks.correct"
	case summary.Status == reporting.Open && summary.Started:
		t.Act = "tasks.go_on"
	case summary.Status == reporting.Open:
		t.Act = "tasks.begin"
	}
	return t
}

// addComing adds the report of the quarter under way, which can be looked at and not yet filed.
func (s *Server) addComing(c echo.Context, actor accounts.Actor, p *plan.Plan, data *tasksData) error {
	q := period.QuarterOf(s.today())
	r, err := s.Reports.Report(c.Request().Context(), actor, reporting.Ref{Unit: data.Unit.Key, Form: p.Reporting.Form, Period: q})
	if fault.Is(err, fault.NotFound) {
		return nil // the plan or the designation ends before
	}
	if err != nil {
		return err
	}
	words := s.words(c)
	data.Coming = &task{
		URL: reportURL(data.Unit.Key, p.Reporting.Form, q), Title: p.Reporting.Title, Period: q, State: stateOf(r.Status, false),
		DueText: dueDate(words, s.today(), r.Due), Act: "tasks.look",
	}
	data.Opens = q.Last().AddDays(1)
	return nil
}
