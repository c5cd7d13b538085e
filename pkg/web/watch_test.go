package web

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// looked is a watch over a version that the test sets; a negative one cannot be read.
func looked() (w *watch, version, looks *atomic.Int64) {
	version, looks = &atomic.Int64{}, &atomic.Int64{}
	return newWatch(func(context.Context) (news, error) {
		looks.Add(1)
		if version.Load() < 0 {
			return news{}, errors.New("the database does not answer")
		}
		return news{Version: time.Duration(version.Load()).String()}, nil
	}), version, looks
}

// heard gives what waits in a channel.
func heard(told chan news) string {
	select {
	case n := <-told:
		return n.Version
	default:
		return ""
	}
}

func TestOneLookServesAllListeners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, version, looks := looked()
		first, _ := w.join(1)
		second, _ := w.join(2)
		synctest.Wait()
		if a, b := heard(first), heard(second); a != "0s" || b != "0s" {
			t.Errorf("at once: %q, %q", a, b)
		}
		late, _ := w.join(2)
		if got := heard(late); got != "0s" {
			t.Errorf("who comes late hears %q", got)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := looks.Load(); n != 11 || heard(first) != "" {
			t.Errorf("%d looks in ten seconds, and news without any", n)
		}
		version.Store(2)
		time.Sleep(time.Second)
		synctest.Wait()
		version.Store(3)
		time.Sleep(time.Second)
		synctest.Wait()
		for i, told := range []chan news{first, second, late} {
			if got := heard(told); got != "3ns" {
				t.Errorf("listener %d hears %q; what it did not take is old", i, got)
			}
			w.leave(told)
		}
	})
}

// TestAWatchSpeaksWithoutNewsAndFallsSilentWithoutSight: silence is how screens notice that their figures
// may be old.
func TestAWatchSpeaksWithoutNewsAndFallsSilentWithoutSight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, version, _ := looked()
		told, _ := w.join(1)
		defer w.leave(told)
		synctest.Wait()
		heard(told)
		time.Sleep(beatEvery + lookEvery)
		if got := heard(told); got != "0s" {
			t.Errorf("no beat but %q", got)
		}
		version.Store(-1)
		time.Sleep(4 * beatEvery)
		if got := heard(told); got != "" {
			t.Errorf("blind, it says %q", got)
		}
		late, _ := w.join(2)
		if got := heard(late); got != "" {
			t.Errorf("blind, it tells a newcomer %q", got)
		}
		w.leave(late)
		version.Store(0)
		time.Sleep(2 * lookEvery)
		if got := heard(told); got != "0s" {
			t.Errorf("seeing again, it says %q", got)
		}
	})
}

// TestNobodyLooksWhenNobodyListens: synctest fails when a goroutine is left.
func TestNobodyLooksWhenNobodyListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _, looks := looked()
		for range 3 {
			told, _ := w.join(1)
			time.Sleep(2500 * time.Millisecond)
			w.leave(told)
			before := looks.Load()
			time.Sleep(time.Minute)
			if after := looks.Load(); after != before {
				t.Errorf("%d looks while nobody listens", after-before)
			}
		}
	})
}

func TestAUserHasABoundedNumberOfStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _, _ := looked()
		var mine []chan news
		for range mostOfOne {
			told, ok := w.join(1)
			if !ok {
				t.Fatalf("refused after %d", len(mine))
			}
			mine = append(mine, told)
		}
		if _, ok := w.join(1); ok {
			t.Error("one too many was let in")
		}
		other, ok := w.join(2)
		if !ok {
			t.Error("another user was kept out")
		}
		w.leave(other)
		w.leave(mine[0])
		told, ok := w.join(1)
		if !ok {
			t.Error("kept out after one has left")
		}
		for _, told := range append(mine[1:], told) {
			w.leave(told)
		}
	})
}
