package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/period"
)

// bench is the throw-away Postgres and the sites on it.
type bench struct {
	options
	dir   string
	url   func(database string) string
	admin *pgxpool.Pool
	sites map[string]*site // those that are there, by the name of their database
}

// settings of Postgres that are not its defaults; how a commit is made durable is left alone.
var settings = []string{"shared_buffers=1GB", "max_wal_size=4GB", "shared_preload_libraries=pg_stat_statements", "jit=off"}

// prepare starts Postgres.
func prepare(ctx context.Context, o options) (b *bench, err error) {
	b = &bench{options: o, sites: map[string]*site{}}
	if b.binary, err = filepath.Abs(o.binary); err != nil {
		return nil, err
	}
	if b.url, err = databasetest.StartPostgres(settings...); err != nil {
		return nil, err
	}
	if b.admin, err = pgxpool.New(ctx, b.url("postgres")); err != nil {
		return nil, err
	}
	var version string
	if err := b.admin.QueryRow(ctx, "SELECT split_part(version(), ' (', 1)").Scan(&version); err != nil {
		return nil, err
	}
	fmt.Printf("# %s, %s, all else as it comes: fsync and synchronous_commit on\n", version, strings.Join(settings, ", "))
	// statements are counted only where they are asked about
	for _, statement := range []string{"ALTER SYSTEM SET pg_stat_statements.track = 'none'", "SELECT pg_reload_conf()"} {
		if _, err := b.admin.Exec(ctx, statement); err != nil {
			return nil, err
		}
	}
	b.dir, err = os.MkdirTemp("", "pilotbench-")
	return b, err
}

// close ends every server and removes what was written.
func (b *bench) close() {
	ctx := context.WithoutCancel(context.Background())
	for _, s := range b.sites {
		s.stop()
	}
	var data string
	if err := b.admin.QueryRow(ctx, "SHOW data_directory").Scan(&data); err == nil {
		b.admin.Close()
		stopPostgres(data)
	}
	_ = os.RemoveAll(b.dir)
}

// stopPostgres ends the throw-away server and removes its folder, which may hold gigabytes.
func stopPostgres(data string) {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return
	}
	process := 0
	if _, err := fmt.Sscan(string(text), &process); err != nil || process <= 1 {
		return
	}
	_ = syscall.Kill(process, syscall.SIGINT)
	for range 200 {
		if _, err := os.Stat(filepath.Join(data, "postmaster.pid")); errors.Is(err, os.ErrNotExist) {
			_ = os.RemoveAll(filepath.Dir(data))
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// first is the first quarter of the sample plan.
const first = period.Quarter(2018 * 4)

// calendar is the last quarter of so many that are loaded, the day on which they are, and the day on
// which the quarter after it is open.
func calendar(quarters int) (last period.Quarter, loading, serving string) {
	last = first + period.Quarter(quarters) - 1
	return last, last.Last().AddDays(20).String(), (last + 1).Last().AddDays(5).String()
}

// province is the site that most works share: the reports of so many quarters accepted, the quarter after
// them open. Its first server is started here, and the opening timed.
func (b *bench) province(ctx context.Context) (*site, error) {
	if s := b.sites["province"]; s != nil {
		return s, nil
	}
	s, err := b.empty(ctx, "province", b.quarters)
	if err != nil {
		return nil, err
	}
	if err := s.generate(ctx, b.units, b.quarters); err != nil {
		return nil, err
	}
	if err := s.people(ctx); err != nil {
		return nil, err
	}
	return s, s.open(ctx, b.units)
}

// empty gives a site on a new database.
func (b *bench) empty(ctx context.Context, name string, quarters int) (*site, error) {
	if _, err := b.admin.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, err
	}
	return b.on(ctx, name, quarters)
}

// on gives a site on a database that is there.
func (b *bench) on(ctx context.Context, name string, quarters int) (*site, error) {
	s := &site{name: name, binary: b.binary, dir: filepath.Join(b.dir, name), database: b.url(name)}
	s.last, s.loading, s.serving = calendar(quarters)
	b.sites[name] = s
	var err error
	if err = os.Mkdir(s.dir, 0o700); err != nil {
		return nil, err
	}
	s.pool, err = pgxpool.New(ctx, s.database)
	return s, err
}

// give ends a site and drops its database.
func (b *bench) give(ctx context.Context, s *site) error {
	s.stop()
	delete(b.sites, s.name)
	_ = os.RemoveAll(s.dir)
	_, err := b.admin.Exec(ctx, "DROP DATABASE "+s.name+" WITH (FORCE)")
	return err
}
