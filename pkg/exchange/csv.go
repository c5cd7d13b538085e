package exchange

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
)

// csvHeader is the first line of a CSV file of reports.
var csvHeader = []string{"unit", "form", "period", "item", "value"}

// csvExport is csvHeader with what an export says besides, and an import passes over: where the report
// stands, and that it is of a demonstration.
var csvExport = append(slices.Clone(csvHeader), "status", "note")

// sampleNote marks the lines of a demonstration's report.
const sampleNote = "示例数据"

// notApplicable is what stands in a CSV file for a cell that does not apply.
const notApplicable = "N/A"

// MaxText is the greatest size of a CSV or JSON file, in bytes.
const MaxText = 64 << 20

var utf8BOM = []byte("\xef\xbb\xbf")

// ImportCSV takes reports from lines `unit,form,period,item,value` in UTF-8 or GB18030. An empty value
// makes a cell blank. Faults of the file as a whole are Invalid, and then nothing is changed.
func (s *Service) ImportCSV(ctx context.Context, actor accounts.Actor, r io.Reader, options Options) (Result, error) {
	entries, err := readCSV(r)
	if err != nil {
		return Result{}, err
	}
	return s.importing(actor, options).all(ctx, entries)
}

func readCSV(r io.Reader) ([]*entry, error) {
	data, err := readText(r)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(data) {
		if data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data); err != nil || bytes.ContainsRune(data, utf8.RuneError) {
			return nil, invalid("exchange.csv.encoding")
		}
	}
	lines := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, utf8BOM)))
	lines.ReuseRecord = true // every line has as many fields as the first
	header, err := lines.Read()
	if err != nil || !slices.Equal(header, csvHeader) && !slices.Equal(header, csvExport) {
		return nil, invalid("exchange.csv.header")
	}
	byRef := map[[3]string]*entry{}
	var entries []*entry
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			line := 0
			var wrong *csv.ParseError
			if errors.As(err, &wrong) {
				line = wrong.Line
			}
			return nil, invalid("exchange.csv.line", line)
		}
		line, _ := lines.FieldPos(0)
		key := [3]string{fields[0], fields[1], fields[2]}
		e := byRef[key]
		if e == nil {
			e = &entry{row: line, cells: map[string]reader{}}
			var wrong *fault.Message
			if e.ref, wrong = parseRef(fields[0], fields[1], fields[2]); wrong != nil {
				e.wrong = append(e.wrong, e.problem(*wrong))
			}
			byRef[key], entries = e, append(entries, e)
		}
		e.addText(line, fields[3], fields[4])
	}
}

// addText adds a cell given as text.
func (e *entry) addText(row int, item, text string) {
	if _, twice := e.cells[item]; twice {
		e.wrong = append(e.wrong, Problem{Row: row, Unit: e.ref.Unit, Item: item, Message: fault.Message{Key: "exchange.twice"}})
		return
	}
	if !keyPattern.MatchString(item) {
		e.wrong = append(e.wrong, Problem{Row: row, Unit: e.ref.Unit, Message: fault.Message{Key: "exchange.bad_item"}})
		return
	}
	e.cells[item] = func(item forms.Item) input {
		raw, na := typed(item, plainText(text))
		return input{row: row, raw: raw, notApplicable: na}
	}
}

// readText reads a text file of bounded size.
func readText(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxText+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxText {
		return nil, invalid("exchange.file.too_large", MaxText>>20)
	}
	return data, nil
}

// ExportCSV writes the reports that f chooses, a line per cell that is not blank, in UTF-8 with BOM.
// Reports that nobody has begun, which only show the period before, are left out.
func (s *Service) ExportCSV(ctx context.Context, actor accounts.Actor, f reporting.Filter, w io.Writer) error {
	out := bufio.NewWriter(w) // nothing leaves it before the first page of reports could be read
	if _, err := out.Write(utf8BOM); err != nil {
		return writing("CSV", err)
	}
	lines := csv.NewWriter(out)
	if err := lines.Write(csvExport); err != nil {
		return writing("CSV", err)
	}
	err := s.reports.Each(ctx, actor, f, func(r reporting.Report) error {
		if r.Prefilled {
			return nil
		}
		note := ""
		if r.Sample {
			note = sampleNote
		}
		for _, section := range r.Form.Sections {
			for _, item := range section.Items {
				text, ok := csvValue(item, r.Values[item.Key])
				if !ok {
					continue
				}
				if err := lines.Write([]string{r.Unit.Key, r.Form.Key, r.Period.String(), item.Key, text, string(r.Status), note}); err != nil {
					return writing("CSV", err)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if lines.Flush(); lines.Error() != nil {
		return writing("CSV", lines.Error())
	}
	return writing("CSV", out.Flush())
}

func csvValue(item forms.Item, v forms.Value) (string, bool) {
	switch {
	case v.State == forms.Given:
		return safeText(item.Format(v)), true
	case v.State == forms.NotApplicable && item.Type != forms.Text:
		return notApplicable, true
	}
	return "", false
}
