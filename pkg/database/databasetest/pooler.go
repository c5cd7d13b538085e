package databasetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"pilotboard/pkg/database"
)

// PoolerMode is what the address of a database says where PgBouncer in transaction mode stands before it:
// statements are described once, and prepared by name on no connection.
const PoolerMode = "default_query_exec_mode=cache_describe"

// Pooler is PgBouncer in transaction mode before a server; the kernel ends it with the program.
type Pooler struct {
	folder  string
	port    int
	process *exec.Cmd
}

const poolerFile = `[databases]
* = host=127.0.0.1 port=%d user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 1000
default_pool_size = %d
server_login_retry = 1
server_idle_timeout = 5
`

// StartPooler starts one before the server on a port, with so many connections to each database.
func StartPooler(server, size int) (*Pooler, error) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			return nil, errors.New("pgbouncer not found, install the package pgbouncer")
		}
	}
	owner, err := credential()
	if err != nil {
		return nil, err
	}
	p := &Pooler{}
	if p.folder, err = ownFolder("pilotboard-pooler-", owner); err != nil {
		return nil, err
	}
	if p.port, err = FreePort(); err != nil {
		return nil, err
	}
	file := filepath.Join(p.folder, "pgbouncer.ini")
	text := fmt.Sprintf(poolerFile, server, p.port, size) + "logfile = " + filepath.Join(p.folder, "log") + "\n"
	if owner == nil {
		owner = &syscall.Credential{Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid())}
	}
	if err := errors.Join(os.WriteFile(file, []byte(text), 0o600), os.Chown(file, int(owner.Uid), int(owner.Gid))); err != nil {
		return nil, err
	}
	p.process = exec.Command(program, "-q", file) // #nosec G204: found above
	p.process.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGQUIT}
	if err := startAndHold(p.process); err != nil {
		return nil, fmt.Errorf("start pgbouncer: %w", err)
	}
	return p, p.wait()
}

func (p *Pooler) wait() error {
	var last error
	for range 100 {
		db, err := database.Open(context.Background(), p.URL("postgres"))
		if err == nil {
			return db.Close()
		}
		last = err
		time.Sleep(50 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(p.folder, "log")) // #nosec G304: made above
	return fmt.Errorf("pgbouncer does not answer: %w: %s", last, log)
}

// URL gives the address of a database of the server, through the pooler.
func (p *Pooler) URL(name string) string { return urlAt(p.port, name) + "&" + PoolerMode }

// Remove ends it and removes its folder.
func (p *Pooler) Remove() error {
	_ = p.process.Process.Kill() // it may have ended
	_ = p.process.Wait()
	return os.RemoveAll(p.folder)
}

// Pooled gives the address of an empty database with no schema yet, through PgBouncer in transaction mode
// with so few connections that sessions must share them.
func Pooled(t testing.TB) string {
	t.Helper()
	server, err := startPostgres()
	if err != nil {
		Missing(t, fmt.Sprintf("Postgres: %v", err))
	}
	pooler, err := StartPooler(server.port, 3)
	if err != nil {
		Missing(t, fmt.Sprintf("PgBouncer: %v", err))
	}
	t.Cleanup(func() {
		if err := pooler.Remove(); err != nil {
			t.Error(err)
		}
	})
	return pooler.URL(server.newDatabase(t, ""))
}

// ThroughPooler names the setting under which every test on Postgres reaches it through PgBouncer.
const ThroughPooler = "PILOTBOARD_TEST_POOLER"

// startPooler starts the pooler of this test binary, with as many connections as tests make wait at once.
var startPooler = sync.OnceValues(func() (*Pooler, error) {
	server, err := startPostgres()
	if err != nil {
		return nil, err
	}
	return StartPooler(server.port, 32)
})
