package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const leavers = 16

// cancel has clients leave while their requests wait in the database, held up by a lock on the figures of
// units, and counts the statements that are still there a second later.
func (b *bench) cancel(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := tx.Exec(ctx, "LOCK TABLE unit_figures IN ACCESS EXCLUSIVE MODE"); err != nil {
		return err
	}
	there, leave := context.WithCancel(ctx)
	defer leave()
	var clients sync.WaitGroup
	for i := range leavers {
		address := s.at(fmt.Sprintf("/api/v1/progress?scope=340000&by=unit&limit=%d&period=%s", 100+i, s.last))
		clients.Go(func() { _ = s.ask(there, http.MethodGet, address, nil) })
	}
	waiting := 0
	for range 100 {
		if waiting, err = s.heldUp(ctx); err != nil {
			return err
		}
		if waiting == leavers {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if waiting < leavers {
		return fmt.Errorf("%d of %d requests wait in the database", waiting, leavers)
	}
	leave()
	clients.Wait()
	time.Sleep(time.Second)
	left, err := s.heldUp(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("# %d statements of clients who left, looked for a second later\n", waiting)
	atMost("cancelled_queries", float64(left), 0)
	return nil
}

// heldUp gives the number of statements that wait for the lock.
func (s *site) heldUp(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND state = 'active' AND wait_event_type = 'Lock' AND query LIKE '%unit_figures%'`).Scan(&n)
	return n, err
}
