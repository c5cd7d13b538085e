package exchange

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

const csvHead = "unit,form,period,item,value\n"

func (w *world) csv(t testing.TB, text string, dry bool) (Result, error) {
	t.Helper()
	return w.files.ImportCSV(t.Context(), accounts.System("test"), strings.NewReader(text), Options{DryRun: dry})
}

func (w *world) json(t testing.TB, text string, dry bool) (Result, error) {
	t.Helper()
	return w.files.ImportJSON(t.Context(), accounts.System("test"), strings.NewReader(text), Options{DryRun: dry})
}

func TestCSV(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		text := csvHead + `community-01,progress,2019Q3,m1_1,是
community-02,progress,2019Q3,m1_2,"1,00"
community-01,progress,2019Q3,practices,"第一行
第二行"
community-01,progress,2019Q3,m1_2,N/A
community-03,progress,2019Q3,nothing,1
community-03,progress,2019Q3,m1_2,5
nowhere,progress,2019Q3,m1_2,5
district-01,burden,2019Q3,m1_2,5
district-01,progress,2019Q9,m1_2,5
street-01,progress,2019Q3,communities,'=5
`
		before := w.kept(t)
		dry, err := w.csv(t, text, true)
		must(t, err)
		w.unchanged(t, before)
		gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
		must(t, err)
		result, err := w.csv(t, gb, false)
		must(t, err)
		if counts(result) != [4]int{1, 0, 0, 6} || problems(result) != problems(dry) {
			t.Fatalf("%v %s\n%s", counts(result), problems(result), problems(dry))
		}
		if want := "m1_2 cell.not_a_number; nothing cell.unknown; unit.unknown; form.unknown; period.invalid; communities cell.not_a_number"; problems(result) != want {
			t.Errorf("got  %s\nwant %s", problems(result), want)
		}
		if p := result.Problems[1]; p.Row != 7 || p.Unit != "community-03" {
			t.Errorf("where: %+v", p)
		}
		values := w.Report(t, "community-01", "2019Q3").Values
		if values["m1_1"] != given(1) || values["m1_2"].State != forms.NotApplicable || values["practices"].Text != "第一行\n第二行" {
			t.Errorf("%+v", values)
		}
		again, err := w.csv(t, "\xef\xbb\xbf"+text, false)
		must(t, err)
		if counts(again) != [4]int{0, 0, 1, 6} {
			t.Errorf("again: %v", counts(again))
		}
		cleared, err := w.csv(t, csvHead+"community-01,progress,2019Q3,m1_2,\n", false)
		must(t, err)
		if _, there := w.Report(t, "community-01", "2019Q3").Values["m1_2"]; there || counts(cleared) != [4]int{0, 1, 0, 0} {
			t.Errorf("an empty value: %v", counts(cleared))
		}
	})
}

func TestCSVThatIsNone(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	before := w.kept(t)
	for text, key := range map[string]string{
		"": "exchange.csv.header", "a,b\n1,2\n": "exchange.csv.header", "unit;form;period;item;value\n": "exchange.csv.header",
		csvHead + "community-01,progress,2019Q3,m1_2\n":       "exchange.csv.line",
		csvHead + "community-01,progress,2019Q3,m1_2,\"5\n":   "exchange.csv.line",
		csvHead + "community-01,progress,2019Q3,m1_2,\xff5\n": "exchange.csv.encoding",
	} {
		_, err := w.csv(t, text, false)
		wantFault(t, err, fault.Invalid, key)
	}
	result, err := w.csv(t, csvHead+"community-01,progress,2019Q3,m1_2,5\ncommunity-01,progress,2019Q3,m1_2,6\ncommunity-02\x00,progress,2019Q3,m1_2,6\ncommunity-02,progress,2019Q3,\x00,6\n", false)
	must(t, err)
	if problems(result) != "m1_2 exchange.twice; exchange.bad_unit; exchange.bad_item" {
		t.Error(problems(result))
	}
	w.unchanged(t, before)
}

