// Command pilotbench measures pilotboard against its baselines, all in one run on one machine: pgbench,
// handlers written by hand on the same data, and Echo sending bytes from memory. It starts a throw-away
// Postgres with default durability and the given pilotboard binary, loads synthetic reports, and prints
// one line per promise: name, value, target, ok or short. It is for measuring only and is never shipped.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"
)

// options are how much is measured.
type options struct {
	binary          string
	units, quarters int
	seconds, runs   int
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/pilotboard", "the program to measure")
	flag.IntVar(&o.units, "units", 18334, "reporting units")
	flag.IntVar(&o.quarters, "quarters", 4, "accepted quarters of each")
	flag.IntVar(&o.seconds, "seconds", 5, "length of one measurement")
	flag.IntVar(&o.runs, "runs", 3, "measurements of each work; the median counts")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "pilotbench:", err)
		os.Exit(1)
	}
}

// measure loads the data and runs every work in turn.
func measure(ctx context.Context, o options) error {
	fmt.Printf("# %d processors, %s, %d units x %d quarters, %d clients, median of %d runs of %d s\n",
		runtime.NumCPU(), runtime.Version(), o.units, o.quarters, clients, o.runs, o.seconds)
	b, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	for _, work := range []func(context.Context) error{b.submit, b.progress, b.list, b.home} {
		if err := work(ctx); err != nil {
			return err
		}
	}
	return nil
}

// clients is the number of connections that ask at once.
const clients = 8

// verdict prints one promise.
func verdict(name string, value float64, atLeast bool, target float64) {
	sign, word := ">=", "short"
	if !atLeast {
		sign = "<="
	}
	if atLeast == (value >= target) || value == target {
		word = "ok"
	}
	fmt.Printf("%s %.2f %s%.2f %s\n", name, value, sign, target, word)
}

// said prints what was seen of one work.
func said(name string, r result) {
	fmt.Printf("# %-34s %8.0f/s  p50 %8s  p99 %8s  errors %d\n", name, r.rate, r.p50.Round(10*time.Microsecond), r.p99.Round(10*time.Microsecond), r.errors)
}
