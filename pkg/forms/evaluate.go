package forms

import (
	"maps"
	"math/big"
	"slices"
	"strings"

	"pilotboard/pkg/expression"
	"pilotboard/pkg/fault"
)

// RequiredCheck is the key of the finding that a required cell is blank.
const RequiredCheck = "required"

// longestShown is how much of a text a finding shows, in characters.
const longestShown = 40

// compiled gives the rules of the form; a form that no file was read for has its rules read now.
func (f Form) compiled() *rules {
	if f.rules == nil {
		return compile(f, openScope(f))
	}
	return f.rules
}

// Compute gives the values with every computed cell of the form filled in, rounded half-up (a half away
// from nought) to the item's decimals. It is blank where a cell it needs has no value, where it divides
// by nought, and where the number is too large to be kept. What was given for a computed cell is not
// looked at.
func (f Form) Compute(values Values) Values {
	computed := maps.Clone(values)
	if computed == nil {
		computed = Values{}
	}
	formulas := f.compiled().computed
	for _, one := range formulas {
		delete(computed, one.item.Key)
	}
	for _, one := range formulas {
		if f.item(one.item.Key) == nil {
			continue
		}
		result, ok := one.Value(func(n expression.Name) any { return f.operand(computed, n.Key) })
		if !ok {
			continue
		}
		if v, fits := one.item.result(result); fits {
			computed[one.item.Key] = v
		}
	}
	return computed
}

// operand gives what a cell is in an expression; nil for one without a value.
func (f Form) operand(values Values, key string) any {
	item := f.item(key)
	if item == nil {
		return nil
	}
	return item.operand(values[key])
}

func (i *Item) operand(v Value) any {
	if v.State != Given {
		return nil
	}
	switch i.Type {
	case YesNo:
		return v.Number == 1
	case Text:
		return v.Text
	case Option, Date:
		return i.Format(v)
	}
	return big.NewRat(v.Number, pow10(i.Decimals))
}

// result makes a value of what an expression gives.
func (i Item) result(result any) (Value, bool) {
	switch r := result.(type) {
	case bool:
		if r {
			return Value{State: Given, Number: 1}, true
		}
		return Value{State: Given}, true
	case *big.Rat:
		n, ok := rounded(new(big.Rat).Mul(r, new(big.Rat).SetInt64(pow10(i.Decimals))))
		return Value{State: Given, Number: n}, ok
	}
	return Value{}, false
}

// rounded gives the nearest whole number, a half away from nought.
func rounded(r *big.Rat) (int64, bool) {
	double := new(big.Int).Mul(r.Num(), big.NewInt(2))
	half := new(big.Int).Set(r.Denom())
	if r.Sign() < 0 {
		half.Neg(half)
	}
	n := new(big.Int).Quo(double.Add(double, half), new(big.Int).Mul(r.Denom(), big.NewInt(2)))
	return n.Int64(), n.IsInt64() && n.Int64() <= maxNumber && n.Int64() >= -maxNumber
}

// Evaluate gives what is wrong with the values of a report: the required cells that are blank, in the
// order of the form, then the checks that do not hold, in theirs. f is the form as asked of the unit
// (For); a check that needs an item that is not asked of it says nothing, and neither does one that
// needs a cell without a value.
func (f Form) Evaluate(unitType string, values Values, around Around) []Finding {
	values = f.Compute(values)
	laid := f.laid()
	var findings []Finding
	for _, key := range laid.required {
		if values[key].State == Blank {
			findings = append(findings, Finding{
				Check: RequiredCheck, Severity: Error, Items: []string{key}, Message: fault.Message{Key: "check.required"},
			})
		}
	}
	seen := situation{f, unitType, values, around}
	for _, check := range laid.checks {
		if holds, ok := check.expression.Value(seen.value); ok && holds == false {
			findings = append(findings, Finding{
				Check: check.Key, Severity: check.Severity, Items: slices.Clone(check.cells),
				Message: fault.Message{Key: "check.message", Args: []any{seen.message(check.Message, check.cells)}},
			})
		}
	}
	return findings
}

// situation is a report with what is around it.
type situation struct {
	form     Form
	unitType string
	values   Values
	around   Around
}

// cells gives the cells at which a check is shown; asked is false when it is about an item that is not
// asked of the unit.
func (f Form) cells(check Check, e *expression.Expression) (cells []string, asked bool) {
	for _, n := range slices.Concat(e.Names, e.Asked) {
		if n.Of != "" || n.Key == unitTypeName || n.Key == childrenComplete {
			continue
		}
		if f.item(n.Key) == nil {
			return nil, false
		}
		if len(check.At) == 0 && !slices.Contains(cells, n.Key) {
			cells = append(cells, n.Key)
		}
	}
	for _, key := range check.At {
		if f.item(key) != nil {
			cells = append(cells, key)
		}
	}
	return cells, len(cells) > 0 || len(check.At) == 0
}

// value gives what a name stands for; nil when it has no value.
func (s situation) value(n expression.Name) any {
	switch {
	case n == expression.Name{Key: unitTypeName}:
		return s.unitType
	case n == expression.Name{Key: childrenComplete}:
		if s.around.Children == nil {
			return nil
		}
		return len(s.around.Missing) == 0
	case n.Of == "":
		return s.form.operand(s.values, n.Key)
	case n.Of == ofLast && s.around.Last != nil:
		return s.around.Last.Form.operand(s.around.Last.Values, n.Key)
	case n.Of == ofChildren && s.around.Children != nil:
		item, v := s.child(n.Key)
		return item.operand(v)
	}
	if other, ok := s.around.Others[n.Of]; ok {
		return other.Form.operand(other.Values, n.Key)
	}
	return nil
}

// child gives the sum over the units below of an item, and the item as which it is a number.
func (s situation) child(key string) (Item, Value) {
	if s.around.Children == nil {
		return Item{}, Value{}
	}
	item, asked := s.around.Children.Form.Item(key)
	if !asked {
		return item, Value{}
	}
	return item.summed(), s.around.Children.Values[key]
}

// message fills the placeholders of a check's message.
func (s situation) message(text string, cells []string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var item Item
	var key string
	if len(cells) > 0 {
		key = cells[0]
		item, _ = s.form.Item(key)
	}
	var last Value
	if s.around.Last != nil {
		last = s.around.Last.Values[key]
	}
	summed, children := s.child(key)
	return strings.NewReplacer(
		"{item}", item.Title, "{value}", item.shown(s.values[key]), "{last}", item.shown(last),
		"{children}", summed.shown(children), "{missing}", strings.Join(s.around.Missing, "、"),
	).Replace(text)
}

// shown writes a value for people, in the language of the forms; what is not there is a dash.
func (i Item) shown(v Value) string {
	if v.State != Given {
		return "—"
	}
	switch i.Type {
	case YesNo:
		if v.Number == 1 {
			return "是"
		}
		return "否"
	case Option:
		choice, _ := i.Chosen(v)
		return choice.Title
	case Text:
		if runes := []rune(v.Text); len(runes) > longestShown {
			return string(runes[:longestShown]) + "…"
		}
	}
	return i.Format(v)
}

// ComputedFrom gives the computed items that an item goes into.
func (f Form) ComputedFrom(key string) []Item {
	var list []Item
	for _, one := range f.compiled().computed {
		if one.Needs(expression.Name{Key: key}) {
			list = append(list, one.item)
		}
	}
	return list
}
