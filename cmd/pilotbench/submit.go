package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// submit compares submissions through the API, each with all its obligations, with a transaction of 51
// rows by pgbench. Every report is filed once: a run that has filed its share of those that are open is
// shorter than asked.
func (b *bench) submit(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	if err := s.staffed(ctx); err != nil {
		return err
	}
	if err := s.save(len(s.owed)); err != nil {
		return err
	}
	if err := s.settled(ctx); err != nil {
		return err
	}
	share := (len(s.owed) - s.filed) / (2 * b.runs)
	fmt.Printf("# drafts saved beforehand, %d reports for each run, the server's own refresh of figures beside them\n", share)
	filing := func(n int) contender {
		return contender{fmt.Sprintf("submit, %d clients", n), func() (result, error) { return s.file(n, share, b.length()), nil }}
	}
	seen, err := b.inTurn(
		contender{"pgbench, 51 rows (p50: the mean)", func() (result, error) { return b.pgbench(ctx, s) }}, filing(clients), filing(4*clients))
	if err != nil {
		return err
	}
	limit, few, many := seen[0], seen[1], seen[2]
	atLeast("submit_vs_pgbench", few.rate/limit.rate, 0.6)
	atMost("submit_p99_vs_p50", float64(few.p99)/float64(few.p50), 5)
	atLeast("submit_32_vs_8_clients", many.rate/few.rate, 1)
	return s.settled(ctx)
}

var pgbenchLines = map[string]*regexp.Regexp{
	"tps": regexp.MustCompile(`tps = ([0-9.]+)`), "latency": regexp.MustCompile(`latency average = ([0-9.]+) ms`),
}

// pgbench runs the transaction that a submission is at the least: one row, and fifty of its values in one
// statement.
func (b *bench) pgbench(ctx context.Context, s *site) (result, error) {
	_, err := s.pool.Exec(ctx, `CREATE TABLE IF NOT EXISTS bench_reports (id BIGINT PRIMARY KEY, at TIMESTAMPTZ NOT NULL);
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
	out, err := exec.CommandContext(ctx, "pgbench", "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2",
		"-T", strconv.Itoa(b.seconds), "-f", script, s.database).CombinedOutput()
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
		return result{}, fmt.Errorf("pgbench printed no rate: %s", out)
	}
	return result{rate: number("tps"), p50: time.Duration(number("latency") * float64(time.Millisecond)), length: b.length()}, nil
}
