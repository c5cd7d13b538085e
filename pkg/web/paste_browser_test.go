package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting/reportingtest"
)

// widen adds milestones to the plan until the form has 20 cells in a row that take numbers.
func widen(t *testing.T, s *site) {
	t.Helper()
	file := string(reportingtest.PlanFile())
	for i := 3; i <= 19; i++ {
		file += fmt.Sprintf(`
      - key: M2.%[1]d
        title: 事项 %[1]d
        weight: 1
        path: step
        due: {"2018": 2020Q2, "2019": 2020Q4}
        types: [community]
        measure: {form: progress, item: m2_%[1]d, type: number, target: 50, decimals: 1, unit: 项}
        source: test
`, i)
	}
	if _, err := s.Plans.Import(context.Background(), accounts.System("test"), "plan.yaml", []byte(file), "更多事项", false); err != nil {
		t.Fatal(err)
	}
}

// TestPastingABlockInABrowser pastes columns as spreadsheets on Windows put them on the clipboard.
func TestPastingABlockInABrowser(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		widen(t, s)
		w := filing(t, s)
		holds := func(item string) forms.Value { return s.Report(t, "community-01", "2019Q3").Values[item] }
		news := func(words string) { w.Becomes("document.querySelector('.filing-news').firstChild.textContent", words) }

		column := []string{"是", "５５．５%", "\"1,000.0\"", "1,234", "12%"}
		for i := 3; i <= 17; i++ {
			column = append(column, fmt.Sprint(i))
		}
		w.Paste("#in-m1_1", strings.Join(column, "\r\n")+"\r\n")
		news(chinese("filing.pasted", 20))
		w.state("m2_17", "saved", "已保存 *")
		for item, want := range map[string]int64{"m1_1": 1, "m1_2": 555, "m1_3": 10000, "m2_1": 1234, "m2_2": 120, "m2_3": 30, "m2_17": 170} {
			if got := holds(item); got.State != forms.Given || got.Number != want {
				t.Errorf("%s holds %+v, want %d", item, got, want)
			}
		}
		w.Click(".filing-news button")
		w.Becomes("document.querySelectorAll('.cell[data-state=saved]').length", "20")
		w.Becomes("document.querySelector('#in-m2_17').value", "")
		w.Becomes("document.querySelector('.save-state').textContent", chinese("filing.all_saved"))
		if got := s.Report(t, "community-01", "2019Q3").Values; len(got) > 0 {
			t.Errorf("after taking the paste back the report holds %+v", got)
		}

		w.wrongPastes(news, holds)
		w.Quiet()
	})
}

// wrongPastes pastes what does not fit: the page says what and why, and fills in the rest or nothing.
func (w *window) wrongPastes(news func(string), holds func(string) forms.Value) {
	w.t.Helper()
	w.Paste("#in-m1_1", "大概\r\n120\r\n\"十\t二\"\r\n7\r\n")
	news(chinese("filing.pasted", 1) + " " + chinese("filing.pasted_wrong", 3))
	w.state("m1_1", "invalid", chinese("filing.no_choice", "大概"))
	w.state("m1_2", "invalid", chinese("cell.over_max", "100"))
	w.state("m1_3", "invalid", chinese("cell.not_a_number"))
	w.state("m2_1", "saved", "已保存 *")
	w.Becomes("document.querySelector('#in-m1_2').value", "120") // to be mended, not lost
	w.Click(`.form-actions button[formaction$="/submit"]`)
	w.Becomes("document.querySelector('.filing-news').textContent.startsWith('"+chinese("filing.stuck", "建设方案报备")+"')", "true")

	w.Paste("#in-m2_1", "指标\t本期\r\nM1.2 综合服务设施达标\t60\r\n建设投入（万元）\t12.5\r\n建设方案报备\t否\r\n")
	news(chinese("filing.pasted", 3))
	w.state("m1_1", "saved", "已保存 *")
	if holds("m1_2").Number != 600 || holds("m1_3").Number != 125 || holds("m1_1").Number != 0 || holds("m2_1").Number != 7 {
		w.t.Errorf("after pasting by name: %+v %+v %+v %+v", holds("m1_1"), holds("m1_2"), holds("m1_3"), holds("m2_1"))
	}
	w.Paste("#in-m2_1", "建设投入\t1\r\n没有这一项\t2\r\n")
	news(chinese("filing.paste_names", "没有这一项"))
	w.Paste("#in-m2_1", "1\t2\t3\r\n4\t5\t6\r\n")
	news(chinese("filing.paste_columns", 3))
	w.Becomes("document.querySelector('#in-m1_3').value", "12.5")
	w.Paste("#in-m2_19", "1\r\n第一行\r\n第二行\r\n多余\r\n")
	news(chinese("filing.pasted", 3) + " " + chinese("filing.pasted_over", 1))
	w.state("obstacles", "saved", "已保存 *")
}
