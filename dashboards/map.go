package dashboards

import (
	"cmp"
	"context"
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"pilotboard/pkg/analytics"
	"pilotboard/pkg/divisions"
)

func init() {
	add(Dashboard{
		Key: "map", Title: "map.title", About: "map.about", Group: Monitoring, Order: 5,
		Options: []Option{
			{Name: "measure", Label: "map.measure", Choices: mapMeasures},
			{Name: "form", Label: "map.form", Choices: mapForms},
		},
		Draw: drawMap,
	})
}

// mapMeasure is what a place shows as its value; the colour is always its light.
type mapMeasure string

const (
	mapGap          mapMeasure = "gap"
	mapEarned       mapMeasure = "earned"
	mapBehind       mapMeasure = "light"
	mapCompleteness mapMeasure = "completeness"
)

func mapMeasures(ask Ask) []Choice {
	return []Choice{
		{string(mapGap), ask.T("ranking.by_gap")}, {string(mapEarned), ask.T("ranking.by_earned")},
		{string(mapBehind), ask.T("map.behind")}, {string(mapCompleteness), ask.T("completeness.filed")},
	}
}

const (
	asTiles = "tile"
	asMap   = "map"
)

// mapForms offers the uploaded map where there is one.
func mapForms(ask Ask) []Choice {
	return []Choice{{asTiles, ask.T("map.tiles")}, {asMap, ask.T("map.shapes")}}
}

// drawMap is the cities of the province, or the counties of a city, roughly where they lie.
func drawMap(ctx context.Context, figures *analytics.Service, ask Ask) ([]Card, error) {
	places, outside, err := figures.Places(ctx, ask.Actor, ask.Query)
	if err != nil {
		return nil, err
	}
	measure := mapMeasure(ask.Values["measure"])
	card := Card{Key: "places", Title: ask.T("map.title"), Notes: []string{ask.T("map.note")}}
	table := placesTable(ask, places, outside)
	if ask.Map != nil && ask.Values["form"] == asMap && ask.Head.Scope.Division.Level == divisions.Province {
		chart, err := PlaceMap("map", places, measure, ask.Reader, *ask.Map, func(p analytics.Place) string { return placeURL(ask, p) })
		chart.Table = table
		card.Chart, card.Tall, card.Label = &chart, true, ask.T("map.label")
		card.Notes = append(card.Notes, ask.T("map.number", ask.Map.Number))
		return []Card{card}, err
	}
	card.Grid, card.Table = placeGrid(ask, places, outside, measure), table
	return []Card{card}, nil
}

// cityTiles says where the 16 cities of Anhui lie, roughly, as row and column by their permanent key.
var cityTiles = map[string][2]int{
	"341600": {1, 1}, "340600": {1, 2}, "341300": {1, 3}, // 亳州 淮北 宿州
	"341200": {2, 1}, "340400": {2, 2}, "340300": {2, 3}, "341100": {2, 4}, // 阜阳 淮南 蚌埠 滁州
	"341500": {3, 1}, "340100": {3, 2}, "340500": {3, 3}, // 六安 合肥 马鞍山
	"340800": {4, 1}, "340700": {4, 2}, "340200": {4, 3}, // 安庆 铜陵 芜湖
	"341700": {5, 2}, "341000": {5, 3}, "341800": {5, 4}, // 池州 黄山 宣城
}

// placeGrid lays places out where they lie, read row by row; places that the table of tiles does not know
// are laid out in the order of their codes.
func placeGrid(ask Ask, places []analytics.Place, outside *analytics.Row, measure mapMeasure) *Grid {
	grid := &Grid{Label: ask.T("map.label")}
	for _, place := range places {
		tile := gridTile(ask, place.Name, place.Row, measure)
		tile.URL = placeURL(ask, place)
		at := cityTiles[place.Key]
		tile.Row, tile.Column = at[0], at[1]
		grid.Tiles = append(grid.Tiles, tile)
	}
	known := func(t GridTile) bool { return t.Row > 0 }
	if slices.ContainsFunc(grid.Tiles, func(t GridTile) bool { return !known(t) }) {
		for i := range grid.Tiles {
			grid.Tiles[i].Row, grid.Tiles[i].Column = 0, 0
		}
	}
	slices.SortStableFunc(grid.Tiles, func(a, b GridTile) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column)) })
	if outside != nil {
		grid.Tiles = append(grid.Tiles, gridTile(ask, groupName(ask, placesBelow(ask), outside.Key, ""), outside, measure))
	}
	return grid
}

func gridTile(ask Ask, name string, row *analytics.Row, measure mapMeasure) GridTile {
	tile := GridTile{Name: name, Value: noFigure, Note: ask.T("map.no_units")}
	if row == nil {
		return tile
	}
	tile.Light = row.Light
	tile.Value, _ = placeValue(ask.Reader, *row, measure)
	tile.Note = placeCounts(ask.Reader, *row, measure)
	return tile
}

