package web

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
)

// events is an open stream.
type events struct {
	t      *testing.T
	lines  *bufio.Scanner
	cancel context.CancelFunc
}

func (v *visitor) events() *events {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), 30*time.Second)
	v.t.Cleanup(cancel)
	res, err := v.http.Do(v.request(http.MethodGet, "/screen/events", "", "").WithContext(ctx))
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") || res.Header.Get("X-Accel-Buffering") != "no" {
		v.t.Fatalf("got %d %v", res.StatusCode, res.Header)
	}
	return &events{v.t, bufio.NewScanner(res.Body), cancel}
}

// next gives the name and the data of the next event; no name when the stream has ended.
func (e *events) next() (name, data string) {
	e.t.Helper()
	for e.lines.Scan() {
		key, value, _ := strings.Cut(e.lines.Text(), ": ")
		switch {
		case key == "event":
			name = value
		case key == "data":
			data = value
		case key == "" && name != "":
			return name, data
		}
	}
	return "", ""
}

// version gives the version of the figures that the next event tells.
func (e *events) version() string {
	e.t.Helper()
	name, data := e.next()
	var told news
	if err := json.Unmarshal([]byte(data), &told); name != "figures" || err != nil {
		e.t.Fatalf("got %s %s, %v", name, data, err)
	}
	return told.Version
}

// quiet waits until nobody listens any more.
func (s *site) quiet(t *testing.T) {
	t.Helper()
	for range 500 {
		s.server.watch.mu.Lock()
		left, looking := len(s.server.watch.listeners), s.server.watch.end != nil
		s.server.watch.mu.Unlock()
		if left == 0 && !looking {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a stream is left")
}

func TestAStreamTellsOfEveryAcceptance(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.refresh(t)
		viewer := s.as(t, "viewer")
		stream := viewer.events()
		first := stream.version()
		viewer.get("/screen").has(t, http.StatusOK, `data-version="`+first+`"`)
		s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		s.Accept(t, "community-01", "2019Q3")
		s.refresh(t)
		second := stream.version()
		if second == first {
			t.Errorf("after an acceptance the version is still %s", first)
		}
		viewer.get("/screen/figures").has(t, http.StatusOK, `data-version="`+second+`"`, "1/5 已审核")
		stream.cancel()
		s.quiet(t)
	})
}

// TestFiguresThatAreNotRefreshedAreSaidToBeOld: somebody has acted and a minute later no figure shows it.
func TestFiguresThatAreNotRefreshedAreSaidToBeOld(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.refresh(t)
	waiting := func() string {
		t.Helper()
		found, err := s.server.screenNews(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return found.Waiting
	}
	since := s.Clock.Now().UTC().Format(time.RFC3339)
	s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
	if got := waiting(); got != "" {
		t.Errorf("at once something waits since %s", got)
	}
	s.Clock.Go(2)
	if got := waiting(); got != since {
		t.Errorf("something waits since %q, want %s", got, since)
	}
	s.refresh(t)
	if got := waiting(); got != "" {
		t.Errorf("after the refresh something waits since %s", got)
	}
}

func TestAStreamEndsWithTheServer(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	ending := make(chan struct{})
	s.server.options.Ending = ending
	stream := s.as(t, "monitor").events()
	stream.version()
	close(ending)
	if name, data := stream.next(); name != "" {
		t.Errorf("got %s %s", name, data)
	}
	s.quiet(t)
}

func TestAStreamEndsWithItsSession(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.server.askSession = 20 * time.Millisecond
		for name, end := range map[string]func(*visitor){
			"logged out":   func(v *visitor) { v.post("/logout", nil) },
			"new password": func(*visitor) { s.newPassword(t, "monitor") },
		} {
			t.Run(name, func(t *testing.T) {
				s.Actor(t, "monitor")
				v := s.as(t, "monitor")
				stream := v.events()
				stream.version()
				end(v)
				if name, _ := stream.next(); name != "ended" {
					t.Errorf("got %q, want to be told of the end", name)
				}
				if name, data := stream.next(); name != "" {
					t.Errorf("after the end: %s %s", name, data)
				}
				v.get("/screen/events").has(t, http.StatusUnauthorized)
				v.get("/screen/figures").has(t, http.StatusUnauthorized)
				if a := v.get("/screen?rotate=9"); a.at != "/login?next=%2Fscreen%3Frotate%3D9" {
					t.Errorf("led to %s", a.at)
				}
			})
		}
		s.quiet(t)
	})
}

// newPassword sets the password anew, which ends every session.
func (s *site) newPassword(t *testing.T, name string) {
	t.Helper()
	if err := s.Accounts.SetPassword(t.Context(), accounts.System("test"), name, reportingtest.Password); err != nil {
		t.Fatal(err)
	}
}

// TestAScreenIsPresenceOfViewersOnly: a viewer's screen outlasts the idle time, a monitor's does not, and
// no session outlasts its life.
func TestAScreenIsPresenceOfViewersOnly(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.server.askSession = 10 * time.Millisecond
		var shift atomic.Int64
		s.server.now = func() time.Time { return time.Now().UTC().Add(time.Duration(shift.Load())) }
		viewer, monitor := s.as(t, "viewer"), s.as(t, "monitor")
		watching, working := viewer.events(), monitor.events()
		watching.version()
		working.version()
		for range 3 {
			shift.Add(int64(idleTime - time.Hour))
			time.Sleep(200 * time.Millisecond)
			monitor.get("/screen/figures") // by itself: nobody is there
		}
		if name, _ := working.next(); name != "ended" {
			t.Errorf("the monitor's stream says %q", name)
		}
		viewer.get("/screen/figures").has(t, http.StatusOK)
		if err := db.Read(t.Context()).Exec("UPDATE sessions SET expiry = ?", time.Now().UTC().Add(-time.Second)).Error; err != nil {
			t.Fatal(err)
		}
		for {
			name, _ := watching.next()
			if name == "figures" {
				continue
			}
			if name != "ended" {
				t.Errorf("at the end of its life the viewer's stream says %q", name)
			}
			break
		}
	})
}

func TestTooManyScreensAreRefused(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	viewer := s.as(t, "viewer")
	for range mostOfOne {
		viewer.events().version()
	}
	viewer.get("/screen/events").has(t, http.StatusTooManyRequests, chinese("screen.too_many", mostOfOne))
	s.as(t, "monitor").events().version()
}
