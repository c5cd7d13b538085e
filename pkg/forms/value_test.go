package forms

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// The items of the tests, one of each sort.
var (
	count   = Item{Key: "count", Type: Count}
	few     = Item{Key: "few", Type: Count, Max: 20}
	percent = Item{Key: "percent", Type: Percent}
	tenths  = Item{Key: "tenths", Type: Percent, Decimals: 1}
	money   = Item{Key: "money", Type: Number, Decimals: 1, Max: 10000}
	fine    = Item{Key: "fine", Type: Number, Decimals: 3}
	yesNo   = Item{Key: "yes_no", Type: YesNo}
	words   = Item{Key: "words", Type: Text}
	change  = Item{Key: "change", Type: Number, Decimals: 1, Min: -1000, Max: 500}
	fund    = Item{Key: "fund", Type: Money, Decimals: 1, Min: 5}
	option  = Item{Key: "option", Type: Option, Options: options}
	day     = Item{Key: "day", Type: Date, Min: 20180101, Max: 20201231}
	ratio   = Item{Key: "ratio", Type: Percent, Decimals: 1, Computed: "change / fund"}
)

var options = []Choice{{"none", 0, "未建"}, {"live", 7, "已上线（A 类）"}}

func on(date string) Value { return valueOfDay(period.MustParseDate(date)) }

var testForm = Form{Key: "progress", Sections: []Section{
	{Items: []Item{count, few, percent, tenths, money}}, {Items: []Item{fine, yesNo, words, change, fund, option, day, ratio}},
}}

func number(n int64) Value     { return Value{State: Given, Number: n} }
func text(s string) Value      { return Value{State: Given, Text: s} }
func repeat(s string) Value    { return text(strings.Repeat(s, MaxNarrative)) }
func wrong(key string) *string { return &key }

