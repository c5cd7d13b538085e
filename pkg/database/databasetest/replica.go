package databasetest

import (
	"context"
	"fmt"
	"testing"

	"pilotboard/pkg/database"
)

// Replicated starts a server with a migrated, empty database, and a replica of it. They end with the test.
func Replicated(t testing.TB) (primary string, replica *Cluster) {
	t.Helper()
	server, err := NewCluster(careless...)
	if err != nil {
		Missing(t, fmt.Sprintf("Postgres: %v", err))
	}
	removed(t, server)
	if err := migrate(server.URL("postgres")); err != nil {
		t.Fatal(err)
	}
	if replica, err = server.Replica(careless...); err != nil {
		t.Fatal(err)
	}
	removed(t, replica)
	return server.URL("postgres"), replica
}

func removed(t testing.TB, c *Cluster) {
	t.Helper()
	t.Cleanup(func() {
		if err := c.Remove(); err != nil {
			t.Error(err)
		}
	})
}

// Replay has the replica pause, or resume, taking in what its primary writes.
func (c *Cluster) Replay(resume bool) error {
	what := "pause"
	if resume {
		what = "resume"
	}
	db, err := database.Open(context.Background(), c.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Read(context.Background()).Exec("SELECT pg_wal_replay_" + what + "()").Error
}
