package analytics_test

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// tallyForm is a form of counties and cities with every way of adding up; %s is a definition.
const tallyForm = `
key: tally
title: 汇总测试表
due_days: 10
lock_days: 30
filled_by: [county, city]
sections:
  - key: all
    title: 全部
    items:
      - {key: level, title: 存量, type: number, kind: stock, aggregation: sum, definition: %s, basis: 测试依据}
      - {key: amount, title: 流量, type: money, kind: flow, aggregation: sum, definition: 口径, basis: 测试依据}
      - {key: people, title: 人数, type: count, kind: stock, aggregation: sum, qualifier: at_least, definition: 口径, basis: 测试依据}
      - {key: score, title: 得分, type: number, kind: stock, aggregation: mean, definition: 口径, basis: 测试依据}
      - {key: least, title: 最小, type: count, kind: stock, aggregation: min, definition: 口径, basis: 测试依据}
      - {key: most, title: 最大, type: count, kind: stock, aggregation: max, definition: 口径, basis: 测试依据}
      - {key: rate, title: 比率, type: percent, kind: stock, definition: 口径, basis: 测试依据}
      - {key: system, title: 制度, type: yes_no, definition: 口径, basis: 测试依据, types: [city]}
`

// counted is a board with the form, filed: the counties 340104 and 340181 of 合肥 and 340705 of 铜陵.
func counted(t *testing.T, b board) {
	t.Helper()
	publish(t, b, "口径甲")
	file(t, b, "340104", "2019Q1", values{"level": "1.5", "amount": "10", "people": "5", "score": "80", "least": "3", "most": "3"})
	file(t, b, "340104", "2019Q2", values{"amount": "20.5", "score": "90"})
	file(t, b, "340181", "2019Q1", values{"level": "2", "amount": "1", "people": "7", "score": "71", "least": "9", "most": "9"})
	file(t, b, "340705", "2019Q2", values{"level": "10", "amount": "100", "least": "1"})
	file(t, b, "340100", "2019Q2", values{"level": "3.5", "system": "true"}) // the city's own total of its counties
	b.refresh(t)
}

type values map[string]any

func publish(t *testing.T, b board, definition string) {
	t.Helper()
	data := fmt.Appendf(nil, tallyForm, definition)
	if _, err := b.Forms.Import(t.Context(), accounts.System("test"), "tally.yaml", data, "测试", false); err != nil {
		t.Fatal(err)
	}
	b.OpenPeriods(t)
}

// file files a report and accepts it on the eighth day after its quarter.
func file(t *testing.T, b board, unit, quarter string, v values) {
	t.Helper()
	ref := reporting.Ref{Unit: unit, Form: "tally", Period: period.MustParse(quarter)}
	b.On(ref.Period.Last().AddDays(8).String(), func() {
		submit(t, b, ref, v)
		if _, err := b.Reports.Accept(t.Context(), accounts.System("test"), ref, 0); err != nil {
			t.Fatal(err)
		}
	})
}

