package dashboards

import (
	"context"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/plan"
)

func init() {
	add(Dashboard{
		Key: "ranking", Title: "ranking.title", About: "ranking.about", Group: Monitoring, Order: 3,
		Options: []Option{
			{Name: "of", Label: "ranking.of", Choices: ranked},
			{Name: "measure", Label: "ranking.measure", Choices: rankedBy},
			{Name: "order", Label: "ranking.order", Choices: rankOrders},
		},
		Draw: drawRanking,
	})
}

// rankedAtOnce is how many units of a batch stand on one page, and how many rows a chart draws.
const rankedAtOnce = 20

func ranked(ask Ask) []Choice {
	return []Choice{
		{string(analytics.ByUnit), ask.T("ranking.units")}, {string(analytics.ByCity), ask.T("scurve.by_city")},
		{string(analytics.ByCounty), ask.T("scurve.by_county")},
	}
}

func rankedBy(ask Ask) []Choice {
	return []Choice{{string(analytics.RankByGap), ask.T("ranking.by_gap")}, {string(analytics.RankByEarned), ask.T("ranking.by_earned")}}
}

const lastFirst = "last"

func rankOrders(ask Ask) []Choice {
	return []Choice{{"first", ask.T("ranking.first")}, {lastFirst, ask.T("ranking.last")}}
}

// drawRanking ranks units within their batch, or cities or counties.
func drawRanking(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	by := analytics.By(ask.Values["of"])
	if by != analytics.ByUnit {
		return rankPlaces(ctx, figures, ask, by)
	}
	at, after, err := rankCursor(ask)
	if err != nil {
		return nil, err
	}
	var cards []Card
	for _, batch := range ask.Plan.Batches {
		if ask.Query.Batch != "" && ask.Query.Batch != batch.Key {
			continue
		}
		query := ask.Query
		query.Batch, query.Limit, query.After = batch.Key, rankedAtOnce, ""
		if batch.Key == at {
			query.After = after
		}
		card, there, err := rankBatch(ctx, figures, ask, batch, query)
		if err != nil {
			return nil, err
		}
		if there {
			cards = append(cards, card)
		}
	}
	if len(cards) == 0 {
		cards = append(cards, Card{Key: "ranking", Title: ask.T("ranking.title"), Table: rankTable(ask, analytics.ByUnit, nil)})
	}
	return cards, nil
}

// rankCursor reads the cursor of a page: which batch is looked through, and from where.
func rankCursor(ask Ask) (batch, after string, err error) {
	if ask.Query.After == "" {
		return "", "", nil
	}
	at := strings.LastIndexByte(ask.Query.After, '.')
	if at < 0 || !ask.Plan.HasBatch(ask.Query.After[:at]) {
		return "", "", fault.New(fault.Invalid, "list.bad_cursor")
	}
	return ask.Query.After[:at], ask.Query.After[at+1:], nil
}

func rankBatch(ctx context.Context, figures *analytics.Service, ask Ask, batch plan.Batch, query analytics.Query) (Card, bool, error) {
	rows, next, err := figures.Ranking(ctx, ask.Actor, query, analytics.RankBy(ask.Values["measure"]), ask.Values["order"] == lastFirst)
	if err != nil || len(rows) == 0 {
		return Card{}, false, err
	}
	total, err := batchTotal(ctx, figures, ask.Actor, query)
	if err != nil {
		return Card{}, false, err
	}
	card, err := rankCard(ask, "batch-"+batch.Key, ask.T("ranking.of_batch", batch.Title), analytics.ByUnit, rows)
	card.Counts = ask.T("dashboards.counted", total.Reported, total.Expected)
	card.Paged = true
	if next != "" {
		card.Next = batch.Key + "." + next
	}
	return card, true, err
}

func batchTotal(ctx context.Context, figures *analytics.Service, actor accounts.Actor, query analytics.Query) (analytics.Row, error) {
	head, err := figures.Head(ctx, actor, query)
	return head.Total, err
}

func rankPlaces(ctx context.Context, figures *analytics.Service, ask Ask, by analytics.By) ([]Card, error) {
	query := ask.By(by)
	query.After = ""
	answer, err := figures.Progress(ctx, ask.Actor, query)
	if err != nil {
		return nil, err
	}
	for i, r := range answer.Rows {
		answer.Rows[i].Name = groupName(ask, by, r.Key, r.Name)
	}
	rows := analytics.Rank(answer.Rows, analytics.RankBy(ask.Values["measure"]), ask.Values["order"] == lastFirst)
	card, err := rankCard(ask, "places", ask.T("ranking.places"), by, rows)
	if n := len(rows); n > rankedAtOnce {
		card.Notes = append(card.Notes, ask.T("ranking.most", rankedAtOnce, n))
	}
	return []Card{card}, err
}

