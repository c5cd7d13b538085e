package exchange

import (
	"encoding/csv"
	"io"
	"regexp"

	"github.com/xuri/excelize/v2"
)

// Table is a table of words to be written as a file: a title, notes that say what it is about and how
// fresh it is, one line of headings, and rows.
type Table struct {
	Title string
	Notes []string
	Head  []string
	Rows  [][]string
}

// WriteCSV writes the table in UTF-8 with BOM: its headings and rows, then an empty line, title and
// notes. A text that a spreadsheet would take for a formula gets an apostrophe before it.
func (t Table) WriteCSV(w io.Writer) error {
	if _, err := w.Write(utf8BOM); err != nil {
		return writing("CSV", err)
	}
	out := csv.NewWriter(w)
	lines := append([][]string{t.Head}, t.Rows...)
	lines = append(lines, nil, []string{t.Title})
	for _, note := range t.Notes {
		lines = append(lines, []string{note})
	}
	for _, line := range lines {
		if err := out.Write(unformulated(line)); err != nil {
			return writing("CSV", err)
		}
	}
	out.Flush()
	return writing("CSV", out.Error())
}

// signed is a number with its sign, which no spreadsheet takes for more.
var signed = regexp.MustCompile(`^[-+][0-9][0-9.,]*%?$`)

// unformulated keeps texts from being read as formulas; numbers with a sign are left as they are.
func unformulated(line []string) []string {
	safe := make([]string, len(line))
	for i, text := range line {
		if safe[i] = text; !signed.MatchString(text) {
			safe[i] = safeText(text)
		}
	}
	return safe
}

// WriteXLSX writes the table as a workbook: the title, the notes, the headings, the rows, streamed.
func (t Table) WriteXLSX(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	styles, err := newStyles(f)
	if err != nil {
		return err
	}
	const sheet = "Sheet1"
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return writing("a workbook", err)
	}
	if err := out.SetColWidth(1, max(len(t.Head), 1), 16); err != nil {
		return writing("a workbook", err)
	}
	row := 0
	write := func(style int, texts ...string) error {
		row++
		cells := make([]any, len(texts))
		for i, text := range texts {
			cells[i] = excelize.Cell{StyleID: style, Value: text}
		}
		place, err := excelize.CoordinatesToCellName(1, row)
		if err != nil {
			return err
		}
		return out.SetRow(place, cells)
	}
	for _, text := range append([]string{t.Title}, t.Notes...) {
		if err := write(0, text); err != nil {
			return writing("a workbook", err)
		}
	}
	if err := write(styles.column, t.Head...); err != nil {
		return writing("a workbook", err)
	}
	for _, r := range t.Rows {
		if err := write(0, r...); err != nil {
			return writing("a workbook", err)
		}
	}
	if err := out.Flush(); err != nil {
		return writing("a workbook", err)
	}
	return writing("a workbook", f.Write(w))
}
