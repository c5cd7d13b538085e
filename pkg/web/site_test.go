package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/boundary"
	"pilotboard/pkg/database"
	"pilotboard/pkg/exchange"
	"pilotboard/pkg/notify"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/supervision"
)

// site is the small province with its pages, served by the real router.
type site struct {
	*reportingtest.Province
	server  *Server
	figures *analytics.Service
	notices *notify.Service
	url     string
	nudges  int
}

func newSite(t *testing.T, db *database.DB) *site {
	t.Helper()
	p := reportingtest.New(t, db, append(analytics.Feeds(), notify.Feed())...)
	s := &site{Province: p}
	s.figures = analytics.New(db, p.Plans, p.Tree, p.Reports, period.Clock(p.Clock.Now))
	s.notices = notify.New(db, p.Plans, p.Forms, p.Reports, p.Clock.Now)
	var err error
	s.server, err = New(
		Services{Accounts: p.Accounts, Plans: p.Plans, Forms: p.Forms, Tree: p.Tree, Reports: p.Reports, Figures: s.figures, Exchange: exchange.New(p.Reports, p.Forms), Orders: supervisionOf(p, s.figures), Maps: mapsOf(p), Evidence: p.Evidence, Database: db, Notices: s.notices, Overrides: override.New(db, p.Plans, p.Reports, p.Ledger, p.Clock.Now)},
		Options{Clock: period.Clock(p.Clock.Now), DemoToday: period.MustParseDate(reportingtest.Today), Nudge: func() { s.nudges++ }, Settle: s.settle})
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	s.server.Register(e)
	listener := httptest.NewServer(e)
	t.Cleanup(listener.Close)
	s.url = listener.URL
	return s
}

// mapsOf gives the service for the uploaded map of a province.
func mapsOf(p *reportingtest.Province) *boundary.Service {
	return boundary.New(p.DB, p.Tree, p.Ledger, p.Clock.Now)
}

// supervisionOf gives the service for supervision orders over a province.
func supervisionOf(p *reportingtest.Province, figures *analytics.Service) *supervision.Service {
	return supervision.New(p.DB, supervision.Services{Plans: p.Plans, Tree: p.Tree, Reports: p.Reports, Figures: figures}, p.Ledger, p.Clock.Now)
}

// settle makes the obligations that a new version of a form calls for.
func (s *site) settle(ctx context.Context) error {
	_, err := s.Reports.OpenPeriods(ctx, accounts.System("calendar"))
	return err
}

// refresh makes figures of what was accepted.
func (s *site) refresh(t *testing.T) {
	t.Helper()
	for {
		more, err := s.figures.Refresh(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// visitor is a browser without scripts.
type visitor struct {
	t    *testing.T
	site *site
	http *http.Client
	csrf string
	user int64 // who is logged in
}

// answer is what came back, read to its end.
type answer struct {
	status int
	body   string
	header http.Header
	at     string // the address after redirects
}

// visitor opens a browser at the login page; redirects are followed.
func (s *site) visitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, site: s, http: &http.Client{Jar: jar}}
}

// as opens a browser and logs in.
func (s *site) as(t *testing.T, name string) *visitor {
	t.Helper()
	v := s.visitor(t)
	v.user = s.Actor(t, name).UserID
	v.get("/login")
	if a := v.post("/login", url.Values{"name": {name}, "password": {reportingtest.Password}}); strings.HasSuffix(a.at, "/login") {
		t.Fatalf("%s cannot log in: %d", name, a.status)
	}
	return v
}

var csrfPattern = regexp.MustCompile(`<meta name="csrf" content="([^"]*)">`)

func (v *visitor) do(req *http.Request) answer {
	v.t.Helper()
	res, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if m := csrfPattern.FindSubmatch(body); m != nil && len(m[1]) > 0 {
		v.csrf = string(m[1])
	}
	return answer{status: res.StatusCode, body: string(body), header: res.Header, at: res.Request.URL.RequestURI()}
}

func (v *visitor) request(method, path, contentType, body string) *http.Request {
	v.t.Helper()
	req, err := http.NewRequest(method, v.site.url+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	return v.do(v.request(http.MethodGet, path, "", ""))
}

// post sends a form with the token of the page seen last.
func (v *visitor) post(path string, fields url.Values) answer {
	v.t.Helper()
	if fields == nil {
		fields = url.Values{}
	}
	fields.Set(csrfField, v.csrf)
	return v.do(v.request(http.MethodPost, path, "application/x-www-form-urlencoded", fields.Encode()))
}

// postJSON sends what filing.js sends.
func (v *visitor) postJSON(path, body string) answer {
	v.t.Helper()
	req := v.request(http.MethodPost, path, "application/json", body)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-CSRF-Token", v.csrf)
	return v.do(req)
}

func (a answer) has(t *testing.T, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d; body: %s", a.status, status, excerpt(a.body))
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("there is no %q in: %s", text, excerpt(a.body))
		}
	}
}

// excerpt is the content of a page, for messages.
func excerpt(body string) string {
	if _, content, ok := strings.Cut(body, `id="content"`); ok {
		body = content
	}
	return body[:min(len(body), 3000)]
}

// filing is the filing form of a report as the page has it, by field name.
func (v *visitor) filing(path string) url.Values {
	v.t.Helper()
	a := v.get(path)
	a.has(v.t, http.StatusOK)
	return formFields(v.t, a.body)
}

var (
	inputPattern    = regexp.MustCompile(`<input ([^>]*)>`)
	textareaPattern = regexp.MustCompile(`(?s)<textarea ([^>]*)>\n?(.*?)</textarea>`)
	attrPattern     = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
)

// formFields gives what a browser would post of the form with data-filing or class conflict: good
// enough for our own markup.
func formFields(t *testing.T, body string) url.Values {
	t.Helper()
	fields := url.Values{}
	_, form, ok := strings.Cut(body, `<main class="content"`)
	if !ok {
		t.Fatalf("no content in %s", excerpt(body))
	}
	unescape := strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&#43;", "+")
	for _, m := range inputPattern.FindAllStringSubmatch(form, -1) {
		attrs := map[string]string{}
		for _, a := range attrPattern.FindAllStringSubmatch(m[1], -1) {
			attrs[a[1]] = unescape.Replace(a[2])
		}
		if (attrs["type"] == "radio" || attrs["type"] == "checkbox") && !strings.HasSuffix(strings.TrimSpace(m[1]), "checked") {
			continue
		}
		if attrs["name"] != "" {
			fields.Set(attrs["name"], attrs["value"])
		}
	}
	for _, m := range textareaPattern.FindAllStringSubmatch(form, -1) {
		for _, a := range attrPattern.FindAllStringSubmatch(m[1], -1) {
			if a[1] == "name" {
				fields.Set(a[2], unescape.Replace(m[2]))
			}
		}
	}
	return fields
}

// reportPathOf gives the address of a report of the province.
func reportPathOf(unit, quarter string) string {
	return fmt.Sprintf("/reports/%s/%s/%s", unit, reportingtest.Form, quarter)
}
