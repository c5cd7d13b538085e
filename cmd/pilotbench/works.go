package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// times runs a work as often as asked and gives the median.
func (b *bench) times(name string, work func() (result, error)) (result, error) {
	var runs []result
	for range b.runs {
		r, err := work()
		if err != nil {
			return result{}, fmt.Errorf("%s: %w", name, err)
		}
		runs = append(runs, r)
	}
	r := median(runs)
	said(name, r)
	return r, nil
}

func (b *bench) length() time.Duration { return time.Duration(b.seconds) * time.Second }

// submit compares submissions through the API with a transaction of 51 rows by pgbench.
func (b *bench) submit(ctx context.Context) error {
	limit, err := b.times("pgbench, 51 rows a transaction", func() (result, error) { return b.pgbench(ctx) })
	if err != nil {
		return err
	}
	var most result
	for _, n := range []int{clients, 4 * clients} {
		r, err := b.times(fmt.Sprintf("submit, %d clients", n), func() (result, error) { return b.submissions(n) })
		if err != nil {
			return err
		}
		if n > clients {
			verdict("submit_32_vs_8_clients", r.rate/most.rate, true, 1)
			continue
		}
		most = r
		verdict("submit_vs_pgbench", r.rate/limit.rate, true, 0.6)
		verdict("submit_p99_vs_p50", float64(r.p99)/float64(r.p50), false, 5)
	}
	return nil
}

// submissions saves a change in reports, unmeasured, and then submits them, each once.
func (b *bench) submissions(n int) (result, error) {
	most := len(b.reports) / (2 * b.runs)
	first := b.filed
	b.filed += most
	var saved atomic.Int64
	put := func(target *vegeta.Target) error {
		i := int(saved.Add(1)) - 1
		if i >= most {
			return vegeta.ErrNoTargets
		}
		target.Method, target.URL, target.Header = http.MethodPut, b.report(first+i), b.reports[first+i].header
		target.Body = []byte(`{"version":1,"values":{"households":"2400","practices":"按照试点方案分步推进，本季度重点完成平台对接与网格信息采集。"}}`)
		return nil
	}
	if r := hammer(put, n, time.Hour); r.errors > 0 {
		return r, fmt.Errorf("%d drafts were refused", r.errors)
	}
	var filed atomic.Int64
	post := func(target *vegeta.Target) error {
		i := int(filed.Add(1)) - 1
		if i >= most {
			return vegeta.ErrNoTargets
		}
		target.Method, target.URL, target.Header = http.MethodPost, b.report(first+i)+"/submit", b.reports[first+i].header
		target.Body = []byte(`{"on_behalf":"示例人员"}`)
		return nil
	}
	return hammer(post, n, b.length()), nil
}

func (b *bench) report(i int) string {
	return b.address + "/api/v1/reports/" + b.reports[i].unit + "/progress/" + openQuarter
}

var pgbenchLines = map[string]*regexp.Regexp{
	"tps": regexp.MustCompile(`tps = ([0-9.]+)`), "latency": regexp.MustCompile(`latency average = ([0-9.]+) ms`),
}

// pgbench runs the transaction that a submission is at the least: one row and fifty of its values.
func (b *bench) pgbench(ctx context.Context) (result, error) {
	_, err := b.pool.Exec(ctx, `CREATE TABLE IF NOT EXISTS bench_reports (id BIGINT PRIMARY KEY, at TIMESTAMPTZ NOT NULL);
		CREATE TABLE IF NOT EXISTS bench_values (report BIGINT, item INT, value BIGINT, PRIMARY KEY (report, item));
		CREATE SEQUENCE IF NOT EXISTS bench_ids`)
	if err != nil {
		return result{}, err
	}
	script := filepath.Join(b.dir, "transaction.sql")
	text := "BEGIN;\nSELECT nextval('bench_ids') AS id \\gset\nINSERT INTO bench_reports VALUES (:id, now());\n" +
		"INSERT INTO bench_values SELECT :id, n, n FROM generate_series(1, 50) n;\nCOMMIT;\n"
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		return result{}, err
	}
	out, err := exec.CommandContext(ctx, "pgbench", "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-T", strconv.Itoa(b.seconds), "-f", script, b.database).CombinedOutput()
	if err != nil {
		return result{}, fmt.Errorf("%w: %s", err, out)
	}
	number := func(name string) float64 {
		found := pgbenchLines[name].FindSubmatch(out)
		if found == nil {
			return 0
		}
		value, _ := strconv.ParseFloat(string(found[1]), 64)
		return value
	}
	if number("tps") == 0 {
		return result{}, errors.New("pgbench printed no rate")
	}
	return result{rate: number("tps"), p50: time.Duration(number("latency") * float64(time.Millisecond))}, nil
}

// progress compares the progress by city with the same rows read and written by hand, and repeated with
// thirty kilobytes from memory.
func (b *bench) progress(ctx context.Context) error {
	hand, stop, err := b.byHand(ctx)
	if err != nil {
		return err
	}
	defer stop()
	written, err := b.times("progress by hand", func() (result, error) { return hammer(same(hand+"/progress", nil), clients, b.length()), nil })
	if err != nil {
		return err
	}
	memory, err := b.times("30 KB from memory", func() (result, error) { return hammer(same(hand+"/memory", nil), clients, b.length()), nil })
	if err != nil {
		return err
	}
	address := b.address + "/api/v1/progress?scope=340000&by=city&period=" + lastQuarter
	r, err := b.times("progress by city", func() (result, error) { return hammer(same(address, b.header), clients, b.length()), nil })
	if err != nil {
		return err
	}
	verdict("progress_vs_hand", r.rate/written.rate, true, 0.6)
	verdict("progress_repeated_vs_memory", r.rate/memory.rate, true, 0.5)
	return nil
}

// list compares a page of 50 reports of a city with one written by hand.
func (b *bench) list(ctx context.Context) error {
	hand, stop, err := b.byHand(ctx)
	if err != nil {
		return err
	}
	defer stop()
	written, err := b.times("list by hand", func() (result, error) { return hammer(same(hand+"/list", nil), clients, b.length()), nil })
	if err != nil {
		return err
	}
	address := b.address + "/api/v1/reports?scope=340100&form=progress&status=accepted&limit=50&period=" + lastQuarter
	r, err := b.times("list", func() (result, error) { return hammer(same(address, b.header), clients, b.length()), nil })
	if err != nil {
		return err
	}
	verdict("list_vs_hand", r.rate/written.rate, true, 0.7)
	return nil
}

// home measures the whole monitoring home, one client after the other.
func (b *bench) home(ctx context.Context) error {
	cookies, err := b.signIn(ctx)
	if err != nil {
		return err
	}
	header := http.Header{"Cookie": {cookies}}
	r, err := b.times("home page", func() (result, error) {
		return hammer(same(b.address+"/home?period="+lastQuarter, header), 1, b.length()), nil
	})
	if err != nil {
		return err
	}
	verdict("home_p50_ms", float64(r.p50.Microseconds())/1000, false, 15)
	return nil
}

var tokenInPage = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// signIn gives the cookies of a session.
func (b *bench) signIn(ctx context.Context) (string, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page, err := client.Get(b.address + "/login")
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
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.address+"/login", bytes.NewBufferString("_csrf="+string(found[1])+"&name=monitor-340000&password=a+password+for+benchmarks"))
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
