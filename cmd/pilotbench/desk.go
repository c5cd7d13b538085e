package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// desk is who files what on a site: each unit's report of the open quarter, by the reviewer of its city.
// The first filed of them have been filed, the first taken of these accepted.
type desk struct {
	owed                []owed
	saved, filed, taken int
}

// owed is a unit that owes a report, with the header of who files it.
type owed struct {
	unit   string
	header http.Header
}

// reviewers adds one reviewer for each city, and finds what is owed.
func (s *site) reviewers(ctx context.Context, units [][2]string) error {
	known := map[string]http.Header{}
	for _, one := range units {
		key, city := one[0], one[1]
		if known[city] == nil {
			var err error
			if known[city], err = s.user(ctx, "reviewer", city); err != nil {
				return err
			}
		}
		s.owed = append(s.owed, owed{key, known[city]})
	}
	return nil
}

// owing gives each unit with the code of its city, in an order in which neighbours lie in different cities.
const owing = `SELECT u.key, v.code FROM units u JOIN division_versions v ON v.division_id = u.city_id AND v.valid_to IS NULL
	WHERE u.key LIKE 'sample-%' ORDER BY substr(u.key, 11), u.key`

// staffed gives the site its reviewers.
func (s *site) staffed(ctx context.Context) error {
	if len(s.owed) > 0 {
		return nil
	}
	rows, err := s.pool.Query(ctx, owing)
	if err != nil {
		return err
	}
	var units [][2]string
	for rows.Next() {
		var one [2]string
		if err := rows.Scan(&one[0], &one[1]); err != nil {
			return err
		}
		units = append(units, one)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return s.reviewers(ctx, units)
}

func (s *site) report(i int) string {
	return s.at("/api/v1/reports/" + s.owed[i].unit + "/progress/" + (s.last + 1).String())
}

// each sends one request for each of the reports from to to, in turn.
func (s *site) each(from, to int, method, path, body string, header func(owed) http.Header) (targets vegeta.Targeter, sent func() int) {
	var asked atomic.Int64
	targets = func(target *vegeta.Target) error {
		i := from + int(asked.Add(1)) - 1
		if i >= to {
			return vegeta.ErrNoTargets
		}
		target.Method, target.URL, target.Header, target.Body = method, s.report(i)+path, header(s.owed[i]), []byte(body)
		return nil
	}
	return targets, func() int { return min(int(asked.Load()), to-from) }
}

func filer(o owed) http.Header { return o.header }

// save changes cells in the drafts of the next reports, so that n of them can be filed.
func (s *site) save(n int) error {
	if n > len(s.owed) {
		return fmt.Errorf("%d reports are asked for and %d owed", n, len(s.owed))
	}
	const body = `{"version":1,"values":{"households":"2400","practices":"按照试点方案分步推进，本季度重点完成平台对接与网格信息采集。"},"explanations":{"matters_need_platform":"示例：接入前由窗口代办"}}`
	targets, _ := s.each(s.saved, n, http.MethodPut, "", body, filer)
	if r := hammer(targets, clients, time.Hour); r.errors > 0 {
		return fmt.Errorf("%d drafts were refused", r.errors)
	}
	s.saved = max(s.saved, n)
	return nil
}

// file submits drafts that were saved, at most so many and for so long.
func (s *site) file(n, most int, length time.Duration) result {
	targets, sent := s.each(s.filed, min(s.filed+most, s.saved), http.MethodPost, "/submit", `{"on_behalf":"示例人员"}`, filer)
	r := hammer(targets, n, length)
	s.filed += sent()
	return r
}

// waiting sees to it that n reports wait for review.
func (s *site) waiting(ctx context.Context, n int) error {
	if err := s.staffed(ctx); err != nil {
		return err
	}
	missing := n - (s.filed - s.taken)
	if missing <= 0 {
		return nil
	}
	if err := s.save(s.filed + missing); err != nil {
		return err
	}
	if r := s.file(clients, missing, time.Hour); r.errors > 0 {
		return fmt.Errorf("%d reports were refused", r.errors)
	}
	return s.settled(ctx)
}
