package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// check prints what the clients saw, and compares what was acknowledged with what is there.
func (f *fleet) check(ctx context.Context, l *load) error {
	fmt.Printf("# acknowledged: %d filed, %d accepted; answers: %v\n", len(l.filed), len(l.accepted), l.answered)
	for _, s := range f.stages() {
		o := l.seen[s.key]
		if o.errors > 0 {
			fmt.Printf("# %s: %d requests failed, the last after %.2f s (%.300s)\n", s.key, o.errors, o.last.Seconds(), o.first)
		}
		if s.outage > 0 {
			verdict(s.key+"_outage_seconds", o.last.Seconds(), s.outage.Seconds())
		} else {
			verdict(s.key+"_errors", float64(o.errors), 0)
		}
	}
	for _, one := range l.wrong[:min(len(l.wrong), 5)] {
		fmt.Println("#", one)
	}
	verdict("answers_older_than_before", float64(len(l.wrong)), 0)
	lost, err := f.lost(ctx, l)
	if err != nil {
		return err
	}
	verdict("acknowledged_and_lost", float64(lost), 0)
	if err := f.settled(ctx); err != nil {
		return err
	}
	return f.recompute(ctx)
}

// lost counts what was acknowledged and is not there.
func (f *fleet) lost(ctx context.Context, l *load) (int, error) {
	const asked = `SELECT u.key, r.no, a.no IS NOT NULL FROM revisions r JOIN units u ON u.id = r.unit_id
		LEFT JOIN acceptances a ON a.unit_id = r.unit_id AND a.form = r.form AND a.period = r.period AND a.no = r.no
		WHERE r.form = 'progress' AND r.period = $1`
	rows, err := f.pool.Query(ctx, asked, openQuarter)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	filed, accepted := map[string][]int64{}, map[string]bool{}
	for rows.Next() {
		var unit string
		var no int64
		var taken bool
		if err := rows.Scan(&unit, &no, &taken); err != nil {
			return 0, err
		}
		filed[unit], accepted[unit] = append(filed[unit], no), accepted[unit] || taken
	}
	lost := 0
	for unit, no := range l.filed {
		if !slices.Contains(filed[unit], no) {
			lost++
		}
	}
	for unit := range l.accepted {
		if !accepted[unit] {
			lost++
		}
	}
	return lost, rows.Err()
}

// settled waits until the figures have taken in every act.
func (f *fleet) settled(ctx context.Context) error {
	began := time.Now()
	for time.Since(began) < 3*time.Minute {
		var waiting int
		if err := f.pool.QueryRow(ctx, "SELECT count(*) FROM ledger_feed WHERE consumer LIKE 'analytics%'").Scan(&waiting); err != nil {
			return err
		}
		if waiting == 0 {
			fmt.Printf("# after %.1f s all acts are in the figures\n", time.Since(began).Seconds())
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the figures did not take in every act")
}

// recompute checks the chain of every revision and computes every figure anew.
func (f *fleet) recompute(ctx context.Context) error {
	for _, command := range []string{"verify", "rebuild"} {
		broken := 0.0
		said, err := f.command(ctx, servingDay, "", command)
		if err != nil {
			broken, said = 1, err.Error()
		}
		fmt.Printf("# %.400s\n", strings.TrimSpace(said))
		verdict(command+"_differences", broken, 0)
	}
	return nil
}
