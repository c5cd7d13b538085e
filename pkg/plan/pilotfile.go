package plan

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/yamlfile"
)

// pilotColumns is the header of a list of pilots. Division is a code valid on the day since, or the
// permanent key of a division. An empty until means: still designated.
var pilotColumns = []string{"key", "name", "division", "type", "batch", "since", "since_precision", "until", "placeholder", "document"}

var precisions = []string{"day", "month", "quarter", "year"}

// Bounds of a list of pilots.
const (
	maxPilotRows = 200_000
	maxName      = 200
)

// pilotRow is one line of a list of pilots: a unit with one of its designations.
type pilotRow struct {
	line     int
	cells    []cell
	division string
	unit     Unit
}

// cell is where a cell begins.
type cell struct{ line, column int }

// pilotFile is a list of pilots being read, with what was found wrong so far.
type pilotFile struct {
	*yamlfile.Document
	plan *Plan
	rows []pilotRow
}

// wrong notes a fault in one cell of a row.
func (f *pilotFile) wrong(r pilotRow, column, key string, args ...any) {
	at := r.cells[slices.Index(pilotColumns, column)]
	f.AddAt(at.line, at.column, column, key, args...)
}

// read takes in all rows that can be read. An error is a failed read, never a fault of the file.
func (f *pilotFile) read(in io.Reader) error {
	data, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if at := yamlfile.BadText(data); at >= 0 {
		line, column := yamlfile.Position(data, at)
		f.AddAt(line, column, "", "file.bad_text")
		return nil
	}
	lines := csv.NewReader(bytes.NewReader(data))
	lines.Comment, lines.FieldsPerRecord = '#', -1
	for header := true; ; header = false {
		record, err := lines.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if len(f.rows) == 0 && f.Faults() == 0 {
				f.AddAt(1, 1, "", "file.no_content")
			}
			return nil
		case errors.As(err, &bad):
			f.AddAt(bad.StartLine, max(bad.Column, 1), "", "pilot.bad_row", bad.Err.Error())
			return nil
		case err != nil:
			return err
		}
		line, column := lines.FieldPos(0)
		switch {
		case header && !slices.Equal(record, pilotColumns):
			f.AddAt(line, column, "", "pilot.bad_header", strings.Join(pilotColumns, ","))
			return nil
		case header:
		case len(record) != len(pilotColumns):
			f.AddAt(line, column, "", "pilot.truncated_row", len(pilotColumns), len(record))
		case len(f.rows) == maxPilotRows:
			f.AddAt(line, column, "", "file.too_many", len(f.rows)+1, maxPilotRows)
			return nil
		default:
			f.row(lines, record)
		}
	}
}

func (f *pilotFile) row(lines *csv.Reader, record []string) {
	r := pilotRow{cells: make([]cell, len(record)), division: strings.TrimSpace(record[2])}
	for i := range record {
		r.cells[i].line, r.cells[i].column = lines.FieldPos(i)
	}
	r.line = r.cells[0].line
	r.unit = Unit{
		Key: record[0], Name: strings.TrimSpace(record[1]), Type: record[3], Batch: record[4],
		SincePrecision: record[6], Placeholder: record[8] == "true", Document: strings.TrimSpace(record[9]),
	}
	u := &r.unit
	if !keySyntax.MatchString(u.Key) {
		f.wrong(r, "key", "file.bad_key", u.Key)
	}
	if u.Name == "" || utf8.RuneCountInString(u.Name) > maxName || strings.ContainsFunc(u.Name, unicode.IsControl) {
		f.wrong(r, "name", "pilot.bad_name", maxName)
	}
	if r.division == "" {
		f.wrong(r, "division", "file.empty")
	}
	if !KnownType(u.Type) {
		f.wrong(r, "type", "plan.unknown_type", u.Type, strings.Join(Types, ", "))
	}
	if !f.plan.HasBatch(u.Batch) {
		f.wrong(r, "batch", "plan.unknown_batch", u.Batch)
	}
	if record[8] != "" && record[8] != "true" && record[8] != "false" {
		f.wrong(r, "placeholder", "file.not_flag", record[8])
	}
	if utf8.RuneCountInString(u.Document) > yamlfile.MaxText || strings.ContainsFunc(u.Document, unicode.IsControl) {
		f.wrong(r, "document", "file.too_long", yamlfile.MaxText)
	}
	f.days(&r, record[5], record[7])
	f.rows = append(f.rows, r)
}