func rankCard(ask Ask, key, title string, by analytics.By, rows []analytics.Ranked) (Card, error) {
	shown := rows[:min(len(rows), rankedAtOnce)]
	link := func(r analytics.Ranked) string { return rankURL(ask, by, r) }
	chart, err := Ranking("rank-"+key, shown, analytics.RankBy(ask.Values["measure"]), ask.Reader, link)
	chart.Table = rankTable(ask, by, rows)
	card := Card{Key: key, Title: title, Chart: &chart, Label: ask.T("ranking.label", title)}
	card.Short, card.Tall = len(shown) <= 4, len(shown) > 10
	return card, err
}

func rankURL(ask Ask, by analytics.By, r analytics.Ranked) string {
	if by == analytics.ByUnit {
		return ask.Links.Unit(r.Key)
	}
	next := string(analytics.ByUnit)
	if by == analytics.ByCity {
		next = string(analytics.ByCounty)
	}
	if r.Key == analytics.Direct {
		return ""
	}
	return ask.Links.Self("scope", r.Key, "of", next, "after", "")
}

func rankTable(ask Ask, by analytics.By, rows []analytics.Ranked) Table {
	name := "ranking.unit"
	if by != analytics.ByUnit {
		name = "ranking.place"
	}
	table := Table{Head: []string{
		ask.T(name), ask.T("ranking.rank"), ask.T("dashboards.light"), ask.T("dashboards.planned"), ask.T("dashboards.actual"),
		ask.T("dashboards.gap_column"), ask.T("ranking.overdue"), ask.T("dashboards.reported_column"),
	}}
	for _, r := range rows {
		cells := words(r.Name, noFigure, noFigure, noFigure, noFigure, noFigure, noFigure, ask.T("dashboards.of", r.Reported, r.Expected))
		cells[0].URL = rankURL(ask, by, r)
		if r.Placeholder {
			cells[0].Text += "（" + ask.T("home.placeholder") + "）"
		}
		if r.Light != "" {
			cells[2] = lightCell(r.Light)
		}
		if r.HasFigures {
			cells[1] = Cell{Text: ask.T("dashboards.of", r.Place, r.Of), Sort: number(r.Place)}
			cells[3].Text, cells[4].Text = percentText(ask.Printer, r.Planned), percentText(ask.Printer, r.Earned)
			cells[5].Text, cells[6].Text = pointsText(r.Gap), number(r.Overdue)
		}
		table.Rows = append(table.Rows, cells)
	}
	return table
}

// Ranking draws a bar for each row, the first on top: its gap, to the right of the planned path when it is
// behind, or what it has earned; coloured and marked as its light. A row without figures has no bar.
func Ranking(id string, rows []analytics.Ranked, by analytics.RankBy, r Reader, link func(analytics.Ranked) string) (Chart, error) {
	names, list := make([]string, len(rows)), make([]point, len(rows))
	low, high := 0.0, 1.0
	for i, row := range rows {
		place := noFigure
		if row.HasFigures {
			place = number(row.Place)
		}
		at := len(rows) - 1 - i
		names[at] = place + "  " + plain.Replace(row.Name)
		list[at] = rankPoint(row, by, r)
		list[at].URL = link(row)
		if v := list[at].Value; v != nil {
			low, high = min(low, *v), max(high, *v)
		}
	}
	if by == analytics.RankByEarned {
		high = 100
	}
	room := (high - low) / 3 // for the words beside the bars
	if low < 0 {
		low -= room
	}
	bar := charts.NewBar()
	bar.AddSeries("", nil, points(list), charts.WithBarChartOpts(opts.BarChart{BarCategoryGap: "30%"}))
	bar.SetGlobalOptions(base(nil, opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "fn:tip"},
		opts.Grid{Left: "8", Right: "8", Top: "8", Bottom: "8", ContainLabel: opts.Bool(true)})...)
	bar.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: opts.Bool(false), Min: low, Max: high + room}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: "category", Data: names, AxisLine: &opts.AxisLine{Show: opts.Bool(false), OnZero: opts.Bool(false)},
			AxisLabel: &opts.AxisLabel{Color: ink, Interval: "0", Width: 150, Overflow: "truncate"},
		}))
	return newChart(id, bar, Table{})
}

func rankPoint(row analytics.Ranked, by analytics.RankBy, r Reader) point {
	if !row.HasFigures {
		return point{}
	}
	value, text := height(plan.Fraction(row.Gap*1000)), pointsText(row.Gap)
	if by == analytics.RankByEarned {
		value, text = height(row.Earned), percentText(r.Printer, row.Earned)
	}
	side, name := "right", text
	if *value < 0 {
		side = "left"
	}
	if row.Light != "" {
		name = looks[row.Light].mark + " " + text
	}
	tip := r.Printer.T("ranking.tip", plain.Replace(row.Name), LightLabel(row.Light, r.Printer), percentText(r.Printer, row.Earned),
		percentText(r.Printer, row.Planned), pointsText(row.Gap), row.Overdue)
	return point{
		Value: value, Tip: tip, ItemStyle: &opts.ItemStyle{Color: looks[row.Light].colour},
		Label: &label{Show: true, Position: side, Formatter: name, Color: ink},
	}
}