func TestParse(t *testing.T) {
	cases := []struct {
		name  string
		item  Item
		raw   any
		want  Value
		wrong *string // the message's key
	}{
		{"whole number", count, "125", number(125), nil},
		{"nought is not blank", count, "0", number(0), nil},
		{"leading noughts", count, "007", number(7), nil},
		{"JSON number", count, json.Number("125"), number(125), nil},
		{"float without a fraction", count, float64(125), number(125), nil},
		{"full-width digits", count, "１２５", number(125), nil},
		{"full-width separator and point", fine, "１，２３４．５", number(1234500), nil},
		{"full-width point", money, "９９．５", number(995), nil},
		{"thousands separator", count, "1,234", number(1234), nil},
		{"two thousands separators", count, "1,234,567", number(1234567), nil},
		{"separator and decimals", fine, "1,234.567", number(1234567), nil},
		{"separator in the wrong place", count, "1,23", Value{}, wrong("cell.not_a_number")},
		{"separator at the front", count, ",123", Value{}, wrong("cell.not_a_number")},
		{"group of four", count, "1234,567", Value{}, wrong("cell.not_a_number")},
		{"spaces around", count, " 125 ", number(125), nil},
		{"full-width space around", count, "　125　", number(125), nil},
		{"space inside", count, "1 234", Value{}, wrong("cell.not_a_number")},
		{"exponent", count, "1e5", Value{}, wrong("cell.not_a_number")},
		{"plus", count, "+5", Value{}, wrong("cell.not_a_number")},
		{"hexadecimal", count, "0x10", Value{}, wrong("cell.not_a_number")},
		{"Arabic digits", count, "١٢", Value{}, wrong("cell.not_a_number")},
		{"Chinese digits", count, "十二", Value{}, wrong("cell.not_a_number")},
		{"with its unit", count, "12个", Value{}, wrong("cell.not_a_number")},
		{"text NaN", fine, "NaN", Value{}, wrong("cell.not_a_number")},
		{"text Inf", fine, "Inf", Value{}, wrong("cell.not_a_number")},
		{"NaN", fine, math.NaN(), Value{}, wrong("cell.bad_type")},
		{"infinity", fine, math.Inf(-1), Value{}, wrong("cell.bad_type")},
		{"formula", count, "=1+1", Value{}, wrong("cell.not_a_number")},
		{"point alone", fine, ".", Value{}, wrong("cell.not_a_number")},
		{"no digit before the point", fine, ".5", Value{}, wrong("cell.not_a_number")},
		{"invalid UTF-8 in a number", count, "1\xff", Value{}, wrong("cell.not_a_number")},
		{"NUL in a number", count, "1\x00", Value{}, wrong("cell.not_a_number")},
		{"two lines", count, "1\n2", Value{}, wrong("cell.not_a_number")},

		{"negative", count, "-1", Value{}, wrong("cell.negative")},
		{"a little negative", money, "-0.5", Value{}, wrong("cell.negative")},
		{"minus nought", count, "-0", number(0), nil},
		{"at the greatest", few, "20", number(20), nil},
		{"over the greatest", few, "21", Value{}, wrong("cell.over_max")},
		{"greatest with decimals", money, "1000.0", number(10000), nil},
		{"a tenth over", money, "1000.1", Value{}, wrong("cell.over_max")},
		{"greatest number of all", count, "1000000000000", number(maxNumber), nil},
		{"one more", count, "1000000000001", Value{}, wrong("cell.too_large")},
		{"very negative", count, "-1000000000001", Value{}, wrong("cell.too_large")},
		{"more than 64 bits", count, "99999999999999999999", Value{}, wrong("cell.too_large")},
		{"huge", count, strings.Repeat("9", 1<<20), Value{}, wrong("cell.too_large")},
		{"huge float", count, 1e300, Value{}, wrong("cell.too_large")},

		{"half a thing", count, "12.5", Value{}, wrong("cell.not_whole")},
		{"whole with noughts behind", count, "12.00", number(12), nil},
		{"one decimal", money, "12.5", number(125), nil},
		{"noughts behind the decimal", money, "12.500", number(125), nil},
		{"too many decimals", money, "12.55", Value{}, wrong("cell.too_many_decimals")},
		{"float with a fraction", money, 12.5, number(125), nil},
		{"float that is not exact", money, 0.30000000000000004, Value{}, wrong("cell.too_many_decimals")},

		{"percent sign", percent, "80%", number(80), nil},
		{"full-width percent sign and space", percent, "８０ ％", number(80), nil},
		{"all", percent, "100", number(100), nil},
		{"more than all", percent, "120", Value{}, wrong("cell.over_max")},
		{"a tenth more than all", tenths, "100.1", Value{}, wrong("cell.over_max")},
		{"all in tenths", tenths, "100.0%", number(1000), nil},
		{"two signs", percent, "80%%", Value{}, wrong("cell.not_a_number")},
		{"sign alone", percent, "%", Value{}, wrong("cell.not_a_number")},
		{"percent sign in a count", count, "80%", Value{}, wrong("cell.not_a_number")},

		{"true", yesNo, true, number(1), nil},
		{"false is not blank", yesNo, false, number(0), nil},
		{"text true", yesNo, "true", number(1), nil},
		{"yes", yesNo, " Yes ", number(1), nil},
		{"是", yesNo, "是", number(1), nil},
		{"否", yesNo, "否", number(0), nil},
		{"no", yesNo, "no", number(0), nil},
		{"one", yesNo, "1", Value{}, wrong("cell.not_yes_no")},
		{"maybe", yesNo, "也许", Value{}, wrong("cell.not_yes_no")},
		{"yes in a number", count, true, Value{}, wrong("cell.not_a_number")},

		{"words", words, "开展入户宣传。", text("开展入户宣传。"), nil},
		{"script", words, "</script><script>alert(1)</script>", text("</script><script>alert(1)</script>"), nil},
		{"spaces stay", words, " a ", text(" a "), nil},
		{"lines of Windows", words, "a\r\nb", text("a\nb"), nil},
		{"lines of old", words, "a\rb\r\r\nc", text("a\nb\n\nc"), nil},
		{"4000 characters", words, strings.Repeat("字", 4000), repeat("字"), nil},
		{"4001 characters", words, strings.Repeat("字", 4001), Value{}, wrong("cell.too_long")},
		{"1 MB", words, strings.Repeat("a", 1<<20), Value{}, wrong("cell.too_long")},
		{"NUL", words, "a\x00b", Value{}, wrong("cell.bad_text")},
		{"invalid UTF-8", words, "a\xffb", Value{}, wrong("cell.bad_text")},

		{"less than nought", change, "-0.5", number(-5), nil},
		{"the least", change, "-100", number(-1000), nil},
		{"less than the least", change, "-100.1", Value{}, wrong("cell.under_min")},
		{"full-width minus", change, "－5", number(-50), nil},
		{"money", fund, "1,234.5", number(12345), nil},
		{"money at the least", fund, "0.5", number(5), nil},
		{"money under the least", fund, "0.4", Value{}, wrong("cell.under_min")},
		{"less than no money", fund, "-1", Value{}, wrong("cell.negative")},
		{"money with its unit", fund, "5万元", Value{}, wrong("cell.not_a_number")},
		{"computed beyond all bounds", ratio, "-250.5", number(-2505), nil},

		{"key of an option", option, "live", number(7), nil},
		{"title of an option", option, "未建", number(0), nil},
		{"title in another width", option, "已上线(Ａ　类)", number(7), nil},
		{"key in capitals", option, " ＬＩＶＥ ", number(7), nil},
		{"code of an option", option, "7", Value{}, wrong("cell.not_an_option")},
		{"no option", option, "在建", Value{}, wrong("cell.not_an_option")},
		{"yes in an option", option, true, Value{}, wrong("cell.not_an_option")},

		{"day", day, "2019-10-31", on("2019-10-31"), nil},
		{"day with strokes", day, "2019/10/31", on("2019-10-31"), nil},
		{"day in words", day, "2019年10月31日", on("2019-10-31"), nil},
		{"day with short parts", day, "2019/1/5", on("2019-01-05"), nil},
		{"day in full width", day, "２０１９－１０－３１", on("2019-10-31"), nil},
		{"day mixed", day, "2019-10/31", Value{}, wrong("cell.not_a_date")},
		{"no such day", day, "2019-02-29", Value{}, wrong("cell.not_a_date")},
		{"no such month", day, "2019-13-01", Value{}, wrong("cell.not_a_date")},
		{"month only", day, "2019-10", Value{}, wrong("cell.not_a_date")},
		{"number of a spreadsheet", day, "43769", Value{}, wrong("cell.not_a_date")},
		{"number of a spreadsheet as a number", day, float64(43769), Value{}, wrong("cell.not_a_date")},
		{"day with a time", day, "2019-10-31 00:00:00", Value{}, wrong("cell.not_a_date")},
		{"the first day", day, "2018-01-01", on("2018-01-01"), nil},
		{"a day too early", day, "2017-12-31", Value{}, wrong("cell.before_day")},
		{"the last day", day, "2020-12-31", on("2020-12-31"), nil},
		{"a day too late", day, "2021-01-01", Value{}, wrong("cell.after_day")},
		{"year 0", Item{Type: Date}, "0000-01-01", Value{}, wrong("cell.not_a_date")},

		{"null", count, nil, Value{}, nil},
		{"empty", count, "", Value{}, nil},
		{"spaces", words, " \t\n　", Value{}, nil},
		{"null in a yes/no", yesNo, nil, Value{}, nil},
		{"list", words, []any{"a"}, Value{}, wrong("cell.bad_type")},
		{"object", count, map[string]any{"n": 1}, Value{}, wrong("cell.bad_type")},
		{"int", count, 1, Value{}, wrong("cell.bad_type")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v, message := c.item.Parse(c.raw)
			if got, want := key(message), c.wrong; (want == nil && got != "") || (want != nil && got != *want) {
				t.Fatalf("message %q", got)
			}
			if message == nil && v != c.want {
				t.Fatalf("got %+.100v", v)
			}
			if message != nil && v != (Value{}) {
				t.Fatalf("a wrong cell gave %+v", v)
			}
		})
	}
}

