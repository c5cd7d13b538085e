package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"pilotboard/pkg/database/databasetest"
)

// bench is the server under test with its database and what is asked of it.
type bench struct {
	options
	dir, database string
	pool          *pgxpool.Pool
	address       string // of pilotboard
	header        http.Header
	program       *exec.Cmd
	reports       []owed
	filed         int // of the reports that have been submitted
}

// The days on which reports are loaded, and on which the quarter after them is open.
const loadingDay, servingDay, openQuarter, lastQuarter = "2020-10-20", "2021-01-05", "2020Q4", "2020Q3"

const password = "a password for benchmarks"

// prepare starts Postgres, loads the reports, opens the next quarter and serves.
func prepare(ctx context.Context, o options) (*bench, error) {
	url, err := databasetest.StartPostgres("shared_buffers=1GB", "max_wal_size=4GB")
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, database: url("postgres")}
	if b.binary, err = filepath.Abs(o.binary); err != nil {
		return nil, err
	}
	if b.dir, err = os.MkdirTemp("", "pilotbench-"); err != nil {
		return nil, err
	}
	began := time.Now()
	if _, err := b.run(ctx, loadingDay, "", "generate", "--units", fmt.Sprint(o.units), "--quarters", fmt.Sprint(o.quarters)); err != nil {
		return b, err
	}
	fmt.Printf("# generated in %s\n", time.Since(began).Round(time.Second))
	if b.header, err = b.user(ctx, "monitor", "340000"); err != nil {
		return b, err
	}
	if b.pool, err = pgxpool.New(ctx, b.database); err != nil {
		return b, err
	}
	if err := b.reviewers(ctx); err != nil {
		return b, err
	}
	return b, b.serve(ctx)
}

// user adds somebody and gives the header of their requests.
func (b *bench) user(ctx context.Context, role, scope string) (http.Header, error) {
	name := role + "-" + scope
	if _, err := b.run(ctx, servingDay, password+"\n", "user", "add", name, "--role", role, "--scope", scope); err != nil {
		return nil, err
	}
	token, err := b.run(ctx, servingDay, "", "token", "create", "--user", name)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSpace(token), "\n")
	return http.Header{"Authorization": {"Bearer " + lines[len(lines)-1]}, "Content-Type": {"application/json"}}, nil
}

// reviewers adds one reviewer for each city, who files for its units.
func (b *bench) reviewers(ctx context.Context) error {
	rows, err := b.pool.Query(ctx, `SELECT u.key, v.code FROM units u
		JOIN division_versions v ON v.division_id = u.city_id AND v.valid_to IS NULL WHERE u.key LIKE 'sample-%' ORDER BY u.key`)
	if err != nil {
		return err
	}
	var keys, codes []string
	for rows.Next() {
		var key, code string
		if err := rows.Scan(&key, &code); err != nil {
			return err
		}
		keys, codes = append(keys, key), append(codes, code)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	known := map[string]http.Header{}
	for i, code := range codes {
		if known[code] == nil {
			if known[code], err = b.user(ctx, "reviewer", code); err != nil {
				return err
			}
		}
		b.reports = append(b.reports, owed{keys[i], known[code]})
	}
	return nil
}

// owed is a unit that owes a report, with the header of who files it.
type owed struct {
	unit   string
	header http.Header
}

func (b *bench) environment(today string) []string {
	return append(os.Environ(), "PILOTBOARD_DATABASE_URL="+b.database, "PILOTBOARD_DATA_DIR="+b.dir, "PILOTBOARD_TODAY="+today)
}

// run runs a command of pilotboard and gives what it printed.
func (b *bench) run(ctx context.Context, today, input string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, b.binary, args...)
	command.Env, command.Stdin = b.environment(today), strings.NewReader(input)
	var out, wrong bytes.Buffer
	command.Stdout, command.Stderr = &out, &wrong
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("pilotboard %s: %w: %s%s", args[0], err, out.String(), wrong.String())
	}
	return out.String(), nil
}

// serve starts the server and waits until the open quarter is there.
func (b *bench) serve(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	at := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return err
	}
	b.address = "http://" + at
	log, err := os.Create(filepath.Join(b.dir, "log"))
	if err != nil {
		return err
	}
	b.program = exec.CommandContext(ctx, b.binary, "serve", "--addr", at)
	b.program.Env, b.program.Stderr = b.environment(servingDay), log
	began := time.Now()
	if err := b.program.Start(); err != nil {
		return err
	}
	first := time.Duration(0)
	for range 1200 {
		time.Sleep(25 * time.Millisecond)
		response, err := http.Get(b.address + "/login")
		if err != nil {
			continue
		}
		response.Body.Close()
		if first == 0 {
			first = time.Since(began)
			verdict("cold_start_seconds", first.Seconds(), false, 0.5)
		}
		var opened int
		if err := b.pool.QueryRow(ctx, "SELECT count(*) FROM reports WHERE form = 'progress' AND period = $1", openQuarter).Scan(&opened); err == nil && opened >= b.units {
			verdict("opening_seconds", (time.Since(began) - first).Seconds(), false, 10)
			return nil
		}
	}
	return errors.New("the quarter was not opened")
}

// close ends the server and removes what was written.
func (b *bench) close() {
	if b.program != nil && b.program.Process != nil {
		_ = b.program.Process.Signal(os.Interrupt)
		_ = b.program.Wait()
	}
	if b.pool != nil {
		b.pool.Close()
	}
	_ = os.RemoveAll(b.dir)
}
