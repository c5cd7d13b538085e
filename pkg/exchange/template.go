package exchange

import (
	"context"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// The columns and rows of a workbook for one report. Column A, which is hidden, has the keys of items.
const (
	keyColumn    = 1
	codeColumn   = 2
	nameColumn   = 3
	unitColumn   = 4
	lastColumn   = 5
	inputColumn  = 6
	aboutColumn  = 7
	markColumn   = 8
	headingRow   = 7
	firstItemRow = 8
)

// Template writes the workbook for one report, to be filled in elsewhere and read back by Read.
func (s *Service) Template(ctx context.Context, actor accounts.Actor, words locale.Printer, ref reporting.Ref, w io.Writer) error {
	report, err := s.reports.Report(ctx, actor, ref)
	if err != nil {
		return err
	}
	earlier, err := s.reports.Earlier(ctx, actor, ref, 1)
	if err != nil {
		return err
	}
	last := forms.Values{}
	if len(earlier) > 0 {
		last = earlier[0].Values
	}
	f := excelize.NewFile()
	defer f.Close()
	t := &template{f: f, words: words, report: report, last: last, sheet: words.T("exchange.sheet"), rules: rules{f: f, words: words}}
	for _, step := range []func() error{t.begin, t.head, t.sections, t.finish} {
		if err := step(); err != nil {
			return writing("a workbook", err)
		}
	}
	_, err = f.WriteTo(w)
	return writing("a workbook", err)
}

// template is a workbook for one report while it is written.
type template struct {
	f      *excelize.File
	words  locale.Printer
	report reporting.Report
	last   forms.Values
	sheet  string
	styles styles
	rules  rules
	row    int
	meta   meta
}

func (t *template) begin() error {
	if err := t.f.SetSheetName("Sheet1", t.sheet); err != nil {
		return err
	}
	var err error
	if t.styles, err = newStyles(t.f); err != nil {
		return err
	}
	for column, width := range map[string]float64{"B": 8, "C": 34, "D": 8, "E": 16, "F": 28, "G": 44, "H": 36} {
		if err := t.f.SetColWidth(t.sheet, column, column, width); err != nil {
			return err
		}
	}
	r := t.report
	t.meta = meta{
		Kind: KindReport, Form: r.Form.Key, FormVersion: r.Form.Version, Unit: r.Unit.Key, Period: r.Period,
		Version: r.Version, Heading: t.words.T("exchange.column.now"),
	}
	return t.f.SetColVisible(t.sheet, "A", false)
}

// put writes value into a cell with a style.
func (t *template) put(column, row int, value any, style int) error {
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	if err := t.f.SetCellValue(t.sheet, at, value); err != nil {
		return err
	}
	return t.f.SetCellStyle(t.sheet, at, at, style)
}

// wide writes a text across columns.
func (t *template) wide(from, to string, row int, text string, style int) error {
	n := strconv.Itoa(row)
	if err := t.f.SetCellValue(t.sheet, from+n, text); err != nil {
		return err
	}
	if err := t.f.SetCellStyle(t.sheet, from+n, to+n, style); err != nil {
		return err
	}
	return t.f.MergeCell(t.sheet, from+n, to+n)
}

// head writes title and head as official forms have them.
func (t *template) head() error {
	r, form, words := t.report, t.report.Form, t.words
	if err := t.wide("B", "G", 1, form.Title, t.styles.title); err != nil {
		return err
	}
	if err := t.f.SetRowHeight(t.sheet, 1, 32); err != nil {
		return err
	}
	left := []string{
		words.T("exchange.head.unit", r.Unit.Name), words.T("exchange.head.period", r.Period),
		words.T("exchange.head.due", r.Due, r.Lock),
	}
	for i, text := range left {
		if err := t.wide("B", "E", i+2, text, t.styles.head); err != nil {
			return err
		}
	}
	for i, text := range headOf(form, words) {
		if err := t.wide("F", "G", i+2, text, t.styles.headRight); err != nil {
			return err
		}
	}
	if r.Sample || form.Sample {
		if err := t.wide("B", "E", 5, words.T("page.sample"), t.styles.sample); err != nil {
			return err
		}
	}
	if err := t.wide("B", "G", 6, words.T("exchange.head.how"), t.styles.note); err != nil {
		return err
	}
	if err := t.f.SetRowHeight(t.sheet, 6, 30); err != nil {
		return err
	}
	headings := []string{"exchange.column.code", "exchange.column.name", "exchange.column.unit", "exchange.column.last", "exchange.column.now", "exchange.column.about"}
	for i, key := range headings {
		if err := t.put(codeColumn+i, headingRow, words.T(key), t.styles.column); err != nil {
			return err
		}
	}
	t.row = firstItemRow
	return nil
}

// headOf is the four lines of a form's head: number, agency, approval, validity.
func headOf(form forms.Form, words locale.Printer) []string {
	approval, until := form.Approval, ""
	if form.Trial() {
		approval = words.T("exchange.head.trial")
	}
	if !form.ValidUntil.IsZero() {
		until = words.Date(form.ValidUntil)
	}
	return []string{
		words.T("exchange.head.number", form.Number), words.T("exchange.head.agency", form.Agency),
		words.T("exchange.head.approval", approval), words.T("exchange.head.valid", until),
	}
}

func (t *template) sections() error {
	for _, section := range t.report.Form.Sections {
		if err := t.wide("B", "G", t.row, section.Name(t.words), t.styles.section); err != nil {
			return err
		}
		t.row++
		for _, item := range section.Items {
			if err := t.item(item); err != nil {
				return err
			}
			t.row++
		}
	}
	return nil
}

func (t *template) item(item forms.Item) error {
	input, height := t.styles.input, 0.0
	switch {
	case !item.Typed():
		input = t.styles.computed
	case item.Type == forms.Text:
		input, height = t.styles.inputText, 90
	}
	name := item.Name(t.words)
	if item.Sample {
		name = t.words.T("exchange.sample_name", name)
	}
	unit := item.Unit
	if item.Type == forms.Percent {
		unit = "%"
	}
	cells := []struct {
		column int
		value  any
		style  int
	}{
		{keyColumn, item.Key, t.styles.hidden}, {codeColumn, item.Milestone, t.styles.centre}, {nameColumn, name, t.styles.label},
		{unitColumn, unit, t.styles.centre}, {lastColumn, cellValue(t.words, item, t.last[item.Key]), t.styles.last},
		{inputColumn, cellValue(t.words, item, t.report.Values[item.Key]), input}, {aboutColumn, item.Explanation(t.words), t.styles.label},
	}
	for _, c := range cells {
		if err := t.put(c.column, t.row, c.value, c.style); err != nil {
			return err
		}
	}
	if height > 0 {
		if err := t.f.SetRowHeight(t.sheet, t.row, height); err != nil {
			return err
		}
	}
	t.meta.Items = append(t.meta.Items, metaItem{item.Key, meaning(item)})
	if !item.Typed() {
		return nil
	}
	at := "F" + strconv.Itoa(t.row)
	return t.rules.add(t.sheet, at, at, item)
}

func (t *template) finish() error {
	if err := t.wide("B", "G", t.row+1, t.words.T("exchange.sign"), t.styles.sign); err != nil {
		return err
	}
	if err := t.f.SetPanes(t.sheet, &excelize.Panes{Freeze: true, XSplit: 3, YSplit: headingRow, TopLeftCell: "D8", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	if err := page(t.f, t.sheet, true, t.words.T("exchange.footer")); err != nil {
		return err
	}
	err := t.f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: t.sheet, RefersTo: "'" + t.sheet + "'!$" + strconv.Itoa(headingRow) + ":$" + strconv.Itoa(headingRow),
	})
	if err != nil {
		return err
	}
	if err := protect(t.f, t.sheet); err != nil {
		return err
	}
	if err := t.meta.write(t.f, t.report.Form.Title); err != nil {
		return err
	}
	return t.f.ProtectWorkbook(&excelize.WorkbookProtectionOptions{LockStructure: true})
}

// cellValue is what a workbook shows for a value: a number as a number, everything else as a text, and
// nothing for a blank cell.
func cellValue(words locale.Printer, item forms.Item, v forms.Value) any {
	switch {
	case v.State == forms.NotApplicable:
		return words.T("value.not_applicable")
	case v.State != forms.Given:
		return nil
	case item.Type == forms.YesNo && v.Number == 1:
		return words.T("value.yes")
	case item.Type == forms.YesNo:
		return words.T("value.no")
	case item.Type == forms.Option:
		if choice, ok := item.Chosen(v); ok {
			return choice.Title
		}
	case measured(item):
		if n, err := strconv.ParseFloat(item.Format(v), 64); err == nil {
			return n
		}
	}
	return item.Format(v)
}
