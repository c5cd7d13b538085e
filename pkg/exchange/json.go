package exchange

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"unicode/utf8"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
)

// jsonReport is a report in a JSON array or on a line of NDJSON. Status is only written. A Version other
// than 0 is the one that the values were made from.
type jsonReport struct {
	Unit          string         `json:"unit"`
	Form          string         `json:"form"`
	Period        string         `json:"period"`
	Status        string         `json:"status,omitempty"`
	Version       int64          `json:"version,omitempty"`
	Sample        bool           `json:"sample,omitempty"` // 示例数据
	Values        map[string]any `json:"values"`
	NotApplicable []string       `json:"not_applicable"`
}

// ImportJSON takes reports from a JSON array or, where the text does not begin with `[`, from NDJSON.
// Null and the empty text make a cell blank. Faults of the file as a whole are Invalid, and then nothing
// is changed. Rows count elements, or lines of NDJSON, from 1.
func (s *Service) ImportJSON(ctx context.Context, actor accounts.Actor, r io.Reader, options Options) (Result, error) {
	data, err := readText(r)
	if err != nil {
		return Result{}, err
	}
	data = bytes.TrimPrefix(data, utf8BOM)
	if !utf8.Valid(data) {
		return Result{}, invalid("exchange.json.encoding")
	}
	read := readLines
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		read = readArray
	}
	entries, err := read(data)
	if err != nil {
		return Result{}, err
	}
	return s.importing(actor, options).all(ctx, refuseTwice(entries))
}

func readArray(data []byte) ([]*entry, error) {
	var elements []json.RawMessage
	if err := json.Unmarshal(data, &elements); err != nil {
		return nil, invalid("exchange.json.array")
	}
	entries := make([]*entry, len(elements))
	for i, element := range elements {
		entries[i] = newEntry(i+1, element)
	}
	return entries, nil
}

func readLines(data []byte) ([]*entry, error) {
	var entries []*entry
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, MaxText)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if !json.Valid(line) {
			return nil, invalid("exchange.json.line", n)
		}
		entries = append(entries, newEntry(n, bytes.Clone(line)))
	}
	if err := lines.Err(); err != nil {
		return nil, invalid("exchange.json.array")
	}
	return entries, nil
}

// newEntry reads one report; what is wrong with it is its own problem.
func newEntry(row int, text []byte) *entry {
	e := &entry{row: row, cells: map[string]reader{}}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	var r jsonReport
	if err := decoder.Decode(&r); err != nil {
		e.refuse("exchange.json.report")
		return e
	}
	var wrong *fault.Message
	if e.ref, wrong = parseRef(r.Unit, r.Form, r.Period); wrong != nil {
		e.wrong = append(e.wrong, e.problem(*wrong))
		return e
	}
	e.version = r.Version
	for key, raw := range r.Values {
		if !keyPattern.MatchString(key) {
			e.refuse("exchange.bad_item")
			continue
		}
		if raw == nil {
			raw = ""
		}
		e.cells[key] = func(forms.Item) input { return input{raw: raw} }
	}
	for _, key := range r.NotApplicable {
		_, both := r.Values[key]
		switch {
		case !keyPattern.MatchString(key):
			e.refuse("exchange.bad_item")
		case both:
			e.wrong = append(e.wrong, Problem{Row: row, Unit: r.Unit, Item: key, Message: fault.Message{Key: "cell.value_and_not_applicable"}})
		default:
			e.cells[key] = func(forms.Item) input { return input{notApplicable: true} }
		}
	}
	return e
}

// refuseTwice refuses every report that a file has more than once: nobody knows which is meant.
func refuseTwice(entries []*entry) []*entry {
	rows := map[reporting.Ref]int{}
	for _, e := range entries {
		if e.ref.Unit != "" {
			rows[e.ref]++
		}
	}
	for _, e := range entries {
		if rows[e.ref] > 1 {
			e.refuse("exchange.twice")
		}
	}
	return entries
}

// ExportJSON writes the reports that f chooses as a JSON array that ImportJSON reads. A report that
// nobody has begun, which only shows the period before, has no values.
func (s *Service) ExportJSON(ctx context.Context, actor accounts.Actor, f reporting.Filter, w io.Writer) error {
	out := bufio.NewWriter(w)
	before := "[\n"
	err := s.reports.Each(ctx, actor, f, func(r reporting.Report) error {
		one := jsonReport{
			Unit: r.Unit.Key, Form: r.Form.Key, Period: r.Period.String(), Status: string(r.Status), Version: r.Version, Sample: r.Sample,
			Values: map[string]any{}, NotApplicable: []string{},
		}
		if !r.Prefilled {
			one.Values, one.NotApplicable = r.Form.Encode(r.Values)
		}
		slices.Sort(one.NotApplicable)
		text, err := json.Marshal(one)
		if err == nil {
			_, err = out.WriteString(before + string(text))
		}
		before = ",\n"
		return writing("JSON", err)
	})
	if err != nil {
		return err
	}
	end := "\n]\n"
	if before == "[\n" {
		end = "[]\n"
	}
	if _, err := out.WriteString(end); err != nil {
		return writing("JSON", err)
	}
	return writing("JSON", out.Flush())
}
