package locale

import (
	"strconv"
	"strings"
)

// Quantity is a number that is counted in something: Number with so many Decimals, times Scale (0 and 1
// are the same, 10000 is 万). AtLeast marks a lower bound (余).
type Quantity struct {
	Number   int64
	Decimals int
	Scale    int64
	AtLeast  bool
	Unit     string
}

// tenThousand is the scale that Chinese has a word for.
const tenThousand = 10000

// Quantity writes `4.5万余人`, `17792个`, `68.8%`; in English, where units are left out but for the
// percent, `at least 45000`.
func (p Printer) Quantity(q Quantity) string {
	chinese := p.language != English
	if q.Scale > 1 && (!chinese || q.Scale != tenThousand) {
		q.Number, q.Scale = q.Number*q.Scale, 1
		for ; q.Decimals > 0 && q.Number%10 == 0; q.Decimals-- {
			q.Number /= 10
		}
	}
	text := fixedPoint(q.Number, q.Decimals)
	if q.Scale == tenThousand {
		text += "万"
	}
	switch {
	case q.AtLeast && chinese:
		text += "余"
	case q.AtLeast:
		text = p.T("figures.at_least_number", text)
	}
	if chinese || q.Unit == "%" {
		text += q.Unit
	}
	return text
}

// fixedPoint writes a fixed-point number with all its decimals.
func fixedPoint(number int64, decimals int) string {
	sign, digits := "", strconv.FormatInt(number, 10)
	if number < 0 {
		sign, digits = "-", digits[1:]
	}
	if missing := decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	if decimals == 0 {
		return sign + digits
	}
	point := len(digits) - decimals
	return sign + digits[:point] + "." + digits[point:]
}
