package web

import (
	"context"
	"slices"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
)

// The sidebar entries; a page names its own in view.Section.
const (
	sectionTasks   = "tasks"
	sectionReview  = "review"
	sectionHome    = "home"
	sectionReports = "reports"

	sectionMatrix   = "matrix"
	sectionHandover = "handover"
	sectionForms    = "forms"

	sectionRestatements = "restatements"
	sectionDashboards   = "dashboards"
)

// menuItem is an entry, or a heading with entries below it.
type menuItem struct {
	Section string
	Key     string // of its name
	Icon    string
	URL     string
	Count   int64 // what waits for the reader there
	Active  bool  // the page is this one, or one of those below
	Below   []menuItem
}

// mostWaiting is where the menu stops saying how much waits, and counting the reports among it: it stands on
// every page.
const mostWaiting = 1000

// Many tells that so much waits that the number is not said.
func (i menuItem) Many() bool { return i.Count >= mostWaiting }

// menu is the sidebar, each entry with the roles that see it.
var menu = []struct {
	menuItem
	roles []accounts.Role
}{
	{menuItem{Section: sectionTasks, Key: "menu.tasks", Icon: "tasks", URL: "/"}, []accounts.Role{accounts.Clerk}},
	{menuItem{Section: sectionTasks, Key: "menu.tasks", Icon: "tasks", URL: "/tasks"}, []accounts.Role{accounts.Reviewer}},
	{menuItem{Section: sectionHome, Key: "menu.home", Icon: "home", URL: "/home"},
		[]accounts.Role{accounts.Admin, accounts.Monitor, accounts.Reviewer, accounts.Viewer}},
	{menuItem{Section: "screen", Key: "menu.screen", Icon: "screen", URL: "/screen"},
		[]accounts.Role{accounts.Admin, accounts.Monitor, accounts.Reviewer, accounts.Viewer}},
	{menuItem{Section: sectionReview, Key: "menu.review", Icon: "review", URL: "/review"},
		[]accounts.Role{accounts.Admin, accounts.Monitor, accounts.Reviewer}},
	{menuItem{Section: sectionRestatements, Key: "menu.restatements", Icon: "log", URL: "/restatements"},
		[]accounts.Role{accounts.Admin, accounts.Monitor, accounts.Reviewer, accounts.Viewer}},
	{menuItem{Section: sectionReports, Key: "menu.reports", Icon: "form", URL: "/reports"}, accounts.Roles},
	{menuItem{Section: sectionMatrix, Key: "menu.matrix", Icon: "units", URL: "/matrix"}, []accounts.Role{accounts.Reviewer}},
	{menuItem{Section: sectionHandover, Key: "menu.handover", Icon: "users", URL: "/handover"}, []accounts.Role{accounts.Admin}},
	{menuItem{Section: sectionSupervision, Key: "menu.supervision", Icon: "order", URL: "/supervision"},
		[]accounts.Role{accounts.Admin, accounts.Monitor, accounts.Reviewer, accounts.Clerk}},
	{menuItem{Section: sectionCalendar, Key: "menu.calendar", Icon: "plan", URL: "/calendar"}, accounts.Roles},
	{menuItem{Section: sectionMap, Key: "menu.mapfile", Icon: "chart", URL: mapPath}, []accounts.Role{accounts.Admin}},
	{menuItem{Section: sectionForms, Key: "menu.forms", Icon: "plan", URL: "/forms"}, accounts.Roles},
}

func menuOf(actor accounts.Actor, section string) []menuItem {
	var items []menuItem
	for _, entry := range menu {
		if !slices.Contains(entry.roles, actor.Role) {
			continue
		}
		item := entry.menuItem
		item.Active = item.Section == section
		items = append(items, item)
		if item.Section == sectionHome {
			items = append(items, boardMenu(section)...)
		}
	}
	return items
}

// boardMenu is the dashboards, group by group; it stands below the monitoring home.
func boardMenu(section string) []menuItem {
	var items []menuItem
	for _, group := range groupsOf() {
		item := menuItem{Key: group.Key, Icon: "chart", URL: dashboardsPath}
		for _, d := range group.Boards {
			below := menuItem{Section: d.Key, Key: d.Title, URL: dashboardsPath + "/" + d.Key, Active: d.Key == section}
			item.Active = item.Active || below.Active
			item.Below = append(item.Below, below)
		}
		items = append(items, item)
	}
	return items
}

// ownMenu is menuOf without the tasks of whoever has nothing to file for itself.
func (s *Server) ownMenu(ctx context.Context, actor accounts.Actor, section string) ([]menuItem, error) {
	items := menuOf(actor, section)
	if actor.Role != accounts.Reviewer {
		return items, nil
	}
	own, err := s.Plans.Own(ctx, actor)
	if len(own) == 0 {
		items = slices.DeleteFunc(items, func(item menuItem) bool { return item.Section == sectionTasks })
	}
	return items, err
}

// countWaiting fills in how much waits for the actor, in the entries of the menu and in the inbox.
func (s *Server) countWaiting(ctx context.Context, actor accounts.Actor, p *page) error {
	questions := []database.Number{s.Notices.UnreadNumber(ctx, actor)}
	for _, item := range p.Menu {
		question, err := s.waiting(ctx, actor, item.Section)
		if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			return err
		}
		questions = append(questions, question) // nothing can wait where nothing can be seen
	}
	counts, err := s.Database.Numbers(ctx, questions...)
	if err != nil {
		return err
	}
	p.Unread = counts[0]
	for i := range p.Menu {
		p.Menu[i].Count = counts[1+i]
	}
	return nil
}

// waiting asks how much waits for the actor behind an entry of the menu.
func (s *Server) waiting(ctx context.Context, actor accounts.Actor, section string) (database.Number, error) {
	switch section {
	case sectionTasks:
		return s.Reports.Number(ctx, actor, reporting.Filter{Own: true, ToFile: true})
	case sectionReview:
		return s.Reports.QueueNumber(ctx, actor, reporting.Filter{}, mostWaiting)
	case sectionSupervision:
		return s.waitingOrders(ctx, actor)
	}
	return database.Number{}, nil
}

// scopeName gives the name of what the actor was given: a unit or a division; empty for everything.
func (s *Server) scopeName(ctx context.Context, actor accounts.Actor) (string, error) {
	if actor.Unit != 0 {
		units, err := s.Plans.UnitsByID(ctx, []int64{actor.Unit})
		return units[actor.Unit].Name, err
	}
	if actor.Division == 0 {
		return "", nil
	}
	names, err := s.Tree.Names(ctx, []int64{actor.Division}, s.today())
	return names[actor.Division].Name, err
}