func submit(t *testing.T, b board, ref reporting.Ref, v values) {
	t.Helper()
	system := accounts.System("test")
	report, err := b.Reports.Report(t.Context(), system, ref)
	if err != nil {
		t.Fatal(err)
	}
	edit := reporting.Edit{Version: report.Version, Values: map[string]any{"level": "", "people": "", "least": "", "most": "", "score": "", "amount": ""}}
	for key, value := range v {
		edit.Values[key] = value
	}
	if report, err = b.Reports.Save(t.Context(), system, ref, edit); err == nil {
		_, err = b.Reports.Submit(t.Context(), system, ref, report.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// asked gives a figure of one row as `value reported/expected`, with what is special about it.
func asked(t *testing.T, b board, q analytics.FigureQuery, id string) []string {
	t.Helper()
	q.IDs = []string{id}
	if q.Period == 0 {
		q.Period = period.MustParse("2019Q2")
	}
	answer, err := b.figures.Figures(t.Context(), accounts.System("test"), q)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	var list []string
	for _, f := range answer.Rows {
		list = append(list, said(f))
	}
	return list
}

func said(f analytics.Figure) string {
	text := "none"
	if f.Value != nil {
		text = f.Value.RatString()
	}
	text += fmt.Sprintf(" %d/%d", f.Reported, f.Expected)
	if f.Qualifier != forms.Exact {
		text += " " + string(f.Qualifier)
	}
	if f.Break {
		text += " break"
	}
	return text
}

func TestItemsAddUp(t *testing.T) {
	city := analytics.FigureQuery{Query: analytics.Query{By: analytics.ByCity}}
	cases := []struct {
		name, id string
		query    analytics.FigureQuery
		want     []string
	}{
		{"a level is carried forward, and the cities' own totals are not added", "tally.level", analytics.FigureQuery{}, []string{"27/2 3/3"}},
		{"by city", "tally.level", city, []string{"7/2 2/2", "10 1/1"}},
		{"by county", "tally.level", analytics.FigureQuery{Query: analytics.Query{By: analytics.ByCounty, Scope: "340100"}}, []string{"3/2 1/1", "2 1/1"}},
		{"the quarter before", "tally.level", analytics.FigureQuery{Query: analytics.Query{Period: period.MustParse("2019Q1")}}, []string{"7/2 2/3"}},
		{"the quarter after", "tally.level", analytics.FigureQuery{Query: analytics.Query{Period: period.MustParse("2019Q3")}}, []string{"27/2 3/3"}},
		{"an amount is that of its quarter", "tally.amount", analytics.FigureQuery{}, []string{"241/2 2/3"}},
		{"an amount of nobody is none", "tally.amount", analytics.FigureQuery{Query: analytics.Query{Period: period.MustParse("2019Q3")}}, []string{"none 0/3"}},
		{"an amount of the year", "tally.amount", analytics.FigureQuery{Span: analytics.SpanYear}, []string{"263/2 4/6"}},
		{"a level does not add up over the year", "tally.level", analytics.FigureQuery{Span: analytics.SpanPlan}, []string{"27/2 3/3"}},
		{"a lower bound stays one", "tally.people", analytics.FigureQuery{}, []string{"12 2/3 at_least"}},
		{"a mean over units", "tally.score", analytics.FigureQuery{}, []string{"161/2 2/3"}},
		{"the least", "tally.least", analytics.FigureQuery{}, []string{"1 3/3"}},
		{"the greatest", "tally.most", city, []string{"9 2/2", "none 0/1"}},
		{"those who say yes", "tally.system", city, []string{"1 1/1", "none 0/1"}},
		{"a blank is no nought", "tally.system", analytics.FigureQuery{Query: analytics.Query{Period: period.MustParse("2019Q1")}}, []string{"none 0/2"}},
		{"by period", "tally.amount", analytics.FigureQuery{Query: analytics.Query{By: analytics.ByPeriod}},
			[]string{"none 0/0", "none 0/0", "none 0/0", "none 0/3", "11 2/3", "241/2 2/3"}},
		{"one unit", "tally.level", analytics.FigureQuery{Query: analytics.Query{Unit: "340104"}}, []string{"3/2 1/1"}},
		{"pilots", "pilot_units", analytics.FigureQuery{}, []string{"2 2/2"}},
		{"pilots by batch", "pilot_units", analytics.FigureQuery{Query: analytics.Query{By: analytics.ByBatch, Period: period.MustParse("2019Q3")}}, []string{"2 2/2", "3 3/3"}},
		{"pilots of a type by city", "pilot_units_community", analytics.FigureQuery{Query: analytics.Query{By: analytics.ByCity, Period: period.MustParse("2019Q3")}}, []string{"2 2/2", "1 1/1"}},
		{"an indicator over a form that there is not", "hub_organisations", analytics.FigureQuery{}, []string{"none 0/0"}},
	}
	each(t, func(t *testing.T, b board) {
		counted(t, b)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				if diff := cmp.Diff(c.want, asked(t, b, c.query, c.id)); diff != "" {
					t.Error(diff)
				}
				if c.query.Unit == "" { // the same from the units' own values
					c.query.Basis = analytics.AllSubmitted
					if diff := cmp.Diff(c.want, asked(t, b, c.query, c.id)); diff != "" {
						t.Errorf("with what waits: %s", diff)
					}
					c.query.Basis, c.query.Tree = "", analytics.AsNow
					if diff := cmp.Diff(c.want, asked(t, b, c.query, c.id)); diff != "" {
						t.Errorf("as now: %s", diff)
					}
				}
			})
		}
		if differences, err := b.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
			t.Errorf("rebuild: %v, %v", differences, err)
		}
	})
}

func TestFiguresKnowWhatWasKnown(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		counted(t, b)
		before := b.Clock.Now()
		ref := reporting.Ref{Unit: "340705", Form: "tally", Period: period.MustParse("2019Q3")}
		submit(t, b, ref, values{"level": "20"})
		q := analytics.FigureQuery{Query: analytics.Query{Period: ref.Period}}
		if got := asked(t, b, q, "tally.level"); got[0] != "27/2 3/3" {
			t.Errorf("what waits counts: %v", got)
		}
		q.Basis = analytics.AllSubmitted
		if got := asked(t, b, q, "tally.level"); got[0] != "47/2 3/3" {
			t.Errorf("what waits is asked for: %v", got)
		}
		waits := b.Clock.Now()
		q.AsOf = before
		if got := asked(t, b, q, "tally.level"); got[0] != "27/2 3/3" {
			t.Errorf("what was not filed yet counts: %v", got)
		}
		if _, err := b.Reports.Accept(t.Context(), accounts.System("test"), ref, 0); err != nil {
			t.Fatal(err)
		}
		b.refresh(t)
		q.Basis, q.AsOf = "", time.Time{}
		if got := asked(t, b, q, "tally.level"); got[0] != "47/2 3/3" {
			t.Errorf("accepted: %v", got)
		}
		for basis, want := range map[analytics.Basis]string{analytics.AcceptedOnly: "27/2 3/3", analytics.AllSubmitted: "47/2 3/3"} {
			q.Basis, q.AsOf = basis, waits
			if got := asked(t, b, q, "tally.level"); got[0] != want {
				t.Errorf("an earlier answer has changed, %s: %v", basis, got)
			}
		}
	})
}

