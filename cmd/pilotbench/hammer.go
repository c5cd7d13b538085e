package main

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// result is one work measured.
type result struct {
	rate     float64 // good answers a second
	p50, p99 time.Duration
	length   time.Duration
	errors   int
}

// hammer sends what targets gives, from n clients that each wait for their answer, until the time is over
// or there are no targets left. Bodies are read to their end, and all but
// their beginning is thrown away.
func hammer(targets vegeta.Targeter, n int, length time.Duration) result {
	attacker := vegeta.NewAttacker(vegeta.Workers(uint64(n)), vegeta.MaxWorkers(uint64(n)), vegeta.Connections(n), vegeta.MaxBody(500))
	var seen vegeta.Metrics
	wrong := ""
	for one := range attacker.Attack(targets, vegeta.ConstantPacer{}, length, "") {
		if one.Error != vegeta.ErrNoTargets.Error() { // the end, no answer
			seen.Add(one)
			if one.Error != "" && wrong == "" {
				wrong = fmt.Sprintf("%s %s: %s: %s", one.Method, one.URL, one.Error, one.Body)
			}
		}
	}
	seen.Close()
	if wrong != "" {
		fmt.Printf("# the first that was refused: %s\n", wrong)
	}
	r := result{p50: seen.Latencies.P50, p99: seen.Latencies.P99, length: seen.End.Sub(seen.Earliest)}
	good := int(float64(seen.Requests)*seen.Success + 0.5)
	r.errors = int(seen.Requests) - good
	if r.length > 0 {
		r.rate = float64(good) / r.length.Seconds()
	}
	return r
}

// same asks one address again and again.
func same(address string, header http.Header) vegeta.Targeter {
	return around([]string{address}, header)
}

// around asks a list of addresses in turn, without end.
func around(addresses []string, header http.Header) vegeta.Targeter {
	return passes(addresses, header, func() {})
}

// passes is around with something done before each pass over the list.
func passes(addresses []string, header http.Header, before func()) vegeta.Targeter {
	var asked atomic.Int64
	return func(target *vegeta.Target) error {
		i := int(asked.Add(1)-1) % len(addresses)
		if i == 0 {
			before()
		}
		target.Method, target.URL, target.Header = http.MethodGet, addresses[i], header
		return nil
	}
}

// contender is one of those that are compared.
type contender struct {
	name string
	run  func() (result, error)
}

// asking is a contender whom clients ask for what targets gives.
func (b *bench) asking(name string, targets vegeta.Targeter) contender {
	return contender{name, func() (result, error) { return hammer(targets, clients, b.length()), nil }}
}

func (b *bench) length() time.Duration { return time.Duration(b.seconds) * time.Second }

// inTurn runs the contenders one after the other, all of them as often as asked, so that whatever else the
// machine does meets them all, and gives the run with the middle rate of each.
func (b *bench) inTurn(list ...contender) ([]result, error) {
	runs := make([][]result, len(list))
	for range b.runs {
		for i, one := range list {
			r, err := one.run()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", one.name, err)
			}
			runs[i] = append(runs[i], r)
		}
	}
	middle := make([]result, len(list))
	for i, one := range list {
		middle[i] = median(runs[i])
		said(one.name, middle[i])
	}
	return middle, nil
}

// median gives the run with the middle rate.
func median(runs []result) result {
	slices.SortFunc(runs, func(a, b result) int { return cmp.Compare(a.rate, b.rate) })
	return runs[len(runs)/2]
}

// said prints what was seen of one work.
func said(name string, r result) {
	fmt.Printf("# %-34s %8.0f/s  p50 %8s  p99 %8s  in %s, errors %d\n", name, r.rate,
		r.p50.Round(10*time.Microsecond), r.p99.Round(10*time.Microsecond), r.length.Round(100*time.Millisecond), r.errors)
}
