package forms

import "math/big"

// summed gives the item that holds the sum of the item over units: of a yes/no, the number of those
// who say yes.
func (i Item) summed() Item {
	if i.aggregation() == CountTrue {
		i.Type, i.Decimals, i.Unit = Count, 0, ""
	}
	return i
}

// SumChildren adds up the reports of the units below, each item in its own way: sum, mean (exact,
// rounded half-up once), least, greatest, or the number of those who say yes. Blank and not
// applicable cells are passed over; an item without any value, or that does not add up, is left out.
func SumChildren(form Form, reports []Values) Values {
	sums := Values{}
	for _, item := range form.items() {
		var numbers []int64
		for _, values := range reports {
			if v := values[item.Key]; v.State == Given {
				numbers = append(numbers, v.Number)
			}
		}
		if n, ok := item.sum(numbers); ok {
			sums[item.Key] = Value{State: Given, Number: n}
		}
	}
	return sums
}

func (i Item) sum(numbers []int64) (int64, bool) {
	if len(numbers) == 0 {
		return 0, false
	}
	total, least, greatest := int64(0), numbers[0], numbers[0]
	for _, n := range numbers {
		total, least, greatest = total+n, min(least, n), max(greatest, n)
	}
	switch i.aggregation() {
	case Sum, CountTrue:
		return total, true
	case Min:
		return least, true
	case Max:
		return greatest, true
	case Mean:
		return rounded(big.NewRat(total, int64(len(numbers))))
	}
	return 0, false
}
