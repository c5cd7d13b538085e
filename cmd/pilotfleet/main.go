// Command pilotfleet runs pilotboard as a province would beyond one machine, all on this one: two
// instances of the given binary behind HAProxy, their database behind PgBouncer in transaction mode, and
// a streaming replica for their reads. Under load it kills an instance, restarts the primary as after a
// crash and kills the replica. It then checks that nothing acknowledged is lost and that no figure was
// wrong, and prints one line per promise: name, value, target, ok or short. It is for testing only and is
// never shipped.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// options are how much is run.
type options struct {
	binary           string
	units, quarters  int
	writers, readers int
	stage            time.Duration
	rate             int  // reports a second, filed and accepted
	cost             bool // measure what a report costs, and kill nothing
	keep             bool // the folder with what the programs said
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "bin/pilotboard", "the program to run")
	flag.IntVar(&o.units, "units", 1500, "reporting units")
	flag.IntVar(&o.quarters, "quarters", 1, "accepted quarters of each before the one that is filed")
	flag.IntVar(&o.writers, "writers", 6, "clients that file and accept")
	flag.IntVar(&o.readers, "readers", 4, "clients that read figures and lists")
	flag.DurationVar(&o.stage, "stage", 6*time.Second, "length of each of the seven stages")
	flag.IntVar(&o.rate, "rate", 30, "reports a second that are filed and accepted, as long as there are any")
	flag.BoolVar(&o.cost, "cost", false, "measure what a report costs instead of killing parts")
	flag.BoolVar(&o.keep, "keep", false, "keep the folder with what the programs said")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pilotfleet:", err)
		os.Exit(1)
	}
}

// run starts the fleet, loads it through every stage and checks what is left.
func run(ctx context.Context, o options) (err error) {
	f, err := start(ctx, o)
	if f != nil {
		defer func() { err = errors.Join(err, f.close()) }()
	}
	if err != nil {
		return err
	}
	l := newLoad(f)
	if o.cost {
		return f.costs(ctx, l)
	}
	if err := f.spread(ctx); err != nil {
		return err
	}
	finish := l.begin(ctx)
	for _, s := range f.stages() {
		fmt.Printf("# %5.1f s %s\n", l.seconds(), s.name)
		l.enter(s)
		if err := s.do(); err != nil {
			finish()
			return fmt.Errorf("%s: %w", s.name, err)
		}
		select {
		case <-ctx.Done():
			finish()
			return ctx.Err()
		case <-time.After(o.stage):
		}
		if s.key == "calm" {
			if err := f.spread(ctx); err != nil {
				finish()
				return err
			}
		}
	}
	finish()
	return f.check(ctx, l)
}

// stage is something that happens to the fleet under load.
type stage struct {
	name, key string
	outage    time.Duration // errors are allowed for so long
	do        func() error
}

// stages are what happens, in turn.
func (f *fleet) stages() []stage {
	return []stage{
		{"all is well", "calm", 0, func() error { return nil }},
		{"one instance is killed", "instance_killed", 2 * time.Second, f.instances[0].kill},
		{"the instance starts again", "instance_back", 0, func() error { return f.instances[0].start(f) }},
		{"the primary crashes and starts again", "primary_restarted", 10 * time.Second, f.crashPrimary},
		{"the replay of the replica is paused", "replica_paused", 0, func() error { return f.replica.Replay(false) }},
		{"the replay goes on", "replica_back", 0, func() error { return f.replica.Replay(true) }},
		{"the replica is killed", "replica_killed", 0, f.killReplica},
	}
}

// verdict prints one promise: a value that is at most the target, or short.
func verdict(name string, value, most float64) {
	word := "ok"
	if value > most {
		word = "short"
	}
	fmt.Printf("%s %.2f <=%.2f %s\n", name, value, most, word)
}
