package exchange

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The bounds of a sheet: rows and columns in which anything stands.
const (
	maxReportRows = 3000
	maxBatchRows  = 50000
	maxColumns    = 1000
)

type cellKind int

const (
	emptyCell cellKind = iota
	numberCell
	textCell
	boolCell
	dateCell  // an ISO date
	errorCell // #REF! and its like
)

// cell is a cell as it stands in a sheet. Text of a number is as the sheet has it.
type cell struct {
	row, col int
	kind     cellKind
	text     string
	formula  bool
	format   format
}

// place gives `F12`.
func (c cell) place() string {
	name, err := excelize.CoordinatesToCellName(c.col, c.row)
	if err != nil { // scanner lets no such cell through
		return ""
	}
	return name
}

// scanner reads a sheet cell by cell. Rows are given when they end, without their empty cells.
type scanner struct {
	book   *book
	row    func(n int, cells []cell) error
	merged []string
	most   int // rows with anything in them

	n, col, given int
	cells         []cell
	at            cell
	kind          string
	value         strings.Builder
	in            bool // an element whose text is the cell's
	phonetic      bool
	inline        bool
}

// scan reads a sheet; row is called for each row in which anything stands. It gives the merged ranges.
func (b *book) scan(s sheet, most int, row func(n int, cells []cell) error) (merged []string, err error) {
	sc := &scanner{book: b, row: row, most: most}
	err = b.walk(s.part, maxUnpacked, visitor{start: sc.start, end: sc.end, text: sc.text})
	return sc.merged, err
}

func (s *scanner) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		return s.startRow(attr(e, "r"))
	case "c":
		return s.startCell(e)
	case "f":
		s.at.formula = true
	case "v":
		s.in = true
	case "is":
		s.inline = true
	case "t":
		s.in = s.inline
	case "rPh":
		s.phonetic = true
	case "mergeCell":
		if s.merged = append(s.merged, attr(e, "ref")); len(s.merged) > maxBatchRows {
			return invalid("exchange.file.too_many_rows", s.most)
		}
	}
	return nil
}

func (s *scanner) startRow(number string) error {
	n := s.n + 1
	if number != "" {
		var err error
		if n, err = strconv.Atoi(number); err != nil || n <= s.n || n > excelize.TotalRows {
			return errNoWorkbook
		}
	}
	s.n, s.col, s.cells = n, 0, s.cells[:0]
	return nil
}

func (s *scanner) startCell(e xml.StartElement) error {
	col := s.col + 1
	if ref := attr(e, "r"); ref != "" {
		at, row, err := excelize.CellNameToCoordinates(ref)
		if err != nil || row != s.n || at < col {
			return errNoWorkbook
		}
		col = at
	}
	s.col = col
	s.at = cell{row: s.n, col: col}
	s.kind = attr(e, "t")
	s.value.Reset()
	if style, err := strconv.Atoi(attr(e, "s")); err == nil && style >= 0 && style < len(s.book.formats) {
		s.at.format = s.book.formats[style]
	}
	return nil
}

func (s *scanner) text(data xml.CharData) error {
	if s.in && !s.phonetic {
		s.value.Write(data)
	}
	return nil
}

func (s *scanner) end(name string) error {
	switch name {
	case "v", "t":
		s.in = false
	case "rPh":
		s.phonetic = false
	case "is":
		s.inline = false
	case "c":
		return s.endCell()
	case "row":
		return s.endRow()
	}
	return nil
}

func (s *scanner) endCell() error {
	s.at.text = s.value.String()
	switch s.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(s.at.text))
		if err != nil || n < 0 || n >= len(s.book.shared) {
			return errNoWorkbook
		}
		s.at.kind, s.at.text = textCell, unescaped(s.book.shared[n])
	case "inlineStr", "str":
		s.at.kind, s.at.text = textCell, unescaped(s.at.text)
	case "b":
		s.at.kind = boolCell
	case "e":
		s.at.kind = errorCell
	case "d":
		s.at.kind = dateCell
	default:
		s.at.kind = numberCell
	}
	if s.at.text == "" {
		if !s.at.formula {
			return nil
		}
		s.at.kind = emptyCell
	}
	if len(s.cells) >= maxColumns {
		return invalid("exchange.file.too_many_columns", maxColumns)
	}
	s.cells = append(s.cells, s.at)
	return nil
}

func (s *scanner) endRow() error {
	if len(s.cells) == 0 {
		return nil
	}
	if s.given++; s.given > s.most {
		return invalid("exchange.file.too_many_rows", s.most)
	}
	return s.row(s.n, s.cells)
}

// escape is how workbooks write characters that XML cannot hold.
var escape = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escape.ReplaceAllStringFunc(text, func(code string) string {
		n, err := strconv.ParseUint(code[2:6], 16, 16)
		if err != nil || n >= 0xd800 && n <= 0xdfff {
			return code
		}
		return string(rune(n))
	})
}

// area is a range of cells.
type area struct{ col1, row1, col2, row2 int }

func parseArea(ref string) (area, bool) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		to = from
	}
	var a area
	var err1, err2 error
	a.col1, a.row1, err1 = excelize.CellNameToCoordinates(from)
	a.col2, a.row2, err2 = excelize.CellNameToCoordinates(to)
	return a, err1 == nil && err2 == nil
}

func (a area) holds(col, row int) bool {
	return col >= a.col1 && col <= a.col2 && row >= a.row1 && row <= a.row2
}

// areas reads merged ranges.
func areas(refs []string) ([]area, error) {
	list := make([]area, len(refs))
	for i, ref := range refs {
		var ok bool
		if list[i], ok = parseArea(ref); !ok {
			return nil, errNoWorkbook
		}
	}
	return list, nil
}
