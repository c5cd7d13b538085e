package exchange

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/reporting"
)

// The columns and rows of a batch workbook. Columns A to C and row 3 are hidden: unit, period and
// version of each row, and the item of each column.
const (
	batchUnit     = 1
	batchPeriod   = 2
	batchVersion  = 3
	batchName     = 4
	batchQuarter  = 5
	batchStatus   = 6
	batchFirst    = 7 // the first item
	batchKeyRow   = 3
	batchHeadRow  = 4
	batchFirstRow = 5
)

// problemsKey is the item of the column that Marked adds, which is not read.
const problemsKey = "_problems"

// batchRow says of which report a row is.
type batchRow struct {
	unit, period string
}

// layout is what the first look at a batch workbook finds: that its columns are those it was made with,
// how often it has each report, and what was merged.
type layout struct {
	rows   map[batchRow]int
	merged []area
	total  int
}

// batch reads a batch workbook: once for its layout, once for its rows, of which it keeps one page.
func (in *importing) batch(ctx context.Context, b *book, m meta, s sheet) (Result, error) {
	l, err := b.layout(m, s)
	if err != nil {
		return Result{}, err
	}
	in.total = l.total
	var page []*entry
	flush := func() error {
		err := in.page(ctx, page)
		page = page[:0]
		return err
	}
	_, err = b.scan(s, maxBatchRows, func(row int, cells []cell) error {
		if row < batchFirstRow {
			return nil
		}
		e := b.entry(m, l, row, cells)
		if e == nil {
			return nil
		}
		if page = append(page, e); len(page) == reporting.MaxPage {
			return flush()
		}
		return nil
	})
	if err == nil && len(page) > 0 {
		err = flush()
	}
	return in.result, err
}

func (b *book) layout(m meta, s sheet) (layout, error) {
	l := layout{rows: map[batchRow]int{}}
	keyed, spare := false, 0 // the column of problems
	refs, err := b.scan(s, maxBatchRows, func(row int, cells []cell) error {
		if row == batchKeyRow {
			keyed = sameColumns(m, cells)
			spare = spareColumn(cells)
			return nil
		}
		if row < batchHeadRow {
			return nil
		}
		for _, c := range cells {
			if c.col >= batchFirst+len(m.Items) && c.col != spare {
				return invalid("exchange.file.unknown_column", c.place())
			}
		}
		if key := rowOf(cells); row >= batchFirstRow && key.unit != "" {
			l.rows[key]++
			l.total++
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	if !keyed {
		return l, invalid("exchange.file.tampered")
	}
	l.merged, err = mergedAreas(refs)
	return l, err
}

// sameColumns tells whether the hidden row names the items in the order of the hidden sheet.
func sameColumns(m meta, cells []cell) bool {
	var keys []string
	for _, c := range cells {
		if key := strings.TrimSpace(c.text); c.col >= batchFirst && key != "" && key != problemsKey {
			if c.col != batchFirst+len(keys) {
				return false
			}
			keys = append(keys, key)
		}
	}
	return slices.EqualFunc(keys, m.Items, func(key string, item metaItem) bool { return key == item.Key })
}

func spareColumn(cells []cell) int {
	for _, c := range cells {
		if c.text == problemsKey {
			return c.col
		}
	}
	return 0
}

func rowOf(cells []cell) batchRow {
	return batchRow{strings.TrimSpace(cellAt(cells, batchUnit).text), strings.TrimSpace(cellAt(cells, batchPeriod).text)}
}

// entry reads one row; none when nothing but its head stands in it.
func (b *book) entry(m meta, l layout, row int, cells []cell) *entry {
	e := &entry{row: row, cells: make(map[string]reader, len(m.Items))}
	key := rowOf(cells)
	if key.unit == "" {
		if last := cells[len(cells)-1]; last.col >= batchName {
			e.wrong = append(e.wrong, Problem{Row: row, Cell: last.place(), Message: fault.Message{Key: "exchange.row.no_unit"}})
			return e
		}
		return nil
	}
	var wrong *fault.Message
	if e.ref, wrong = parseRef(key.unit, m.Form, key.period); wrong != nil {
		e.wrong = append(e.wrong, e.problem(*wrong))
		return e
	}
	version, err := strconv.ParseInt(strings.TrimSpace(cellAt(cells, batchVersion).text), 10, 64)
	if err != nil {
		e.refuse("exchange.row.no_version")
	}
	e.version = version
	if l.rows[key] > 1 {
		e.refuse("exchange.twice")
	}
	for i, item := range m.Items {
		c := cellAt(cells, batchFirst+i)
		c.row, c.col = row, batchFirst+i
		e.cells[item.Key] = b.reader(c, l.merged)
	}
	return e
}
