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
	"strings"
	"syscall"
	"time"

	"pilotboard/pkg/database"
)

// Cluster is a throw-away Postgres server with its data in a temporary folder; the kernel ends it with
// the program.
type Cluster struct {
	bin, folder string
	port        int
	settings    []string
	owner       *syscall.Credential // Postgres refuses to run as root, so root runs it as the user postgres
	process     *exec.Cmd
}

// NewCluster makes one, starts it with the settings and waits until it answers.
func NewCluster(settings ...string) (*Cluster, error) {
	c, err := emptyCluster(settings)
	if err != nil {
		return nil, err
	}
	if err := c.run("initdb", "-D", c.Data(), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"); err != nil {
		return nil, err
	}
	return c, c.Start()
}

// Replica makes and starts a server that streams everything from this one.
func (c *Cluster) Replica(settings ...string) (*Cluster, error) {
	replica, err := emptyCluster(settings)
	if err != nil {
		return nil, err
	}
	if err := replica.run("pg_basebackup", "-D", replica.Data(), "-d", c.URL("postgres"), "-R", "-X", "stream", "-c", "fast", "--no-sync"); err != nil {
		return nil, err
	}
	return replica, replica.Start()
}

// emptyCluster makes the folder of one and finds its port.
func emptyCluster(settings []string) (*Cluster, error) {
	removeDead()
	c := &Cluster{settings: settings}
	var err error
	if c.bin, err = binaries(); err != nil {
		return nil, err
	}
	if c.owner, err = credential(); err != nil {
		return nil, err
	}
	if c.folder, err = ownFolder(clusters, c.owner); err != nil {
		return nil, err
	}
	c.port, err = FreePort()
	return c, err
}

// ownFolder makes a temporary folder that belongs to owner.
func ownFolder(prefix string, owner *syscall.Credential) (string, error) {
	folder, err := os.MkdirTemp("", prefix)
	if err != nil || owner == nil {
		return folder, err
	}
	return folder, os.Chown(folder, int(owner.Uid), int(owner.Gid))
}

// run runs one of Postgres' own programs as the owner.
func (c *Cluster) run(name string, args ...string) error {
	program := exec.Command(filepath.Join(c.bin, name), args...) // #nosec G204: one of Postgres' own
	program.Dir, program.SysProcAttr = c.folder, &syscall.SysProcAttr{Credential: c.owner}
	if out, err := program.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// Start starts the server, for the first time or again on the same data, and waits until it answers.
func (c *Cluster) Start() error {
	args := []string{"-D", c.Data(), "-p", strconv.Itoa(c.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + c.folder, "-c", "max_connections=300"}
	for _, setting := range c.settings {
		args = append(args, "-c", setting)
	}
	c.process = exec.Command(filepath.Join(c.bin, "postgres"), args...) // #nosec G204: found above
	c.process.Dir, c.process.SysProcAttr = c.folder, &syscall.SysProcAttr{Credential: c.owner, Pdeathsig: syscall.SIGQUIT}
	if err := startAndHold(c.process); err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	return c.wait()
}

// Stop ends the server by a signal and waits until it has ended: SIGINT as one does, SIGQUIT at once, as
// after a crash.
func (c *Cluster) Stop(how os.Signal) error {
	if err := c.process.Process.Signal(how); err != nil {
		return fmt.Errorf("stop postgres: %w", err)
	}
	_ = c.process.Wait() // tells how it was ended
	return nil
}

// Hang has every process of the server stand still, or go on: to its clients it seems to be there.
func (c *Cluster) Hang(still bool) error {
	how := syscall.SIGCONT
	if still {
		how = syscall.SIGSTOP
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", c.PID()))
	if err != nil {
		return fmt.Errorf("find the processes of postgres: %w", err)
	}
	for _, one := range append(strings.Fields(string(children)), strconv.Itoa(c.PID())) {
		process, err := strconv.Atoi(one)
		if err != nil {
			return err
		}
		if err := syscall.Kill(process, how); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop or continue postgres: %w", err)
		}
	}
	return nil
}

// Remove ends the server and removes its data.
func (c *Cluster) Remove() error {
	_ = c.Stop(syscall.SIGQUIT) // it may have ended
	return os.RemoveAll(c.folder)
}

// Port is where it listens on the loopback address.
func (c *Cluster) Port() int { return c.port }

// PID is the number of the server's first process.
func (c *Cluster) PID() int { return c.process.Process.Pid }

// Data is the folder of its data.
func (c *Cluster) Data() string { return filepath.Join(c.folder, "data") }

// URL gives the address of a database in it.
func (c *Cluster) URL(name string) string { return urlAt(c.port, name) }

func urlAt(port int, name string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", port, name)
}

func (c *Cluster) wait() error {
	var last error
	for range 200 {
		db, err := database.Open(context.Background(), c.URL("postgres"))
		if err == nil {
			return db.Close()
		}
		last = err
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("postgres does not answer: %w", last)
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
		path, err = filepath.EvalSymlinks(path)
		return filepath.Dir(path), err
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

// FreePort gives a port of this machine that nobody listens on.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
