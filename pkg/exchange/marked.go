package exchange

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

// Marked writes a copy of a workbook that Read took, with what result says is wrong written into it: red
// cells with a comment, and a column of reasons. It can be mended and read again. A batch is written anew
// with the cells it had, row by row; a workbook for one report keeps everything that is in it.
func (s *Service) Marked(ctx context.Context, actor accounts.Actor, words locale.Printer, file File, result Result, w io.Writer) error {
	b, m, err := openOurs(file)
	if err != nil {
		return err
	}
	first, ok := b.first()
	if !ok {
		return errNoWorkbook
	}
	if m.Kind == KindReport {
		return markReport(words, file, first.name, result.Problems, w)
	}
	form, err := s.forms.Form(ctx, actor, m.Form)
	if err != nil {
		return err
	}
	return markBatch(words, b, m, first, form, result.Problems, w)
}

// reasons gives the texts of problems, each once.
func reasons(words locale.Printer, problems []Problem) string {
	var texts []string
	for _, p := range problems {
		text := words.Message(p.Message)
		if name := p.Name(words); name != "" {
			text = words.T("exchange.problem", name, text)
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return cutBytes(strings.Join(texts, "\n"))
}

// cutBytes keeps a text within what a cell can hold.
func cutBytes(text string) string { return cut(text, excelize.TotalCellChars) }

func markReport(words locale.Printer, file File, sheet string, problems []Problem, w io.Writer) error {
	f, err := excelize.OpenReader(io.NewSectionReader(file, 0, file.Size), excelize.Options{UnzipSizeLimit: maxUnpackedOne, UnzipXMLSizeLimit: maxUnpackedOne})
	if err != nil {
		return errNoWorkbook
	}
	defer f.Close()
	byCell := map[string][]Problem{}
	for _, p := range problems {
		byCell[p.Cell] = append(byCell[p.Cell], p)
	}
	for at, wrong := range byCell {
		if at == "" {
			at = "F7" // of the report as a whole: at the head of what was filled in
		}
		if err := markCell(f, sheet, at, reasons(words, wrong)); err != nil {
			return writing("a marked workbook", err)
		}
	}
	_, err = f.WriteTo(w)
	return writing("a marked workbook", err)
}

// markCell makes a cell red and says why in a comment and in the column of reasons.
func markCell(f *excelize.File, sheet, at, reason string) error {
	id, err := f.GetCellStyle(sheet, at)
	if err != nil {
		return err
	}
	style, err := f.GetStyle(id)
	if err != nil {
		return err
	}
	style.Fill = fill(redFill)
	if id, err = f.NewStyle(style); err != nil {
		return err
	}
	if err := f.SetCellStyle(sheet, at, at, id); err != nil {
		return err
	}
	_, row, err := excelize.CellNameToCoordinates(at)
	if err != nil {
		return err
	}
	beside, err := excelize.CoordinatesToCellName(markColumn, row)
	if err != nil {
		return err
	}
	if err := f.SetCellValue(sheet, beside, reason); err != nil {
		return err
	}
	if err := f.DeleteComment(sheet, at); err != nil {
		return err
	}
	return f.AddComment(sheet, excelize.Comment{Cell: at, Author: "pilotboard", Text: reason})
}

// markBatch writes a batch anew, with a red cell for each wrong one and a column of reasons.
func markBatch(words locale.Printer, b *book, m meta, s sheet, form forms.Form, problems []Problem, w io.Writer) error {
	byRow, wrongCell := map[int][]Problem{}, map[string]bool{}
	for _, p := range problems {
		byRow[p.Row] = append(byRow[p.Row], p)
		wrongCell[p.Cell] = true
	}
	f := excelize.NewFile()
	defer f.Close()
	t := &table{f: f, words: words, form: form, items: itemsOf(form, m), sheet: words.T("exchange.sheet"), marked: true}
	if err := t.begin(); err != nil {
		return writing("a marked workbook", err)
	}
	red, redText, err := redStyles(f)
	if err != nil {
		return writing("a marked workbook", err)
	}
	if err := t.head(); err != nil {
		return writing("a marked workbook", err)
	}
	_, err = b.scan(s, maxBatchRows, func(row int, cells []cell) error {
		if row < batchFirstRow {
			return nil
		}
		values := make([]any, batchFirst+len(t.items))
		for _, c := range cells {
			if c.col < batchFirst+len(t.items) {
				values[c.col-1] = t.cell(b.copied(c), t.styleAt(c.col))
			}
		}
		for i, item := range t.items {
			at := cell{row: row, col: batchFirst + i}
			if values[at.col-1] == nil {
				values[at.col-1] = t.cell(nil, t.styleAt(at.col))
			}
			if c := values[at.col-1].(excelize.Cell); wrongCell[at.place()] {
				if c.StyleID = red; item.Type == forms.Text {
					c.StyleID = redText
				}
				values[at.col-1] = c
			}
		}
		if wrong := byRow[row]; len(wrong) > 0 {
			values[len(values)-1] = t.cell(reasons(words, wrong), redText)
		}
		t.row = row - 1
		return writing("a marked workbook", t.write(values))
	})
	if err != nil {
		return err
	}
	if err := t.finish(); err != nil {
		return writing("a marked workbook", err)
	}
	_, err = f.WriteTo(w)
	return writing("a marked workbook", err)
}

// itemsOf gives the items that the columns of a batch are of.
func itemsOf(form forms.Form, m meta) []forms.Item {
	items := make([]forms.Item, len(m.Items))
	for i, old := range m.Items {
		var ok bool
		if items[i], ok = form.Item(old.Key); !ok {
			items[i] = forms.Item{Key: old.Key, Title: old.Key}
		}
	}
	return items
}

func (t *table) styleAt(column int) int {
	switch {
	case column < batchName:
		return t.styles.hidden
	case column == batchName:
		return t.styles.label
	case column < batchFirst:
		return t.styles.centre
	case t.items[column-batchFirst].Type == forms.Text:
		return t.styles.inputText
	}
	return t.styles.input
}

// redStyles are the looks of wrong cells.
func redStyles(f *excelize.File) (number, text int, err error) {
	font := &excelize.Font{Family: fontBody, Size: 11}
	open := &excelize.Protection{Locked: false}
	number, err = f.NewStyle(&excelize.Style{
		Font: font, Border: frame, Fill: fill(redFill), Protection: open, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "center", WrapText: true},
	})
	if err != nil {
		return 0, 0, err
	}
	text, err = f.NewStyle(&excelize.Style{
		Font: font, Border: frame, Fill: fill(redFill), Protection: open, Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "top", WrapText: true},
	})
	return number, text, err
}
