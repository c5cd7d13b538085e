package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// acceptedRate is how many reports are accepted a second.
const acceptedRate = 200

// fresh accepts reports across the province while somebody reads the home page: how long after the answer
// of an acceptance the page counts it.
func (b *bench) fresh(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	if err := s.staffed(ctx); err != nil {
		return err
	}
	n := min(2*b.seconds*acceptedRate, len(s.owed)/2)
	if err := s.waiting(ctx, n); err != nil {
		return err
	}
	cookies, err := s.signIn(ctx)
	if err != nil {
		return err
	}
	home := http.Header{"Cookie": {cookies}}
	before, _, err := s.counted(home)
	if err != nil {
		return err
	}
	answered := s.acceptMany(n)
	lags, err := s.lags(ctx, home, before, n, answered)
	if err != nil {
		return err
	}
	fmt.Printf("# %d acceptances at %d a second through the API, the home page read all the time: shown after p50 %s, p99 %s, at most %s\n", n, acceptedRate,
		lags[len(lags)/2].Round(time.Millisecond), lags[len(lags)*99/100].Round(time.Millisecond), lags[len(lags)-1].Round(time.Millisecond))
	atMost("fresh_seconds", lags[len(lags)-1].Seconds(), 1)
	return nil
}

// acceptMany accepts the next n reports at a constant rate and tells the moment of each answer, or the
// first that was refused.
func (s *site) acceptMany(n int) <-chan *vegeta.Result {
	targets, _ := s.each(s.taken, s.taken+n, http.MethodPost, "/accept", "", func(owed) http.Header { return s.header })
	s.taken += n
	attacker := vegeta.NewAttacker(vegeta.Workers(clients), vegeta.MaxWorkers(4*clients), vegeta.MaxBody(0))
	return attacker.Attack(targets, vegeta.Rate{Freq: acceptedRate, Per: time.Second}, time.Hour, "")
}

// lags reads the home page until it counts n acceptances more than before, and gives for each acceptance
// how long after its answer the page was there that counts as many as had been answered then, in order.
func (s *site) lags(ctx context.Context, home http.Header, before, n int, answered <-chan *vegeta.Result) ([]time.Duration, error) {
	type sight struct {
		count int
		at    time.Time
	}
	sights, failed := make(chan sight, 100_000), make(chan error, 1)
	go func() {
		defer close(sights)
		for count := before; count < before+n && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
			var at time.Time
			var err error
			if count, at, err = s.counted(home); err != nil {
				failed <- err
				return
			}
			sights <- sight{count, at}
		}
	}()
	var moments []time.Time
	for one := range answered {
		if one.Error == vegeta.ErrNoTargets.Error() {
			continue
		}
		if one.Error != "" {
			return nil, fmt.Errorf("accept: %s", one.Error)
		}
		moments = append(moments, one.End())
	}
	slices.SortFunc(moments, time.Time.Compare)
	var lags []time.Duration
	for one := range sights {
		for len(lags) < min(one.count-before, len(moments)) {
			lags = append(lags, max(0, one.at.Sub(moments[len(lags)])))
		}
	}
	select {
	case err := <-failed:
		return nil, err
	default:
	}
	if len(lags) < n {
		return nil, fmt.Errorf("%d of %d acceptances were shown", len(lags), n)
	}
	slices.Sort(lags)
	return lags, nil
}

var countOnPage = regexp.MustCompile(`([0-9]+)/([0-9]+) 已审核`)

// counted reads on the home page how many reports of the open quarter are accepted, and says when the page
// was there.
func (s *site) counted(home http.Header) (int, time.Time, error) {
	request, err := http.NewRequest(http.MethodGet, s.at("/home?period="+(s.last+1).String()), nil)
	if err != nil {
		return 0, time.Time{}, err
	}
	request.Header = home
	page, err := read(http.DefaultClient, request)
	if err != nil {
		return 0, time.Time{}, err
	}
	found := countOnPage.FindSubmatch(page)
	if found == nil {
		return 0, time.Time{}, fmt.Errorf("the home page says no number of accepted reports")
	}
	n, err := strconv.Atoi(string(found[1]))
	return n, time.Now(), err
}

// read gives the body of a good answer.
func read(client *http.Client, request *http.Request) ([]byte, error) {
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", request.URL, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
