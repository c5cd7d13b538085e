package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

const report = "/reports/community-01/progress/2019Q3"

// access is one call with those who may not make it. Reference data that is the same for everybody
// (plans, forms, periods) has no sub-tree, and reading figures no role that may not.
type access struct {
	method, path, body string
	forbidden          string // user whose role may not, in the right sub-tree
	elsewhere          string // user of another sub-tree
	code               string // for elsewhere
	denied             string // code for forbidden; report.not_your_role without
	kind               string // content type of the body; JSON without
}

var accesses = map[string]access{
	"GET /forms":            {path: "/forms"},
	"GET /units":            {path: "/units?scope=340100", elsewhere: "reviewer-340700", code: "scope.forbidden"},
	"GET /units/{key}":      {path: "/units/community-01", elsewhere: "clerk-community-02", code: "unit.forbidden"},
	"GET /plans/{key}":      {path: "/plans/test-2018-2020"},
	"GET /forms/{key}":      {path: "/forms/progress"},
	"GET /periods/{q}":      {path: "/periods/2019Q3"},
	"GET /reports":          {path: "/reports?scope=340700", elsewhere: "reviewer-340100", code: "scope.forbidden"},
	"GET " + reportPath:     {path: report, elsewhere: "reviewer-340700", code: "unit.forbidden"},
	"POST /imports/reports": {path: "/imports/reports", body: "[]"}, // by report: TestImportScope
	"GET /progress":         {path: "/progress?scope=340000", elsewhere: "reviewer-340100", code: "scope.forbidden"},
	"GET /figures":          {path: "/figures?scope=340000", elsewhere: "reviewer-340100", code: "scope.forbidden"},
	"GET /completeness":     {path: "/completeness?unit=community-01", elsewhere: "clerk-street-01", code: "unit.forbidden"},
	"GET /trace":            {path: "/trace?figure=progress&scope=340104", elsewhere: "reviewer-340181", code: "scope.forbidden"},
	"PUT " + reportPath:     {path: report, body: `{"version":1,"values":{"m1_2":"50"}}`, forbidden: "monitor", elsewhere: "clerk-community-02", code: "unit.forbidden"},
	post + "/submit":        {path: report + "/submit", forbidden: "viewer", elsewhere: "clerk-community-02", code: "unit.forbidden"},
	post + "/withdraw":      {path: report + "/withdraw", forbidden: "monitor", elsewhere: "clerk-district-01", code: "unit.forbidden"},
	post + "/return":        {path: report + "/return", body: `{"note":"请补充"}`, forbidden: "clerk-community-01", elsewhere: "reviewer-340700", code: "unit.forbidden"},
	post + "/accept":        {path: report + "/accept", forbidden: "clerk-community-01", elsewhere: "reviewer-340181", code: "unit.forbidden"},
	"GET /supervision":      {path: "/supervision?scope=340700", forbidden: "viewer", denied: "permission.denied", elsewhere: "reviewer-340100", code: "scope.forbidden"},
	"POST " + ordersPath: {
		path: "/units/community-02/supervision", body: `{"form":"progress","period":"2019Q3","reason":"逾期","due":"2019-10-20"}`,
		forbidden: "clerk-community-02", denied: "permission.denied", elsewhere: "reviewer-340100", code: "unit.forbidden"},
	"GET " + ordersPath + "/{no}":           {path: "/units/community-02/supervision/1", forbidden: "viewer", denied: "permission.denied", elsewhere: "clerk-community-01", code: "unit.forbidden"},
	"POST " + ordersPath + "/{no}/raise":    {path: "/units/community-02/supervision/1/raise", body: `{"reason":"x"}`, forbidden: "viewer", denied: "permission.denied", elsewhere: "reviewer-340100", code: "unit.forbidden"},
	"POST " + ordersPath + "/{no}/sign":     {path: "/units/community-02/supervision/1/sign", body: `{"reply":"x"}`, forbidden: "viewer", denied: "permission.denied", elsewhere: "clerk-community-01", code: "unit.forbidden"},
	"POST " + ordersPath + "/{no}/withdraw": {path: "/units/community-02/supervision/1/withdraw", body: `{"reason":"x"}`, forbidden: "viewer", denied: "permission.denied", elsewhere: "reviewer-340100", code: "unit.forbidden"},
	"GET /calendar":                         {path: "/calendar"},
	"PUT /periods/{q}/forms/{form}": {
		path: "/periods/2019Q3/forms/progress", body: `{"due":"2019-10-18","lock":"2019-11-05","reason":"顺延"}`, forbidden: "monitor", denied: "permission.denied"},
	post + "/discussion": {path: report + "/discussion", body: `{"words":"请问"}`, forbidden: "viewer", elsewhere: "clerk-community-02", code: "unit.forbidden"},
	"POST /units/{key}/evidence": {
		path: filesPath, kind: "multipart/form-data; boundary=b", forbidden: "monitor", denied: "permission.denied", elsewhere: "clerk-community-01", code: "unit.forbidden",
		body: "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\r\n--b--\r\n"},
	"GET /units/{key}/evidence/{hash}":       {path: filesPath + "/" + strings.Repeat("0a", 32), elsewhere: "reviewer-340100", code: "unit.forbidden"},
	"PUT " + reportPath + "/evidence/{item}": {path: evidencePath, body: `{"hashes":[]}`, forbidden: "monitor", elsewhere: "clerk-community-01", code: "unit.forbidden"},
	"GET /review":                            {path: "/review?scope=340100", forbidden: "viewer", denied: "permission.denied", elsewhere: "reviewer-340700", code: "scope.forbidden"},
	"GET /restatements":                      {path: "/restatements?unit=community-01", elsewhere: "clerk-community-02", code: "unit.forbidden"},
	post + "/reopen":                         {path: report + "/reopen", body: `{"reason":"更正","until":"2019-11-30"}`, forbidden: "viewer", elsewhere: "reviewer-340705", code: "unit.forbidden"},
}

