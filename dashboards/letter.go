package dashboards

import (
	"context"
	"math/big"
	"strings"

	"pilotboard/pkg/analytics"
)

func init() {
	add(Dashboard{Key: "letter", Title: "themes.letter", About: "themes.letter_about", Group: Themes, Order: 5, Draw: drawLetter})
}

// drawLetter sets what documents say beside what the reports give, each with its source, and lists what
// contradicts itself.
func drawLetter(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	quoted, contradictions, err := figures.Quoted(ctx, ask.Actor, ask.Query)
	if err != nil {
		return nil, err
	}
	table := Table{Names: 3, Head: []string{
		ask.T("themes.figure"), ask.T("themes.source"), ask.T("themes.note"), ask.T("themes.quoted"), ask.T("themes.computed"),
		ask.T("themes.difference"), ask.T("themes.reported"), ask.T("themes.as_exact"), ask.T("themes.as_of"),
	}}
	agree, compared := 0, 0
	for _, q := range quoted {
		if q.Difference != nil {
			compared++
			if q.Agrees {
				agree++
			}
		}
		table.Rows = append(table.Rows, quotedRow(ask, q))
	}
	counts := ask.T("dashboards.of", agree, compared)
	cards := []Card{{
		Key: "summary", Title: ask.T("themes.summary"), Columns: 12, Counts: countsOf(lettersFigures(quoted), ask),
		Tiles: []Tile{
			{Name: ask.T("themes.statements"), Value: number(int64(len(quoted))), Note: ask.T("themes.statements_note")},
			{Name: ask.T("themes.agree"), Value: counts, Note: ask.T("themes.agree_note")},
			{Name: ask.T("themes.contradictions"), Value: number(int64(len(contradictions))), Note: ask.T("themes.contradictions_note"), Tone: toneOf(len(contradictions))},
		},
	}, {
		Key: "quoted", Title: ask.T("themes.beside"), About: ask.T("themes.beside_about"), Table: table, Counts: countsOf(lettersFigures(quoted), ask),
		Notes: []string{ask.T("themes.averages_note")},
	}, contradictionCard(ask, contradictions, countsOf(lettersFigures(quoted), ask))}
	return cards, nil
}

func toneOf(contradictions int) string {
	if contradictions > 0 {
		return "behind"
	}
	return ""
}

// lettersFigures gives the computed figures.
func lettersFigures(quoted []analytics.Quoted) []analytics.Figure {
	var list []analytics.Figure
	for _, q := range quoted {
		if q.Figure != nil {
			list = append(list, *q.Figure)
		}
	}
	return list
}

func quotedRow(ask Ask, q analytics.Quoted) []Cell {
	computed, difference, reported := noFigure, noFigure, noFigure
	if q.Figure != nil {
		computed, reported = figureText(*q.Figure, ask), ask.T("dashboards.of", q.Figure.Reported, q.Figure.Expected)
		difference = differenceText(ask, q)
	}
	title := q.Title(ask.Printer)
	if q.Kind == "claim" {
		title = ask.T("themes.claim", title)
	}
	note := q.Note
	if len(q.Names) > 0 {
		note = strings.Trim(listed(q.Names, ask)+"　"+note, "　")
	}
	row := words(title, q.Document+" "+q.Section, orNone(note), orNone(q.Text(ask.Printer)), computed, difference, reported, exactness(ask, q.Qualifier), q.AsOf.String())
	if q.Figure != nil {
		row[4].URL = ask.Links.Board("trace", "figure", q.Indicator, "batch", q.Batch)
	}
	return row
}

// exactness names how exact a quoted number is.
func exactness(ask Ask, qualifier string) string {
	switch qualifier {
	case "rounded":
		return ask.T("figures.rounded")
	case "at_least":
		return ask.T("figures.at_least")
	}
	return ask.T("figures.exact")
}

// differenceText says that figure and quotation agree as far as the quotation is exact, or by how much
// they differ.
func differenceText(ask Ask, q analytics.Quoted) string {
	switch {
	case q.Difference == nil:
		return noFigure
	case q.Agrees:
		return ask.T("themes.same")
	}
	plainly := analytics.Indicator{Decimals: q.Figure.Decimals, Unit: q.Figure.Unit, Scale: 1}
	if q.Figure.Scale > 1 {
		plainly.Decimals = 0
	}
	text := analytics.Figure{Indicator: plainly, Value: q.Difference}.Text(ask.Printer)
	if q.Difference.Cmp(new(big.Rat)) > 0 {
		text = "+" + text
	}
	return text
}
