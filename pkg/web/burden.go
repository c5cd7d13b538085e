package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// burdenData is the burden meter: what one form asks of its clerks in one quarter.
type burdenData struct {
	Forms, Periods []option
	Form           forms.Form
	Period         period.Quarter
	Cards          []figureCard
	Items          []usedItem
	Unused         []usedItem
	Rows           []burdenRow
	First, Next    string
}

type burdenRow struct {
	Name, URL                      string
	Asked, Given, Changed, Minutes string
}

// usedItem is an item with its name in the reader's language.
type usedItem struct {
	analytics.ItemUse
	Label string
}

func usedItems(words locale.Printer, list []analytics.ItemUse) []usedItem {
	named := make([]usedItem, len(list))
	for i, use := range list {
		named[i] = usedItem{use, use.Name(words)}
	}
	return named
}

// showBurden is the burden meter, measured from history: nobody is asked for it.
func (s *Server) showBurden(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	all, err := s.Forms.Forms(ctx)
	if err != nil {
		return err
	}
	form := all[0]
	if key := c.QueryParam("form"); key != "" {
		if form, err = s.Forms.Form(ctx, actor, key); err != nil {
			return err
		}
	}
	calendar, err := s.Reports.Periods(ctx)
	if err != nil {
		return err
	}
	q, err := readPeriod(c)
	if err != nil {
		return err
	}
	if q == 0 {
		q = latestOpened(calendar, form.Key)
	}
	query := analytics.Query{Form: form.Key, Period: q, Scope: c.QueryParam("scope"), After: c.QueryParam("after"), Limit: pageSize}
	b, err := s.Figures.Burden(ctx, actor, form, query)
	if err != nil {
		return err
	}
	rows, next, err := s.Figures.BurdenRows(ctx, actor, query)
	if err != nil {
		return err
	}
	data := burdenData{Form: form, Period: q, Cards: burdenCards(words, b), Items: usedItems(words, b.Items), Unused: usedItems(words, b.Unused())}
	for _, f := range all {
		data.Forms = append(data.Forms, option{f.Key, f.Title, f.Key == form.Key})
	}
	var opened []period.Quarter
	for _, p := range calendar {
		if p.Form == form.Key {
			opened = append(opened, p.Period)
		}
	}
	if len(opened) > 0 {
		data.Periods = periodChoices(words.Quarter, opened, q)
	}
	for _, r := range rows {
		data.Rows = append(data.Rows, burdenRow{
			Name: r.Unit.Name, URL: reportURL(r.Unit.Key, form.Key, q), Asked: strconv.FormatInt(r.Asked, 10),
			Given: strconv.FormatInt(r.Given, 10), Changed: strconv.FormatInt(r.Changed, 10), Minutes: spentText(words, r.Seconds),
		})
	}
	data.First, data.Next = burdenPages(c.QueryParams(), next)
	return s.render(c, http.StatusOK, "burden.html", view{Title: words.T("burden.title"), Section: sectionBurden, Data: data})
}

// latestOpened gives the newest period of a form that was opened, 0 for none.
func latestOpened(calendar []reporting.Calendar, form string) period.Quarter {
	latest := period.Quarter(0)
	for _, p := range calendar {
		if p.Form == form {
			latest = max(latest, p.Period)
		}
	}
	return latest
}

func burdenCards(words locale.Printer, b analytics.Burden) []figureCard {
	changed, any := b.ChangedShare()
	used := 0
	for _, i := range b.Items {
		if len(i.Uses) > 0 {
			used++
		}
	}
	median := noFigure
	if b.Timed > 0 {
		median = spentText(words, b.MedianSeconds)
	}
	return []figureCard{
		{Name: words.T("burden.reports"), Value: strconv.FormatInt(b.Reports, 10), Note: words.T("burden.reports_note")},
		{Name: words.T("burden.changed"), Value: strconv.FormatInt(b.Changed, 10), Unit: words.T("home.of", b.Asked),
			Note: words.T("burden.changed_note", rateText(words, changed, any))},
		{Name: words.T("burden.used"), Value: strconv.Itoa(used), Unit: words.T("home.of", int64(len(b.Items))), Note: words.T("burden.used_note", len(b.Unused()))},
		{Name: words.T("burden.minutes"), Value: median, Note: words.T("burden.minutes_note", b.Timed)},
	}
}

// spentText gives a time spent in minutes, half up.
func spentText(words locale.Printer, seconds int64) string {
	switch minutes := (time.Duration(seconds)*time.Second + 30*time.Second) / time.Minute; {
	case seconds == 0:
		return noFigure
	case minutes == 0:
		return words.T("burden.under_a_minute")
	default:
		return words.T("burden.in_minutes", int64(minutes))
	}
}

// burdenPages gives the addresses of the first and the next page of units.
func burdenPages(query url.Values, next string) (first, following string) {
	address := func(cursor string) string {
		values := url.Values{}
		for _, name := range []string{"form", "period", "scope"} {
			if text := query.Get(name); text != "" {
				values.Set(name, text)
			}
		}
		if cursor != "" {
			values.Set("after", cursor)
		}
		return "/burden" + queryText(values)
	}
	if query.Get("after") != "" {
		first = address("")
	}
	if next != "" {
		following = address(next)
	}
	return first, following
}
