package web

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// homeQuery is what the address of the monitoring home, or of a dashboard, asks for; empty fields choose
// nothing. More is what a dashboard can be asked beside.
type homeQuery struct {
	Path   string // of the page
	Period period.Quarter
	Scope  string // code of a division
	Batch  string
	Type   string
	After  string // cursor of the matrix
	known
	More url.Values
}

func readHomeQuery(c echo.Context, today period.Date) (homeQuery, error) {
	q := homeQuery{Path: "/home", Scope: c.QueryParam("scope"), Batch: c.QueryParam("batch"), Type: c.QueryParam("type"), After: c.QueryParam("after")}
	var err error
	if q.Period, err = readPeriod(c); err != nil {
		return q, err
	}
	q.known, err = readKnown(c, today)
	return q, err
}

// readPeriod reads the quarter that an address asks for; without one it is 0, the latest.
func readPeriod(c echo.Context) (period.Quarter, error) {
	text := c.QueryParam("period")
	if text == "" {
		return 0, nil
	}
	return period.Parse(text)
}

func (q homeQuery) figures() analytics.Query {
	return q.ask(analytics.Query{Scope: q.Scope, Period: q.Period, Batch: q.Batch, Type: q.Type})
}

func (q homeQuery) at(p period.Quarter) homeQuery { q.Period = p; return q }

func (q homeQuery) within(scope string) homeQuery { q.Scope, q.After = scope, ""; return q }

func (q homeQuery) from(cursor string) homeQuery { q.After = cursor; return q }

func (q homeQuery) url() string { return q.Path + queryText(q.values()) }

// list gives the address of the list of reports on a form, chosen like this page.
func (q homeQuery) list(form, name, value string) string {
	q.More, q.known = nil, known{}
	values := q.from("").values()
	values.Set("form", form)
	if name != "" {
		values.Set(name, value)
	}
	return "/reports" + queryText(values)
}

func (q homeQuery) values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"period": q.Period.String(), "scope": q.Scope, "batch": q.Batch, "type": q.Type, "after": q.After,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	q.put(values)
	for name, chosen := range q.More {
		values[name] = chosen
	}
	return values
}

func queryText(values url.Values) string {
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

func unitPath(key string) string { return "/units/" + url.PathEscape(key) }

// unitURL gives the address of a unit's page.
func unitURL(key string, q period.Quarter) string {
	address := unitPath(key)
	if q != 0 {
		address += "?period=" + q.String()
	}
	return address
}

// homeFilters is the filter bar. Places is empty for readers who have only one place; Scope then keeps
// the one asked for.
type homeFilters struct {
	Periods, Batches, Types, Places []option
	Scope                           string
	Known                           knownFilter
}

func (b homeBuilder) filters() homeFilters {
	f := homeFilters{Periods: b.periodChoices(), Places: b.placeChoices(), Scope: b.asked.Scope, Known: b.asked.filter(b.words, b.now)}
	if b.answer.Scope.Unit != nil {
		return f // one unit has one batch and one type
	}
	all := b.words.T("home.all")
	f.Batches = []option{{Name: all}}
	for _, batch := range b.plan.Batches {
		f.Batches = append(f.Batches, option{batch.Key, batch.Title, batch.Key == b.asked.Batch})
	}
	f.Types = []option{{Name: all}}
	for _, t := range plan.Types {
		f.Types = append(f.Types, option{t, b.words.UnitType(t), t == b.asked.Type})
	}
	return f
}

// periodChoices offers the quarters that were opened for the plan's form, newest first, and the asked
// one.
func (b homeBuilder) periodChoices() []option {
	var quarters []period.Quarter
	for _, opened := range b.calendar {
		if opened.Form == b.plan.Reporting.Form {
			quarters = append(quarters, opened.Period)
		}
	}
	return periodChoices(b.words.Quarter, quarters, b.answer.Period)
}

func periodChoices(name func(period.Quarter) string, quarters []period.Quarter, asked period.Quarter) []option {
	if !slices.Contains(quarters, asked) {
		quarters = append(slices.Clone(quarters), asked)
	}
	slices.Sort(quarters)
	slices.Reverse(quarters)
	list := make([]option, len(quarters))
	for i, q := range quarters {
		list[i] = option{q.String(), name(q), q == asked}
	}
	return list
}

func (b homeBuilder) placeChoices() []option {
	if len(b.cities) == 0 {
		return nil
	}
	at := b.answer.Scope.Division
	list := []option{{Name: b.words.T("home.whole")}}
	for _, city := range b.cities {
		if city.StatisticsOnly {
			continue
		}
		list = append(list, option{city.Code, city.Name, city.ID == at.ID})
		if at.Level > divisions.City && at.Parent == city.ID {
			list = append(list, option{at.Code, city.Name + " " + at.Name, true})
		}
	}
	return list
}

// covered gives the index of the first of the ancestors that lies within what the actor was given;
// their number when none does.
func covered(actor accounts.Actor, ancestors []divisions.Division) int {
	if actor.Everywhere() {
		return 0
	}
	for i, d := range ancestors {
		if actor.Division != 0 && d.ID == actor.Division {
			return i
		}
	}
	return len(ancestors)
}

// divisionCrumbs leads down to county level, each step open to readers who cover it.
func divisionCrumbs(actor accounts.Actor, ancestors []divisions.Division, asked homeQuery) []crumb {
	first := covered(actor, ancestors)
	var crumbs []crumb
	for i, d := range ancestors {
		if d.Level > divisions.County {
			break
		}
		step := crumb{Name: d.Name}
		if i >= first {
			step.URL = asked.within(d.Code).url()
		}
		crumbs = append(crumbs, step)
	}
	return crumbs
}
