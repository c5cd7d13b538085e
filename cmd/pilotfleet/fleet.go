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
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"pilotboard/pkg/database/databasetest"
)

// fleet is everything that runs.
type fleet struct {
	options
	dir              string
	primary, replica *databasetest.Cluster
	pooler           *databasetest.Pooler
	pool             *pgxpool.Pool // straight to the primary, for preparing and checking
	instances        []*instance
	balancer         *program
	address          string // of the balancer
	monitor          http.Header
	owed             []owed
	idle             [3]float64 // processor time, milliseconds a second, of program, primary and replica
}

// owed is a unit that owes a report, with the header of who files it.
type owed struct {
	unit   string
	header http.Header
}

// The days on which reports are loaded, and on which the quarter after them is open.
const loadingDay, servingDay, openQuarter = "2020-10-20", "2021-01-05", "2020Q4"

const password = "a password for trying things out"

// start starts the servers, loads the data and waits until the fleet answers.
func start(ctx context.Context, o options) (*fleet, error) {
	f := &fleet{options: o}
	var err error
	if f.binary, err = filepath.Abs(o.binary); err != nil {
		return nil, err
	}
	if f.dir, err = os.MkdirTemp("", "pilotfleet-"); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{f.startPrimary, f.fill, f.startReplica, f.startInstances, f.startBalancer, f.opened} {
		if err := step(ctx); err != nil {
			return f, err
		}
	}
	return f, nil
}

func (f *fleet) startPrimary(ctx context.Context) error {
	var err error
	if f.primary, err = databasetest.NewCluster("shared_buffers=256MB", "max_wal_size=2GB"); err != nil {
		return err
	}
	if f.pooler, err = databasetest.StartPooler(f.primary.Port(), 20); err != nil {
		return err
	}
	f.pool, err = pgxpool.New(ctx, f.primary.URL("postgres"))
	return err
}

func (f *fleet) startReplica(context.Context) error {
	var err error
	f.replica, err = f.primary.Replica("hot_standby=on")
	return err
}

// fill loads reports and makes whoever files and reviews the next ones.
func (f *fleet) fill(ctx context.Context) error {
	if _, err := f.command(ctx, loadingDay, "", "generate", "--units", fmt.Sprint(f.units), "--quarters", fmt.Sprint(f.quarters)); err != nil {
		return err
	}
	var err error
	if f.monitor, err = f.user(ctx, "monitor", "340000"); err != nil {
		return err
	}
	rows, err := f.pool.Query(ctx, `SELECT u.key, v.code FROM units u
		JOIN division_versions v ON v.division_id = u.city_id AND v.valid_to IS NULL WHERE u.key LIKE 'sample-%' ORDER BY u.key`)
	if err != nil {
		return err
	}
	defer rows.Close()
	reviewers := map[string]http.Header{}
	for rows.Next() {
		var unit, city string
		if err := rows.Scan(&unit, &city); err != nil {
			return err
		}
		if reviewers[city] == nil {
			if reviewers[city], err = f.user(ctx, "reviewer", city); err != nil {
				return err
			}
		}
		f.owed = append(f.owed, owed{unit, reviewers[city]})
	}
	return rows.Err()
}

// user adds somebody and gives the header of their requests.
func (f *fleet) user(ctx context.Context, role, scope string) (http.Header, error) {
	name := role + "-" + scope
	if _, err := f.command(ctx, servingDay, password+"\n", "user", "add", name, "--role", role, "--scope", scope); err != nil {
		return nil, err
	}
	said, err := f.command(ctx, servingDay, "", "token", "create", "--user", name)
	if err != nil {
		return nil, err
	}
	said = strings.TrimSpace(said)
	token := said[strings.LastIndexByte(said, '\n')+1:]
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}, nil
}

// command runs a command of pilotboard on the primary and gives what it said.
func (f *fleet) command(ctx context.Context, today, input string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, f.binary, args...) // #nosec G204: the program that is tried out
	command.Env = append(os.Environ(), "PILOTBOARD_DATABASE_URL="+f.primary.URL("postgres"), "PILOTBOARD_DATA_DIR="+f.dir, "PILOTBOARD_TODAY="+today)
	command.Stdin = strings.NewReader(input)
	var out, wrong bytes.Buffer
	command.Stdout, command.Stderr = &out, &wrong
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("pilotboard %s: %w: %s%s", args[0], err, out.String(), wrong.String())
	}
	return out.String(), nil
}

// opened waits until the quarter is open for every unit and in the figures.
func (f *fleet) opened(ctx context.Context) error {
	for range 600 {
		var n int
		err := f.pool.QueryRow(ctx, "SELECT count(*) FROM reports WHERE form = 'progress' AND period = $1", openQuarter).Scan(&n)
		if err == nil && n >= f.units {
			return f.settled(ctx)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("the quarter was not opened")
}

func (f *fleet) crashPrimary() error {
	if err := f.primary.Stop(syscall.SIGQUIT); err != nil {
		return err
	}
	return f.primary.Start()
}

func (f *fleet) killReplica() error { return f.replica.Stop(syscall.SIGQUIT) }

// spread tells how many transactions each database has ended so far; a read is one.
func (f *fleet) spread(ctx context.Context) error {
	var ended [2]int64
	for n, c := range []*databasetest.Cluster{f.primary, f.replica} {
		pool, err := pgxpool.New(ctx, c.URL("postgres"))
		if err != nil {
			return err
		}
		err = pool.QueryRow(ctx, "SELECT xact_commit FROM pg_stat_database WHERE datname = 'postgres'").Scan(&ended[n])
		pool.Close()
		if err != nil {
			return err
		}
	}
	fmt.Printf("# transactions so far: primary %d, replica %d\n", ended[0], ended[1])
	return nil
}

// close ends everything that was started and removes what was written.
func (f *fleet) close() error {
	if f.balancer != nil {
		f.balancer.end()
	}
	for _, i := range f.instances {
		i.end()
	}
	if f.pool != nil {
		f.pool.Close()
	}
	var failed []error
	if f.pooler != nil {
		failed = append(failed, f.pooler.Remove())
	}
	for _, c := range []*databasetest.Cluster{f.replica, f.primary} {
		if c != nil {
			failed = append(failed, c.Remove())
		}
	}
	if f.keep {
		return errors.Join(failed...)
	}
	return errors.Join(append(failed, os.RemoveAll(f.dir))...)
}
