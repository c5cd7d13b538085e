package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// pageSize is how many rows a list shows at once.
const pageSize = 50

type option struct {
	Value, Name string
	Chosen      bool
}

type reportsData struct {
	Action                                    string
	Periods, Statuses, Batches, Types, Places []option
	Forms                                     []option
	Unit                                      *plan.Unit // only this unit's reports
	Rows                                      []reportRow
	Total                                     int64
	First, Next                               string  // addresses; empty when there is none
	Export                                    string  // address of the same reports as a file, to be followed by its format
	Books                                     []crumb // a batch workbook of each form
	MayUpload                                 bool
	Urging                                    urging // of what is late
}

type reportRow struct {
	reporting.Summary
	URL, City, BatchTitle string
	Title                 string // of its form
	Supervise             string // address for issuing an order about it
	State                 state
	DueText               deadline
	Urge                  urgeButton
}

// showReports lists reports by the filters in the address.
func (s *Server) showReports(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	data := reportsData{Action: "/reports"}
	if err := s.fillReports(ctx, words, actor, filter, &data); err != nil {
		return err
	}
	data.page(c.QueryParams(), filter.After)
	data.Export, data.MayUpload = exportURL(c.QueryParams()), actor.Can(accounts.FileReports)
	if data.Books, err = s.batchBooks(ctx, data.Export, c.QueryParam("form")); err != nil {
		return err
	}
	if data.Urging = urgingOf(c); filter.Late {
		for i, r := range data.Rows {
			data.Rows[i].Urge = data.Urging.add(actor, r.Summary, s.today())
		}
	}
	if filter.Unit != "" {
		unit, err := s.Plans.Unit(ctx, actor, filter.Unit)
		if err != nil {
			return err
		}
		data.Unit = &unit
	}
	return s.render(c, http.StatusOK, "reports.html", view{Title: words.T("menu.reports"), Section: sectionReports, Data: data})
}

// filterOf reads the filters of a list of reports.
func filterOf(c echo.Context) (reporting.Filter, error) {
	f := reporting.Filter{
		Form: c.QueryParam("form"), Scope: c.QueryParam("scope"), Batch: c.QueryParam("batch"), Type: c.QueryParam("type"), Unit: c.QueryParam("unit"),
		After: c.QueryParam("after"), Limit: pageSize,
	}
	switch status := c.QueryParam("status"); status {
	case "":
	case "late":
		f.Late = true
	case string(reporting.Open), string(reporting.Submitted), string(reporting.Returned), string(reporting.Accepted):
		f.Status = reporting.Status(status)
	default:
		return f, fault.New(fault.Invalid, "reports.bad_status", status)
	}
	if text := c.QueryParam("period"); text != "" {
		q, err := period.Parse(text)
		if err != nil {
			return f, err
		}
		f.Period = q
	}
	if c.QueryParam("late") == "1" {
		f.Late = true
	}
	return f, nil
}

// fillReports puts rows and choices into data; the cursor of the next page goes into data.Next.
func (s *Server) fillReports(ctx context.Context, words locale.Printer, actor accounts.Actor, f reporting.Filter, data *reportsData) error {
	p, err := s.Plans.Current(ctx)
	if err != nil {
		return err
	}
	page, err := s.Reports.Page(ctx, actor, f)
	if err != nil {
		return err
	}
	data.Total, data.Next = page.Count, page.Next
	if data.Rows, err = s.reportRows(ctx, words, actor, p, page.Reports); err != nil {
		return err
	}
	all, err := s.Forms.Forms(ctx)
	if err != nil {
		return err
	}
	titles := titlesOf(all)
	for i, r := range data.Rows {
		data.Rows[i].Title = titles[r.Form]
	}
	data.Forms = formChoices(all, f.Form)
	return s.fillChoices(ctx, words, actor, p, f, data)
}

// formChoices gives the forms to choose from.
func formChoices(all []forms.Form, chosen string) []option {
	list := make([]option, len(all))
	for i, f := range all {
		list[i] = option{f.Key, f.Title, f.Key == chosen}
	}
	return list
}

