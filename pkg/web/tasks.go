package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// task is a report on the list of whoever files it. Waits says in words who reviews it next.
type task struct {
	reporting.Task
	URL               string
	Title             string
	State             state
	DueText, LockText deadline
	Act               string // key of what there is to do
	Waits             string
}

// coming is a report of the quarter under way.
type coming struct {
	reporting.Coming
	URL string
}

// unfiled is a form that units below have still to file.
type unfiled struct {
	reporting.Unfiled
	Title                        string
	DueText                      deadline
	OpenURL, ReturnedURL, Matrix string
}

type tasksData struct {
	Units                    []plan.Unit
	UnitURL                  string // of the only one
	Todo, Sent, Missed, Done []task
	MoreURL                  string
	Coming                   []coming
	Below                    []unfiled
	Reviewer                 bool
	Handover                 *accounts.HandedOver
}

// showStart is what a reader sees first: a clerk what is to be filed, a reviewer what is to be
// reviewed, everybody else where things stand.
func (s *Server) showStart(c echo.Context) error {
	switch actor, _ := actorOf(c); actor.Role {
	case accounts.Clerk:
		return s.showTasks(c)
	case accounts.Reviewer:
		return c.Redirect(http.StatusSeeOther, "/review")
	}
	return c.Redirect(http.StatusSeeOther, "/home")
}

// doneMost is how many finished reports the task page lists.
const doneMost = 4

// showTasks is what a clerk, or a city or county that files itself, owes.
func (s *Server) showTasks(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	all, err := s.Forms.Forms(ctx)
	if err != nil {
		return err
	}
	data := tasksData{MoreURL: "/reports", Reviewer: actor.Role != accounts.Clerk}
	if data.Units, err = s.Plans.Own(ctx, actor); err != nil {
		return err
	}
	b := taskBuilder{words: words, today: s.today(), titles: titlesOf(all)}
	list, err := s.Reports.Tasks(ctx, actor)
	if err != nil {
		return err
	}
	b.sort(list, &data)
	if err := s.addComing(ctx, actor, &data); err != nil {
		return err
	}
	if data.Reviewer {
		if err := s.addBelow(ctx, actor, b, &data); err != nil {
			return err
		}
	} else if err := s.addHandover(ctx, actor, &data); err != nil {
		return err
	}
	crumbs := []crumb{{words.T("menu.tasks"), ""}}
	if len(data.Units) == 1 {
		data.UnitURL = "/units/" + url.PathEscape(data.Units[0].Key)
		crumbs = append([]crumb{{data.Units[0].Name, data.UnitURL}}, crumbs...)
	}
	return s.render(c, http.StatusOK, "tasks.html", view{Title: words.T("menu.tasks"), Section: sectionTasks, Crumbs: crumbs, Data: data})
}

// titlesOf gives the titles of forms by their keys.
func titlesOf(all []forms.Form) map[string]string {
	titles := map[string]string{}
	for _, f := range all {
		titles[f.Key] = f.Title
	}
	return titles
}

// taskBuilder puts reports into words.
type taskBuilder struct {
	words  locale.Printer
	today  period.Date
	titles map[string]string
}

// sort puts reports where they belong: what to correct first, then what to file by its due date; what is
// in; what can no longer be filed; what is done.
func (b taskBuilder) sort(list []reporting.Task, data *tasksData) {
	for _, one := range list {
		t := b.task(one)
		switch {
		case one.Status == reporting.Accepted:
			data.Done = append(data.Done, t)
		case one.Status == reporting.Submitted:
			data.Sent = append(data.Sent, t)
		case one.Locked(b.today):
			data.Missed = append(data.Missed, t)
		default:
			data.Todo = append(data.Todo, t)
		}
	}
	slices.SortStableFunc(data.Todo, func(x, y task) int {
		if back := y.Status == reporting.Returned; back != (x.Status == reporting.Returned) {
			if back {
				return 1
			}
			return -1
		}
		return x.Due.DaysSince(y.Due)
	})
	data.Done = data.Done[:min(len(data.Done), doneMost)]
}

func (b taskBuilder) task(one reporting.Task) task {
	t := task{
		Task: one, URL: reportURL(one.Unit.Key, one.Form, one.Period), Title: b.title(one.Form),
		State:   stateOf(one.Status, one.Late(b.today)),
		DueText: dueDate(b.words, b.today, one.Due), LockText: lockDate(b.words, b.today, one.Lock), Act: "tasks.begin",
	}
	switch {
	case one.Status == reporting.Returned:
		t.Act = "tasks.correct"
	case one.Started:
		t.Act = "tasks.go_on"
	}
	if one.Status == reporting.Submitted && one.Stage != 0 {
		t.Waits = b.words.T("tasks.waits", fault.Message{Key: reporting.LevelKey(one.Stage)})
	}
	return t
}

// title gives the title of a form, and the key of one that is no longer there.
func (b taskBuilder) title(form string) string {
	if title, ok := b.titles[form]; ok {
		return title
	}
	return form
}

// addComing adds the reports of the quarter under way, which can be looked at and not yet filed.
func (s *Server) addComing(ctx context.Context, actor accounts.Actor, data *tasksData) error {
	list, err := s.Reports.Coming(ctx, actor, data.Units)
	if err != nil {
		return err
	}
	for _, one := range list {
		data.Coming = append(data.Coming, coming{one, reportURL(one.Unit.Key, one.Form.Key, one.Period)})
	}
	return nil
}

// addBelow adds what the units below a reviewer have still to file.
func (s *Server) addBelow(ctx context.Context, actor accounts.Actor, b taskBuilder, data *tasksData) error {
	list, err := s.Reports.Unfiled(ctx, actor)
	if err != nil {
		return err
	}
	for _, one := range list {
		query := url.Values{"form": {one.Form}, "period": {one.Period.String()}}
		u := unfiled{Unfiled: one, Title: b.title(one.Form), DueText: dueDate(b.words, b.today, one.Due), Matrix: "/matrix?" + query.Encode()}
		query.Set("status", string(reporting.Open))
		u.OpenURL = "/reports?" + query.Encode()
		query.Set("status", string(reporting.Returned))
		u.ReturnedURL = "/reports?" + query.Encode()
		data.Below = append(data.Below, u)
	}
	return nil
}

// addHandover adds how the unit came to its new clerk.
func (s *Server) addHandover(ctx context.Context, actor accounts.Actor, data *tasksData) error {
	last, ok, err := s.Accounts.LastHandover(ctx, actor)
	if ok {
		data.Handover = &last
	}
	return err
}

// dismissHandover takes the note about the hand-over off the task page.
func (s *Server) dismissHandover(c echo.Context) error {
	actor, _ := actorOf(c)
	if err := s.Accounts.DismissHandover(c.Request().Context(), actor); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/")
}