func TestANewDefinitionBreaksTheSeries(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		counted(t, b)
		publish(t, b, "口径乙")
		series := analytics.FigureQuery{Query: analytics.Query{By: analytics.ByPeriod, Period: period.MustParse("2019Q3")}}
		ref := reporting.Ref{Unit: "340104", Form: "tally", Period: period.MustParse("2019Q3")}
		for i, want := range []string{"17 3/3 break", "22 3/3 break"} { // first one of three counties, then two
			submit(t, b, ref, values{"level": "5"})
			if _, err := b.Reports.Accept(t.Context(), accounts.System("test"), ref, 0); err != nil {
				t.Fatal(err)
			}
			b.refresh(t)
			got := asked(t, b, series, "tally.level")
			if last := got[len(got)-1]; i == 0 && last != want {
				t.Errorf("got %v", got)
			}
			if got[len(got)-2] != "27/2 3/3" {
				t.Errorf("the quarter before: %v", got)
			}
			ref.Unit = "340181"
		}
		if got := asked(t, b, series, "tally.people"); got[len(got)-1] != "12 2/3 at_least" {
			t.Errorf("an item that means the same: %v", got)
		}
	})
}

// Recomputing from the trace gives the figure (method.md §8).
func TestFiguresAreTraced(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		counted(t, b)
		for _, id := range []string{"tally.level", "tally.amount", "tally.people"} {
			for _, span := range []analytics.FigureSpan{analytics.SpanQuarter, analytics.SpanYear} {
				q := analytics.FigureQuery{Query: analytics.Query{Period: period.MustParse("2019Q2"), Limit: 1}, IDs: []string{id}, Span: span}
				answer, err := b.figures.Figures(t.Context(), accounts.System("test"), q)
				if err != nil {
					t.Fatal(err)
				}
				sum, pages := new(big.Rat), 0
				for next := "first"; next != ""; pages++ {
					var sources []analytics.FigureSource
					if sources, next, err = b.figures.TraceFigure(t.Context(), accounts.System("test"), q); err != nil {
						t.Fatal(err)
					}
					for _, s := range sources {
						value, _ := new(big.Rat).SetString(s.Text)
						sum.Add(sum, value)
					}
					q.After = next
				}
				if sum.Cmp(answer.Rows[0].Value) != 0 || pages < 3 {
					t.Errorf("%s over the %s: %v from %d pages, the figure is %v", id, span, sum, pages, answer.Rows[0].Value)
				}
			}
		}
	})
}

func TestWhoMaySeeFigures(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		counted(t, b)
		cases := []struct {
			name, user string
			query      analytics.FigureQuery
			key        string
		}{
			{"another city", "reviewer-340100", analytics.FigureQuery{Query: analytics.Query{Scope: "340700"}}, "scope.forbidden"},
			{"the province", "reviewer-340100", analytics.FigureQuery{Query: analytics.Query{Scope: "340000"}}, "scope.forbidden"},
			{"another unit", "clerk-community-01", analytics.FigureQuery{Query: analytics.Query{Unit: "340104"}}, "unit.forbidden"},
			{"no such figure", "monitor", analytics.FigureQuery{IDs: []string{"nothing"}}, "figure.unknown"},
			{"no such item", "monitor", analytics.FigureQuery{IDs: []string{"tally.nothing"}}, "figure.unknown"},
			{"no such form", "monitor", analytics.FigureQuery{IDs: []string{"nobody.level"}}, "figure.unknown"},
			{"a formula", "monitor", analytics.FigureQuery{IDs: []string{"tally.level + tally.level"}}, "figure.unknown"},
			{"a ratio", "monitor", analytics.FigureQuery{IDs: []string{"tally.rate"}}, "figure.not_added_up"},
			{"no such span", "monitor", analytics.FigureQuery{Span: "week"}, "figure.span_unknown"},
			{"by unit", "monitor", analytics.FigureQuery{Query: analytics.Query{By: analytics.ByUnit}}, "query.by_unknown"},
			{"too many", "monitor", analytics.FigureQuery{IDs: make([]string, analytics.MaxFigures+1)}, "figure.too_many"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				_, err := b.figures.Figures(t.Context(), b.Actor(t, c.user), c.query)
				if f, ok := fault.As(err); !ok || f.Key != c.key {
					t.Errorf("got %v", err)
				}
				c.query.By = ""
				if _, _, err = b.figures.TraceFigure(t.Context(), b.Actor(t, c.user), c.query); err == nil && c.key != "query.by_unknown" {
					t.Error("the trace was given")
				}
			})
		}
		answer, err := b.figures.Figures(t.Context(), b.Actor(t, "reviewer-340700"), analytics.FigureQuery{Query: analytics.Query{Period: period.MustParse("2019Q2")}, IDs: []string{"tally.level"}})
		if err != nil || said(answer.Rows[0]) != "10 1/1" {
			t.Errorf("the own city: %v, %v", answer.Rows, err)
		}
	})
}
