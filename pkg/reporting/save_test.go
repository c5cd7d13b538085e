package reporting_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestSaveKeepsTheCellsItDoesNotName(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		steps := []struct {
			name string
			edit reporting.Edit
			want forms.Values
		}{
			{
				"first cells", reporting.Edit{Values: map[string]any{"m1_1": true, "m1_2": json.Number("40"), "m1_3": "１２.5", "practices": "甲\r\n乙"}},
				forms.Values{"m1_1": given(1), "m1_2": given(400), "m1_3": given(125), "practices": words("甲\n乙")},
			},
			{
				"one more, one blank, one not applicable", reporting.Edit{Values: map[string]any{"m2_1": 0.0, "m1_2": nil}, NotApplicable: []string{"m1_3"}},
				forms.Values{"m1_1": given(1), "m1_3": notApplicable(), "m2_1": given(0), "practices": words("甲\n乙")},
			},
			{
				"not applicable no more", reporting.Edit{Values: map[string]any{"m1_3": "0", "practices": " "}},
				forms.Values{"m1_1": given(1), "m1_3": given(0), "m2_1": given(0)},
			},
			{
				"not applicable again", reporting.Edit{NotApplicable: []string{"m1_3"}},
				forms.Values{"m1_1": given(1), "m1_3": notApplicable(), "m2_1": given(0)},
			},
			{"nothing", reporting.Edit{}, forms.Values{"m1_1": given(1), "m1_3": notApplicable(), "m2_1": given(0)}},
			{"all blank", reporting.Edit{Values: map[string]any{"m1_1": "", "m1_3": "", "m2_1": ""}}, forms.Values{}},
		}
		for i, step := range steps {
			step.edit.Version = int64(i + 1)
			saved, err := p.Reports.Save(t.Context(), clerk, ref, step.edit)
			if err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			read := p.Report(t, "community-01", "2019Q3")
			if diff := cmp.Diff(step.want, read.Values); diff != "" {
				t.Errorf("%s:\n%s", step.name, diff)
			}
			if diff := cmp.Diff(saved, read); diff != "" {
				t.Errorf("%s: read otherwise (-saved +read):\n%s", step.name, diff)
			}
			if read.Version != int64(i+2) || read.EditedBy != clerk.Display || read.EditedAt.IsZero() || read.Prefilled || read.Status != reporting.Open {
				t.Errorf("%s: %+v", step.name, read)
			}
		}
		if n := p.count(t, "ledger WHERE act = 'report.saved'"); n != int64(len(steps)) {
			t.Errorf("%d saves in the ledger", n)
		}
	})
}

func TestASaveIsInTheLedgerCellByCell(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Save(t, "community-01", "2019Q3", typed{"m1_1": "是", "m1_2": "40", "m1_3": "12.50"})
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		edit := reporting.Edit{Version: 2, Values: map[string]any{"m1_1": true, "m1_2": "41"}, NotApplicable: []string{"m1_3"}}
		if _, err := p.Reports.Save(t.Context(), clerk, ref, edit); err != nil {
			t.Fatal(err)
		}
		var kept string
		err := p.DB.Read(t.Context()).Raw("SELECT detail FROM ledger WHERE act = 'report.saved' ORDER BY id DESC LIMIT 1").Scan(&kept).Error
		if err != nil {
			t.Fatal(err)
		}
		var detail struct{ Cells map[string][2]string }
		if err := json.Unmarshal([]byte(kept), &detail); err != nil {
			t.Fatal(err)
		}
		want := map[string][2]string{"m1_2": {"40", "41"}, "m1_3": {"12.5", "N/A"}}
		if diff := cmp.Diff(want, detail.Cells); diff != "" {
			t.Error(diff)
		}
		history, err := p.Reports.History(t.Context(), clerk, ref)
		if err != nil || len(history) != 2 { // opened, and saved twice
			t.Fatalf("%d entries, err %v", len(history), err)
		}
		last := history[1]
		if string(last.Detail.(json.RawMessage)) != "{}" || last.Times != 2 {
			t.Errorf("the history repeats the cells: %+v", last)
		}
		if last.Act != "report.saved" || last.ActorID != clerk.UserID || last.ActorName != clerk.Name || last.Revision != 0 || last.Period != ref.Period {
			t.Errorf("%+v", last)
		}
	})
}

