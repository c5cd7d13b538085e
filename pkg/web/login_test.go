package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

func credentials(name, password, next string) url.Values {
	return url.Values{"name": {name}, "password": {password}, "next": {next}}
}

func TestLoginLeadsBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Actor(t, "monitor")
		v := s.visitor(t)
		a := v.get("/reports?period=2019Q3")
		if a.at != "/login?next="+url.QueryEscape("/reports?period=2019Q3") {
			t.Fatalf("led to %s", a.at)
		}
		before := cookie(t, v, sessionCookie)
		a = v.post("/login", credentials("monitor", reportingtest.Password, "/reports?period=2019Q3"))
		if a.at != "/reports?period=2019Q3" {
			t.Errorf("after logging in at %s", a.at)
		}
		if after := cookie(t, v, sessionCookie); after == "" || after == before {
			t.Errorf("the session's token is %q after %q", after, before)
		}
		if a := v.get("/login"); a.at == "/login" {
			t.Errorf("the login page is shown to one who is logged in")
		}
		v.post("/logout", nil)
		if a := v.get("/reports"); !strings.HasPrefix(a.at, "/login") {
			t.Errorf("after logging out at %s", a.at)
		}
	})
}

func cookie(t *testing.T, v *visitor, name string) string {
	t.Helper()
	at, err := url.Parse(v.site.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range v.http.Jar.Cookies(at) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func TestLoginRefuses(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Actor(t, "monitor")
	v := s.visitor(t)
	v.get("/login")
	words := locale.For(locale.Chinese)
	for _, name := range []string{"monitor", "nobody", `"><script>alert(1)</script>`} {
		a := v.post("/login", credentials(name, "wrong password", ""))
		a.has(t, http.StatusUnauthorized, words.T("login.failed"))
		if strings.Contains(a.body, "<script>alert") {
			t.Error("the name is in the page as markup")
		}
	}
	for range 4 {
		v.post("/login", credentials("monitor", "wrong password", ""))
	}
	v.post("/login", credentials("monitor", reportingtest.Password, "")).has(t, http.StatusTooManyRequests)
}

func TestLocalPath(t *testing.T) {
	for target, want := range map[string]string{
		"":                             "/",
		"/":                            "/",
		"/reports?period=2019Q3#top":   "/reports?period=2019Q3#top",
		"/reports/a/progress/2019Q3":   "/reports/a/progress/2019Q3",
		"//evil.example/":              "/",
		`/\evil.example/`:              "/",
		"https://evil.example/":        "/",
		"javascript:alert(1)":          "/",
		"reports":                      "/",
		"/\t/evil.example":             "/",
		"/logout":                      "/",
		"/login?next=/login":           "/",
		"/a\r\nSet-Cookie: x":          "/",
		"/%2F%2Fevil.example":          "/%2F%2Fevil.example",
		"http:evil.example":            "/",
		"/reports?next=//evil.example": "/reports?next=//evil.example",
	} {
		if got := localPath(target); got != want {
			t.Errorf("localPath(%q) = %q, want %q", target, got, want)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Run("idle", func(t *testing.T) {
			s := newSite(t, db)
			shift := time.Duration(0)
			s.server.now = func() time.Time { return period.SystemClock().Add(shift) }
			v := s.as(t, "monitor")
			shift = 11 * time.Hour
			v.get("/version").has(t, http.StatusOK)
			v.get("/reports").has(t, http.StatusOK)
			shift += 11 * time.Hour
			if a := v.get("/reports"); strings.HasPrefix(a.at, "/login") {
				t.Error("a session in use ended")
			}
			shift += 13 * time.Hour
			v.get("/version").has(t, http.StatusUnauthorized)
			if a := v.get("/reports"); !strings.HasPrefix(a.at, "/login") {
				t.Error("an idle session did not end")
			}

			v = s.as(t, "viewer")
			if err := s.Accounts.Disable(t.Context(), accounts.System("test"), "viewer"); err != nil {
				t.Fatal(err)
			}
			if a := v.get("/reports"); !strings.HasPrefix(a.at, "/login") {
				t.Error("the session of a disabled user goes on")
			}
			v = s.as(t, "admin")
			if err := s.Accounts.SetPassword(t.Context(), accounts.System("test"), "admin", "another password"); err != nil {
				t.Fatal(err)
			}
			if a := v.get("/reports"); !strings.HasPrefix(a.at, "/login") {
				t.Error("a session outlives its password")
			}
		})
	})
}

// TestWatchingIsNoPresence: a page that follows the data must not write the session at every look.
func TestWatchingIsNoPresence(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	v := s.as(t, "monitor")
	shift := time.Hour
	s.server.now = func() time.Time { return period.SystemClock().Add(shift) }
	if a := v.get("/version"); a.header.Get("Set-Cookie") != "" && strings.Contains(a.header.Get("Set-Cookie"), sessionCookie) {
		t.Error("a look at the version wrote the session")
	}
	a := v.get("/reports")
	a.has(t, http.StatusOK)
	if !strings.Contains(strings.Join(a.header["Set-Cookie"], " "), sessionCookie) {
		t.Error("a page visit after an hour did not keep the session")
	}
}

func TestCookies(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Actor(t, "monitor")
	for _, https := range []bool{false, true} {
		s.server.options.BaseURL = "http://board.example"
		if https {
			s.server.options.BaseURL = "https://board.example"
		}
		if got := s.server.secure(); got != https {
			t.Errorf("%s: cookies secure %v", s.server.options.BaseURL, got)
		}
		if got := newSessions(s.DB, s.server.secure()).Cookie; got.Secure != https || !got.HttpOnly || got.SameSite != http.SameSiteLaxMode {
			t.Errorf("%s: session cookie %+v", s.server.options.BaseURL, got)
		}
	}
}

func TestLanguages(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	v := s.visitor(t)
	v.get("/login").has(t, http.StatusOK, `<html lang="zh-CN"`, "演示日期 2019年10月12日", "用户名")
	a := v.post("/language", url.Values{"language": {"en"}, "next": {"/login?next=/reports"}})
	if a.at != "/" && !strings.HasPrefix(a.at, "/login") {
		t.Errorf("led to %s", a.at)
	}
	v.get("/login").has(t, http.StatusOK, `<html lang="en"`, "Demonstration date 12 Oct 2019", "User name")
	v.post("/language", url.Values{"language": {"../en"}})
	v.get("/login").has(t, http.StatusOK, `<html lang="en"`)

	req := s.visitor(t).request(get, "/login", "", "")
	req.Header.Set("Accept-Language", "en-GB,en;q=0.8")
	s.visitor(t).do(req).has(t, http.StatusOK, `<html lang="en"`)
}
