package main

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// result is one work measured.
type result struct {
	rate     float64 // answers a second
	p50, p99 time.Duration
	errors   int
}

// hammer sends what targets gives, from n clients that each wait for their answer, for a time.
func hammer(targets vegeta.Targeter, n int, length time.Duration) result {
	attacker := vegeta.NewAttacker(vegeta.Workers(uint64(n)), vegeta.MaxWorkers(uint64(n)), vegeta.Connections(n), vegeta.KeepAlive(true))
	var seen vegeta.Metrics
	for one := range attacker.Attack(targets, vegeta.ConstantPacer{}, length, "") {
		if one.Error != vegeta.ErrNoTargets.Error() { // the end, no answer
			seen.Add(one)
		}
	}
	seen.Close()
	r := result{rate: float64(seen.Requests) * seen.Success / seen.Duration.Seconds(), p50: seen.Latencies.P50, p99: seen.Latencies.P99}
	r.errors = int(seen.Requests) - int(float64(seen.Requests)*seen.Success+0.5)
	if len(seen.Errors) > 0 {
		fmt.Printf("# first error: %.200s\n", seen.Errors[0])
	}
	return r
}

// same asks one address again and again.
func same(address string, header http.Header) vegeta.Targeter {
	return vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: address, Header: header})
}

// median gives the run with the middle rate.
func median(runs []result) result {
	slices.SortFunc(runs, func(a, b result) int { return int(a.rate - b.rate) })
	return runs[len(runs)/2]
}
