package databasetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pilotboard/pkg/database"
)

// server is the throw-away Postgres of this test binary; the kernel ends it with the binary.
type server struct {
	port     int
	count    atomic.Int64
	migrated sync.Once
	failed   error // to make the template
}

// template is the migrated, empty database that others are copies of.
const template = "migrated"

// careless are settings for tests: what they write need not survive anything.
var careless = []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off"}

var startPostgres = sync.OnceValues(func() (*server, error) { return start(careless) })

// StartPostgres starts a throw-away server with settings of its own, for programs that measure, and gives
// the address of a database in it. The kernel ends it with the program.
func StartPostgres(settings ...string) (url func(name string) string, err error) {
	s, err := start(settings)
	if err != nil {
		return nil, err
	}
	return s.url, nil
}

// start makes a cluster in a temporary folder and waits until it answers. Postgres refuses to run
// as root, so root runs it as the user postgres.
func start(settings []string) (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	owner, err := credential()
	if err != nil {
		return nil, err
	}
	removeDead()
	dir, err := os.MkdirTemp("", clusters)
	if err != nil {
		return nil, err
	}
	if owner != nil {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-A", "trust", "-U", "postgres",
		"-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, &syscall.SysProcAttr{Credential: owner}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	postgres := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+dir, "-c", "max_connections=300")
	for _, setting := range settings {
		postgres.Args = append(postgres.Args, "-c", setting)
	}
	postgres.Dir, postgres.SysProcAttr = dir, &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGQUIT}
	if err := startAndHold(postgres); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	s := &server{port: port}
	return s, s.wait()
}

// clusters is how the folders of clusters are called.
const clusters = "pilotboard-postgres-"

// removeDead removes the clusters of programs that have ended: the kernel has ended their servers, and
// nobody else removes what they kept. One that is an hour old at the most may be about to start.
func removeDead() {
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), clusters+"*")) // the pattern is well-formed
	for _, folder := range folders {
		made, err := os.Stat(folder)
		if err != nil || time.Since(made.ModTime()) < time.Hour {
			continue
		}
		process := 0
		if lock, err := os.ReadFile(filepath.Join(folder, "data", "postmaster.pid")); err == nil { // #nosec G304: found above
			_, _ = fmt.Sscan(string(lock), &process)
		}
		if process == 0 || errors.Is(syscall.Kill(process, 0), syscall.ESRCH) {
			_ = os.RemoveAll(folder)
		}
	}
}

func (s *server) url(name string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, name)
}

func (s *server) wait() error {
	var last error
	for range 200 {
		db, err := database.Open(context.Background(), s.url("postgres"))
		if err == nil {
			return db.Close()
		}
		last = err
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("postgres does not answer: %w", last)
}

// makeTemplate makes the template, once.
func (s *server) makeTemplate() error {
	s.migrated.Do(func() {
		admin, err := database.Open(context.Background(), s.url("postgres"))
		if err != nil {
			s.failed = err
			return
		}
		s.failed = errors.Join(admin.Read(context.Background()).Exec("CREATE DATABASE "+template).Error, admin.Close(), migrate(s.url(template)))
	})
	return s.failed
}

// newDatabase creates a database, empty or as the clause says.
func (s *server) newDatabase(t testing.TB, clause string) string {
	t.Helper()
	admin := Connect(t, s.url("postgres"))
	name := fmt.Sprintf("test%d", s.count.Add(1))
	if err := admin.Read(context.Background()).Exec("CREATE DATABASE " + name + " " + clause).Error; err != nil {
		t.Fatalf("create a database: %v", err)
	}
	return s.url(name)
}

// startAndHold starts cmd from a goroutine that keeps its thread for good: Linux sends the death
// signal when the starting thread ends, not only when the process does.
func startAndHold(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		select {}
	}()
	return <-started
}

func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("initdb not found, install the package postgresql")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func credential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("postgres must not run as root: %w", err)
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(account.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
