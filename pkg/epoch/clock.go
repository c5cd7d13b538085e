package epoch

import (
	"context"
	"sync"
	"time"

	"pilotboard/pkg/database"
)

// Clock tells the epoch to many requests at once: those that come in while it is being read wait for
// the next reading together, so that none gets a number older than its own arrival.
type Clock struct {
	db *database.DB

	mu      sync.Mutex
	running bool
	next    *reading
}

// reading is one look at the epoch; done closes when it has ended.
type reading struct {
	epoch    Epoch
	position int64 // of the primary afterwards, where there are replicas
	err      error
	done     chan struct{}
}

// NewClock makes a clock.
func NewClock(db *database.DB) *Clock { return &Clock{db: db} }

// Pin reads the epoch and pins it to the context of a request, which may then read from a replica that is
// as far.
func (c *Clock) Pin(ctx context.Context) (context.Context, Epoch, error) {
	r := c.join()
	select {
	case <-r.done:
	case <-ctx.Done():
		return ctx, Epoch{}, ctx.Err()
	}
	if r.err != nil {
		return ctx, Epoch{}, r.err
	}
	if c.db.Replicated() {
		ctx = database.At(ctx, r.position)
	}
	return Pin(ctx, r.epoch), r.epoch, nil
}

// join gives the reading that begins next, and begins it when none is running.
func (c *Clock) join() *reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = &reading{done: make(chan struct{})}
	}
	r := c.next
	if !c.running {
		c.running = true
		go c.run()
	}
	return r
}

// run reads as long as somebody waits. No single request's context bounds it: others wait too.
func (c *Clock) run() {
	for {
		c.mu.Lock()
		r := c.next
		c.next, c.running = nil, r != nil
		c.mu.Unlock()
		if r == nil {
			return
		}
		r.read(c.db)
	}
}

// patience is how long a reading may take before all who wait are refused.
const patience = 10 * time.Second

func (r *reading) read(db *database.DB) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if r.epoch, r.err = Read(db.Read(ctx)); r.err == nil && db.Replicated() {
		r.position, r.err = db.Position(ctx)
	}
	close(r.done)
}
