package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
)

// Run with: go test ./cmd/pilotboard -run '^$' -bench .
// Each work is measured on both databases with 16 and with 1 000 community units spread over the real
// tree; 2018Q4 to 2019Q3 are filed and accepted.

const benchPassword = "a password for benchmarks"

// benchEach runs fn for each database and size.
func benchEach(b *testing.B, fn func(b *testing.B, s *sample)) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		for _, n := range []int{16, 1000} {
			s := benchProvince(b, dialect, n) // once, though Run calls fn with growing b.N
			b.Run(fmt.Sprintf("%s/units=%d", dialect, n), func(b *testing.B) { fn(b, s) })
		}
	}
}

// benchProvince fills a database; the program itself acts for everybody.
func benchProvince(b *testing.B, dialect database.Dialect, n int) *sample {
	b.Helper()
	ctx, system := b.Context(), accounts.System("bench")
	s := &sample{today: period.MustParseDate(defaultDemoDay), actors: map[string]accounts.Actor{"monitor": system}}
	files, err := openFiles(ctx, &Config{DataDir: b.TempDir()})
	must(b, err)
	s.services = wire(databasetest.Open(b, dialect), files, s.clock)
	s.at(period.NewDate(2018, 11, 22), 9)
	_, err = s.tree.Import(ctx, bytes.NewReader(anhuiDivisions), "divisions", false, system.Name)
	must(b, err)
	s.plan, err = s.plans.Import(ctx, system, "plan", anhuiPlan, "", false)
	must(b, err)
	must(b, importSampleForms(ctx, s.forms, system))
	_, err = s.plans.ImportPilots(ctx, system, "pilots", bytes.NewReader(manyPilots(b, s, n)), false)
	must(b, err)
	for after := ""; ; {
		page, next, err := s.plans.Units(ctx, system, plan.UnitFilter{After: after})
		must(b, err)
		s.units = append(s.units, page...)
		if after = next; after == "" {
			break
		}
	}
	for _, u := range s.units {
		s.actors["clerk-"+u.Key] = system
	}
	for q := period.MustParse("2018Q4"); q <= period.MustParse("2019Q3"); q++ {
		s.at(q.Last().AddDays(1), 1)
		_, err := s.reports.OpenPeriods(ctx, system)
		must(b, err)
		for i, u := range s.units {
			must(b, s.fileQuarter(ctx, u, i, q, false))
		}
	}
	_, err = s.figures.Refresh(ctx)
	must(b, err)
	s.at(s.today, 9)
	return s
}

// manyPilots writes a pilots file of n communities, spread evenly over the real ones.
func manyPilots(b *testing.B, s *sample, n int) []byte {
	b.Helper()
	var codes []string
	err := s.db.Read(b.Context()).Raw(`SELECT v.code FROM division_versions v JOIN divisions d ON d.id = v.division_id
		WHERE d.level = 5 AND v.valid_from <= '2018-01-01' ORDER BY v.code`).Scan(&codes).Error
	must(b, err)
	var file bytes.Buffer
	fmt.Fprintln(&file, "key,name,division,type,batch,since,since_precision,until,placeholder,document")
	for i := range n {
		fmt.Fprintf(&file, "unit-%05d,示例单位%05d,%s,community,2018,2018-01-01,year,,true,\n", i, i, codes[i*len(codes)/n])
	}
	return file.Bytes()
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (s *sample) ref(i int) reporting.Ref {
	return reporting.Ref{Unit: s.units[i%len(s.units)].Key, Form: s.plan.Reporting.Form, Period: period.MustParse("2019Q3")}
}

// reopen lets unit i file again.
func (s *sample) reopen(b *testing.B, i int) {
	_, err := s.reports.Reopen(b.Context(), accounts.System("bench"), s.ref(i), 0, "benchmark", s.today.AddDays(30))
	must(b, err)
}

// BenchmarkSubmit measures one submission: scope, checks, revision with hash, state and ledger.
func BenchmarkSubmit(b *testing.B) {
	benchEach(b, func(b *testing.B, s *sample) {
		system := accounts.System("bench")
		for i := range b.N {
			b.StopTimer()
			s.reopen(b, i)
			b.StartTimer()
			_, err := s.reports.Submit(b.Context(), system, s.ref(i), 0)
			must(b, err)
		}
	})
}

// BenchmarkAcceptToFresh measures from the acceptance of one report until the province's figures by
// city show it.
func BenchmarkAcceptToFresh(b *testing.B) {
	benchEach(b, func(b *testing.B, s *sample) {
		system := accounts.System("bench")
		for i := range b.N {
			b.StopTimer()
			s.reopen(b, i)
			_, err := s.reports.Submit(b.Context(), system, s.ref(i), 0)
			must(b, err)
			_, err = s.figures.Refresh(b.Context())
			must(b, err)
			b.StartTimer()
			_, err = s.reports.Accept(b.Context(), system, s.ref(i), 0)
			must(b, err)
			_, err = s.figures.Refresh(b.Context())
			must(b, err)
			_, err = s.figures.Progress(b.Context(), system, analytics.Query{By: analytics.ByCity})
			must(b, err)
		}
	})
}

// BenchmarkHome measures the monitoring home as a signed-in monitor gets it over HTTP.
func BenchmarkHome(b *testing.B) {
	benchEach(b, func(b *testing.B, s *sample) {
		b.StopTimer()
		client, address := signedIn(b, s)
		b.StartTimer()
		for range b.N {
			page := get(b, client, address+"/home")
			b.SetBytes(int64(len(page)))
		}
	})
}

// signedIn serves the sample on loopback and signs a monitor in.
func signedIn(b *testing.B, s *sample) (*http.Client, string) {
	b.Helper()
	root, err := s.tree.ByCode(b.Context(), province, s.today)
	must(b, err)
	name := fmt.Sprintf("monitor-%d", time.Now().UnixNano())
	_, err = s.accounts.Add(b.Context(), accounts.System("bench"), accounts.NewUser{
		Name: name, Display: "monitor", Role: accounts.Monitor, Division: root.ID, Password: benchPassword, Language: locale.Chinese,
	})
	must(b, err)
	server := s.serve(b)
	return enter(b, server.URL, name), server.URL
}

// serve serves the sample on loopback.
func (s *sample) serve(b *testing.B) *httptest.Server {
	b.Helper()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	e, err := router(&Config{Addr: "127.0.0.1:0", Today: s.today.String()}, s.services, func() {}, nil)
	must(b, err)
	server := httptest.NewServer(e)
	b.Cleanup(server.Close)
	return server
}

var csrfOfPage = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// enter signs a user in.
func enter(b *testing.B, address, name string) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	must(b, err)
	client := &http.Client{Jar: jar}
	token := csrfOfPage.FindSubmatch(get(b, client, address+"/login"))
	if token == nil {
		b.Fatal("no token in the login form")
	}
	response, err := client.PostForm(address+"/login", url.Values{"_csrf": {string(token[1])}, "name": {name}, "password": {benchPassword}})
	must(b, err)
	must(b, response.Body.Close())
	return client
}

func get(b *testing.B, client *http.Client, address string) []byte {
	b.Helper()
	response, err := client.Get(address)
	must(b, err)
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	must(b, err)
	if response.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s", address, response.Status)
	}
	return page
}
