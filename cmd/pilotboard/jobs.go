package main

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/plan"
)

// jobs is the timetable of what the program does by itself. Each job is safe to run on several
// instances at once: what must not happen twice is locked in the database.
type jobs struct {
	services        services
	prompt, patient chan struct{} // wake the refresh of a queue
}

func newJobs(s services) *jobs {
	return &jobs{services: s, prompt: make(chan struct{}, 1), patient: make(chan struct{}, 1)}
}

// nudge wakes the refresh jobs at once; without it an act shows half a second later.
func (j *jobs) nudge() {
	for _, woken := range []chan struct{}{j.prompt, j.patient} {
		select {
		case woken <- struct{}{}:
		default:
		}
	}
}

// start runs the timetable until the context ends; the channel closes when all jobs have ended.
func (j *jobs) start(ctx context.Context) <-chan struct{} {
	var running sync.WaitGroup
	every := func(interval time.Duration, name string, woken <-chan struct{}, job func(context.Context) error) {
		running.Go(func() {
			ticker := time.NewTicker(interval)
			defer ticker.Stop()
			for ctx.Err() == nil {
				if err := job(ctx); err != nil && ctx.Err() == nil && !noPlan(err) {
					slog.Error("job failed", "job", name, "error", err)
				}
				select {
				case <-ctx.Done():
				case <-ticker.C:
				case <-woken:
				}
			}
		})
	}
	every(500*time.Millisecond, "refresh figures", j.prompt, j.refresh(analytics.Prompt))
	every(500*time.Millisecond, "refresh figures of what is filed", j.patient, j.refresh(analytics.Patient))
	every(time.Minute, "close supervision orders", nil, func(ctx context.Context) error {
		_, err := j.services.orders.CloseMadeUp(ctx)
		return err
	})
	every(10*time.Minute, "open periods", nil, func(ctx context.Context) error {
		opened, err := j.services.reports.OpenPeriods(ctx, accounts.System("calendar"))
		if opened > 0 {
			j.nudge()
		}
		debug.FreeOSMemory() // it reads every unit, and between its runs an instance may have nothing to do
		return err
	})
	every(time.Second, "deliver notices", nil, j.services.notices.Deliver)
	every(time.Hour, "remind of dates", nil, j.services.notices.Remind)
	every(5*time.Minute, "gather digests", nil, j.services.notices.Digest)
	every(10*time.Second, "send messages", nil, j.services.notices.Send)
	every(time.Hour, "delete expired sessions", nil, j.services.accounts.DeleteExpiredSessions)
	finished := make(chan struct{})
	go func() {
		running.Wait()
		close(finished)
	}()
	return finished
}

// breath is how long a refresh waits at the least before it looks again, however often it is woken.
const breath = 20 * time.Millisecond

// refresh brings the figures up to date with one queue.
func (j *jobs) refresh(q analytics.Queue) func(context.Context) error {
	return func(ctx context.Context) error {
		for more := true; more; {
			var err error
			if more, err = j.services.figures.RefreshSome(ctx, q); err != nil {
				return err
			}
			if !more {
				break
			}
			if _, err := j.services.orders.CloseMadeUp(ctx); err != nil {
				return err
			}
		}
		time.Sleep(breath)
		return nil
	}
}

// noPlan tells that there is nothing to do yet, since no plan has been imported.
func noPlan(err error) bool {
	f, ok := fault.As(err)
	return ok && f.Key == plan.NoPlan
}
