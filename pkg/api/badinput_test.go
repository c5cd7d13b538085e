package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
)

// wrongField is what errors[] says about one place.
type wrongField struct{ place, code string }

// TestBadInput: each gets a clear answer and changes nothing.
func TestBadInput(t *testing.T) {
	const draft = "/reports/community-02/progress/2019Q3"
	megabyte := `{"version":1,"values":{"obstacles":"` + strings.Repeat("长", 1<<20/3) + `"}}`
	cases := []struct {
		name, user, method, path, body string
		status                         int
		code                           string
		fields                         []wrongField
	}{
		{"no such quarter in the path", "clerk-community-02", "PUT", "/reports/community-02/progress/2019Q5", `{"version":1,"values":{}}`, 400, "period.invalid", []wrongField{{"period", "period.invalid"}}},
		{"no such quarter in the query", "monitor", "GET", "/progress?period=2019Q5", "", 400, "period.invalid", []wrongField{{"period", "period.invalid"}}},
		{"no such quarter", "monitor", "GET", "/periods/2019Q5", "", 400, "period.invalid", []wrongField{{"q", "period.invalid"}}},
		{"percent 120", "clerk-community-02", "PUT", draft, `{"version":1,"values":{"m1_2":"120"}}`, 422, "report.invalid", []wrongField{{"/values/m1_2", "cell.over_max"}}},
		{"text in a number cell", "clerk-community-02", "PUT", draft, `{"version":1,"values":{"m2_1":"很多"}}`, 422, "report.invalid", []wrongField{{"/values/m2_1", "cell.not_a_number"}}},
		{"an object in a cell", "clerk-community-02", "PUT", draft, `{"version":1,"values":{"m2_1":{"n":1}}}`, 422, "report.invalid", []wrongField{{"/values/m2_1", "cell.bad_type"}}},
		{"all wrong cells at once", "clerk-community-02", "PUT", draft, `{"version":1,"values":{"m1_1":"maybe","m2_1":-3,"a/b":1},"not_applicable":["m9_9"]}`, 422, "report.invalid",
			[]wrongField{{"/values/a~1b", "cell.unknown"}, {"/values/m1_1", "cell.not_yes_no"}, {"/values/m2_1", "cell.negative"}, {"/not_applicable/0", "cell.unknown"}}},
		{"a long narrative", "clerk-community-02", "PUT", draft, `{"version":1,"values":{"obstacles":"` + strings.Repeat("长", 5000) + `"}}`, 422, "report.invalid", []wrongField{{"/values/obstacles", "cell.too_long"}}},
		{"1 MB of narrative", "clerk-community-02", "PUT", draft, megabyte, 413, "request.too_large", nil},
		{"truncated JSON", "clerk-community-02", "PUT", draft, `{"version":1,"values":{"m1_2":"5`, 400, "request.invalid", []wrongField{{"", "request.not_json"}}},
		{"not UTF-8", "clerk-community-02", "PUT", draft, "{\"version\":1,\"values\":{\"obstacles\":\"\xff\"}}", 400, "request.invalid", []wrongField{{"", "request.not_json"}}},
		{"a text with U+0000", "monitor", "POST", report + "/return", `{"note":"a\u0000b"}`, 400, "request.invalid", []wrongField{{"", "request.not_json"}}},
		{"no body", "clerk-community-02", "PUT", draft, "", 400, "request.invalid", nil},
		{"no object", "clerk-community-02", "PUT", draft, `"x"`, 422, "request.invalid", []wrongField{{"", "request.not_an_object"}}},
		{"no version", "clerk-community-02", "PUT", draft, `{"values":{"m1_2":"50"}}`, 422, "request.invalid", []wrongField{{"/version", "request.missing"}}},
		{"a version that is no number", "clerk-community-02", "PUT", draft, `{"version":"one","values":{}}`, 422, "request.invalid", []wrongField{{"/version", "request.not_a_number"}}},
		{"a version beyond numbers", "clerk-community-02", "PUT", draft, `{"version":1e30,"values":{}}`, 422, "request.invalid", []wrongField{{"", "request.wrong_value"}}},
		{"values that are no object", "clerk-community-02", "PUT", draft, `{"version":1,"values":[1]}`, 422, "request.invalid", []wrongField{{"/values", "request.not_an_object"}}},
		{"an unknown property", "clerk-community-02", "PUT", draft, `{"version":1,"value":{}}`, 422, "request.invalid", []wrongField{{"/value", "request.unknown_property"}}},
		{"an unknown parameter", "monitor", "GET", "/progress?perod=2019Q3", "", 400, "request.invalid", []wrongField{{"perod", "request.unknown_parameter"}}},
		{"a limit that is no number", "monitor", "GET", "/units?limit=many", "", 400, "request.invalid", []wrongField{{"limit", "request.not_a_number"}}},
		{"a limit that is too great", "monitor", "GET", "/units?limit=1000", "", 422, "request.invalid", []wrongField{{"limit", "request.wrong_value"}}},
		{"a broken query", "monitor", "GET", "/units?scope=%zz", "", 400, "request.invalid", nil},
		{"a query that is no text", "monitor", "GET", "/units?scope=%ff", "", 400, "request.invalid", nil},
		{"a wrong cursor", "monitor", "GET", "/reports?cursor=x", "", 400, "list.bad_cursor", nil},
		{"no such way to ask", "monitor", "GET", "/progress?by=colour", "", 422, "request.invalid", []wrongField{{"by", "request.not_one_of"}}},
		{"no such status", "monitor", "GET", "/reports?status=lost", "", 422, "request.invalid", []wrongField{{"status", "request.not_one_of"}}},
		{"no such batch", "monitor", "GET", "/progress?batch=1999", "", 422, "query.batch_unknown", nil},
		{"no such division", "monitor", "GET", "/units?scope=990000", "", 404, "division.unknown", nil},
		{"no such form", "monitor", "GET", "/reports?form=burden", "", 404, "form.unknown", nil},
		{"no such plan", "monitor", "GET", "/plans/other", "", 404, "plan.unknown", nil},
		{"no such unit", "monitor", "GET", "/units/nobody", "", 404, "unit.unknown", nil},
		{"no such figure", "monitor", "GET", "/trace?figure=M9.9", "", 404, "figure.unknown", nil},
		{"no figure", "monitor", "GET", "/trace", "", 400, "request.invalid", []wrongField{{"figure", "request.missing"}}},
		{"no such basis", "monitor", "GET", "/progress?basis=rumour", "", 422, "request.invalid", []wrongField{{"basis", "request.not_one_of"}}},
		{"no such tree", "monitor", "GET", "/trace?figure=progress&tree=tomorrow", "", 422, "request.invalid", []wrongField{{"tree", "request.not_one_of"}}},
		{"no moment", "monitor", "GET", "/completeness?as_of=2019-10-12", "", 422, "request.invalid", []wrongField{{"as_of", "request.not_a_moment"}}},
		{"before there was a plan", "monitor", "GET", "/progress?as_of=2017-10-12T00:00:00Z", "", 422, "query.before_plan", nil},
		{"what is not due yet", "monitor", "GET", "/reports?status=not_due", "", 422, "query.not_yet", []wrongField{{"status", "query.only_due"}}},
		{"no report owed", "monitor", "GET", "/reports/district-01/progress/2018Q4", "", 404, "report.not_owed", nil},
		{"submit nothing", "clerk-community-03", "POST", "/reports/community-03/progress/2019Q3/submit", "", 422, "report.incomplete", []wrongField{{"", "report.empty"}}},
		{"submit what is submitted", "clerk-community-01", "POST", report + "/submit", "", 409, "report.wrong_status", nil},
		{"return without a word", "monitor", "POST", report + "/return", "", 422, "report.return_invalid", []wrongField{{"/note", "report.note_missing"}}},
		{"a remark on no item", "monitor", "POST", report + "/return", `{"remarks":{"m9_9":"?"}}`, 422, "report.return_invalid", []wrongField{{"/remarks/m9_9", "cell.unknown"}, {"/note", "report.note_missing"}}},
		{"reopen without anything", "monitor", "POST", report + "/reopen", "", 422, "report.reopen_invalid", []wrongField{{"/reason", "report.reason_missing"}, {"/until", "report.until_past"}}},
		{"reopen until no day", "monitor", "POST", report + "/reopen", `{"reason":"更正","until":"2019-13-40"}`, 422, "request.invalid", []wrongField{{"/until", "period.invalid_date"}}},
		{"accept a stale version", "monitor", "POST", report + "/accept", `{"version":1}`, 409, "report.stale", nil},
		{"discuss without words", "monitor", "POST", report + "/discussion", `{"words":" "}`, 422, "report.words_invalid", []wrongField{{"/words", "report.words_missing"}}},
		{"discuss without a body", "monitor", "POST", report + "/discussion", "", 400, "request.invalid", nil},
		{"explain no check", "clerk-community-02", "PUT", draft, `{"version":1,"explanations":{"no/such":"因为"}}`, 422, "report.invalid", []wrongField{{"/explanations/no~1such", "report.no_check"}}},
		{"file for others without a name", "reviewer-340700", "POST", draft + "/submit", `{}`, 422, "report.incomplete", []wrongField{{"/on_behalf", "report.behalf_missing"}}},
		{"a queue of no form", "monitor", "GET", "/review?form=none", "", 404, "form.unknown", nil},
		{"a queue from nowhere", "monitor", "GET", "/review?cursor=x", "", 400, "list.bad_cursor", nil},
		{"corrections from nowhere", "monitor", "GET", "/restatements?cursor=x", "", 400, "list.bad_cursor", nil},
		{"no such call", "monitor", "GET", "/reports/x", "", 404, "request.no_call", nil},
		{"no such method", "monitor", "DELETE", "/units", "", 405, "request.no_method", nil},
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				w.token(t, c.user)
				before := w.state(t)
				a := w.call(t, c.user, c.method, "/api/v1"+c.path, body(c.body)).refused(t, c.status, c.code)
				if diff := cmp.Diff(c.fields, a.fields(t), cmp.AllowUnexported(wrongField{})); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if w.state(t) != before {
					t.Error("it changed something")
				}
			})
		}
	})
}

