package exchange

import (
	"context"
	"slices"
	"strings"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
)

// maxMerged is how many merged ranges a sheet may have; ours have a few in their heads.
const maxMerged = 1000

// Read takes what was filled into a workbook that Template or Batch wrote. A workbook that cannot be
// trusted as a whole is refused with an Invalid fault and nothing is changed; what is wrong with single
// reports is in the result, and each of them is left as it was. Reports of a batch are independent of
// each other.
func (s *Service) Read(ctx context.Context, actor accounts.Actor, file File, options Options) (Result, error) {
	b, m, err := openOurs(file)
	if err != nil {
		return Result{}, err
	}
	form, err := s.forms.Form(ctx, actor, m.Form)
	if err != nil {
		return Result{}, err
	}
	if err := m.checkForm(form); err != nil {
		return Result{}, err
	}
	first, ok := b.first()
	if !ok {
		return Result{}, errNoWorkbook
	}
	in := s.importing(actor, options)
	in.result.Kind = m.Kind
	if m.Kind == KindReport {
		return in.report(ctx, b, m, first)
	}
	if options.Of != (reporting.Ref{}) {
		return Result{}, invalid("exchange.file.batch_here")
	}
	return in.batch(ctx, b, m, first)
}

// openOurs opens a workbook that this program wrote.
func openOurs(file File) (*book, meta, error) {
	b, err := openBook(file)
	if err != nil {
		return nil, meta{}, err
	}
	m, err := b.meta()
	if err != nil {
		return nil, meta{}, err
	}
	if m.Kind == KindReport {
		if file.Size > MaxReport {
			return nil, meta{}, invalid("exchange.file.too_large", MaxReport>>20)
		}
		if b.unpacked() > maxUnpackedOne {
			return nil, meta{}, invalid("exchange.file.bomb")
		}
	}
	return b, m, nil
}

// report reads the workbook of one report.
func (in *importing) report(ctx context.Context, b *book, m meta, s sheet) (Result, error) {
	ref := reporting.Ref{Unit: m.Unit, Form: m.Form, Period: m.Period}
	if of := in.options.Of; of != (reporting.Ref{}) && of != ref {
		return Result{}, otherReport(ref, of)
	}
	e := &entry{ref: ref, version: m.Version, cells: map[string]reader{}}
	if err := e.readSheet(b, m, s); err != nil {
		return Result{}, err
	}
	return in.all(ctx, []*entry{e})
}

// otherReport refuses a workbook that is of another report than the one it is given for.
func otherReport(is, wanted reporting.Ref) error {
	switch {
	case is.Unit != wanted.Unit:
		return invalid("exchange.file.other_unit", is.Unit, wanted.Unit)
	case is.Form != wanted.Form:
		return invalid("exchange.file.other_form", is.Form, wanted.Form)
	}
	return invalid("exchange.file.other_period", is.Period, wanted.Period)
}

// readSheet reads the cells of the workbook of one report.
func (e *entry) readSheet(b *book, m meta, s sheet) error {
	var keys []string
	headed := false
	inputs := map[string]cell{}
	refs, err := b.scan(s, maxReportRows, func(row int, cells []cell) error {
		key, filled := cellAt(cells, keyColumn), cellAt(cells, inputColumn)
		switch {
		case row == headingRow:
			headed = strings.TrimSpace(filled.text) == m.Heading
		case row < firstItemRow:
		case key.text != "":
			keys = append(keys, strings.TrimSpace(key.text))
			filled.row, filled.col = row, inputColumn
			inputs[keys[len(keys)-1]] = filled
		case filled.kind != emptyCell:
			e.wrong = append(e.wrong, Problem{Row: row, Cell: filled.place(), Unit: e.ref.Unit, Message: fault.Message{Key: "exchange.cell.no_item"}})
		}
		return nil
	})
	if err != nil {
		return err
	}
	asked := make([]string, len(m.Items))
	for i, item := range m.Items {
		asked[i] = item.Key
	}
	if !headed || !slices.Equal(keys, asked) {
		return invalid("exchange.file.tampered")
	}
	merged, err := mergedAreas(refs)
	if err != nil {
		return err
	}
	for key, c := range inputs {
		e.cells[key] = b.reader(c, merged)
	}
	return nil
}

func mergedAreas(refs []string) ([]area, error) {
	if len(refs) > maxMerged {
		return nil, invalid("exchange.file.merged", maxMerged)
	}
	return areas(refs)
}

// reader reads a cell, unless it has been merged with others.
func (b *book) reader(c cell, merged []area) reader {
	if slices.ContainsFunc(merged, func(a area) bool { return a.holds(c.col, c.row) }) {
		return func(forms.Item) input {
			return input{row: c.row, place: c.place(), wrong: &fault.Message{Key: "exchange.cell.merged"}}
		}
	}
	return func(item forms.Item) input { return b.read(c, item) }
}

// cellAt gives the cell in a column of a row; an empty one where there is none.
func cellAt(cells []cell, column int) cell {
	i, ok := slices.BinarySearchFunc(cells, column, func(c cell, column int) int { return c.col - column })
	if !ok {
		return cell{}
	}
	return cells[i]
}