func TestJSON(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const good = `{"unit":"community-01","form":"progress","period":"2019Q3","values":{"m1_2":62.5,"m1_1":true,"m1_3":"12.5"},"not_applicable":["m2_1"]}`
		const bad = `{"unit":"community-02","form":"progress","period":"2019Q3","values":{"m1_2":"80","m2_1":-1},"not_applicable":["m2_1"]}`
		const typo = `{"unit":"community-02","form":"progress","period":"2019Q3","value":{"m1_2":"80"}}`
		before := w.kept(t)
		for _, text := range []string{"[" + good + "," + bad + "," + typo + "]", good + "\n\n" + bad + "\n" + typo + "\n"} {
			dry, err := w.json(t, text, true)
			must(t, err)
			if counts(dry) != [4]int{1, 0, 0, 2} || problems(dry) != "m2_1 cell.value_and_not_applicable; exchange.json.report" {
				t.Errorf("%v %s", counts(dry), problems(dry))
			}
		}
		w.unchanged(t, before)
		result, err := w.json(t, good, false)
		must(t, err)
		again, err := w.json(t, good, false)
		must(t, err)
		if counts(result) != [4]int{1, 0, 0, 0} || counts(again) != [4]int{0, 0, 1, 0} {
			t.Errorf("%v, then %v", counts(result), counts(again))
		}
		twice, err := w.json(t, "["+good+","+good+"]", false)
		must(t, err)
		if problems(twice) != "exchange.twice; exchange.twice" {
			t.Error(problems(twice))
		}
		old, err := w.json(t, `[{"unit":"community-01","form":"progress","period":"2019Q3","version":1,"values":{"m1_2":1}}]`, false)
		must(t, err)
		if problems(old) != "m1_2 exchange.stale" {
			t.Error(problems(old))
		}
	})
}

func TestJSONThatIsNone(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	before := w.kept(t)
	for text, key := range map[string]string{
		"[{": "exchange.json.array", "[1,": "exchange.json.array", "{\"unit\":": "exchange.json.line", "\xff": "exchange.json.encoding",
		"[]x": "exchange.json.array",
	} {
		_, err := w.json(t, text, false)
		wantFault(t, err, fault.Invalid, key)
	}
	result, err := w.json(t, `[1,"a",null,{"unit":"\u0000","form":"progress","period":"2019Q3"},{"unit":"community-01","form":"progress","period":"2019Q3","values":{"m1_2":[1],"practices":"\u0000"}}]`, false)
	must(t, err)
	if want := "exchange.json.report; exchange.json.report; exchange.bad_unit; exchange.bad_unit; m1_2 cell.bad_type; practices cell.bad_text"; problems(result) != want {
		t.Errorf("got  %s\nwant %s", problems(result), want)
	}
	w.unchanged(t, before)
}

// TestExportsComeBack: what was written is read, and changes nothing.
func TestExportsComeBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Past(t, "community-01", "2019Q2", reportingtest.Community)
		w.Save(t, "community-02", "2019Q3", reportingtest.Values{"m1_1": "false", "practices": "=HYPERLINK(\"x\")\n,\"", "m1_3": "0"})
		system := accounts.System("test")
		var text, array bytes.Buffer
		must(t, w.files.ExportCSV(t.Context(), system, reporting.Filter{}, &text))
		must(t, w.files.ExportJSON(t.Context(), system, reporting.Filter{}, &array))
		if !strings.HasPrefix(text.String(), "\xef\xbb\xbfunit,form") || strings.Contains(text.String(), "community-01,progress,2019Q3") {
			t.Errorf("CSV: %s", text.String())
		}
		if strings.Contains(text.String(), "\"=HYPERLINK") || strings.Contains(text.String(), ",=HYPERLINK") {
			t.Errorf("a formula in CSV: %s", text.String())
		}
		var list []jsonReport
		if err := json.Unmarshal(array.Bytes(), &list); err != nil || len(list) != 11 {
			t.Fatalf("JSON: %v, %d reports", err, len(list))
		}
		before := w.kept(t)
		fromCSV, err := w.csv(t, text.String(), false)
		must(t, err)
		fromJSON, err := w.json(t, array.String(), false)
		must(t, err)
		if counts(fromCSV) != [4]int{0, 0, 2, 0} || counts(fromJSON) != [4]int{0, 0, 11, 0} {
			t.Errorf("%v %s, %v %s", counts(fromCSV), problems(fromCSV), counts(fromJSON), problems(fromJSON))
		}
		w.unchanged(t, before)
		array.Reset()
		must(t, w.files.ExportJSON(t.Context(), system, reporting.Filter{Batch: "none"}, &array))
		if array.String() != "[]\n" {
			t.Errorf("nothing is %q", array.String())
		}
	})
}
