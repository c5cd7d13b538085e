package web

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	lookEvery = time.Second      // how soon streams tell of new figures
	beatEvery = 15 * time.Second // streams say something at least so often, so that silence means a broken one
	lookTime  = 5 * time.Second  // for one look at the database
	mostOfOne = 10               // streams of one user
)

// news is what streams hand on: which figures a page made now would show and, while the figures lack
// acts that were recorded a while ago, since when.
type news struct {
	Version string `json:"version"`
	Waiting string `json:"waiting,omitempty"` // RFC 3339
}

// watch looks after the figures for all streams of this instance: one look every second while anybody
// listens, none otherwise, whatever the number of streams. While looks fail it says nothing.
type watch struct {
	look        func(context.Context) (news, error)
	every, beat time.Duration

	mu        sync.Mutex
	listeners map[chan news]int64 // with whose they are
	latest    *news               // nil while nothing is known
	end       context.CancelFunc  // of the looking; nil while nobody listens
}

func newWatch(look func(context.Context) (news, error)) *watch {
	return &watch{look: look, every: lookEvery, beat: beatEvery, listeners: map[chan news]int64{}}
}

// join gives a channel that holds the latest news not yet taken, at once where they are known; ok is
// false when the user listens often enough already. Whoever joins must leave.
func (w *watch) join(user int64) (told chan news, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	own := 0
	for _, other := range w.listeners {
		if other == user {
			own++
		}
	}
	if own >= mostOfOne {
		return nil, false
	}
	told = make(chan news, 1)
	w.listeners[told] = user
	if w.latest != nil {
		told <- *w.latest
	}
	if w.end == nil {
		var ctx context.Context
		ctx, w.end = context.WithCancel(context.Background())
		go w.follow(ctx)
	}
	return told, true
}

func (w *watch) leave(told chan news) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.listeners, told)
	if len(w.listeners) == 0 && w.end != nil {
		w.end()
		w.end, w.latest = nil, nil
	}
}

// follow looks until ctx ends.
func (w *watch) follow(ctx context.Context) {
	ticker := time.NewTicker(w.every)
	defer ticker.Stop()
	var told time.Time
	blind := false
	for {
		limited, cancel := context.WithTimeout(ctx, lookTime)
		found, err := w.look(limited)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err != nil && !blind {
			slog.ErrorContext(ctx, "look after the figures for open screens", "error", err)
		}
		blind = err != nil
		if w.tell(ctx, found, err, time.Since(told) >= w.beat) {
			told = time.Now()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// tell hands news on when they are new or when it is time to say something; it tells whether it did.
func (w *watch) tell(ctx context.Context, found news, err error, due bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		w.latest = nil
		return false
	}
	if w.latest != nil && *w.latest == found && !due {
		return false
	}
	w.latest = &found
	for told := range w.listeners {
		select {
		case <-told: // what it did not come to take is old now
		default:
		}
		told <- found
	}
	return true
}
