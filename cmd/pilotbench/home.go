package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// home measures the whole monitoring home, one client after the other, right after figures have changed
// and again and again, and counts the statements that it sends.
func (b *bench) home(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	cookies, err := s.signIn(ctx)
	if err != nil {
		return err
	}
	header, address := http.Header{"Cookie": {cookies}}, s.at("/home?period="+s.last.String())
	page := contender{"home page, repeated, 1 client", func() (result, error) { return hammer(same(address, header), 1, b.length()), nil }}
	var failed error
	changed := contender{"home page, figures changed", func() (result, error) {
		return hammer(passes([]string{address}, header, s.anew(ctx, &failed)), 1, b.length()), nil
	}}
	seen, err := b.inTurn(page, changed)
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	n, err := b.statements(ctx, s, address, header)
	if err != nil {
		return err
	}
	atMost("home_p50_ms", milliseconds(seen[0].p50), 15)
	atMost("home_changed_p50_ms", milliseconds(seen[1].p50), 15)
	atMost("home_changed_queries", n, 6)
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// statements gives how many statements one page sends, each time after figures have changed: those that
// Postgres counts while it is read a hundred times, less those that it counts in as long a time of rest; a whole
// number, since what the jobs send differs a little between the two.
func (b *bench) statements(ctx context.Context, s *site, address string, header http.Header) (float64, error) {
	const pages = 100
	if err := b.counting(ctx, "all"); err != nil {
		return 0, err
	}
	if _, err := s.pool.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"); err != nil {
		return 0, err
	}
	began := time.Now()
	busy, most, err := s.countStatements(ctx, func() error {
		for range pages {
			if err := s.raise(ctx); err != nil {
				return err
			}
			if _, err := clock(http.DefaultClient, address, header); err != nil {
				return err
			}
		}
		return nil
	}, pages)
	if err != nil {
		return 0, err
	}
	length := time.Since(began)
	idle, _, err := s.countStatements(ctx, func() error { time.Sleep(length); return nil }, pages)
	if err != nil {
		return 0, err
	}
	for _, one := range most {
		fmt.Printf("# the page asks: %s\n", one)
	}
	return math.Round(float64(busy-idle) / pages), b.counting(ctx, "none")
}

// counting says which statements Postgres counts.
func (b *bench) counting(ctx context.Context, track string) error {
	if _, err := b.admin.Exec(ctx, "ALTER SYSTEM SET pg_stat_statements.track = '"+track+"'"); err != nil {
		return err
	}
	if _, err := b.admin.Exec(ctx, "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	time.Sleep(time.Second) // every connection hears of it before its next statement
	return nil
}

// countStatements gives how many statements the site's database takes while do runs, without those that
// change the number of figures, and those that come as often as asked.
func (s *site) countStatements(ctx context.Context, do func() error, often int) (n int64, most []string, err error) {
	if _, err := s.pool.Exec(ctx, "SELECT pg_stat_statements_reset()"); err != nil {
		return 0, nil, err
	}
	if err := do(); err != nil {
		return 0, nil, err
	}
	raised, _, _ := strings.Cut(raising, "+") // numbers are not kept
	rows, err := s.pool.Query(ctx, `SELECT calls, regexp_replace(query, '\s+', ' ', 'g') FROM pg_stat_statements
		WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '%pg_stat_statements%' AND query NOT LIKE $1`, raised+"%")
	if err != nil {
		return 0, nil, err
	}
	for rows.Next() {
		var calls int64
		var query string
		if err := rows.Scan(&calls, &query); err != nil {
			return 0, nil, err
		}
		n += calls
		if calls >= int64(often) {
			most = append(most, fmt.Sprintf("%dx %.150s", calls/int64(often), query))
		}
	}
	return n, most, rows.Err()
}

var tokenInPage = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// signIn gives the cookies of a session of the province's monitor.
func (s *site) signIn(ctx context.Context) (string, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page, err := client.Get(s.at("/login"))
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	_, err = text.ReadFrom(page.Body)
	page.Body.Close()
	found := tokenInPage.FindSubmatch(text.Bytes())
	if err != nil || found == nil {
		return "", fmt.Errorf("no token in the login form: %w", err)
	}
	form := url.Values{"_csrf": {string(found[1])}, "name": {"monitor-340000"}, "password": {password}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.at("/login"), strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	jar := map[string]string{}
	for _, c := range page.Cookies() {
		request.AddCookie(c)
		jar[c.Name] = c.Value
	}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("signing in: %s", answer.Status)
	}
	for _, c := range answer.Cookies() {
		jar[c.Name] = c.Value
	}
	cookies := ""
	for name, value := range jar {
		cookies += name + "=" + value + "; "
	}
	return cookies, nil
}
