package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
)

// routeCase is what a route is tried with by those who may not use it.
type routeCase struct {
	path      string // with 2019Q3 of community-01 in 合肥市 where it is about a report
	forbidden string // a user whose role may not; empty where every role may
	elsewhere string // a user whose role may, for other units; empty where the route is about no unit
	body      url.Values
}

var (
	ourReport = reportPathOf("community-01", "2019Q3")
	version1  = url.Values{"version": {"1"}}
	// supervised is what an order about the report is issued or acted on with.
	supervised = url.Values{"unit": {"community-01"}, "form": {"progress"}, "period": {"2019Q3"}, "reason": {"逾期未报"}, "due": {"2019-10-20"}}
	noDraft    = url.Values{"version": {"0"}}
)

// routeCases has one case per route that needs a login, by method and path in the route table.
var routeCases = map[string]routeCase{
	"GET /version":                     {path: "/version"},
	"GET /":                            {path: "/"},
	"GET /reports":                     {path: "/reports?scope=340100", elsewhere: "reviewer-340700"},
	"GET /review":                      {path: "/review?scope=340100", forbidden: "viewer", elsewhere: "reviewer-340700"},
	"GET /dashboards":                  {path: "/dashboards"},
	"GET /dashboards/:dashboard":       {path: "/dashboards/scurve?scope=340100", elsewhere: "reviewer-340700"},
	"GET /dashboards/:dashboard/:card": {path: "/dashboards/scurve/curve?format=csv&scope=340100", elsewhere: "reviewer-340700"},
	"POST /review/accept":              {path: "/review/accept?scope=340100", forbidden: "viewer", elsewhere: "reviewer-340700"},
	"GET /restatements":                {path: "/restatements?scope=340100", elsewhere: "reviewer-340700"},
	"GET /home":                        {path: "/home?scope=340100", elsewhere: "reviewer-340700"},

	"GET " + mapPath:              {path: "/map", forbidden: "monitor"},
	"POST " + mapPath:             {path: "/map", forbidden: "reviewer-340100"},
	"POST " + mapPath + "/remove": {path: "/map/remove", forbidden: "viewer"},
	"GET " + shapesPath:           {path: "/map/shapes"},
	"GET /screen":                 {path: "/screen?scope=340100", elsewhere: "reviewer-340700"},
	"GET /screen/figures":         {path: "/screen/figures?scope=340100", elsewhere: "reviewer-340700"},
	"GET /screen/events":          {path: "/screen/events"},

	"GET /tasks":           {path: "/tasks", forbidden: "viewer"},
	"POST /tasks/handover": {path: "/tasks/handover", forbidden: "viewer"},
	"GET /matrix":          {path: "/matrix?scope=340100", forbidden: "monitor", elsewhere: "reviewer-340700"},
	"GET /handover":        {path: "/handover", forbidden: "monitor"},
	"GET " + handoverPath:  {path: "/handover/community-01/clerk-community-01", forbidden: "reviewer-340100"},
	"POST " + handoverPath: {path: "/handover/community-01/clerk-community-01", forbidden: "clerk-community-01"},
	"POST /urge": {
		path: "/urge", forbidden: "clerk-community-01", elsewhere: "reviewer-340700", body: url.Values{"report": {"community-01/progress/2019Q3"}}},
	"GET /inbox":               {path: "/inbox"},
	"POST /inbox/read":         {path: "/inbox/read"},
	"GET /inbox/:notice":       {path: "/inbox/0"},
	"POST /inbox/:notice/read": {path: "/inbox/0/read"},
	"GET /account":             {path: "/account"},
	"POST /account":            {path: "/account", body: url.Values{"language": {"zh-CN"}}},

	"GET /units/:unit": {path: "/units/community-01", elsewhere: "clerk-community-02"},
	"POST " + lightsPath: {
		path: "/units/community-01/lights", forbidden: "reviewer-340100", elsewhere: "monitor-340700",
		body: url.Values{"period": {"2019Q3"}, "light": {"watch"}, "reason": {"现场核实"}}},
	"GET /reports/export":                {path: "/reports/export?scope=340100&format=csv", elsewhere: "reviewer-340700"},
	"GET /upload":                        {path: "/upload", forbidden: "viewer"},
	"POST /upload":                       {path: "/upload", forbidden: "viewer"},
	"GET " + reportPath + "/template":    {path: ourReport + "/template", elsewhere: "clerk-community-02"},
	"POST " + reportPath + "/upload":     {path: ourReport + "/upload", forbidden: "monitor", elsewhere: "clerk-community-02"},
	"POST " + uploadPath:                 {path: "/units/community-01/evidence", forbidden: "monitor", elsewhere: "clerk-community-02"},
	"GET " + filePath:                    {path: "/units/community-01/evidence/" + someHash, elsewhere: "clerk-community-02"},
	"GET " + filePath + "/thumbnail":     {path: "/units/community-01/evidence/" + someHash + "/thumbnail", elsewhere: "reviewer-340700"},
	"GET " + reportPath:                  {path: ourReport, elsewhere: "clerk-community-02"},
	"POST " + reportPath:                 {path: ourReport, forbidden: "monitor", elsewhere: "clerk-community-02", body: version1},
	"GET " + reportPath + "/:act":        {path: ourReport + "/submit"}, // leads to the report, which asks the scope
	"GET /review/accept":                 {path: "/review/accept?scope=340100", forbidden: "viewer", elsewhere: "reviewer-340700"},
	"POST " + reportPath + "/submit":     {path: ourReport + "/submit", forbidden: "monitor", elsewhere: "clerk-community-02", body: version1},
	"POST " + reportPath + "/withdraw":   {path: ourReport + "/withdraw", forbidden: "monitor", elsewhere: "clerk-community-02", body: version1},
	"GET /forms":                         {path: "/forms"},
	"POST /forms":                        {path: "/forms", forbidden: "monitor", body: url.Values{"key": {"cost"}, "title": {"费用"}}},
	"GET " + formPath:                    {path: "/forms/progress"},
	"GET " + formPath + "/versions/:no":  {path: "/forms/progress/versions/1"},
	"GET " + formPath + "/edit":          {path: "/forms/progress/edit", forbidden: "monitor"},
	"POST " + formPath + "/edit":         {path: "/forms/progress/edit", forbidden: "clerk-community-01", body: noDraft},
	"GET " + formPath + "/edit/section":  {path: "/forms/progress/edit/section", forbidden: "viewer"},
	"POST " + formPath + "/edit/section": {path: "/forms/progress/edit/section", forbidden: "monitor", body: noDraft},
	"GET " + formPath + "/edit/item":     {path: "/forms/progress/edit/item", forbidden: "reviewer-340100"},
	"POST " + formPath + "/edit/item":    {path: "/forms/progress/edit/item", forbidden: "monitor", body: noDraft},
	"GET " + formPath + "/edit/check":    {path: "/forms/progress/edit/check", forbidden: "monitor"},
	"POST " + formPath + "/edit/check":   {path: "/forms/progress/edit/check", forbidden: "clerk-community-01", body: noDraft},
	"POST " + formPath + "/edit/move":    {path: "/forms/progress/edit/move", forbidden: "monitor", body: noDraft},
	"POST " + formPath + "/edit/delete":  {path: "/forms/progress/edit/delete", forbidden: "monitor", body: noDraft},
	"GET " + formPath + "/edit/text":     {path: "/forms/progress/edit/text", forbidden: "monitor"},
	"POST " + formPath + "/edit/text":    {path: "/forms/progress/edit/text", forbidden: "clerk-community-01", body: noDraft},
	"GET " + formPath + "/try":           {path: "/forms/progress/try", forbidden: "monitor"},
	"POST " + formPath + "/try":          {path: "/forms/progress/try", forbidden: "clerk-community-01"},
	"GET " + formPath + "/publish":       {path: "/forms/progress/publish", forbidden: "monitor"},
	"POST " + formPath + "/publish":      {path: "/forms/progress/publish", forbidden: "monitor", body: noDraft},
	"POST " + formPath + "/discard":      {path: "/forms/progress/discard", forbidden: "clerk-community-01", body: noDraft},
	"POST " + reportPath + "/return": {
		path: ourReport + "/return", forbidden: "clerk-community-01", elsewhere: "reviewer-340700", body: url.Values{"version": {"1"}, "note": {"改"}}},
	"POST " + reportPath + "/accept": {path: ourReport + "/accept", forbidden: "viewer", elsewhere: "reviewer-340700", body: version1},
	"POST " + reportPath + "/reopen": {
		path: ourReport + "/reopen", forbidden: "clerk-community-01", elsewhere: "reviewer-340700",
		body: url.Values{"version": {"1"}, "reason": {"补报"}, "until": {"2019-12-01"}}},
	"POST " + reportPath + "/sections/:section/confirm": {
		path: ourReport + "/sections/W1/confirm", forbidden: "viewer", elsewhere: "clerk-community-02", body: version1},
	"POST " + attachPath:                          {path: ourReport + "/evidence/m1_1", forbidden: "monitor", elsewhere: "clerk-community-02"},
	"POST " + attachPath + "/remove":              {path: ourReport + "/evidence/m1_1/remove", forbidden: "viewer", elsewhere: "clerk-community-02"},
	"POST " + reportPath + "/explanations/:check": {path: ourReport + "/explanations/c1", forbidden: "viewer", elsewhere: "clerk-community-02"},
	"GET /supervision":                            {path: "/supervision?scope=340100", forbidden: "viewer", elsewhere: "reviewer-340700"},
	"GET /supervision/new":                        {path: "/supervision/new?" + supervised.Encode(), forbidden: "clerk-community-01", elsewhere: "reviewer-340700"},
	"POST /supervision":                           {path: "/supervision", forbidden: "clerk-community-01", elsewhere: "reviewer-340700", body: supervised},
	"GET " + orderPath:                            {path: "/supervision/community-01/1", forbidden: "viewer", elsewhere: "reviewer-340700"},
	"POST " + orderPath + "/raise":                {path: "/supervision/community-01/1/raise", forbidden: "clerk-community-01", elsewhere: "reviewer-340700", body: supervised},
	"POST " + orderPath + "/sign":                 {path: "/supervision/community-01/1/sign", forbidden: "viewer", elsewhere: "clerk-community-02", body: supervised},
	"POST " + reportPath + "/discussion": {
		path: ourReport + "/discussion", forbidden: "viewer", elsewhere: "clerk-community-02", body: url.Values{"words": {"请问"}}},
	"GET " + reportPath + "/print": {path: ourReport + "/print", elsewhere: "reviewer-340700"},
	"POST " + orderPath + "/withdraw": {
		path: "/supervision/community-01/1/withdraw", forbidden: "clerk-community-01", elsewhere: "reviewer-340700", body: supervised},
	"GET /calendar": {path: "/calendar"},
	"POST /calendar/:form/:period": {
		path: "/calendar/progress/2019Q3", forbidden: "monitor", body: url.Values{"due": {"2019-10-18"}, "lock": {"2019-11-18"}, "reason": {"顺延"}}},

	"POST " + reportPath + "/cells/:item": {path: ourReport + "/cells/m1_2", forbidden: "viewer", elsewhere: "clerk-community-02"},
}

