package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/api"
	"pilotboard/pkg/database"
	"pilotboard/pkg/exchange"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/supervision"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMain keeps the request log out of what tests say.
func TestMain(m *testing.M) {
	flag.Parse()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// world is the test province behind the real router.
type world struct {
	*reportingtest.Province
	figures *analytics.Service
	router  *echo.Echo
	nudges  int
	tokens  map[string]string
}

// newWorld fills a database: community-01 accepted until 2019Q2 and submitted for 2019Q3,
// community-02 accepted for 2019Q2, all else open, on 2019-10-12.
func newWorld(t *testing.T, db *database.DB) *world {
	t.Helper()
	w := &world{Province: reportingtest.New(t, db, analytics.Feeds()...), tokens: map[string]string{}}
	w.figures = analytics.New(db, w.Plans, w.Tree, w.Reports, w.Clock.Now)
	w.Past(t, "community-01", "2018Q4", reportingtest.Values{"m1_1": "true"})
	w.Past(t, "community-01", "2019Q2", reportingtest.Community)
	w.Past(t, "community-02", "2019Q2", reportingtest.Values{"m1_1": "false", "m1_2": "80", "m2_1": "40"})
	w.On("2019-10-08", func() { w.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "60"}) })
	w.router = w.serve(w.Accounts)
	w.refresh(t)
	return w
}

func (w *world) serve(users *accounts.Service) *echo.Echo {
	e := echo.New()
	api.New(
		api.Services{
			Accounts: users, Plans: w.Plans, Forms: w.Forms, Tree: w.Tree, Reports: w.Reports, Figures: w.figures, Exchange: exchange.New(w.Reports, w.Forms),
			Evidence: w.Evidence, Database: w.DB,
			Orders: supervision.New(w.DB, supervision.Services{Plans: w.Plans, Tree: w.Tree, Reports: w.Reports, Figures: w.figures}, w.Ledger, w.Clock.Now),
		},
		api.Options{Clock: w.Clock.Now, Nudge: func() { w.nudges++ }},
	).Register(e)
	return e
}

func (w *world) refresh(t *testing.T) {
	t.Helper()
	if _, err := w.figures.Refresh(context.Background()); err != nil {
		t.Fatalf("refresh: %v", err)
	}
}

// token gives an access token of the user; the empty name has none.
func (w *world) token(t *testing.T, user string) string {
	t.Helper()
	if user == "" {
		return ""
	}
	if w.tokens[user] == "" {
		w.Actor(t, user)
		token, err := w.Accounts.CreateToken(context.Background(), accounts.System("test"), user, 0)
		if err != nil {
			t.Fatalf("token of %s: %v", user, err)
		}
		w.tokens[user] = token
	}
	return w.tokens[user]
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   any
}

// call sends a request as the user. A body that is no string is sent as JSON.
func (w *world) call(t *testing.T, user, method, path string, body any, headers ...string) answer {
	t.Helper()
	var text []byte
	switch b := body.(type) {
	case nil:
	case string:
		text = []byte(b)
	default:
		var err error
		if text, err = json.Marshal(b); err != nil {
			t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(text))
	if len(text) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	if token := w.token(t, user); token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return w.send(t, r)
}

func (w *world) send(t *testing.T, r *http.Request) answer {
	t.Helper()
	recorder := httptest.NewRecorder()
	w.router.ServeHTTP(recorder, r)
	a := answer{status: recorder.Code, header: recorder.Header(), raw: recorder.Body.String()}
	if err := json.Unmarshal(recorder.Body.Bytes(), &a.body); err != nil {
		t.Fatalf("%s %s: %d, not JSON: %s", r.Method, r.URL, a.status, a.raw)
	}
	return a
}

// at gives what lies in the answer under keys and indexes.
func (a answer) at(t *testing.T, path ...any) any {
	t.Helper()
	v := a.body
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no %q in %s", s, a.raw)
			}
			v = object[s]
		case int:
			list, ok := v.([]any)
			if !ok || s >= len(list) {
				t.Fatalf("no element %d in %s", s, a.raw)
			}
			v = list[s]
		}
	}
	return v
}

// ok fails the test unless the call was answered.
func (a answer) ok(t *testing.T) answer {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("status %d: %s", a.status, a.raw)
	}
	return a
}

// refused fails the test unless the answer is a problem with this status and code.
func (a answer) refused(t *testing.T, status int, code string) answer {
	t.Helper()
	if a.status != status || a.at(t, "code") != code {
		t.Fatalf("want %d %s, got %d: %s", status, code, a.status, a.raw)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%s is a %s", code, got)
	}
	if a.at(t, "status") != float64(status) {
		t.Errorf("the problem says status %v, the answer %d", a.at(t, "status"), status)
	}
	for _, key := range []string{"title", "detail"} {
		if text, _ := a.at(t, key).(string); text == "" || text == code || strings.HasPrefix(text, "api.") {
			t.Errorf("%s: %s %q is no text", code, key, text)
		}
	}
	return a
}

// golden compares the answer with testdata/NAME.json; moments are not compared.
func (a answer) golden(t *testing.T, name string) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	got, err := json.MarshalIndent(timeless(a.ok(t).body), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update accepts it):\n%s", file, diff)
	}
}

// timeless replaces moments, which differ from run to run.
func timeless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, one := range v {
			v[key] = timeless(one)
		}
	case []any:
		for i, one := range v {
			v[i] = timeless(one)
		}
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil && t.Location() == time.UTC {
			return "a moment"
		}
	}
	return v
}