func key(m *fault.Message) string {
	if m == nil {
		return ""
	}
	return m.Key
}

func TestMessagesSayWhatIsAllowed(t *testing.T) {
	cases := []struct {
		name string
		item Item
		raw  string
		args []any
	}{
		{"greatest of a number", money, "1000.1", []any{"1000"}},
		{"greatest of a percent", tenths, "101", []any{"100"}},
		{"decimals", money, "0.55", []any{1}},
		{"length", words, strings.Repeat("字", 4001), []any{4001, 4000}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, message := c.item.Parse(c.raw)
			if message == nil || !cmp.Equal(message.Args, c.args) {
				t.Fatalf("got %v", message)
			}
		})
	}
}

func TestFormat(t *testing.T) {
	cases := []struct {
		name string
		item Item
		v    Value
		want string
	}{
		{"whole", count, number(80), "80"},
		{"nought", count, number(0), "0"},
		{"decimal", money, number(125), "12.5"},
		{"no needless decimal", money, number(120), "12"},
		{"hundred", money, number(1000), "100"},
		{"less than one", fine, number(5), "0.005"},
		{"nought with decimals", fine, number(0), "0"},
		{"yes", yesNo, number(1), "true"},
		{"no", yesNo, number(0), "false"},
		{"words", words, text("a\nb"), "a\nb"},
		{"less than nought", change, number(-5), "-0.5"},
		{"option", option, number(7), "live"},
		{"no such option", option, number(8), ""},
		{"day", day, on("2019-01-05"), "2019-01-05"},
		{"blank", count, Value{}, ""},
		{"not applicable", yesNo, Value{State: NotApplicable}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.item.Format(c.v); got != c.want {
				t.Fatalf("got %q", got)
			}
		})
	}
}

