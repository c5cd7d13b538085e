package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// load is what clients do to the fleet and what they saw.
type load struct {
	*fleet
	client http.Client
	began  time.Time

	mu       sync.Mutex
	at       stage
	entered  time.Time
	seen     map[string]*outage // by stage
	filed    map[string]int64   // acknowledged: the revision, by unit
	accepted map[string]bool    // acknowledged, by unit
	greatest map[string]int64   // that any answer has shown so far, by question
	answered map[string]int     // by what was asked
	wrong    []string           // answers older than one before
}

// outage is what failed in a stage.
type outage struct {
	errors int
	last   time.Duration // after the stage began, that a request failed
	first  string
}

func newLoad(f *fleet) *load {
	return &load{fleet: f, client: http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
		began: time.Now(), seen: map[string]*outage{}, filed: map[string]int64{}, accepted: map[string]bool{}, greatest: map[string]int64{}, answered: map[string]int{}}
}

func (l *load) seconds() float64 { return time.Since(l.began).Seconds() }

// enter says what happens from now on.
func (l *load) enter(s stage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at, l.entered, l.seen[s.key] = s, time.Now(), &outage{}
}

// begin starts the clients; finish ends them and waits for them.
func (l *load) begin(ctx context.Context) (finish func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	due := make(chan owed)
	running.Go(func() {
		defer close(due)
		tick := time.NewTicker(time.Second / time.Duration(l.rate))
		defer tick.Stop()
		for _, report := range l.owed {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			select {
			case <-ctx.Done():
				return
			case due <- report:
			}
		}
	})
	for range l.writers {
		running.Go(func() {
			for report := range due {
				l.settle(ctx, report)
			}
		})
	}
	for n := range l.readers {
		running.Go(func() {
			for ctx.Err() == nil {
				l.readFigures(ctx)
				l.readList(ctx, n)
			}
		})
	}
	return func() { cancel(); running.Wait() }
}

// ask sends one request and gives the answer; nil when it failed, which is counted.
func (l *load) ask(ctx context.Context, what, method, path string, header http.Header, body string) []byte {
	request, err := http.NewRequestWithContext(ctx, method, l.address+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		l.failed(ctx, what, err.Error())
		return nil
	}
	request.Header = header
	response, err := l.client.Do(request)
	if err != nil {
		l.failed(ctx, what, err.Error())
		return nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusBadRequest && response.StatusCode != http.StatusConflict {
		l.failed(ctx, what, fmt.Sprintf("%s: %.200s %v", response.Status, text, err))
		return nil
	}
	l.mu.Lock()
	l.answered[what]++
	l.mu.Unlock()
	if response.StatusCode == http.StatusConflict { // what was not acknowledged before had been done
		return nil
	}
	return text
}

// failed counts a request that failed in the stage that it failed in.
func (l *load) failed(ctx context.Context, what, why string) {
	if ctx.Err() != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	o := l.seen[l.at.key]
	if o == nil {
		return
	}
	o.errors, o.last = o.errors+1, time.Since(l.entered)
	if o.first == "" || o.last > l.at.outage {
		o.first = what + ": " + why
	}
}

// before gives what an answer that is asked for now must show at the least.
func (l *load) before(question string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.greatest[question]
}

// showed compares an answer with what one that had come before it was asked for had shown.
func (l *load) showed(question string, least, number int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if number < least {
		l.wrong = append(l.wrong, fmt.Sprintf("%.1f s: %s was %d after %d", time.Since(l.began).Seconds(), question, number, least))
	}
	l.greatest[question] = max(l.greatest[question], number)
}

// readFigures reads how many reports of the province are accepted.
func (l *load) readFigures(ctx context.Context) {
	least, version := l.before("accepted"), l.before("version")
	var answer struct {
		Version int64
		Rows    []struct{ Accepted int64 }
	}
	text := l.ask(ctx, "figures", http.MethodGet, "/completeness?scope=340000&by=city&period="+openQuarter, l.monitor, "")
	if !l.understood(ctx, text, &answer) {
		return
	}
	var accepted int64
	for _, row := range answer.Rows {
		accepted += row.Accepted
	}
	l.showed("accepted", least, accepted)
	l.showed("version", version, answer.Version)
}

// readList reads the first page of a reviewer's accepted reports, which fills up and never empties.
func (l *load) readList(ctx context.Context, n int) {
	question, header := fmt.Sprintf("list of reviewer %d", n), l.owed[n*len(l.owed)/l.readers].header
	least := l.before(question)
	var answer struct{ Rows []json.RawMessage }
	text := l.ask(ctx, "list", http.MethodGet, "/reports?form=progress&status=accepted&limit=200&period="+openQuarter, header, "")
	if l.understood(ctx, text, &answer) {
		l.showed(question, least, int64(len(answer.Rows)))
	}
}

// understood reads an answer; an answer that failed waits a little, as people do.
func (l *load) understood(ctx context.Context, text []byte, into any) bool {
	if text == nil {
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
		return false
	}
	if err := json.Unmarshal(text, into); err != nil {
		l.failed(ctx, "answer", err.Error())
		return false
	}
	return true
}
