// Command pilotbench measures pilotboard against its baselines, all in one run on one machine: pgbench,
// handlers written by hand on the same data, raw COPY, plain SQL, and Echo sending bytes from memory. It
// starts a throw-away Postgres with default durability and the given pilotboard binary, loads synthetic
// reports, and prints one line per promise: name, value, target, ok or short. Lines that begin with # say
// what was seen on the way. It is for measuring only and is never shipped.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are how much is measured.
type options struct {
	binary          string
	units, quarters int
	seconds, runs   int
	only            string
}

// work measures some promises.
type work struct {
	name string
	run  func(*bench, context.Context) error
}

// works are all there are. Those that share a database stand together, the one that uses it up last.
var works = []work{
	{"submit", (*bench).submit}, {"stale", (*bench).stale}, {"fresh", (*bench).fresh},
	{"progress", (*bench).progress}, {"list", (*bench).list}, {"home", (*bench).home},
	{"cost", (*bench).cost}, {"slow", (*bench).slow}, {"export", (*bench).export}, {"cancel", (*bench).cancel},
	{"nation", (*bench).nation},
	{"bulk", (*bench).bulk}, {"flat", (*bench).flat},
	{"sqlite", (*bench).sqlite},
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/pilotboard", "the program to measure")
	flag.IntVar(&o.units, "units", 18334, "reporting units")
	flag.IntVar(&o.quarters, "quarters", 4, "accepted quarters of each, at most 11")
	flag.IntVar(&o.seconds, "seconds", 5, "length of one measurement")
	flag.IntVar(&o.runs, "runs", 3, "measurements of each work; the median counts")
	flag.StringVar(&o.only, "only", "", "some works instead of all, separated by commas: "+strings.Join(names(), ","))
	hand := flag.String("hand", "", "serve the handlers written by hand on this database, and nothing else")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := func() error { return measure(ctx, o) }
	if *hand != "" {
		run = func() error { return byHand(ctx, *hand) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pilotbench:", err)
		os.Exit(1)
	}
}

func names() []string {
	list := make([]string, len(works))
	for i, w := range works {
		list[i] = w.name
	}
	return list
}

// measure runs the chosen works in turn.
func measure(ctx context.Context, o options) error {
	chosen := names()
	if o.only != "" {
		chosen = strings.Split(o.only, ",")
	}
	for _, name := range chosen {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("there is no work %q: %s", name, strings.Join(names(), ", "))
		}
	}
	if o.quarters < 1 || o.quarters > 11 {
		return fmt.Errorf("%d quarters: 1 to 11 leave one of the plan's twelve to file", o.quarters)
	}
	fmt.Printf("# %s: %d processors for all, %s, %d units x %d quarters, %d clients, median of %d runs of %d s\n",
		time.Now().UTC().Format(time.DateTime), runtime.NumCPU(), runtime.Version(), o.units, o.quarters, clients, o.runs, o.seconds)
	b, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	for _, w := range works {
		if !slices.Contains(chosen, w.name) {
			continue
		}
		fmt.Printf("# -- %s\n", w.name)
		if err := w.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

// clients is the number of connections that ask at once.
const clients = 8

// atLeast and atMost print one promise.
func atLeast(name string, value, target float64) { verdict(name, value, ">=", target, value >= target) }
func atMost(name string, value, target float64)  { verdict(name, value, "<=", target, value <= target) }

func verdict(name string, value float64, sign string, target float64, kept bool) {
	word := "short"
	if kept {
		word = "ok"
	}
	fmt.Printf("%s %.2f %s%g %s\n", name, value, sign, target, word)
}