func TestGreatest(t *testing.T) {
	cases := []struct {
		item Item
		want string
		ok   bool
	}{{count, "", false}, {few, "20", true}, {percent, "100", true}, {tenths, "100", true}, {money, "1000", true}, {words, "", false}}
	for _, c := range cases {
		t.Run(c.item.Key, func(t *testing.T) {
			if got, ok := c.item.Greatest(); got != c.want || ok != c.ok {
				t.Fatalf("got %q, %v", got, ok)
			}
			if c.ok {
				if _, message := c.item.Parse(c.want); message != nil {
					t.Fatalf("the greatest is refused: %v", message)
				}
			}
		})
	}
}

func TestDocument(t *testing.T) {
	values := Values{
		"words": text("a"), "count": number(0), "yes_no": number(0), "money": {State: NotApplicable},
		"few": {State: NotApplicable}, "tenths": number(125), "percent": {}, "gone": number(1),
	}
	document, err := testForm.Marshal(values)
	const want = `{"values":{"count":"0","tenths":"12.5","words":"a","yes_no":false},"not_applicable":["few","money"]}`
	if err != nil || document != want {
		t.Fatalf("got %s, err %v", document, err)
	}
	cases := []struct {
		name, document string
		want           Values
		ok             bool
	}{
		{"none", "", Values{}, true},
		{"empty", `{"values":{},"not_applicable":[]}`, Values{}, true},
		{"an item that is gone", `{"values":{"gone":"1","count":"2"},"not_applicable":["gone"]}`, Values{"count": number(2)}, true},
		{"a value that is no longer let in", `{"values":{"few":"21","count":"2"}}`, Values{"count": number(2)}, true},
		{"cut off", `{"values":{"count":"2"`, nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := testForm.Unmarshal(c.document)
			if diff := cmp.Diff(c.want, got); (err == nil) != c.ok || diff != "" {
				t.Fatalf("err %v\n%s", err, diff)
			}
		})
	}
}

func TestParseSerial(t *testing.T) {
	cases := []struct {
		serial int64
		want   Value
		wrong  string
	}{
		{43769, on("2019-10-31"), ""},
		{43101, on("2018-01-01"), ""},
		{43100, Value{}, "cell.before_day"},
		{44196, on("2020-12-31"), ""},
		{44197, Value{}, "cell.after_day"},
		{60, Value{}, "cell.not_a_date"}, // 29 February 1900, which never was
		{0, Value{}, "cell.not_a_date"},
		{-1, Value{}, "cell.not_a_date"},
		{math.MaxInt64, Value{}, "cell.not_a_date"},
	}
	for _, c := range cases {
		if v, message := day.ParseSerial(c.serial); v != c.want || key(message) != c.wrong {
			t.Errorf("%d: %+v, %v", c.serial, v, message)
		}
	}
	if v, _ := (Item{Type: Date}).ParseSerial(61); v != on("1900-03-01") {
		t.Errorf("61: %+v", v)
	}
}

func TestNewTypesInADocument(t *testing.T) {
	values := Values{"option": number(7), "day": on("2019-10-31"), "fund": number(12345), "change": number(-5), "ratio": number(-2505)}
	document, err := testForm.Marshal(values)
	const want = `{"values":{"change":"-0.5","day":"2019-10-31","fund":"1234.5","option":"live","ratio":"-250.5"},"not_applicable":[]}`
	if err != nil || document != want {
		t.Fatalf("got %s, err %v", document, err)
	}
	back, err := testForm.Unmarshal(document)
	if diff := cmp.Diff(values, back); err != nil || diff != "" {
		t.Fatalf("err %v\n%s", err, diff)
	}
}

func TestLeast(t *testing.T) {
	cases := []struct {
		item Item
		want string
		ok   bool
	}{{count, "", false}, {change, "-100", true}, {fund, "0.5", true}, {day, "2018-01-01", true}}
	for _, c := range cases {
		if got, ok := c.item.Least(); got != c.want || ok != c.ok {
			t.Errorf("%s: %q, %v", c.item.Key, got, ok)
		}
	}
}
