package main

import (
	"bufio"
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
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"pilotboard/pkg/period"
)

// site is pilotboard on a database of its own.
type site struct {
	name, binary, dir, database string
	last                        period.Quarter // of those that are loaded
	loading, serving            string         // days
	pool                        *pgxpool.Pool  // nil on SQLite
	loadSeconds                 float64        // of generate
	servers                     []*server
	header                      http.Header // of the province's monitor
	desk
}

// server is one process of a site.
type server struct {
	address string
	program *exec.Cmd
	log     string
	began   time.Time
	cold    time.Duration // from its start to its first page
}

func (s *site) environment(today string) []string {
	return append(os.Environ(), "PILOTBOARD_DATABASE_URL="+s.database, "PILOTBOARD_DATA_DIR="+s.dir, "PILOTBOARD_TODAY="+today)
}

// ran is a command that has ended: what it wrote, how long it took, and the most memory it had.
type ran struct {
	out, log string
	took     time.Duration
	peak     int64 // bytes
}

// run runs a command of pilotboard.
func (s *site) run(ctx context.Context, today, input string, args ...string) (ran, error) {
	command := exec.CommandContext(ctx, s.binary, args...)
	command.Env, command.Stdin = s.environment(today), strings.NewReader(input)
	var out, log bytes.Buffer
	command.Stdout, command.Stderr = &out, &log
	began := time.Now()
	if err := command.Run(); err != nil {
		return ran{}, fmt.Errorf("pilotboard %s: %w: %.2000s%.2000s", args[0], err, out.String(), log.String())
	}
	r := ran{out: out.String(), log: log.String(), took: time.Since(began)}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peak = usage.Maxrss << 10
	}
	return r, nil
}

// generate loads accepted reports.
func (s *site) generate(ctx context.Context, units, quarters int) error {
	done, err := s.run(ctx, s.loading, "", "generate", "--units", fmt.Sprint(units), "--quarters", fmt.Sprint(quarters))
	if err != nil {
		return err
	}
	if found := loadingInLog.FindStringSubmatch(done.log); found != nil {
		s.loadSeconds, _ = strconv.ParseFloat(found[1], 64)
	}
	fmt.Printf("# %s: %d units x %d quarters generated in %.1f s, of which loading took %.1f s; at most %d MB resident\n",
		s.name, units, quarters, done.took.Seconds(), s.loadSeconds, done.peak>>20)
	return nil
}

var loadingInLog = regexp.MustCompile(`loading=([0-9.]+)`)

const password = "a password for benchmarks"

// user adds somebody and gives the header of their requests.
func (s *site) user(ctx context.Context, role, scope string) (http.Header, error) {
	name := role + "-" + scope
	if _, err := s.run(ctx, s.serving, password+"\n", "user", "add", name, "--role", role, "--scope", scope); err != nil {
		return nil, err
	}
	token, err := s.run(ctx, s.serving, "", "token", "create", "--user", name)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSpace(token.out), "\n")
	return http.Header{"Authorization": {"Bearer " + lines[len(lines)-1]}, "Content-Type": {"application/json"}}, nil
}

// people adds the province's monitor.
func (s *site) people(ctx context.Context) (err error) {
	s.header, err = s.user(ctx, "monitor", "340000")
	return err
}

// serve starts a server and waits for its first page.
func (s *site) serve() (*server, error) {
	v := &server{log: filepath.Join(s.dir, fmt.Sprintf("log%d", len(s.servers)))}
	log, err := os.OpenFile(v.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	v.program = exec.Command(s.binary, "serve", "--addr", "127.0.0.1:0")
	v.program.Env, v.program.Stderr = s.environment(s.serving), log
	if v.address, v.began, err = announced(v.program); err != nil {
		return nil, err
	}
	s.servers = append(s.servers, v)
	answer, err := http.Get(v.address + "/login")
	if err != nil {
		return nil, err
	}
	answer.Body.Close()
	v.cold = time.Since(v.began)
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New("the first page: " + answer.Status)
	}
	return v, nil
}

// announced starts a program that prints its address at the end of its first line.
func announced(program *exec.Cmd) (address string, began time.Time, err error) {
	out, err := program.StdoutPipe()
	if err != nil {
		return "", began, err
	}
	began = time.Now()
	if err := program.Start(); err != nil {
		return "", began, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return "", began, fmt.Errorf("%s says no address: %w", program.Path, err)
	}
	return line[strings.LastIndex(line, "http"):strings.LastIndex(line, "\n")], began, nil
}

// end stops a server.
func (v *server) end() {
	_ = v.program.Process.Signal(os.Interrupt)
	_ = v.program.Wait()
}

// halt stops the servers of a site.
func (s *site) halt() {
	for _, v := range s.servers {
		v.end()
	}
	s.servers = nil
}

// stop stops all of a site.
func (s *site) stop() {
	s.halt()
	if s.pool != nil {
		s.pool.Close()
	}
}

// server gives the site's first server.
func (s *site) server() *server { return s.servers[0] }

// at gives an address of the first server.
func (s *site) at(path string) string { return s.server().address + path }

// open starts the first server and times how long it takes until the quarter after those loaded is open.
func (s *site) open(ctx context.Context, units int) error {
	v, err := s.serve()
	if err != nil {
		return err
	}
	for range 2400 {
		var opened int
		err := s.pool.QueryRow(ctx, "SELECT count(*) FROM reports WHERE form = 'progress' AND period = $1", (s.last + 1).String()).Scan(&opened)
		if err != nil {
			return err
		}
		if opened >= units {
			atMost("opening_seconds", time.Since(v.began.Add(v.cold)).Seconds(), 10)
			return s.settled(ctx)
		}
		time.Sleep(25 * time.Millisecond)
	}
	return errors.New("the quarter was not opened")
}

// settled waits until the figures show all that has happened, and has Postgres look at its tables again.
func (s *site) settled(ctx context.Context) error {
	for waiting := 1; waiting > 0; time.Sleep(100 * time.Millisecond) {
		if err := s.pool.QueryRow(ctx, "SELECT count(*) FROM ledger_feed WHERE consumer LIKE 'analytics%'").Scan(&waiting); err != nil {
			return err
		}
	}
	_, err := s.pool.Exec(ctx, "VACUUM ANALYZE")
	return err
}

// raising changes the number of figures.
const raising = "UPDATE epochs SET number = number + 1 WHERE subject = 'figures'"

// raise tells every instance that figures have changed, as a refresh does: whatever is kept is then asked
// anew.
func (s *site) raise(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, raising)
	return err
}

// anew is raise where nobody takes an error at once.
func (s *site) anew(ctx context.Context, failed *error) func() {
	return func() {
		if err := s.raise(ctx); err != nil {
			*failed = err
		}
	}
}

// number is the number of the latest change of any figure.
func (s *site) number(ctx context.Context) (n int64, err error) {
	err = s.pool.QueryRow(ctx, "SELECT number FROM epochs WHERE subject = 'figures'").Scan(&n)
	return n, err
}
