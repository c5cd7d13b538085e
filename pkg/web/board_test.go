package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/notify"
	"pilotboard/pkg/override"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

// board is the small province behind the real router, with its figures.
type board struct {
	*reportingtest.Province
	figures *analytics.Service
	router  *echo.Echo
}

func newBoard(t testing.TB, db *database.DB) board {
	t.Helper()
	p := reportingtest.New(t, db, analytics.Feeds()...)
	figures := analytics.New(db, p.Plans, p.Tree, p.Reports, p.Clock.Now)
	b := board{p, figures, routerOf(t, Services{Accounts: p.Accounts, Plans: p.Plans, Forms: p.Forms, Tree: p.Tree, Reports: p.Reports, Figures: figures, Orders: supervisionOf(p, figures), Maps: mapsOf(p), Overrides: override.New(db, p.Plans, p.Reports, p.Ledger, p.Clock.Now), Database: db, Notices: notify.New(db, p.Plans, p.Forms, p.Reports, p.Clock.Now)}, p.Clock.Now)}
	b.refresh(t)
	return b
}

func routerOf(t testing.TB, services Services, clock period.Clock) *echo.Echo {
	t.Helper()
	server, err := New(services, Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	server.Register(e)
	return e
}

func (b board) refresh(t testing.TB) {
	t.Helper()
	if _, err := b.figures.Refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// reader is a browser of somebody who has logged in.
type reader struct {
	router  *echo.Echo
	cookies map[string]*http.Cookie
}

func (b board) as(t testing.TB, name string) *reader {
	t.Helper()
	b.Actor(t, name)
	return logIn(t, b.router, name)
}

func logIn(t testing.TB, router *echo.Echo, name string) *reader {
	t.Helper()
	r := &reader{router: router, cookies: map[string]*http.Cookie{}}
	form := url.Values{"name": {name}, "password": {reportingtest.Password}}
	form.Set(csrfField, regexp.MustCompile(`name="_csrf" value="([^"]+)"`).FindStringSubmatch(r.get("/login").Body.String())[1])
	request := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(form.Encode()))
	request.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	if answer := r.do(request); answer.Code != http.StatusSeeOther {
		t.Fatalf("%s cannot log in: %d", name, answer.Code)
	}
	return r
}

func (r *reader) get(address string) *httptest.ResponseRecorder {
	return r.do(httptest.NewRequest(http.MethodGet, address, nil))
}

func (r *reader) do(request *http.Request) *httptest.ResponseRecorder {
	for _, c := range r.cookies {
		request.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	r.router.ServeHTTP(answer, request)
	for _, c := range answer.Result().Cookies() {
		r.cookies[c.Name] = c
	}
	return answer
}

// open gives a page that must be there, and holds it to what every page must keep to.
func (r *reader) open(t testing.TB, address string) string {
	t.Helper()
	answer := r.get(address)
	if answer.Code != http.StatusOK {
		t.Fatalf("%s: got %d: %s", address, answer.Code, answer.Body)
	}
	page := answer.Body.String()
	checkPage(t, address, page)
	return page
}

// checkPage holds that names close no tag, that charts are JSON, and that nothing is styled inline.
func checkPage(t testing.TB, address, page string) {
	t.Helper()
	document, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for node := range document.Descendants() {
		if node.Type == html.TextNode && strings.Contains(node.Data, "ZgotmplZ") {
			t.Errorf("%s: the template engine refused a value", address)
		}
		for _, a := range node.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.Contains(a.Val, "ZgotmplZ") {
				t.Errorf("%s: <%s %s=%q>", address, node.Data, a.Key, a.Val)
			}
		}
		switch {
		case node.Data == "img" && attribute(node, "src") == "x":
			t.Errorf("%s: a definition became a picture", address)
		case node.Data != "script" || node.Type != html.ElementNode:
		case attribute(node, "data-chart") != "":
			if !json.Valid([]byte(node.FirstChild.Data)) {
				t.Errorf("%s: chart %s is not JSON: %s", address, attribute(node, "data-chart"), node.FirstChild.Data)
			}
		case !strings.HasPrefix(attribute(node, "src"), assetsPrefix):
			t.Errorf("%s: a script of its own: %s", address, node.FirstChild.Data)
		}
	}
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func wants(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(page, text) {
			t.Errorf("the page says %q", text)
		}
	}
}

// worked files what the tests below look at: 方兴社区 has filed the second and the third quarter, the
// hostile unit the second only.
func (b board) worked(t testing.TB) {
	t.Helper()
	b.Past(t, "community-01", "2019Q2", reportingtest.Community)
	b.Past(t, "community-02", "2019Q2", reportingtest.Values{"m1_1": "false", "m2_1": "100"})
	b.On("2019-10-08", func() { b.Submit(t, "community-01", "2019Q3", reportingtest.Community) })
	b.Accept(t, "community-01", "2019Q3")
	b.refresh(t)
}

var added int

// addUnits designates n more communities under 巢湖市 and opens their reports.
func (b board) addUnits(t testing.TB, n int) {
	t.Helper()
	var file strings.Builder
	file.WriteString("key,name,division,type,batch,since,since_precision,until,placeholder,document\n")
	for range n {
		added++
		fmt.Fprintf(&file, "added-%d,社区%d,340181,community,2019,2019-07-01,day,,true,\n", added, added)
	}
	if _, err := b.Plans.ImportPilots(context.Background(), accounts.System("test"), "more.csv", strings.NewReader(file.String()), false); err != nil {
		t.Fatal(err)
	}
	b.OpenPeriods(t)
	b.refresh(t)
}