const (
	reportPath = "/reports/{unit}/{form}/{period}"
	post       = "POST " + reportPath
	ordersPath = "/units/{key}/supervision"
)

// TestWhoMay asks every described call without a token, with wrong and expired ones, as a role that
// may not and as somebody of another sub-tree: none of it changes anything.
func TestWhoMay(t *testing.T) {
	_, described := description(t)
	for path, item := range described.at(t, "paths").(map[string]any) {
		for method := range item.(map[string]any) {
			if _, ok := accesses[strings.ToUpper(method)+" "+path]; !ok {
				t.Errorf("no case for %s %s", method, path)
			}
		}
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		tokens := map[string]string{"no token": "", "wrong": "Bearer pb_wrong", "not ours": "Bearer x", "other scheme": "Basic " + w.token(t, "admin")}
		w.Actor(t, "admin")
		w.On("2019-10-01", func() {
			token, err := w.Accounts.CreateToken(context.Background(), accounts.System("test"), "admin", 1)
			if err != nil {
				t.Fatal(err)
			}
			tokens["expired"] = "Bearer " + token
		})
		for name, c := range accesses {
			if c.forbidden != "" {
				w.token(t, c.forbidden)
			}
			if c.elsewhere != "" {
				w.token(t, c.elsewhere)
			}
			c.method, _, _ = strings.Cut(name, " ")
			before := w.state(t)
			t.Run(name, func(t *testing.T) { w.checkAccess(t, c, tokens) })
			if after := w.state(t); after != before {
				t.Errorf("%s: a refused call changed something", name)
			}
		}
		if w.nudges != 0 {
			t.Errorf("%d nudges for nothing", w.nudges)
		}
	})
}

func (w *world) checkAccess(t *testing.T, c access, tokens map[string]string) {
	path := "/api/v1" + c.path
	if c.kind == "" {
		c.kind = "application/json"
	}
	for kind, token := range tokens {
		r := httptest.NewRequest(c.method, path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		r.AddCookie(&http.Cookie{Name: "session", Value: w.token(t, "admin")})
		if token != "" {
			r.Header.Set("Authorization", token)
		}
		a := w.send(t, r).refused(t, http.StatusUnauthorized, "token.invalid")
		if a.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: no WWW-Authenticate", kind)
		}
	}
	if c.denied == "" {
		c.denied = "report.not_your_role"
	}
	if c.forbidden != "" {
		w.call(t, c.forbidden, c.method, path, body(c.body), "Content-Type", c.kind).refused(t, http.StatusForbidden, c.denied)
	}
	if c.elsewhere != "" {
		w.call(t, c.elsewhere, c.method, path, body(c.body), "Content-Type", c.kind).refused(t, http.StatusForbidden, c.code)
	}
}

func body(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// TestDisabledUsersTokensEnd: a token is worth no more than its user.
func TestDisabledUsersTokensEnd(t *testing.T) {
	w := newWorld(t, databasetest.Open(t, database.SQLite))
	w.call(t, "viewer", http.MethodGet, "/api/v1/units", nil).ok(t)
	if err := w.Accounts.Disable(context.Background(), accounts.System("test"), "viewer"); err != nil {
		t.Fatal(err)
	}
	w.call(t, "viewer", http.MethodGet, "/api/v1/units", nil).refused(t, http.StatusUnauthorized, "token.invalid")
}
