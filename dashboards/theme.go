package dashboards

import (
	"context"
	"slices"
	"strings"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/observations"
	"pilotboard/pkg/period"
)

// theme is what a dashboard of a theme shows of the indicators: some as headlines beside what documents
// say of them, one of all that the reader chooses place by place and quarter by quarter, and parts of a
// whole. The ids are those of analytics.Indicators.
type theme struct {
	key       string
	first     string // what is chosen unless the reader says; empty for the first headline
	headlines []string
	more      []string // further figures of the tables and the choice
	parts     []parts
}

// parts are figures that are shown side by side; title is a message key.
type parts struct {
	key, title string
	ids        []string
}

// all gives every figure of the theme, each once.
func (t theme) all() []string {
	ids := append(slices.Clone(t.headlines), t.more...)
	if t.first != "" {
		ids = append([]string{t.first}, ids...)
	}
	for _, p := range t.parts {
		ids = append(ids, p.ids...)
	}
	var once []string
	for _, id := range ids {
		if !slices.Contains(once, id) {
			once = append(once, id)
		}
	}
	return once
}

// addTheme adds the dashboard of a theme.
func addTheme(t theme, title, about string) {
	add(Dashboard{
		Key: t.key, Title: title, About: about, Group: Themes,
		Options: []Option{{Name: "figure", Label: "themes.figure", Choices: t.choices}, {Name: "span", Label: "themes.span", Choices: spans}},
		Draw:    t.draw,
	})
}

func (t theme) choices(ask Ask) []Choice {
	known := map[string]analytics.Indicator{}
	for _, i := range analytics.Indicators() {
		known[i.ID] = i
	}
	var choices []Choice
	for _, id := range t.all() {
		choices = append(choices, Choice{id, known[id].Title(ask.Printer)})
	}
	return choices
}

func spans(ask Ask) []Choice {
	return []Choice{
		{string(analytics.SpanQuarter), ask.T("themes.span_quarter")}, {string(analytics.SpanYear), ask.T("themes.span_year")},
		{string(analytics.SpanPlan), ask.T("themes.span_plan")},
	}
}

// figures asks for some figures. What counties and cities file knows neither batch nor type of pilots.
func (a Ask) figures(ctx context.Context, from *analytics.Service, by analytics.By, ids ...string) (analytics.FigureAnswer, error) {
	query := analytics.FigureQuery{Query: a.By(by), IDs: ids, Span: analytics.FigureSpan(a.Values["span"])}
	query.Batch, query.Type, query.After = "", "", ""
	return from.Figures(ctx, a.Actor, query)
}

func (t theme) draw(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	whole, err := ask.figures(ctx, figures, analytics.ByProvince, t.all()...)
	if err != nil {
		return nil, err
	}
	places, err := ask.figures(ctx, figures, below(ask), t.all()...)
	if err != nil {
		return nil, err
	}
	series, err := ask.figures(ctx, figures, analytics.ByPeriod, ask.Values["figure"])
	if err != nil {
		return nil, err
	}
	quoted, contradictions, err := figures.Quoted(ctx, ask.Actor, ask.Query)
	if err != nil {
		return nil, err
	}
	cards := []Card{headlineCard(ask, whole, t.headlines, quoted)}
	chosen := places.Of(ask.Values["figure"])
	bars, err := Places("places", chosen, ask)
	if err != nil {
		return nil, err
	}
	line, err := Series("series", series.Rows, ask.Reader)
	if err != nil {
		return nil, err
	}
	counts := countsOf(whole.Of(ask.Values["figure"]), ask)
	title := titleOf(whole.Of(ask.Values["figure"]), ask)
	cards = append(cards,
		Card{Key: "places", Title: ask.T("themes.by_place", title), Chart: &bars, Tall: len(chosen) > 6, Columns: 6, Counts: counts},
		Card{Key: "series", Title: ask.T("themes.by_quarter", title), Chart: &line, Columns: 6, Counts: counts, Notes: breakNotes(series.Rows, ask)})
	for _, p := range t.parts {
		card, err := p.card(ask, whole)
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
	}
	cards = append(cards, Card{Key: "all", Title: ask.T("themes.all"), Table: figuresByPlace(ask, places, t.all()), Counts: countsOf(whole.Rows, ask)})
	if own := about(contradictions, t.all()); len(own) > 0 {
		cards = append(cards, contradictionCard(ask, own, counts))
	}
	return cards, nil
}

// below gives the level under that of the scope.
func below(ask Ask) analytics.By {
	if ask.Head.Scope.Unit == nil && ask.Head.Scope.Division.Level < divisions.City {
		return analytics.ByCity
	}
	return analytics.ByCounty
}

// about keeps the contradictions between statements of which one is about one of the figures.
func about(list []observations.Contradiction, ids []string) []observations.Contradiction {
	return slices.DeleteFunc(slices.Clone(list), func(c observations.Contradiction) bool {
		return !slices.ContainsFunc(c.Statements, func(o observations.Observation) bool { return slices.Contains(ids, o.Indicator) })
	})
}

func titleOf(rows []analytics.Figure, ask Ask) string {
	if len(rows) == 0 {
		return ""
	}
	return rows[0].Title(ask.Printer)
}

// countsOf says how many reports have a value in the first of some figures, out of how many.
func countsOf(rows []analytics.Figure, ask Ask) string {
	if len(rows) == 0 {
		return ask.T("dashboards.counted", 0, 0)
	}
	return ask.T("dashboards.counted", rows[0].Reported, rows[0].Expected)
}