// days reads since and until.
func (f *pilotFile) days(r *pilotRow, since, until string) {
	read := func(text, column string) period.Date {
		day, err := period.ParseDate(text)
		if wrong, ok := fault.As(err); ok {
			f.wrong(*r, column, wrong.Key, wrong.Args...)
		}
		return day
	}
	u := &r.unit
	u.Since = read(since, "since")
	switch {
	case !slices.Contains(precisions, u.SincePrecision):
		f.wrong(*r, "since_precision", "pilot.bad_precision", u.SincePrecision, strings.Join(precisions, ", "))
	case !u.Since.IsZero() && u.Since != firstDay(u.Since, u.SincePrecision):
		f.wrong(*r, "since", "pilot.not_first_day", u.Since, firstDay(u.Since, u.SincePrecision), u.SincePrecision)
	}
	if until == "" {
		return
	}
	u.Until = read(until, "until")
	if !u.Until.IsZero() && !u.Since.IsZero() && !u.Until.After(u.Since) {
		f.wrong(*r, "until", "pilot.until_before_since", u.Until, u.Since)
	}
}

// firstDay gives the day that stands for a whole month, quarter or year.
func firstDay(day period.Date, precision string) period.Date {
	switch precision {
	case "month":
		return period.NewDate(day.Year, int(day.Month), 1)
	case "quarter":
		return period.QuarterOf(day).First()
	case "year":
		return period.NewDate(day.Year, 1, 1)
	}
	return day
}

// pilot is a unit with all its designations, oldest first; the unit's own fields are the latest one's.
type pilot struct {
	Unit
	designations []designation
}

// pilots puts the rows of each unit together, in the order of the file; rows that contradict each
// other are noted.
func (f *pilotFile) pilots() []pilot {
	byKey := map[string][]pilotRow{}
	var order []string
	for _, r := range f.rows {
		if byKey[r.unit.Key] == nil {
			order = append(order, r.unit.Key)
		}
		byKey[r.unit.Key] = append(byKey[r.unit.Key], r)
	}
	list := make([]pilot, 0, len(order))
	for _, key := range order {
		rows := byKey[key]
		slices.SortStableFunc(rows, func(a, b pilotRow) int { return a.unit.Since.DaysSince(b.unit.Since) })
		p := pilot{Unit: rows[len(rows)-1].unit}
		for i, r := range rows {
			if i > 0 {
				f.compatible(rows[i-1], r)
			}
			p.designations = append(p.designations, designationOf(r.unit))
		}
		list = append(list, p)
	}
	return list
}

// compatible notes what keeps two successive designations, before and r, from being of one unit. What
// has a fault of its own is not compared.
func (f *pilotFile) compatible(before, r pilotRow) {
	first, later := before, r
	if first.line > later.line {
		first, later = later, first
	}
	a, b := before.unit, r.unit
	if a.Name != b.Name {
		f.wrong(later, "name", "pilot.differs", b.Key, first.line)
	}
	if a.Division != b.Division && a.Division != 0 && b.Division != 0 {
		f.wrong(later, "division", "pilot.differs", b.Key, first.line)
	}
	if a.Placeholder != b.Placeholder {
		f.wrong(later, "placeholder", "pilot.differs", b.Key, first.line)
	}
	if !a.Since.IsZero() && !b.Since.IsZero() && (a.Until.IsZero() || b.Since.Before(a.Until)) {
		f.wrong(later, "since", "pilot.overlap", b.Key, first.line)
	}
}
