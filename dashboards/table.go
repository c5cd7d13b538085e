package dashboards

import "pilotboard/pkg/analytics"

// Table holds figures as words. The first column names its row, the others are figures. Groups, when
// there are any, are headings above the columns: their numbers of columns add up to those of Head. Names
// is the number of leading columns that hold words and not figures, 0 for one. About, when there is any,
// says more about each heading. A Dense table has narrow cells; its headings and its first column stay in
// sight.
type Table struct {
	Names  int
	Groups []Heading
	Head   []string
	About  []string
	Rows   [][]Cell
	Dense  bool
}

// Figure tells whether the column of that number, from 0, holds figures.
func (t Table) Figure(column int) bool { return column >= max(t.Names, 1) }

// Heading stands above a number of columns. URL is where it leads, Title says more about it.
type Heading struct {
	Text    string
	Columns int
	URL     string `json:",omitempty"`
	Title   string `json:",omitempty"`
}

// Cell is one figure in words. URL is where it leads, Title says more about it, Light colours it, Tone names
// another colour for words that say the same, Sort is what a column is sorted by where the text is not. A
// cell that is a Mark shows its light by the mark alone, with the text, which must be short, at its corner;
// Title then says all of it in words.
type Cell struct {
	Text  string
	URL   string          `json:",omitempty"`
	Title string          `json:",omitempty"`
	Light analytics.Light `json:",omitempty"`
	Tone  string          `json:",omitempty"`
	Sort  string          `json:",omitempty"`
	Mark  bool            `json:",omitempty"`
}

// words makes a row of plain cells.
func words(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, text := range texts {
		row[i] = Cell{Text: text}
	}
	return row
}
