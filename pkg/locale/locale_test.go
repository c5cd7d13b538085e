package locale

import (
	"testing"
	"time"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

func TestMatch(t *testing.T) {
	cases := []struct{ name, header, want string }{
		{"nothing", "", Chinese},
		{"chinese", "zh-CN,zh;q=0.9,en;q=0.8", Chinese},
		{"traditional chinese", "zh-TW", Chinese},
		{"english", "en-GB,en;q=0.9", English},
		{"first that is there", "fr-FR,en;q=0.5", English},
		{"none that is there", "fr-FR,de", Chinese},
		{"rubbish", "\x00;;q=,,*", Chinese},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Match(c.header); got != c.want {
				t.Fatalf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	zh, en := For(Chinese), For(English)
	moment := time.Date(2019, 10, 11, 18, 5, 0, 0, time.UTC) // the next day in Shanghai
	cases := []struct{ name, got, want string }{
		{"quarter zh", zh.Quarter(period.Of(2019, 3)), "2019年第三季度"},
		{"quarter en", en.Quarter(period.Of(2019, 3)), "2019 Q3"},
		{"no quarter", zh.Quarter(0), ""},
		{"date zh", zh.Date(period.NewDate(2019, 10, 12)), "2019年10月12日"},
		{"date en", en.Date(period.NewDate(2019, 10, 12)), "12 Oct 2019"},
		{"no date", en.Date(period.Date{}), ""},
		{"time zh", zh.Time(moment), "2019年10月12日 02:05"},
		{"time en", en.Time(moment), "12 Oct 2019 02:05"},
		{"no time", en.Time(time.Time{}), ""},
		{"percent", zh.Percent("68.8"), "68.8%"},
		{"no percent", zh.Percent(""), ""},
		{"light zh", zh.Light("severe"), "严重滞后"},
		{"light en", en.Light("severe"), "Severely behind"},
		{"no such light", en.Light("purple"), "light.purple"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Fatalf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestT(t *testing.T) {
	p := Printer{language: Chinese, texts: map[string]string{
		"plain":   "达到 80% 以上",
		"value":   "%[1]s:%[2]d 项",
		"outer":   "不行:%[1]s",
		"quarter": "%[1]s未报",
	}}
	cases := []struct{ name, got, want string }{
		{"missing key", p.T("no.such"), "no.such"},
		{"zero printer", Printer{}.T("plain"), "plain"},
		{"percent sign without values", p.T("plain"), "达到 80% 以上"},
		{"values", p.T("value", "三项制度", 3), "三项制度:3 项"},
		{"message in a message", p.T("outer", fault.Message{Key: "value", Args: []any{"甲", 1}}), "不行:甲:1 项"},
		{"quarter in words", p.T("quarter", period.Of(2019, 3)), "2019年第三季度未报"},
		{"message", p.Message(fault.Message{Key: "outer", Args: []any{"甲"}}), "不行:甲"},
		{"fault", p.Fault(fault.New(fault.Invalid, "outer", "乙").With("field", "value", "甲", 1)), "不行:乙"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Fatalf("got %q, want %q", c.got, c.want)
			}
		})
	}
	if !p.Has("plain") || p.Has("no.such") {
		t.Error("Has does not tell what is there")
	}
	if got := For("fr").Language(); got != Chinese {
		t.Errorf("an unknown language gives %s", got)
	}
	if got := For(English).Language(); got != English {
		t.Errorf("English gives %s", got)
	}
}