// fields gives what errors[] says, and checks that each says it in words.
func (a answer) fields(t *testing.T) []wrongField {
	t.Helper()
	list, _ := a.at(t, "errors").([]any)
	var fields []wrongField
	for i := range list {
		place, ok := a.at(t, "errors", i, "pointer").(string)
		if !ok {
			place, ok = a.at(t, "errors", i, "parameter").(string)
		}
		code, _ := a.at(t, "errors", i, "code").(string)
		if detail := a.at(t, "errors", i, "detail"); !ok || detail == "" || detail == code {
			t.Errorf("no place or no text: %s", a.raw)
		}
		fields = append(fields, wrongField{place, code})
	}
	return fields
}

// TestSubmitAfterLock: what is late is refused by the day it was locked on.
func TestSubmitAfterLock(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		saved := w.Save(t, "community-02", "2019Q3", reportingtest.Values{"m1_2": "81"})
		w.token(t, "clerk-community-02")
		w.Clock.Set(saved.Lock.AddDays(1).String())
		before := w.state(t)
		path := "/api/v1/reports/community-02/progress/2019Q3"
		a := w.call(t, "clerk-community-02", http.MethodPost, path+"/submit", nil).refused(t, http.StatusConflict, "report.locked")
		if detail := a.at(t, "detail").(string); !strings.Contains(detail, "2019年10月30日") {
			t.Errorf("it does not say when: %s", detail)
		}
		w.call(t, "clerk-community-02", http.MethodPut, path, map[string]any{"version": saved.Version, "values": map[string]any{"m1_2": "82"}}).
			refused(t, http.StatusConflict, "report.locked")
		if w.state(t) != before {
			t.Error("it changed something")
		}
	})
}

