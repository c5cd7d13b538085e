package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// costs measures what one report costs in processor time and on disk: what the simulation in CONTRIBUTING
// multiplies. Processor time does not move with what else the machine does as much as rates do.
func (f *fleet) costs(ctx context.Context, l *load) error {
	l.enter(stage{key: "cost"})
	n := min(len(f.owed), 400)
	held, err := f.holdFigures(ctx)
	if err != nil {
		return err
	}
	each := func(do func(of owed, path string)) func() error {
		return func() error {
			var running sync.WaitGroup
			for first := range f.writers {
				running.Go(func() {
					for i := first; i < n; i += f.writers {
						do(f.owed[i], "/reports/"+f.owed[i].unit+"/progress/"+openQuarter)
					}
				})
			}
			running.Wait()
			return nil
		}
	}
	save := each(func(of owed, path string) {
		l.ask(ctx, "save", http.MethodPut, path, of.header, fmt.Sprintf(filledIn, 1))
	})
	submit := each(func(of owed, path string) {
		l.ask(ctx, "submit", http.MethodPost, path+"/submit", of.header, `{"on_behalf":"示例人员"}`)
	})
	accept := each(func(_ owed, path string) { l.ask(ctx, "accept", http.MethodPost, path+"/accept", l.monitor, "") })
	refresh := func() error {
		if err := held.Rollback(ctx); err != nil {
			return err
		}
		return f.settled(ctx)
	}
	idle := func() error { time.Sleep(5 * time.Second); return nil }
	read := each(func(owed, string) { l.readFigures(ctx) })
	list := each(func(owed, string) { l.readList(ctx, 0) })
	for _, step := range []struct {
		name string
		do   func() error
	}{{"idle", idle}, {"save", save}, {"submit", submit}, {"accept", accept}, {"refresh", refresh}, {"progress", read}, {"list", list}} {
		if err := f.measure(step.name, n, step.do); err != nil {
			return err
		}
	}
	fmt.Printf("# answers: %v, failed: %+v\n", l.answered, *l.seen["cost"])
	return f.sizes(ctx)
}

// holdFigures keeps the figures from being refreshed until the transaction ends.
func (f *fleet) holdFigures(ctx context.Context) (pgx.Tx, error) {
	tx, err := f.pool.Begin(ctx)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtext('analytics.refresh'))")
	return tx, err
}

// measure prints the processor time that the program, the primary and the replica took for each of n, less
// what they take in as much time when nobody asks anything; that comes first, as idle, by the second.
func (f *fleet) measure(name string, n int, do func() error) error {
	spent := func() [3]time.Duration {
		var t [3]time.Duration
		for _, i := range f.instances {
			t[0] += spentBy(i.command.Process.Pid)
		}
		t[1], t[2] = spentBy(f.primary.PID()), spentBy(f.replica.PID())
		return t
	}
	before, began := spent(), time.Now()
	if err := do(); err != nil {
		return err
	}
	after := spent()
	length := time.Since(began).Seconds()
	var each [3]float64
	for i := range each {
		took := (after[i] - before[i]).Seconds() * 1000
		if name == "idle" {
			f.idle[i], each[i] = took/length, took/length
			continue
		}
		each[i] = (took - f.idle[i]*length) / float64(n)
	}
	fmt.Printf("cost_%s_ms program %.2f primary %.2f replica %.2f (%d in %.1f s)\n", name, each[0], each[1], each[2], n, length)
	return nil
}

// tick is what the kernel counts processor time in.
const tick = 10 * time.Millisecond

// spentBy gives the processor time of a process, its children and those that have ended.
func spentBy(process int) time.Duration {
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	total := time.Duration(0)
	for _, file := range files {
		text, err := os.ReadFile(file) // #nosec G304: of the kernel
		if err != nil {
			continue // has ended
		}
		// the name in brackets may hold anything; state and parent come after it
		fields := strings.Fields(string(text)[strings.LastIndexByte(string(text), ')')+1:])
		own := file == fmt.Sprintf("/proc/%d/stat", process)
		if !own && fields[1] != strconv.Itoa(process) {
			continue
		}
		counted := fields[11:13]
		if own {
			counted = fields[11:15]
		}
		for _, field := range counted {
			ticks, _ := strconv.Atoi(field)
			total += time.Duration(ticks) * tick
		}
	}
	return total
}

// sizes prints the bytes on disk of each row of the tables that grow, with its indexes.
func (f *fleet) sizes(ctx context.Context) error {
	for _, table := range []string{"reports", "revisions", "acceptances", "facts", "unit_figures", "efforts", "ledger", "rollups", "item_rollups"} {
		var rows int64
		var bytes float64
		err := f.pool.QueryRow(ctx, "SELECT count(*), pg_total_relation_size('"+table+"')::float8 FROM "+table).Scan(&rows, &bytes)
		if err != nil {
			return err
		}
		fmt.Printf("size_%s_bytes %.0f (%d rows)\n", table, bytes/float64(max(rows, 1)), rows)
	}
	return nil
}