// placeValue gives the value of a place in words, and as a number for the map, nil where there is none.
func placeValue(r Reader, row analytics.Row, measure mapMeasure) (string, *float64) {
	switch {
	case measure == mapBehind:
		value := float64(row.BehindUnits())
		return r.Printer.T("map.behind_units", row.BehindUnits()), &value
	case measure == mapCompleteness:
		if f, ok := row.Completeness(); ok {
			return percentText(r.Printer, f), height(f)
		}
	case row.HasFigures && measure == mapEarned:
		return percentText(r.Printer, row.Earned), height(row.Earned)
	case row.HasFigures:
		value := float64(row.Gap)
		return pointsText(row.Gap), &value
	}
	return noFigure, nil
}

// placeURL leads into a place; a place that is not split leads nowhere.
func placeURL(ask Ask, place analytics.Place) string {
	if place.ID == ask.Head.Scope.Division.ID {
		return ""
	}
	return ask.Links.Self("scope", place.Code, "form", "", "after", "")
}

func placesTable(ask Ask, places []analytics.Place, outside *analytics.Row) Table {
	table := Table{Head: []string{
		ask.T("ranking.place"), ask.T("dashboards.light"), ask.T("dashboards.planned"), ask.T("dashboards.actual"), ask.T("dashboards.gap_column"),
		ask.T("map.behind"), ask.T("dashboards.reported_column"), ask.T("completeness.filed"),
	}}
	add := func(name, url string, row *analytics.Row) {
		cells := append([]Cell{{Text: name, URL: url}}, words(noFigure, noFigure, noFigure, noFigure, noFigure, noFigure, noFigure)...)
		if row != nil {
			if row.Light != "" {
				cells[1] = lightCell(row.Light)
			}
			if row.HasFigures {
				cells[2].Text, cells[3].Text, cells[4].Text = percentText(ask.Printer, row.Planned), percentText(ask.Printer, row.Earned), pointsText(row.Gap)
			}
			cells[5].Text, cells[6].Text = number(row.BehindUnits()), ask.T("dashboards.of", row.Reported, row.Expected)
			cells[7].Text, _ = placeValue(ask.Reader, *row, mapCompleteness)
		}
		table.Rows = append(table.Rows, cells)
	}
	for _, place := range places {
		add(place.Name, placeURL(ask, place), place.Row)
	}
	if outside != nil {
		add(groupName(ask, placesBelow(ask), outside.Key, ""), "", outside)
	}
	return table
}

// PlaceMap draws the places on the uploaded map, each in the colour of its light with its mark, its value and
// name, and the review number of the map below.
func PlaceMap(id string, places []analytics.Place, measure mapMeasure, r Reader, shapes Shapes, link func(analytics.Place) string) (Chart, error) {
	list := make([]point, len(places))
	for i, place := range places {
		list[i] = mapPoint(place, measure, r)
		list[i].URL = link(place)
	}
	drawn := charts.NewMap()
	drawn.RegisterMapType("uploaded")
	drawn.AddSeries("", nil, points(list),
		charts.WithLabelLayoutOpts(opts.LabelLayout{HideOverlap: opts.Bool(true)}),
		charts.WithItemStyleOpts(opts.ItemStyle{AreaColor: "#eef1f6", BorderColor: white, BorderWidth: 1}))
	drawn.SetGlobalOptions(base(nil, opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "fn:tip"}, opts.Grid{})...)
	drawn.SetGlobalOptions(charts.WithTitleOpts(opts.Title{
		Title: r.Printer.T("map.number", plain.Replace(shapes.Number)), Left: "8", Bottom: "8",
		TitleStyle: &opts.TextStyle{Color: inkSoft, FontSize: 12, FontWeight: "normal"},
	}))
	chart, err := newChart(id, drawn, Table{})
	chart.Shapes = shapes.URL
	return chart, err
}

// placeCounts says on how many reports a place's value rests: those filed, of completeness, else those
// counted.
func placeCounts(r Reader, row analytics.Row, measure mapMeasure) string {
	if measure == mapCompleteness {
		return r.Printer.T("dashboards.of", row.Submitted, row.Expected)
	}
	return r.Printer.T("dashboards.of", row.Reported, row.Expected)
}

func mapPoint(place analytics.Place, measure mapMeasure, r Reader) point {
	name := plain.Replace(place.Name)
	at := point{Name: place.Key, Tip: name + "\n" + r.Printer.T("map.no_units"), Label: &label{Show: true, Formatter: name, Color: inkSoft}}
	if place.Row == nil {
		return at
	}
	text, value := placeValue(r, *place.Row, measure)
	at.Value = value
	at.Tip = name + "\n" + text + "\n" + placeCounts(r, *place.Row, measure)
	at.Label.Formatter = name + "\n" + text
	if look, ok := looks[place.Row.Light]; ok {
		at.Tip += "\n" + LightLabel(place.Row.Light, r.Printer)
		at.Label.Formatter = look.mark + " " + at.Label.Formatter
		at.Label.Color = look.text
		at.ItemStyle = &opts.ItemStyle{AreaColor: look.colour, BorderColor: white, BorderWidth: 1}
	}
	return at
}
