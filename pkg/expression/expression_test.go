package expression

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pilotboard/pkg/fault"
)

// scope knows two numbers, a truth, an option, a text and a day, for the report itself, the last one
// and the units below, and takes every name of another form.
func scope(n Name) (Meaning, *fault.Message) {
	own := map[string]Meaning{
		"a": {Kind: Number}, "b": {Kind: Number}, "yes": {Kind: Truth}, "words": {Kind: Text}, "since": {Kind: Day},
		"state": {Kind: Text, Words: []string{"none", "live"}},
	}
	switch n.Of {
	case "", "last", "children":
		if m, ok := own[n.Key]; ok {
			return m, nil
		}
		return Meaning{}, &fault.Message{Key: "unknown", Args: []any{n.String()}}
	case "other":
		return Meaning{}, nil
	}
	return Meaning{}, &fault.Message{Key: "unknown_form", Args: []any{n.Of}}
}

func values(n Name) any {
	return map[string]any{
		"a": big.NewRat(1, 10), "b": big.NewRat(2, 10), "last.a": big.NewRat(3, 10), "yes": true, "state": "live", "words": "x",
		"since": "2019-10-31", "other.n": big.NewRat(5, 1), "other.flag": true, "other.state": "live",
	}[n.String()]
}

func TestValue(t *testing.T) {
	cases := []struct {
		source string
		want   string // as fmt writes it; empty for none
	}{
		{"a + b == last.a", "true"}, // which floats get wrong
		{"a + b < last.a", "false"},
		{"0.1 + 0.2 == 0.3", "true"},
		{"a / 3 * 3 == a", "true"},
		{"a - b", "-1/10"},
		{"-a", "-1/10"},
		{"-(a - b)", "1/10"},
		{"+a", "1/10"},
		{"--a", "1/10"},
		{"abs(a - b)", "1/10"},
		{"abs(a - last.a)", "1/5"},
		{"abs(a - abs(last.a - b * 2) * other.n) <= 0.4 * last.a", "false"},
		{"-abs(-last.a) + abs(other.n)", "47/10"},
		{"abs(yes ? -last.a : a)", "3/10"},
		{"a * 100 / b", "50/1"},
		{"a / (b - b)", ""},
		{"a / (b - 0.2) > 1", ""},
		{"yes and a < b", "true"},
		{"not yes or a > b", "false"},
		{"!yes == false", "true"},
		{"yes ? a : b", "1/10"},
		{"(yes ? a : b) + 1", "11/10"},
		{"0 < a < b", "true"},
		{"0 < -a < b", "false"},
		{`state == "live"`, "true"},
		{`"none" == state`, "false"},
		{`words != ""`, "true"},
		{`since >= "2019-01-01"`, "true"},
		{`"2019-11-01" <= since`, "false"},
		{"children.a == a", ""},
		{"given(children.a)", "false"},
		{"given(a) and given(last.a)", "true"},
		{"given(children.a) or a > 0", "true"},
		{"other.n * 2 == 10", "true"},
		{"other.flag and yes", "true"},
		{"other.flag ? a : b", "1/10"},
		{`other.state == "live"`, "true"},
		{"other.state > 3", ""}, // used as a number, and is none
		{"other.n == other.n", "true"},
		{"other.missing > 1", ""},
		{"1000000 * 1000000 * 1000000 == 1000000000000 * 1000000", "true"},
	}
	for _, c := range cases {
		t.Run(c.source, func(t *testing.T) {
			e, wrong := Compile(c.source, scope, Truth, Number)
			if wrong != nil {
				t.Fatal(wrong)
			}
			v, ok := e.Value(values)
			if ok != (c.want != "") || (ok && fmt.Sprint(v) != c.want) {
				t.Fatalf("got %v, %v", v, ok)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	cases := []struct {
		source string
		want   string // place and key of every fault
	}{
		{"", "expression.empty"},
		{strings.Repeat("a+", 600) + "a", "expression.too_long"},
		{"a" + strings.Repeat("+a", 150) + " > 0", "expression.syntax"},
		{strings.Repeat("0 < (", 15) + "a < b" + strings.Repeat(" ? a : b) < b", 15), "expression.too_long"},
		{"a >", "3 expression.syntax"},
		{"a > > b", "5 expression.syntax"},
		{"a > c", "5 unknown"},
		{"c > a and last.d < b and 甲 > 1", "1 unknown, 11 unknown, 26 unknown"},
		{"nobody.a > a", "1 unknown_form"},
		{"a", "1 expression.wrong_kind"},
		{"a + words > 1", "5 expression.wrong_kind"},
		{"a == yes", "6 expression.wrong_kind"},
		{"a == \"x\"", "6 expression.wrong_kind"},
		{"a and b", "1 expression.wrong_kind, 7 expression.wrong_kind"},
		{"yes < true", "5 expression.no_order"},
		{"words < \"b\"", "7 expression.no_order"},
		{`state == "gone"`, "10 expression.unknown_word"},
		{`since < "soon"`, "9 expression.bad_day"},
		{"since < words", "9 expression.wrong_kind"},
		{"other.x > 1 and other.x", "17 expression.wrong_kind"},
		{"1e3 > a", "1 expression.bad_number"},
		{"0x10 > a", "1 expression.bad_number"},
		{"1_000 > a", "1 expression.bad_number"},
		{".5 > a", "1 expression.bad_number"},
		{"1234567890123456 > a", "1 expression.bad_number"},
		{"a % 2 == 0", "3 expression.not_allowed"},
		{"a ** 2 == 0", "3 expression.not_allowed"},
		{`words matches "x"`, "7 expression.not_allowed"},
		{`words contains "x"`, "7 expression.not_allowed"},
		{`state in ["live"]`, "7 expression.not_allowed"},
		{"len(words) > 1", "1 expression.not_allowed"},
		{"now() > a", "1 expression.not_allowed"},
		{"all([1], # > 0)", "1 expression.not_allowed"},
		{"let x = a; x > 1", "5 expression.not_allowed"},
		{"a > 1; b > 1", "3 expression.not_allowed"},
		{"a | abs() > 1", ""},
		{"nil == nil", "expression.not_allowed"},
		{"a?.b > 1", "expression.not_allowed"},
		{`last["a"] > 1`, ""},
		{"last.a.b > 1", "expression.not_allowed"},
		{"$env.a > 1", "unknown_form"},
		{"abs(a, b) > 1", "1 expression.one_argument"},
		{"given(a + b)", "expression.not_allowed"},
		{"given() and yes", "1 expression.one_argument"},
		{"(a ?? b) > 1", "4 expression.not_allowed"},
		{"given > 1", "1 unknown"},
	}
	for _, c := range cases {
		t.Run(c.source, func(t *testing.T) {
			_, wrong := Compile(c.source, scope, Truth)
			if got := summary(wrong); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Fatalf("got %q, want %q: %v", got, c.want, wrong)
			}
		})
	}
}

func summary(wrong []fault.Message) string {
	var list []string
	for _, m := range wrong {
		if m.Key == "expression.at" {
			list = append(list, fmt.Sprintf("%d %s", m.Args[0], m.Args[1].(fault.Message).Key))
		} else {
			list = append(list, m.Key)
		}
	}
	return strings.Join(list, ", ")
}

func TestReplace(t *testing.T) {
	cases := []struct{ source, want string }{
		{"it >= last.it", "hub >= last.hub"},
		{`it == "it" and items > it`, `hub == "it" and items > hub`},
		{"甲 > it", "甲 > hub"},
		{"it > 'open", "it > 'open"},
		{"", ""},
	}
	for _, c := range cases {
		if got := Replace(c.source, "it", "hub"); got != c.want {
			t.Errorf("%q became %q", c.source, got)
		}
	}
}

func TestNamesInOrder(t *testing.T) {
	e, wrong := Compile("given(b) and last.a > a and a > 1", scope, Truth)
	if wrong != nil || fmt.Sprint(e.Names) != "[last.a a]" || fmt.Sprint(e.Asked) != "[b]" {
		t.Fatalf("%v %v %v", wrong, e.Names, e.Asked)
	}
	if !e.Needs(Name{Key: "b"}) || !e.Needs(Name{Of: "last", Key: "a"}) || e.Needs(Name{Of: "last", Key: "b"}) {
		t.Fatal("needs something else")
	}
}

func FuzzExpression(f *testing.F) {
	for _, seed := range []string{
		"a + b == last.a", "abs(a - b) / 3 > 0.25", `state == "live" or not yes`, "given(children.a) ? a : -b > 1", "other.n == other.m",
		`since >= "2019-01-01"`, "0 < a < b", "all([1], # > 0)", "let x = a; x", "a?.b", "1e999999999 > a", "((((a))))", "甲 > 'x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		e, wrong := Compile(source, scope, Truth)
		if (e == nil) == (wrong == nil) {
			t.Fatal("neither an expression nor a fault")
		}
		if e == nil {
			return
		}
		full := func(n Name) any {
			kind := Truth // of which only given(…) asks
			if i := slices.Index(e.Names, n); i >= 0 {
				kind = e.kinds[i]
			}
			return map[Kind]any{Number: big.NewRat(1, 3), Truth: true, Text: "live", Day: "2019-10-31"}[kind]
		}
		for _, values := range []Values{values, full} {
			if v, ok := e.Value(values); ok {
				if _, truth := v.(bool); !truth {
					t.Fatalf("got %T", v)
				}
			}
		}
		if _, ok := e.Value(full); !ok && !strings.Contains(source, "/") {
			t.Fatal("no value though every name has one")
		}
		if again := Replace(source, "a", "a"); again != source {
			t.Fatalf("%q became %q", source, again)
		}
	})
}