func TestAWrongCellKeepsEverythingFromBeingSaved(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Save(t, "community-01", "2019Q3", reportingtest.Community)
		cases := []struct {
			name  string
			edit  reporting.Edit
			wrong string
		}{
			{"one", reporting.Edit{Values: map[string]any{"m1_2": "120", "m2_1": "60"}}, "m1_2=cell.over_max"},
			{
				"several, in the order of their keys",
				reporting.Edit{Values: map[string]any{
					"m1_1": "也许", "m1_2": "120", "m1_3": "12.55", "m2_1": "六十", "m2_2": "-1", "obstacles": strings.Repeat("字", 4001), "practices": "a\x00",
				}},
				"m1_1=cell.not_yes_no m1_2=cell.over_max m1_3=cell.too_many_decimals m2_1=cell.not_a_number m2_2=cell.negative " +
					"obstacles=cell.too_long practices=cell.bad_text",
			},
			{"unknown item", reporting.Edit{Values: map[string]any{"m9_9": "1", "m1_2": "50"}}, "m9_9=cell.unknown"},
			{"item of another unit type", reporting.Edit{Values: map[string]any{"m1_2_covered": "1", "communities": "2"}}, "communities=cell.unknown m1_2_covered=cell.unknown"},
			{"unknown item not applicable", reporting.Edit{NotApplicable: []string{"m1_3", "m9_9"}}, "m9_9=cell.unknown"},
			{"hostile key", reporting.Edit{Values: map[string]any{"</script>\x00": "1"}}, "</script>\x00=cell.unknown"},
			{"a value and not applicable", reporting.Edit{Values: map[string]any{"m1_3": "5"}, NotApplicable: []string{"m1_3"}}, "m1_3=cell.value_and_not_applicable"},
			{"over the measure's bound", reporting.Edit{Values: map[string]any{"m1_3": "1000.1"}}, "m1_3=cell.over_max"},
			{"list", reporting.Edit{Values: map[string]any{"m1_3": []any{1.0}}}, "m1_3=cell.bad_type"},
		}
		before := p.kept(t)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				c.edit.Version = 2
				_, err := p.Reports.Save(t.Context(), p.Actor(t, "clerk-community-01"), reportingtest.Ref("community-01", "2019Q3"), c.edit)
				wantFault(t, err, fault.Invalid, "report.invalid")
				if got := fields(err); got != c.wrong {
					t.Errorf("got %s", got)
				}
				p.unchanged(t, before)
			})
		}
	})
}

func TestAStaleSaveShowsBothValues(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Save(t, "community-01", "2019Q3", typed{"m1_1": "true", "m1_2": "40", "m2_1": "70"})
		before := p.kept(t)
		clerk := p.Actor(t, "clerk-community-01")
		for _, version := range []int64{0, 1, 3} {
			_, err := p.Reports.Save(t.Context(), clerk, reportingtest.Ref("community-01", "2019Q3"), reporting.Edit{
				Version: version, Values: map[string]any{"m1_1": "true", "m1_2": "50", "m2_1": "", "practices": "新"}, NotApplicable: []string{"m1_3"},
			})
			got := stale(t, err)
			want := &reporting.StaleError{Version: 2, By: clerk.Display, Clashes: []reporting.Clash{
				{Item: "m1_2", Mine: given(500), Theirs: given(400)},
				{Item: "m1_3", Mine: notApplicable()},
				{Item: "m2_1", Theirs: given(70)},
				{Item: "practices", Mine: words("新")},
			}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("version %d:\n%s", version, diff)
			}
			p.unchanged(t, before)
		}
	})
}

func TestSaveCell(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		na := reporting.CellInput{NotApplicable: true}
		steps := []struct {
			name        string
			item        string
			base, input reporting.CellInput
			want        forms.Value // what is kept then
			refused     string      // "stale", or the fault of the cell
		}{
			{"first editor", "m1_2", cell(""), cell("40"), given(400), ""},
			{"second editor, another cell of the same page", "m2_1", cell(""), cell("70"), given(70), ""},
			{"second editor, the same cell", "m1_2", cell(""), cell("50"), given(400), "stale"},
			{"the same cell with the same content", "m1_2", cell(""), cell("40"), given(400), ""},
			{"knowing the content", "m1_2", cell("40"), cell("50%"), given(500), ""},
			{"knowing it otherwise written", "m1_2", cell("５０ %"), cell("60"), given(600), ""},
			{"a base that cannot be read", "m1_2", cell("sixty"), cell("70"), given(600), "stale"},
			{"clearing without knowing", "m1_2", cell("50"), cell(""), given(600), "stale"},
			{"clearing", "m1_2", cell("60"), cell(""), forms.Value{}, ""},
			{"nought is not blank", "m1_2", cell("0"), cell("5"), forms.Value{}, "stale"},
			{"not applicable", "m2_1", cell("70"), na, notApplicable(), ""},
			{"a value over not applicable unknowingly", "m2_1", cell(""), cell("60"), notApplicable(), "stale"},
			{"a value over not applicable", "m2_1", na, cell("60"), given(60), ""},
			{"text of two lines", "practices", cell(""), cell("甲\r\n乙"), words("甲\n乙"), ""},
			{"a browser's text as base", "practices", cell("甲\r\n乙"), cell("丙"), words("丙"), ""},
			{"wrong content", "m1_2", cell(""), cell("120"), forms.Value{}, "m1_2=cell.over_max"},
			{"unknown cell", "m9_9", cell(""), cell("1"), forms.Value{}, "m9_9=cell.unknown"},
			{"unknown cell not applicable", "m9_9", cell(""), na, forms.Value{}, "m9_9=cell.unknown"},
		}
		for _, step := range steps {
			before := p.kept(t)
			_, err := p.Reports.SaveCell(t.Context(), clerk, ref, step.item, step.base, step.input)
			switch {
			case step.refused == "stale":
				clashes := stale(t, err).Clashes
				if len(clashes) != 1 || clashes[0].Item != step.item || clashes[0].Theirs != step.want {
					t.Errorf("%s: %+v", step.name, clashes)
				}
			case step.refused != "":
				wantFault(t, err, fault.Invalid, "report.invalid")
				if fields(err) != step.refused {
					t.Errorf("%s: %s", step.name, fields(err))
				}
			case err != nil:
				t.Fatalf("%s: %v", step.name, err)
			}
			if step.refused != "" {
				p.unchanged(t, before)
			}
			if got := p.Report(t, "community-01", "2019Q3").Values[step.item]; got != step.want {
				t.Errorf("%s: kept %+v", step.name, got)
			}
		}
	})
}