func (s *Server) reportRows(ctx context.Context, words locale.Printer, actor accounts.Actor, p *plan.Plan, list []reporting.Summary) ([]reportRow, error) {
	var cities []int64
	for _, r := range list {
		cities = append(cities, r.Unit.Place.City)
	}
	names, err := s.Tree.Names(ctx, cities, s.today())
	if err != nil {
		return nil, err
	}
	rows := make([]reportRow, len(list))
	for i, r := range list {
		rows[i] = reportRow{
			Summary: r, URL: reportURL(r.Unit.Key, r.Form, r.Period), City: names[r.Unit.Place.City].Name,
			BatchTitle: p.BatchTitle(r.Batch), State: stateOf(r.Status, r.Late(s.today())), DueText: dueDate(words, s.today(), r.Due),
			Supervise: superviseReport(actor, s.today(), r),
		}
	}
	return rows, nil
}

func (s *Server) fillChoices(ctx context.Context, words locale.Printer, actor accounts.Actor, p *plan.Plan, f reporting.Filter, data *reportsData) error {
	calendar, err := s.Reports.Periods(ctx)
	if err != nil {
		return err
	}
	data.Periods = calendarChoices(words, calendar, f)
	for _, status := range []reporting.Status{reporting.Open, reporting.Submitted, reporting.Returned, reporting.Accepted} {
		data.Statuses = append(data.Statuses, option{string(status), words.T("status." + string(status)), status == f.Status})
	}
	data.Statuses = append(data.Statuses, option{"late", words.T("filter.late"), f.Late})
	for _, b := range p.Batches {
		data.Batches = append(data.Batches, option{b.Key, b.Title, b.Key == f.Batch})
	}
	for _, t := range slices.Concat(plan.Types, plan.AuthorityTypes) {
		data.Types = append(data.Types, option{t, words.UnitType(t), t == f.Type})
	}
	data.Places, err = s.placesOf(ctx, actor, f.Scope)
	return err
}

// calendarChoices gives the quarters that were opened, of one form where one is chosen, newest first.
func calendarChoices(words locale.Printer, calendar []reporting.Calendar, f reporting.Filter) []option {
	var list []option
	for _, c := range calendar {
		choice := option{c.Period.String(), words.Quarter(c.Period), c.Period == f.Period}
		if (f.Form == "" || c.Form == f.Form) && !slices.Contains(list, choice) {
			list = append(list, choice)
		}
	}
	return list
}

// placesOf gives the divisions directly under the actor's own, to choose from.
func (s *Server) placesOf(ctx context.Context, actor accounts.Actor, chosen string) ([]option, error) {
	if actor.Unit != 0 {
		return nil, nil
	}
	own, err := accounts.Scope(ctx, s.Tree, actor, "", s.today())
	if err != nil {
		return nil, err
	}
	children, err := s.Tree.Children(ctx, own.ID, s.today())
	if err != nil {
		return nil, err
	}
	var places []option
	for _, d := range children {
		if !d.StatisticsOnly && d.Level <= divisions.County {
			places = append(places, option{d.Code, d.Name, d.Code == chosen})
		}
	}
	return places, nil
}

// batchBooks gives where the workbook of each form comes from, or of the one that is chosen.
func (s *Server) batchBooks(ctx context.Context, export, chosen string) ([]crumb, error) {
	list, err := s.Forms.Forms(ctx)
	if err != nil {
		return nil, err
	}
	var books []crumb
	for _, form := range list {
		switch chosen {
		case "":
			books = append(books, crumb{form.Title, export + "form=" + form.Key + "&format=xlsx"})
		case form.Key:
			books = append(books, crumb{form.Title, export + "format=xlsx"})
		}
	}
	return books, nil
}

// exportURL is where the reports of a list come from as a file.
func exportURL(query url.Values) string {
	q := url.Values{}
	for key, values := range query {
		if key != "after" && key != "format" && len(values) > 0 && values[0] != "" {
			q.Set(key, values[0])
		}
	}
	if len(q) == 0 {
		return "/reports/export?"
	}
	return "/reports/export?" + q.Encode() + "&"
}

// page makes addresses of the cursor in Next.
func (d *reportsData) page(query url.Values, after string) {
	address := func(cursor string) string {
		q := url.Values{}
		for key, values := range query {
			if key != "after" && len(values) > 0 && values[0] != "" {
				q.Set(key, values[0])
			}
		}
		if cursor != "" {
			q.Set("after", cursor)
		}
		if len(q) == 0 {
			return d.Action
		}
		return d.Action + "?" + q.Encode()
	}
	if after != "" {
		d.First = address("")
	}
	if d.Next != "" {
		d.Next = address(d.Next)
	}
}