// TestEveryRouteKeepsOthersOut walks the route table: nobody without a login, without the role, or from
// another sub-tree gets in, no post without its token does, and nothing is changed by trying.
func TestEveryRouteKeepsOthersOut(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		visitors := map[string]*visitor{}
		as := func(name string) *visitor {
			if visitors[name] == nil {
				visitors[name] = s.as(t, name)
			}
			return visitors[name]
		}
		before := s.Report(t, "community-01", "2019Q3").Version
		tried := map[string]bool{}
		for _, r := range s.server.routes() {
			if r.need == anyone {
				continue
			}
			name := r.method + " " + r.path
			tc, ok := routeCases[name]
			if !ok {
				t.Errorf("%s has no case in routeCases", name)
				continue
			}
			tried[name] = true
			t.Run(name, func(t *testing.T) { tryRoute(t, s, r, tc, as) })
		}
		for name := range routeCases {
			if !tried[name] {
				t.Errorf("routeCases has %s, the route table does not", name)
			}
		}
		if after := s.Report(t, "community-01", "2019Q3").Version; after != before {
			t.Errorf("the report went from version %d to %d", before, after)
		}
	})
}

func tryRoute(t *testing.T, s *site, r route, tc routeCase, as func(string) *visitor) {
	send := func(v *visitor) answer {
		v.t = t
		switch {
		case r.method == get:
			return v.get(tc.path)
		case strings.Contains(r.path, "/explanations/"):
			return v.postJSON(tc.path, fmt.Sprintf(`{"user":%d,"text":"因为"}`, v.user))
		case strings.Contains(r.path, "/cells/"):
			return v.postJSON(tc.path, fmt.Sprintf(`{"user":%d,"base":{"value":""},"value":"10"}`, v.user))
		case strings.HasPrefix(r.path, attachPath):
			return v.postJSON(tc.path, fmt.Sprintf(`{"user":%d,"hash":%q}`, v.user, someHash))
		case r.path == uploadPath:
			return v.upload(tc.path, "file", "a.pdf", []byte("%PDF-1.7"))
		}
		return v.post(tc.path, tc.body)
	}
	nobody := s.visitor(t)
	nobody.get("/login")
	switch a := send(nobody); {
	case r.path == "/version", strings.HasPrefix(r.path, "/screen/"), r.method == post:
		a.has(t, http.StatusUnauthorized)
	case !strings.HasPrefix(a.at, "/login?next="):
		t.Errorf("nobody got %d at %s", a.status, a.at)
	}
	if tc.forbidden != "" {
		send(as(tc.forbidden)).has(t, http.StatusForbidden)
	}
	if tc.elsewhere != "" {
		send(as(tc.elsewhere)).has(t, http.StatusForbidden)
	}
	if r.method == post {
		v := as("clerk-community-01")
		v.t = t
		v.csrf = "wrong"
		if a := send(v); a.status != http.StatusForbidden {
			t.Errorf("a post with a wrong token got %d", a.status)
		}
		res := v.do(v.request(post, tc.path, "application/x-www-form-urlencoded", tc.body.Encode()))
		if res.status != http.StatusBadRequest && res.status != http.StatusForbidden {
			t.Errorf("a post without a token got %d", res.status)
		}
		v.get("/") // the right token again
	}
}

// TestOpenRoutesNeedTheirToken tries the posts that need no login.
func TestOpenRoutesNeedTheirToken(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	for _, r := range s.server.routes() {
		if r.need != anyone || r.method != post {
			continue
		}
		v := s.visitor(t)
		v.get("/login")
		v.csrf = "wrong"
		v.post(r.path, nil).has(t, http.StatusForbidden)
	}
	v := s.visitor(t)
	req := v.request(post, "/language", "application/x-www-form-urlencoded", "language=en")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	v.do(req).has(t, http.StatusForbidden)
}
