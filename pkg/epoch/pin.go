package epoch

import (
	"context"
	"sync/atomic"
)

// pin is the epoch of one request, until the request itself raises one.
type pin struct {
	epoch Epoch
	loose atomic.Bool
}

type pinKey struct{}

// Pin gives a context in which what is kept for e holds. Only the context of one request is pinned: one
// that lives longer would never see a change.
func Pin(ctx context.Context, e Epoch) context.Context {
	return context.WithValue(ctx, pinKey{}, &pin{epoch: e})
}

// Unpin gives a context in which nothing is kept: for work within a request that lasts longer than one.
func Unpin(ctx context.Context) context.Context { return context.WithValue(ctx, pinKey{}, nil) }

func pinned(ctx context.Context) (Epoch, bool) {
	p, ok := ctx.Value(pinKey{}).(*pin)
	if !ok || p.loose.Load() {
		return Epoch{}, false
	}
	return p.epoch, true
}
