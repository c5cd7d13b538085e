package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
)

// TestHeadIsAnsweredLikeGet, without the page.
func TestHeadIsAnsweredLikeGet(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	nobody, monitor := s.visitor(t), s.as(t, "monitor")
	for _, c := range []struct {
		who          *visitor
		address, end string
		status       int
	}{
		{nobody, "/healthz", "/healthz", http.StatusOK},
		{nobody, "/login", "/login", http.StatusOK},
		{nobody, AssetURL("app.css"), AssetURL("app.css"), http.StatusOK},
		{nobody, "/home", "/login?next=%2Fhome", http.StatusOK},
		{monitor, "/home", "/home", http.StatusOK},
		{monitor, ourReport, ourReport, http.StatusOK},
		{monitor, "/nosuch", "/nosuch", http.StatusNotFound},
		{monitor, "/logout", "/logout", http.StatusMethodNotAllowed},
	} {
		a := c.who.do(c.who.request(http.MethodHead, c.address, "", ""))
		if a.status != c.status || a.at != c.end || a.body != "" {
			t.Errorf("HEAD %s: %d at %s, %d bytes", c.address, a.status, a.at, len(a.body))
		}
	}
}

func TestErrorPages(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	e := echo.New()
	s.server.Register(e)
	e.GET("/test/panic", func(echo.Context) error { panic("secret of the house") })
	e.GET("/test/broken", func(echo.Context) error { return errors.New("secret of the house") })
	e.GET("/test/fault", func(echo.Context) error {
		return fault.New(fault.Conflict, "report.stale").With("m1", "cell.negative").With("m2", "cell.not_whole")
	})
	e.GET("/test/half", func(c echo.Context) error {
		if err := c.String(http.StatusOK, "half"); err != nil {
			return err
		}
		return errors.New("broken off")
	})
	router := httptest.NewServer(e)
	defer router.Close()
	s.url = router.URL
	nobody, monitor := s.visitor(t), s.as(t, "monitor")

	for path, tc := range map[string]struct {
		status int
		texts  []string
	}{
		"/nosuch":          {http.StatusNotFound, []string{chinese("error.title.not_found"), chinese("error.no_page")}},
		"/reports/x/y":     {http.StatusNotFound, []string{chinese("error.title.not_found")}},
		"/logout":          {http.StatusMethodNotAllowed, []string{chinese("error.bad_method")}},
		"/test/panic":      {http.StatusInternalServerError, []string{chinese("error.title.internal")}},
		"/test/broken":     {http.StatusInternalServerError, []string{chinese("error.title.internal")}},
		"/test/fault":      {http.StatusConflict, []string{chinese("report.stale"), chinese("cell.negative"), chinese("cell.not_whole")}},
		"/static/":         {http.StatusNotFound, nil},
		"/static/%2e%2e/x": {http.StatusNotFound, nil},
	} {
		for _, v := range []*visitor{nobody, monitor} {
			a := v.get(path)
			a.has(t, tc.status, tc.texts...)
			if strings.Contains(a.body, "secret") {
				t.Errorf("%s tells the secret", path)
			}
			if len(tc.texts) > 0 && !strings.Contains(a.body, "演示日期 2019年10月12日 · 示例数据") {
				t.Errorf("%s does not say that this is a demonstration", path)
			}
			if id := a.header.Get(echo.HeaderXRequestID); tc.status == http.StatusInternalServerError && (id == "" || !strings.Contains(a.body, id)) {
				t.Errorf("%s does not show its number %q", path, id)
			}
		}
	}
	monitor.get("/test/half").has(t, http.StatusOK, "half")
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	v := s.visitor(t)
	for _, path := range []string{"/login", "/nosuch", "/healthz", AssetURL("app.css"), "/logout"} {
		h := v.get(path).header
		if got := h.Get("Content-Security-Policy"); got != contentPolicy || strings.Contains(got, "unsafe") {
			t.Errorf("%s: policy %q", path, got)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || h.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
	v.get("/healthz").has(t, http.StatusOK, "ok")
	req := v.request(get, AssetURL("app.css"), "", "")
	req.Header.Set("Accept-Encoding", "gzip")
	if a := v.do(req); a.header.Get("Content-Encoding") != "gzip" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Errorf("an asset comes with %v", a.header)
	}
	if a := v.get("/login"); a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a page may be kept: %q", a.header.Get("Cache-Control"))
	}
}

func TestHealthOfADeadDatabase(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	dead := databasetest.Open(t, database.SQLite)
	s.server.Database = dead
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	s.visitor(t).get("/healthz").has(t, http.StatusServiceUnavailable, "unreachable")
}

// TestAFormSentAfterTheLoginEnded: what was typed must not be thrown away with a redirect.
func TestAFormSentAfterTheLoginEnded(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	clerk := s.as(t, "clerk-community-01")
	fields := typed(clerk.filing(ourReport), map[string]string{"m1_2": "12"})
	if err := s.Accounts.SetPassword(t.Context(), accounts.System("test"), "clerk-community-01", "another password"); err != nil {
		t.Fatal(err)
	}
	clerk.post(ourReport, fields).has(t, http.StatusUnauthorized, chinese("error.post_again"))
	clerk.get("/login")
	clerk.post("/login", url.Values{"name": {"clerk-community-01"}, "password": {"another password"}})
	clerk.post(ourReport, fields).has(t, http.StatusOK, chinese("filing.saved")) // the browser sends it again
}

func TestAPIIsLeftAlone(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	e := echo.New()
	s.server.Register(e)
	e.POST("/api/test", func(c echo.Context) error { return c.String(http.StatusOK, "programs") })
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, httptest.NewRequest(post, "/api/test", nil))
	if rec.Code != http.StatusOK || rec.Header().Get("Set-Cookie") != "" || rec.Header().Get("Content-Security-Policy") != "" {
		t.Errorf("the API answers %d with %v", rec.Code, rec.Header())
	}
}
