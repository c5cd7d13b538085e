package exchange

import (
	"archive/zip"
	"context"
	"io"
	"runtime"
	"strconv"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// Batch writes a workbook with a row for each report of one form that f chooses and a column for each
// item, to be filled in elsewhere and read back by Read. It is written row by row: what it needs does not
// grow with the reports. Invalid `exchange.form_missing` when f names no form.
func (s *Service) Batch(ctx context.Context, actor accounts.Actor, words locale.Printer, f reporting.Filter, w io.Writer) error {
	if f.Form == "" {
		return fault.New(fault.Invalid, "exchange.form_missing")
	}
	form, err := s.forms.Form(ctx, actor, f.Form)
	if err != nil {
		return err
	}
	file := excelize.NewFile()
	defer file.Close()
	t, err := newTable(file, words, form)
	if err != nil {
		return writing("a workbook", err)
	}
	err = s.reports.Each(ctx, actor, f, func(r reporting.Report) error {
		if t.row%collectEvery == collectEvery-1 {
			runtime.GC()
		}
		return writing("a workbook", t.report(r))
	})
	if err != nil {
		return err
	}
	if err := t.finish(); err != nil {
		return writing("a workbook", err)
	}
	return writing("a workbook", writePacked(file, w))
}

// writePacked writes a workbook while it is packed; excelize would have all of it in memory first.
func writePacked(file *excelize.File, w io.Writer) error {
	file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	_, err := file.WriteTo(io.Discard) // nothing is left to be written
	return err
}

// collectEvery is the number of rows after which memory is collected: a workbook leaves much behind, and the
// program lets it grow to several times what is in use.
const collectEvery = 1000

// table is a batch workbook while it is written.
type table struct {
	f      *excelize.File
	words  locale.Printer
	form   forms.Form
	items  []forms.Item
	sheet  string
	styles styles
	out    *excelize.StreamWriter
	row    int
	marked bool // with a column of problems
}

// columns gives the items of a form that are typed in.
func columns(form forms.Form) []forms.Item {
	var items []forms.Item
	for _, section := range form.Sections {
		for _, item := range section.Items {
			if item.Typed() {
				items = append(items, item)
			}
		}
	}
	return items
}

func newTable(f *excelize.File, words locale.Printer, form forms.Form) (*table, error) {
	t := &table{f: f, words: words, form: form, items: columns(form), sheet: words.T("exchange.sheet")}
	return t, t.begin()
}

func (t *table) begin() error {
	if err := t.f.SetSheetName("Sheet1", t.sheet); err != nil {
		return err
	}
	var err error
	if t.styles, err = newStyles(t.f); err != nil {
		return err
	}
	if t.out, err = t.f.NewStreamWriter(t.sheet); err != nil {
		return err
	}
	last := batchFirst + len(t.items)
	for _, one := range []struct {
		from, to int
		width    float64
	}{{batchName, batchName, 26}, {batchQuarter, batchQuarter, 16}, {batchStatus, batchStatus, 10}, {batchFirst, last - 1, 16}, {last, last, 60}} {
		if err := t.out.SetColWidth(one.from, max(one.to, one.from), one.width); err != nil {
			return err
		}
	}
	if err := t.out.SetColVisible(batchUnit, batchVersion, false); err != nil {
		return err
	}
	return t.out.SetPanes(&excelize.Panes{Freeze: true, XSplit: batchStatus, YSplit: batchHeadRow, TopLeftCell: "G5", ActivePane: "bottomRight"})
}

// head writes what stands above the reports.
func (t *table) head() error {
	title := []any{nil, nil, nil, t.cell(t.form.Title, t.styles.title)}
	if err := t.out.SetRow("A1", title, excelize.RowOpts{Height: 32}); err != nil {
		return err
	}
	note := t.words.T("exchange.batch.how")
	if t.form.Sample {
		note = t.words.T("page.sample") + " " + note
	}
	if err := t.out.SetRow("A2", []any{nil, nil, nil, t.cell(note, t.styles.note)}); err != nil {
		return err
	}
	keys := []any{"unit", "period", "version", nil, nil, nil}
	headings := []any{nil, nil, nil, t.heading(t.words.T("exchange.column.filed_by")), t.heading(t.words.T("exchange.column.period")), t.heading(t.words.T("exchange.column.status"))}
	for _, item := range t.items {
		keys = append(keys, item.Key)
		headings = append(headings, t.heading(t.name(item)))
	}
	if t.marked {
		keys, headings = append(keys, problemsKey), append(headings, t.heading(t.words.T("exchange.column.problems")))
	}
	if err := t.out.SetRow("A3", keys, excelize.RowOpts{Hidden: true}); err != nil {
		return err
	}
	t.row = batchHeadRow
	return t.out.SetRow("A4", headings, excelize.RowOpts{Height: 60})
}

func (t *table) cell(value any, style int) excelize.Cell {
	return excelize.Cell{StyleID: style, Value: value}
}

func (t *table) heading(text string) excelize.Cell { return t.cell(text, t.styles.column) }

// name is an item's name with its unit.
func (t *table) name(item forms.Item) string {
	name, unit := item.Name(t.words), item.Unit
	if item.Type == forms.Percent {
		unit = "%"
	}
	if unit != "" {
		name = t.words.T("exchange.name_unit", name, unit)
	}
	if item.Sample {
		name = t.words.T("exchange.sample_name", name)
	}
	return name
}

// report writes a row. Cells that the unit is not asked, and all of a report that cannot be filed now,
// stay locked.
func (t *table) report(r reporting.Report) error {
	if t.row == 0 {
		if err := t.head(); err != nil {
			return err
		}
	}
	name := r.Unit.Name
	if r.Sample {
		name = t.words.T("exchange.sample_name", name)
	}
	values := []any{
		r.Unit.Key, r.Period.String(), r.Version, t.cell(name, t.styles.label),
		t.cell(t.words.Quarter(r.Period), t.styles.centre), t.cell(t.words.T("status."+string(r.Status)), t.styles.centre),
	}
	open := r.Status == reporting.Open || r.Status == reporting.Returned
	for _, item := range t.items {
		style := t.styles.last
		if _, asked := r.Form.Item(item.Key); asked && open {
			style = t.styles.input
			if item.Type == forms.Text {
				style = t.styles.inputText
			}
		}
		values = append(values, t.cell(cellValue(t.words, item, r.Values[item.Key]), style))
	}
	return t.write(values)
}

func (t *table) write(values []any) error {
	t.row++
	return t.out.SetRow("A"+strconv.Itoa(t.row), values)
}

// finish ends the sheet and adds its rules, protection and keys.
func (t *table) finish() error {
	if t.row == 0 {
		if err := t.head(); err != nil {
			return err
		}
	}
	if t.row >= batchFirstRow {
		rules := rules{f: t.f, words: t.words}
		for i, item := range t.items {
			column, err := excelize.ColumnNumberToName(batchFirst + i)
			if err != nil {
				return err
			}
			if err := rules.add(t.sheet, column+strconv.Itoa(batchFirstRow), column+strconv.Itoa(t.row), item); err != nil {
				return err
			}
		}
	}
	if err := page(t.f, t.sheet, true, t.words.T("exchange.footer")); err != nil {
		return err
	}
	if err := protect(t.f, t.sheet); err != nil {
		return err
	}
	m := meta{Kind: KindBatch, Form: t.form.Key, FormVersion: t.form.Version}
	for _, item := range t.items {
		m.Items = append(m.Items, metaItem{item.Key, meaning(item)})
	}
	if err := m.write(t.f, t.form.Title); err != nil {
		return err
	}
	return t.out.Flush() // last: after it, whatever looks at the sheet reads all of it back
}
