package exchange

import (
	"math"
	"strconv"
	"strings"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
)

// read understands a cell as one of item. A formula is taken for the number it gave when the workbook
// was saved, in a cell for a number; all other formulas are refused, since what they give may differ
// from one reader to the next.
func (b *book) read(c cell, item forms.Item) input {
	in := input{row: c.row, place: c.place(), raw: ""}
	refuse := func(key string) input {
		in.wrong = &fault.Message{Key: key}
		return in
	}
	switch {
	case c.kind == errorCell:
		return refuse("exchange.cell.error")
	case c.formula && (c.kind != numberCell || !measured(item) || c.format == dateFormat):
		return refuse("exchange.cell.formula")
	case c.kind == boolCell:
		in.raw = strconv.FormatBool(c.text == "1" || c.text == "true")
	case c.kind == dateCell:
		return b.date(in, item, strings.SplitN(c.text, "T", 2)[0])
	case c.kind == textCell:
		in.raw, in.notApplicable = typed(item, c.text)
	case c.kind == numberCell:
		return b.number(in, c, item)
	}
	return in
}

// measured tells whether a cell of item holds a number.
func measured(item forms.Item) bool {
	switch item.Type {
	case forms.Percent, forms.Number, forms.Count, forms.Money:
		return true
	}
	return false
}

func (b *book) number(in input, c cell, item forms.Item) input {
	n, err := strconv.ParseFloat(strings.TrimSpace(c.text), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		in.wrong = &fault.Message{Key: "exchange.cell.unreadable"}
		return in
	}
	switch {
	case item.Type == forms.Date, c.format == dateFormat:
		day, ok := b.dayOf(n)
		if !ok {
			in.wrong = &fault.Message{Key: "exchange.cell.not_a_date"}
			return in
		}
		return b.date(in, item, day)
	case c.format == percentFormat:
		in.raw = decimal(n*100) + "%"
	default:
		in.raw = decimal(n)
	}
	return in
}

// date puts a day into a cell for days or words. In a cell for a number it is refused: spreadsheets make
// days of what was meant to be a number, such as 1-2.
func (b *book) date(in input, item forms.Item, day string) input {
	if item.Type != forms.Date && item.Type != forms.Text {
		in.wrong = &fault.Message{Key: "exchange.cell.date"}
		return in
	}
	in.raw = day
	return in
}

// decimal writes a number with the 15 digits that spreadsheets calculate with, so that what binary
// fractions add to it is not taken for decimals.
func decimal(n float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if err != nil {
		rounded = n
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// copied is the content of a cell for a copy: what a formula gave, never the formula; a percentage with
// its sign and a date as it reads, since the copy has formats of its own.
func (b *book) copied(c cell) any {
	switch c.kind {
	case emptyCell:
		return nil
	case boolCell:
		return c.text == "1" || c.text == "true"
	case numberCell:
		n, err := strconv.ParseFloat(strings.TrimSpace(c.text), 64)
		switch {
		case err != nil || math.IsInf(n, 0) || math.IsNaN(n):
			return c.text
		case c.format == percentFormat:
			return decimal(n*100) + "%"
		case c.format == dateFormat:
			if day, ok := b.dayOf(n); ok {
				return day
			}
		}
		return n
	}
	return c.text
}
