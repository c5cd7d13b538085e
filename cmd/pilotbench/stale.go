package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// stale accepts reports at one instance of two and reads figures at both: once the number of figures has
// moved, the next answer of each shows the acceptance, and no reader ever sees a figure go back.
func (b *bench) stale(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	const times = 20
	if err := s.waiting(ctx, times); err != nil {
		return err
	}
	if _, err := s.serve(); err != nil {
		return err
	}
	defer func() {
		s.servers[1].end()
		s.servers = s.servers[:1]
	}()
	var wrong atomic.Int64
	watched, cancel := context.WithCancel(ctx)
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() { watch(watched, s, s.servers[i%2], &wrong) })
	}
	err = s.acceptAndRead(ctx, times, &wrong)
	cancel()
	readers.Wait()
	if err != nil {
		return err
	}
	fmt.Printf("# %d acceptances, each read at two instances once the number of figures had moved, while 4 readers ask the same\n", times)
	atMost("progress_never_stale", float64(wrong.Load()), 0)
	return nil
}

// seen is what an instance answers: how many reports of the open quarter are accepted, and the number of
// figures that its progress is of.
type seen struct{ accepted, number int64 }

// watch asks again and again, and counts the answers that are older than one before.
func watch(ctx context.Context, s *site, v *server, wrong *atomic.Int64) {
	for last := (seen{}); ctx.Err() == nil; {
		now, err := s.look(ctx, v)
		if err != nil {
			continue
		}
		if now.accepted < last.accepted || now.number < last.number {
			wrong.Add(1)
		}
		last = now
	}
}

// acceptAndRead accepts so many reports at the first instance and counts the answers that do not show it.
func (s *site) acceptAndRead(ctx context.Context, times int, wrong *atomic.Int64) error {
	shown, err := s.look(ctx, s.server())
	if err != nil {
		return err
	}
	for range times {
		before, err := s.number(ctx)
		if err != nil {
			return err
		}
		if err := s.accept(ctx); err != nil {
			return err
		}
		if shown.number, err = s.moved(ctx, before); err != nil {
			return err
		}
		shown.accepted++
		for _, v := range s.servers {
			now, err := s.look(ctx, v)
			if err != nil {
				return err
			}
			if now.accepted != shown.accepted || now.number < shown.number {
				wrong.Add(1)
			}
		}
	}
	return nil
}

// moved waits until the number of figures is another, and gives it.
func (s *site) moved(ctx context.Context, before int64) (int64, error) {
	for range 10_000 {
		if n, err := s.number(ctx); err != nil || n > before {
			return n, err
		}
		time.Sleep(time.Millisecond)
	}
	return 0, fmt.Errorf("no figure moved within ten seconds")
}

// accept accepts the next report that waits.
func (s *site) accept(ctx context.Context) error {
	s.taken++
	return s.ask(ctx, http.MethodPost, s.report(s.taken-1)+"/accept", nil)
}

// look asks an instance for completeness and for progress.
func (s *site) look(ctx context.Context, v *server) (now seen, err error) {
	asked := "?scope=340000&by=city&period=" + (s.last + 1).String()
	var counted struct{ Rows []struct{ Accepted int64 } }
	if err := s.ask(ctx, http.MethodGet, v.address+"/api/v1/completeness"+asked, &counted); err != nil {
		return now, err
	}
	for _, row := range counted.Rows {
		now.accepted += row.Accepted
	}
	var progress struct{ Version int64 }
	err = s.ask(ctx, http.MethodGet, v.address+"/api/v1/progress"+asked, &progress)
	now.number = progress.Version
	return now, err
}

// ask sends one request as the province's monitor and reads the answer, unless into is nil.
func (s *site) ask(ctx context.Context, method, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return err
	}
	request.Header = s.header
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, address, answer.Status)
	}
	if into == nil {
		_, err := io.Copy(io.Discard, answer.Body)
		return err
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
