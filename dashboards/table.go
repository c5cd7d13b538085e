package dashboards

import "pilotboard/pkg/analytics"

// Table holds figures as words. The first column names its row, the others are figures. Groups, when
// there are any, are headings above the columns: their numbers of columns add up to those of Head. Names is the number of leading columns that hold words and not figures, 0 for one.
type Table struct {
	Names  int
	Groups []Heading
	Head   []string
	Rows   [][]Cell
}

// Figure tells whether the column of that number, from 0, holds figures.
func (t Table) Figure(column int) bool { return column >= max(t.Names, 1) }

// Heading stands above a number of columns.
type Heading struct {
	Text    string
	Columns int
}

// Cell is one figure in words. URL is where it leads, Title says more about it, Light colours it, Tone names
// another colour for words that say the same, Sort is what a column is sorted by where the text is not.
type Cell struct {
	Text  string
	URL   string          `json:",omitempty"`
	Title string          `json:",omitempty"`
	Light analytics.Light `json:",omitempty"`
	Tone  string          `json:",omitempty"`
	Sort  string          `json:",omitempty"`
}

// words makes a row of plain cells.
func words(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, text := range texts {
		row[i] = Cell{Text: text}
	}
	return row
}
