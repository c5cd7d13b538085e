package databasetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"pilotboard/pkg/database"
)

// server is the throw-away Postgres of this test binary; the kernel ends it with the binary.
type server struct {
	*Cluster
	count    atomic.Int64
	migrated sync.Once
	failed   error // to make the template
}

// template is the migrated, empty database that others are copies of.
const template = "migrated"

// careless are settings for tests: what they write need not survive anything.
var careless = []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off"}

var startPostgres = sync.OnceValues(func() (*server, error) {
	cluster, err := NewCluster(careless...)
	return &server{Cluster: cluster}, err
})

// StartPostgres starts a throw-away server with settings of its own, for programs that measure, and gives
// the address of a database in it. The kernel ends it with the program.
func StartPostgres(settings ...string) (url func(name string) string, err error) {
	cluster, err := NewCluster(settings...)
	if err != nil {
		return nil, err
	}
	return cluster.URL, nil
}

// makeTemplate makes the template, once.
func (s *server) makeTemplate() error {
	s.migrated.Do(func() {
		admin, err := database.Open(context.Background(), s.URL("postgres"))
		if err != nil {
			s.failed = err
			return
		}
		s.failed = errors.Join(admin.Read(context.Background()).Exec("CREATE DATABASE "+template).Error, admin.Close(), migrate(s.URL(template)))
	})
	return s.failed
}

// newDatabase creates a database, empty or as the clause says, and gives its name.
func (s *server) newDatabase(t testing.TB, clause string) string {
	t.Helper()
	admin := Connect(t, s.URL("postgres"))
	name := fmt.Sprintf("test%d", s.count.Add(1))
	if err := admin.Read(context.Background()).Exec("CREATE DATABASE " + name + " " + clause).Error; err != nil {
		t.Fatalf("create a database: %v", err)
	}
	return name
}

// address is where tests find a database.
func (s *server) address(t testing.TB, name string) string {
	t.Helper()
	if os.Getenv(ThroughPooler) == "" {
		return s.URL(name)
	}
	pooler, err := startPooler()
	if err != nil {
		t.Fatal(err)
	}
	return pooler.URL(name)
}