// TestOtherTypesOfBody: forms from a browser on another site are not read.
func TestOtherTypesOfBody(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded"} {
		w.call(t, "monitor", http.MethodPost, "/api/v1"+report+"/return", `{"note":"x"}`, "Content-Type", kind).
			refused(t, http.StatusUnsupportedMediaType, "request.not_json_type")
	}
	w.call(t, "monitor", http.MethodPost, "/api/v1"+report+"/return", `{"note":"x"}`, "Content-Type", "application/json; charset=utf-8").ok(t)
}

// TestFaultsOfTheProgram: the caller learns the request's number and nothing else.
func TestFaultsOfTheProgram(t *testing.T) {
	url := databasetest.URL(t, database.SQLite)
	db := databasetest.Connect(t, url)
	if _, err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, db)
	w.token(t, "viewer")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	a := w.call(t, "viewer", http.MethodGet, "/api/v1/units", nil, "Accept-Language", "en").
		refused(t, http.StatusInternalServerError, "request.failed")
	id := a.header.Get("X-Request-Id")
	if id == "" || a.at(t, "request_id") != id || !strings.Contains(a.at(t, "detail").(string), id) {
		t.Errorf("request %q: %s", id, a.raw)
	}
	if strings.Contains(a.raw, "sql") || strings.Contains(a.raw, "database") {
		t.Errorf("it tells too much: %s", a.raw)
	}
}

// TestLanguages: Chinese unless asked otherwise.
func TestLanguages(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	for header, want := range map[string]string{
		"": "没有这个接口，请核对地址。", "zh-CN,zh;q=0.9": "没有这个接口，请核对地址。", "en-GB": "There is no such call; check the address.", "fr": "没有这个接口，请核对地址。",
	} {
		a := w.call(t, "viewer", http.MethodGet, "/api/v1/nothing", nil, "Accept-Language", header)
		if a.at(t, "detail") != want {
			t.Errorf("%q: %v", header, a.at(t, "detail"))
		}
	}
	a := w.call(t, "viewer", http.MethodGet, "/api/v1/progress?by=type", nil, "Accept-Language", "en").ok(t)
	if a.at(t, "rows", 0, "name") != "District" || a.header.Get("Content-Language") != "en" {
		t.Errorf("%s", a.raw)
	}
}
