package analytics

import (
	"math/big"
	"strings"
	"testing"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

func TestReadIndicators(t *testing.T) {
	const sound = `indicators: [{id: a, title: {zh: 甲, en: a}, unit: 个, formula: burden.a, definition: 口径, source: 出处}]`
	cases := []struct {
		name string
		text string
		want string // part of the fault; empty for none
	}{
		{"sound", sound, ""},
		{"twice", strings.Replace(sound, "[", "[{id: a, title: {zh: 甲, en: a}, unit: 个, formula: burden.a, definition: 口径, source: 出处}, ", 1), "file.taken"},
		{"no title", strings.Replace(sound, "zh: 甲, ", "", 1), "file.missing_key"},
		{"an unknown key", strings.Replace(sound, "unit:", "units: 个, unit:", 1), "file.unknown_key"},
		{"a name of nothing", strings.Replace(sound, "burden.a", "a", 1), "form.unknown_item"},
		{"a level that is not counted", strings.Replace(sound, "burden.a", "burden.a / count.village", 1), "form.unknown_item"},
		{"no formula", strings.Replace(sound, "burden.a", "burden.a +", 1), "expression.syntax"},
		{"a condition that is the value", strings.Replace(sound, "burden.a", "burden.a > 1", 1), "expression.wrong_kind"},
		{"a number that is the condition", strings.Replace(sound, "unit:", "each: city, unit:", 1), "expression.wrong_kind"},
		{"no such level", strings.Replace(sound, "unit:", "each: village, unit:", 1), "form.unknown_word"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := readIndicators("test.yaml", []byte(c.text))
			if (c.want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestFigureText(t *testing.T) {
	cases := []struct {
		name  string
		value *big.Rat
		of    Indicator
		as    forms.Qualifier
		want  string
	}{
		{"none", nil, Indicator{Unit: "个"}, forms.Exact, ""},
		{"half-up", big.NewRat(1100, 16), Indicator{Unit: "%", Decimals: 1}, forms.Exact, "68.8%"},
		{"a tie", big.NewRat(100, 16), Indicator{Unit: "%", Decimals: 1}, forms.Exact, "6.3%"},
		{"a third", big.NewRat(9100, 105), Indicator{Unit: "%", Decimals: 1}, forms.Exact, "86.7%"},
		{"rounded once", big.NewRat(68745, 1000), Indicator{Unit: "%", Decimals: 1}, forms.Exact, "68.7%"},
		{"below nought", big.NewRat(-1, 2), Indicator{}, forms.Exact, "-1"},
		{"in ten thousands", big.NewRat(121500, 1), Indicator{Unit: "人", Decimals: 2, Scale: 10000}, forms.Rounded, "12.15万人"},
		{"fewer than ten thousand", big.NewRat(3912, 1), Indicator{Unit: "人", Decimals: 1, Scale: 10000}, forms.AtLeast, "3912余人"},
		{"a lower bound is rounded down", big.NewRat(45600, 1), Indicator{Unit: "人", Decimals: 1, Scale: 10000}, forms.AtLeast, "4.5万余人"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := Figure{Indicator: c.of, Value: c.value, Qualifier: c.as}
			if got := f.Text(locale.For(locale.Chinese)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
