package dashboards

import "pilotboard/pkg/analytics"

// Grid is places as tiles that lead into them, laid out roughly as the places lie. It is made of links, so
// that it serves a phone and a keyboard; its figures also stand in the table of its card.
type Grid struct {
	Label string
	Tiles []GridTile
}

// Placed tells whether the tiles have places of their own.
func (g Grid) Placed() bool { return len(g.Tiles) > 0 && g.Tiles[0].Row > 0 }

// GridTile is one place. Row and Column count from 1, up to 8; 0 is wherever there is room.
type GridTile struct {
	Row, Column       int
	Name, Value, Note string
	Light             analytics.Light
	URL               string
}

// Shapes is the uploaded map: where its shapes are read, and the number under which it was reviewed (审图号).
type Shapes struct{ URL, Number string }
