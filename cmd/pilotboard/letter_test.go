package main

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/observations"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
)

// letterFigures are the figures of the letter as they are shown, by indicator (method.md §9).
var letterFigures = []struct{ id, want string }{
	{"cities_with_item_list", "11个"}, {"cities_with_item_list_share", "68.8%"},
	{"counties_with_access_system", "91个"}, {"counties_with_access_system_share", "86.7%"},
	{"hub_organisations", "1462个"}, {"registered_organisations", "6929个"}, {"cities_with_full_hub_coverage", "3个"},
	{"social_work_posts", "17792个"}, {"social_work_agencies", "328家"}, {"certified_social_workers", "10779人"},
	{"social_work_professionals", "4.5万余人"}, {"committee_members", "12.15万人"},
	{"pilot_units", "16个"}, {"pilot_units_district", "1个"}, {"pilot_units_street", "2个"}, {"pilot_units_community", "13个"},
}

// sampleProvince fills a database as the demo does.
func sampleProvince(t *testing.T, db *database.DB, day string) services {
	t.Helper()
	today, err := period.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	files, err := openFiles(t.Context(), &Config{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	if _, err := fillDemo(t.Context(), db, files, today, "correct horse 马"); err != nil {
		t.Fatal(err)
	}
	return wire(db, files, period.ClockOn(today))
}

// The sample reports of counties and cities give the letter's figures, and the letter's own are quoted
// beside them; other reports give other figures.
func TestTheLettersFigures(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	s := sampleProvince(t, db, "2019-10-12")
	s.mustGiveTheLetter(t)
	s.mustQuoteTheLetter(t)
	s.mustSetBeside(t)
	if differences, err := s.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
		t.Errorf("rebuild: %d differences, %v", differences.Total, err)
	}
	s.fileAnotherList(t)
	s.expect(t, "2019Q3", "cities_with_item_list", "12个")
	s.expect(t, "2019Q3", "cities_with_item_list_share", "75.0%")

	later := wire(db, s.files, period.ClockOn(period.NewDate(2020, 10, 2))) // 芜湖 has merged two districts
	if err := later.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	for quarter, counties := range map[string]int64{"2020Q2": 105, "2020Q3": 104} {
		with := later.figure(t, quarter, "counties_with_access_system")
		share := later.figure(t, quarter, "counties_with_access_system_share")
		if want := new(big.Rat).Mul(with.Value, big.NewRat(100, counties)); share.Value.Cmp(want) != 0 {
			t.Errorf("%s: %s of %d are not %s", quarter, with.Value, counties, share.Value)
		}
	}
}

func (s services) figure(t *testing.T, quarter, id string) analytics.Figure {
	t.Helper()
	answer, err := s.figures.Figures(t.Context(), accounts.System("test"), analytics.FigureQuery{
		Query: analytics.Query{Period: period.MustParse(quarter)}, IDs: []string{id},
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Rows[0]
}

func (s services) expect(t *testing.T, quarter, id, want string) {
	t.Helper()
	if f := s.figure(t, quarter, id); f.Text(locale.For(locale.Chinese)) != want {
		t.Errorf("%s %s: %s, want %s (%d/%d)", quarter, id, f.Text(locale.For(locale.Chinese)), want, f.Reported, f.Expected)
	}
}

func (s services) mustGiveTheLetter(t *testing.T) {
	t.Helper()
	for _, quarter := range []string{"2019Q2", "2019Q3"} { // in the later one every fifth has not filed, and levels are carried forward
		for _, f := range letterFigures {
			s.expect(t, quarter, f.id, f.want)
		}
	}
	answer, err := s.figures.Figures(t.Context(), accounts.System("test"), analytics.FigureQuery{
		Query: analytics.Query{Period: period.MustParse("2019Q3"), By: analytics.ByCity}, IDs: []string{"cities_with_full_hub_coverage"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var covered []string
	for _, f := range answer.Rows {
		if f.Value.Sign() > 0 {
			covered = append(covered, f.Name)
		}
	}
	if got := strings.Join(covered, " "); got != "合肥市 淮北市 铜陵市" {
		t.Errorf("full coverage in %s", got)
	}
}

// mustQuoteTheLetter sets every quoted figure beside the computed one. The quoted averages are only
// shown: nobody knows what they were averaged over.
func (s services) mustQuoteTheLetter(t *testing.T) {
	t.Helper()
	p := locale.For(locale.Chinese)
	quoted, _, err := observations.All(s.db.Read(t.Context()))
	if err != nil || len(quoted) < 20 {
		t.Fatalf("%d quoted, %v", len(quoted), err)
	}
	for _, o := range quoted {
		if strings.HasSuffix(o.Indicator, "_average") || o.Kind == observations.Claim {
			continue
		}
		answer, err := s.figures.Figures(t.Context(), accounts.System("test"), analytics.FigureQuery{
			Query: analytics.Query{Period: period.MustParse("2019Q2"), Batch: o.Batch}, IDs: []string{o.Indicator},
		})
		if err != nil {
			t.Fatalf("%s: %v", o.ID, err)
		}
		if got := answer.Rows[0].Text(p); got != o.Text(p) {
			t.Errorf("%s: computed %s, quoted %s", o.ID, got, o.Text(p))
		}
	}
	_, found, err := observations.All(s.db.Read(t.Context()))
	if err != nil || len(found) != 1 || len(found[0].Statements) != 2 {
		t.Fatalf("contradictions %+v, %v", found, err)
	}
	for _, o := range found[0].Statements {
		if o.Document != "安徽省民政厅第684号代表建议答复函（2019-08-15）" || o.Section != "一、扎实推进社区减负增效" {
			t.Errorf("%s has no source: %s, %s", o.ID, o.Document, o.Section)
		}
	}
}

// mustSetBeside holds that what is quoted of the province stands beside its figures, and beside nobody else's.
func (s services) mustSetBeside(t *testing.T) {
	t.Helper()
	ctx, system := t.Context(), accounts.System("test")
	quoted, contradictions, err := s.figures.Quoted(ctx, system, analytics.Query{Period: period.MustParse("2019Q2")})
	if err != nil || len(quoted) < 20 || len(contradictions) != 1 {
		t.Fatalf("%d quoted, %d contradictions, %v", len(quoted), len(contradictions), err)
	}
	for _, q := range quoted {
		if q.Figure == nil || !q.Agrees {
			t.Errorf("%s: quoted %s, computed %+v", q.ID, q.Text(locale.For(locale.Chinese)), q.Figure)
		}
	}
	quoted, contradictions, err = s.figures.Quoted(ctx, system, analytics.Query{Period: period.MustParse("2019Q2"), Scope: "340100"})
	if err != nil || len(quoted)+len(contradictions) != 0 {
		t.Errorf("a city is told %d, %d, %v", len(quoted), len(contradictions), err)
	}
	city, err := s.tree.ByCode(ctx, "340100", period.NewDate(2019, 10, 12))
	if err != nil {
		t.Fatal(err)
	}
	reviewer := accounts.Actor{UserID: 1, Role: accounts.Reviewer, Division: city.ID}
	if _, _, err := s.figures.Quoted(ctx, reviewer, analytics.Query{Scope: "340000"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a city asks for the province: %v", err)
	}
}

// fileAnotherList has a city that had no list, and has not filed yet, report one.
func (s services) fileAnotherList(t *testing.T) {
	t.Helper()
	ctx, system := t.Context(), accounts.System("test")
	answer, err := s.figures.Figures(ctx, system, analytics.FigureQuery{
		Query: analytics.Query{Period: period.MustParse("2019Q3"), By: analytics.ByCity}, IDs: []string{"burden.item_list"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range answer.Rows {
		ref := reporting.Ref{Unit: f.Key, Form: "burden", Period: period.MustParse("2019Q3")}
		report, err := s.reports.Report(ctx, system, ref)
		if err != nil {
			t.Fatal(err)
		}
		if f.Value.Sign() > 0 || report.Status != reporting.Open {
			continue
		}
		report, err = s.reports.Save(ctx, system, ref, reporting.Edit{Version: report.Version, Values: map[string]any{
			"item_list": true, "item_list_date": "2019-09-30", "item_list_document": "【示例数据】社区工作事项清单",
			"communities": "", "communities_covered": "", "plates_baseline": "", "plates_current": "", "matters_baseline": "",
			"matters_current": "", "assessments_baseline": "", "assessments_current": "", // its counties have not all filed
		}})
		if err == nil {
			report, err = (&sample{services: s}).explain(ctx, system, ref, report)
		}
		if err == nil {
			report, err = s.reports.Submit(ctx, system, ref, report.Version)
		}
		if err == nil {
			_, err = s.reports.Accept(ctx, system, ref, report.Version)
		}
		if err == nil {
			_, err = s.figures.Refresh(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("no city is without a list and has not filed")
}

// Every item that an indicator names is asked by a form that comes with the program, and every
// indicator that an observation names is one.
func TestIndicatorsFitTheForms(t *testing.T) {
	asked := map[string]forms.Item{}
	for _, name := range []string{"burden", "linkage", "workforce", "platform"} {
		data, err := anhuiForms.ReadFile("data/forms/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		document, err := forms.Parse(name, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range forms.Ever([]forms.Form{document.On(nil)}) {
			asked[name+"."+item.Key] = item
		}
	}
	ids := map[string]bool{}
	for _, i := range analytics.Indicators() {
		ids[i.ID] = true
		for _, name := range i.Names() {
			of, _, _ := strings.Cut(name, ".")
			key, option, is := strings.Cut(name, "_is_")
			switch item := asked[key]; {
			case of == "count" || of == "pilots":
			case item.Key == "":
				t.Errorf("%s names %s, which no form asks", i.ID, name)
			case is && !slices.ContainsFunc(item.Options, func(c forms.Choice) bool { return c.Key == option }):
				t.Errorf("%s names %s, which is no option", i.ID, name)
			case !is && item.Aggregation == forms.None:
				t.Errorf("%s names %s, which does not add up", i.ID, name)
			}
		}
	}
	for _, f := range letterFigures {
		if !ids[f.id] {
			t.Errorf("there is no indicator %s", f.id)
		}
	}
}
