package divisions

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// columns are what a division file has, in this order; cmd/pilotboard/data/README.md explains them.
var columns = []string{"key", "code", "name", "level", "parent", "valid_from", "valid_to", "statistics_only", "successor"}

const maxKey = 12

// codeDigits is the length of a code by level; the shorter codes of the national list are padded.
var codeDigits = [...]int{Province: 6, City: 6, County: 6, Township: 9, Village: 12}

// ownDigits is how many digits at the front of a code say what it stands for, by level.
var ownDigits = [...]int{Province: 2, City: 4, County: 6, Township: 9, Village: 12}

// row is one line of a division file. An empty parent is still to be told from the code.
type row struct {
	line  int
	key   string
	level int
	version
}

// parseFile reads all rows that can be read and adds a fault for each that cannot.
func parseFile(r io.Reader, found *faults) ([]row, error) {
	reader := csv.NewReader(r)
	reader.Comment = '#'
	reader.FieldsPerRecord = -1
	var rows []row
	header := false
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			found.add(bad.StartLine, "division.import.bad_row", bad.Err.Error())
			header = true
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the division file: %w", err)
		}
		line, _ := reader.FieldPos(0)
		if !header {
			header = true
			record[0] = strings.TrimPrefix(record[0], "\ufeff")
			if !slices.Equal(record, columns) {
				found.add(line, "division.import.bad_header", strings.Join(columns, ","))
				return nil, nil
			}
			continue
		}
		row, ok := parseRow(record, line, found)
		if !ok {
			found.leaveOut(record...)
			continue
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 && len(found.list) == 0 {
		found.add(1, "division.import.empty")
	}
	return rows, nil
}

// parseRow reads one record; it is false when a fault was added.
func parseRow(record []string, line int, found *faults) (row, bool) {
	if len(record) != len(columns) {
		found.add(line, "division.import.truncated_row", len(columns), len(record))
		return row{}, false
	}
	before := len(found.list)
	r := row{line: line, key: record[0], version: version{
		line: line, code: record[1], name: record[2], parent: record[4], successor: record[8],
		from: period.Earliest,
	}}
	var err error
	if r.level, err = strconv.Atoi(record[3]); err != nil || r.level < Province || r.level > Village {
		found.add(line, "division.import.bad_level", record[3])
	} else if !codeFits(r.code, r.level) {
		found.add(line, "division.import.bad_code", r.code, codeDigits[r.level])
	}
	if r.key == "" || len(r.key) > maxKey || strings.ContainsFunc(r.key, notDigit) {
		found.add(line, "division.import.bad_key", r.key, maxKey)
	}
	if !utf8.ValidString(r.name) || strings.TrimSpace(r.name) == "" || strings.ContainsFunc(r.name, unicode.IsControl) {
		found.add(line, "division.import.bad_name")
	}
	if record[5] != "" {
		r.from = parseDate(record[5], line, found)
	}
	if record[6] != "" {
		r.to = parseDate(record[6], line, found)
		if !r.to.IsZero() && !r.from.IsZero() && !r.to.After(r.from) {
			found.add(line, "division.import.empty_validity", record[5], record[6])
		}
	}
	switch record[7] {
	case "", "0":
	case "1":
		r.statisticsOnly = true
	default:
		found.add(line, "division.import.bad_flag", record[7])
	}
	return r, len(found.list) == before
}

// codeFits tells whether code has the digits of its level, with zeroes where the level has none.
func codeFits(code string, level int) bool {
	return len(code) == codeDigits[level] && !strings.ContainsFunc(code, notDigit) &&
		strings.Trim(code[ownDigits[level]:], "0") == ""
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

func parseDate(text string, line int, found *faults) period.Date {
	date, err := period.ParseDate(text)
	if f, ok := fault.As(err); ok {
		found.list = append(found.list, fault.InFile{File: found.file, Line: line, Message: f.Message})
	}
	return date
}

// codeAbove gives the code of the division one level up that code belongs to by its digits.
func codeAbove(code string, level int) string {
	above := level - 1
	front := code[:ownDigits[above]]
	return front + strings.Repeat("0", codeDigits[above]-len(front))
}
