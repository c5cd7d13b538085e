package dashboards

import (
	"context"
	"strconv"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/forms"
)

func init() {
	add(Dashboard{
		Key: "burden", Title: "burden.title", About: "burden.about", Group: Filing, Order: 2,
		Options: []Option{{Name: "form", Label: "burden.form", Choices: formChoices}},
		Draw:    drawBurden,
	})
}

// formChoices offers every form by its title.
func formChoices(ask Ask) []Choice {
	choices := make([]Choice, len(ask.Forms))
	for i, f := range ask.Forms {
		choices[i] = Choice{f.Key, f.Title}
	}
	return choices
}

// formOf gives the form that was chosen.
func formOf(ask Ask) forms.Form {
	for _, f := range ask.Forms {
		if f.Key == ask.Values["form"] {
			return f
		}
	}
	return forms.Form{}
}

// drawBurden is the burden meter, measured from history: nobody is asked for it.
func drawBurden(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	form := formOf(ask)
	burden, err := figures.Burden(ctx, ask.Actor, form, ask.Query)
	if err != nil {
		return nil, err
	}
	query := ask.Query
	query.Form = form.Key
	rows, next, err := figures.BurdenRows(ctx, ask.Actor, query)
	if err != nil {
		return nil, err
	}
	chart, err := Cells("cells", burden, ask.Reader)
	if err != nil {
		return nil, err
	}
	counts := ask.T("burden.counted", burden.Reports)
	var notes []string
	if q := ask.Query; q.Batch != "" || q.Type != "" || !q.AsOf.IsZero() || q.Basis == analytics.AllSubmitted {
		notes = append(notes, ask.T("burden.no_filter"))
	}
	return []Card{
		{Key: "figures", Title: form.Title, Tiles: burdenTiles(ask, burden), Counts: counts, Notes: notes},
		{Key: "cells", Title: ask.T("burden.cells"), Chart: &chart, Short: true, Columns: 6, Counts: counts},
		{Key: "unused", Title: ask.T("burden.unused"), About: ask.T("burden.unused_about"), Table: unusedTable(ask, burden), Columns: 6, Counts: counts},
		{Key: "units", Title: ask.T("burden.units"), Table: burdenTable(ask, form, rows), Next: next, Paged: true, Counts: counts},
		{Key: "items", Title: ask.T("burden.items"), Table: usesTable(ask, burden), Counts: counts},
	}, nil
}

func burdenTiles(ask Ask, b analytics.Burden) []Tile {
	used := 0
	for _, i := range b.Items {
		if len(i.Uses) > 0 {
			used++
		}
	}
	share, median := noFigure, noFigure
	if f, ok := b.ChangedShare(); ok {
		share = percentText(ask.Printer, f)
	}
	if b.Timed > 0 {
		median = spentText(ask.Reader, b.MedianSeconds)
	}
	return []Tile{
		{Name: ask.T("burden.reports"), Value: number(b.Reports), Note: ask.T("burden.reports_note")},
		{Name: ask.T("burden.changed"), Value: number(b.Changed), Unit: ask.T("home.of", b.Asked), Note: ask.T("burden.changed_note", share)},
		{Name: ask.T("burden.used"), Value: strconv.Itoa(used), Unit: ask.T("home.of", int64(len(b.Items))), Note: ask.T("burden.used_note", len(b.Unused()))},
		{Name: ask.T("burden.minutes"), Value: median, Note: ask.T("burden.minutes_note", b.Timed)},
	}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// spentText gives a time spent in minutes, half up.
func spentText(r Reader, seconds int64) string {
	switch minutes := (time.Duration(seconds)*time.Second + 30*time.Second) / time.Minute; {
	case seconds == 0:
		return noFigure
	case minutes == 0:
		return r.Printer.T("burden.under_a_minute")
	default:
		return r.Printer.T("burden.in_minutes", int64(minutes))
	}
}

// Cells draws how many cells a form asked, how many of them were given, and how many changed.
func Cells(id string, b analytics.Burden, r Reader) (Chart, error) {
	names := []string{r.Printer.T("burden.asked_column"), r.Printer.T("burden.given_column"), r.Printer.T("burden.changed_column")}
	bar := charts.NewBar()
	table := Table{Head: []string{r.Printer.T("burden.cells"), r.Printer.T("burden.count")}}
	list := make([]point, len(names))
	for i, n := range []int64{b.Asked, b.Given, b.Changed} {
		value := float64(n)
		list[len(names)-1-i] = point{Value: &value, Tip: number(n), Label: &label{Show: true, Position: "right", Formatter: number(n), Color: ink}}
		table.Rows = append(table.Rows, words(names[i], number(n)))
	}
	bar.AddSeries("", nil, points(list), charts.WithBarChartOpts(opts.BarChart{BarWidth: "22"}), charts.WithItemStyleOpts(opts.ItemStyle{Color: accent}))
	bar.SetGlobalOptions(base(nil, opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "fn:tip"},
		opts.Grid{Left: "8", Right: "64", Top: "8", Bottom: "8", ContainLabel: opts.Bool(true)})...)
	bar.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: opts.Bool(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: []string{names[2], names[1], names[0]}, AxisLabel: &opts.AxisLabel{Color: ink}}))
	return newChart(id, bar, table)
}

func unusedTable(ask Ask, b analytics.Burden) Table {
	table := Table{Names: 2, Head: []string{ask.T("burden.item"), ask.T("burden.basis")}}
	for _, use := range b.Unused() {
		table.Rows = append(table.Rows, words(itemName(ask, use), orNone(use.Basis)))
	}
	if len(table.Rows) == 0 {
		table.Rows = append(table.Rows, words(ask.T("burden.all_used"), noFigure))
	}
	return table
}

func itemName(ask Ask, use analytics.ItemUse) string {
	name := use.Name(ask.Printer)
	if use.Section != "" {
		name = use.Section + " · " + name
	}
	return name
}

func orNone(text string) string {
	if text == "" {
		return noFigure
	}
	return text
}

func burdenTable(ask Ask, form forms.Form, rows []analytics.BurdenRow) Table {
	table := Table{Head: []string{
		ask.T("reports.unit"), ask.T("burden.asked_column"), ask.T("burden.given_column"), ask.T("burden.changed_column"), ask.T("burden.minutes_column"),
	}}
	for _, r := range rows {
		cells := words(r.Unit.Name, number(r.Asked), number(r.Given), number(r.Changed), spentText(ask.Reader, r.Seconds))
		cells[0].URL, cells[4].Sort = ask.Links.Report(r.Unit.Key, form.Key, ask.Query.Period), number(r.Seconds)
		table.Rows = append(table.Rows, cells)
	}
	return table
}

func usesTable(ask Ask, b analytics.Burden) Table {
	table := Table{Names: 3, Head: []string{ask.T("burden.item"), ask.T("burden.basis"), ask.T("burden.uses")}}
	for _, use := range b.Items {
		text := ""
		for _, u := range use.Uses {
			if i, ok := indicatorOf(u.Key); ok && u.Kind == "indicator" {
				text += i.Title(ask.Printer) + "　"
				continue
			}
			text += u.Key + " " + u.Title + "　"
		}
		if text == "" && use.Type == forms.Text {
			text = ask.T("burden.read")
		} else if text == "" {
			text = ask.T("burden.no_use")
		}
		table.Rows = append(table.Rows, words(itemName(ask, use), orNone(use.Basis), text))
	}
	return table
}