// figureText writes a figure, and noFigure for none.
func figureText(f analytics.Figure, ask Ask) string { return orNone(f.Text(ask.Printer)) }

// headlineCard shows figures as tiles, each beside what a document says of it, and the same as a table.
func headlineCard(ask Ask, whole analytics.FigureAnswer, ids []string, quoted []analytics.Quoted) Card {
	card := Card{Key: "figures", Title: ask.T("themes.figures"), Counts: countsOf(whole.Rows, ask), Notes: []string{ask.T("themes.quoted_note")}}
	if ask.Query.Batch != "" || ask.Query.Type != "" {
		card.Notes = append(card.Notes, ask.T("themes.no_batch"))
	}
	card.Table = Table{Names: 2, Head: []string{ask.T("themes.figure"), ask.T("themes.source"), ask.T("themes.computed"), ask.T("themes.quoted"), ask.T("themes.reported")}}
	for _, id := range ids {
		for _, f := range whole.Of(id) {
			tile := Tile{Name: f.Title(ask.Printer), Value: figureText(f, ask), Note: ask.T("themes.tile", f.Reported, f.Expected), URL: traceURL(ask, id)}
			said, source := noFigure, noFigure
			if q, ok := quotedOf(quoted, id); ok {
				said, source = q.Text(ask.Printer), q.Document+" "+q.Section
				tile.Note = ask.T("themes.tile_quoted", f.Reported, f.Expected, said, q.AsOf)
			}
			card.Tiles = append(card.Tiles, tile)
			row := words(tile.Name, source, tile.Value, said, ask.T("dashboards.of", f.Reported, f.Expected))
			row[2].URL, row[2].Sort = tile.URL, sortOf(f)
			card.Table.Rows = append(card.Table.Rows, row)
		}
	}
	return card
}

// traceURL opens a figure to the reports behind it.
func traceURL(ask Ask, id string) string {
	return ask.Links.Board("trace", "figure", id, "span", ask.Values["span"], "batch", "", "type", "")
}

// quotedOf finds what a document says of a figure over all batches.
func quotedOf(list []analytics.Quoted, id string) (analytics.Quoted, bool) {
	at := slices.IndexFunc(list, func(q analytics.Quoted) bool { return q.Indicator == id && q.Batch == "" && q.HasValue })
	if at < 0 {
		return analytics.Quoted{}, false
	}
	return list[at], true
}

// figuresByPlace shows every figure of the theme place by place.
func figuresByPlace(ask Ask, places analytics.FigureAnswer, ids []string) Table {
	table := Table{Head: []string{ask.T("themes.place")}}
	at := map[string]int{}
	for _, id := range ids {
		rows := places.Of(id)
		table.Head = append(table.Head, titleOf(rows, ask))
		for _, f := range rows {
			i, there := at[f.Key]
			if !there {
				i = len(table.Rows)
				at[f.Key] = i
				table.Rows = append(table.Rows, []Cell{{Text: placeName(f, ask), URL: figureURL(f, ask)}})
			}
			for len(table.Rows[i]) < len(table.Head)-1 {
				table.Rows[i] = append(table.Rows[i], Cell{Text: noFigure})
			}
			table.Rows[i] = append(table.Rows[i], Cell{Text: figureText(f, ask), Title: ask.T("themes.tile", f.Reported, f.Expected), Sort: sortOf(f)})
		}
	}
	for i := range table.Rows {
		for len(table.Rows[i]) < len(table.Head) {
			table.Rows[i] = append(table.Rows[i], Cell{Text: noFigure})
		}
	}
	return table
}

// sortOf gives what a column of figures is sorted by.
func sortOf(f analytics.Figure) string {
	if f.Value == nil {
		return ""
	}
	return f.Value.FloatString(6)
}

func placeName(f analytics.Figure, ask Ask) string {
	if f.Key == analytics.Direct {
		return ask.T("themes.direct")
	}
	return f.Name
}

// figureURL leads into a place that has others under it.
func figureURL(f analytics.Figure, ask Ask) string {
	if f.Key == analytics.Direct || below(ask) != analytics.ByCity {
		return ""
	}
	return ask.Links.Self("scope", f.Key)
}

// breakNotes says in words where a series breaks.
func breakNotes(rows []analytics.Figure, ask Ask) []string {
	var quarters []string
	for _, f := range rows {
		if f.Break {
			if q, err := period.Parse(f.Key); err == nil {
				quarters = append(quarters, ask.Printer.Quarter(q))
			}
		}
	}
	if len(quarters) == 0 {
		return nil
	}
	return []string{ask.T("themes.broken", listed(quarters, ask))}
}

// listed joins words as the reader's language does.
func listed(list []string, ask Ask) string {
	if ask.Printer.Language() == locale.English {
		return strings.Join(list, ", ")
	}
	return strings.Join(list, "、")
}

// contradictionCard lists statements that contradict each other; all of them stand, each with its source.
func contradictionCard(ask Ask, list []observations.Contradiction, counts string) Card {
	table := Table{Names: 5, Head: []string{ask.T("themes.check"), ask.T("themes.statement"), ask.T("themes.quoted"), ask.T("themes.source"), ask.T("themes.note")}}
	for _, c := range list {
		for _, o := range c.Statements {
			table.Rows = append(table.Rows, words(c.Title(ask.Printer), o.Title(ask.Printer), orNone(o.Text(ask.Printer)), o.Document+" "+o.Section, orNone(o.Note)))
		}
	}
	return Card{Key: "contradictions", Title: ask.T("themes.contradictions"), About: ask.T("themes.contradictions_about"), Table: table, Counts: counts}
}
