package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// handServer starts the handlers written by hand on the site's database.
func (s *site) handServer() (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	v := &server{program: exec.Command(self, "-hand", s.database)}
	v.program.Stderr = os.Stderr
	v.address, v.began, err = announced(v.program)
	return v, err
}

// progress compares the progress by city or county with the same rows read and written by hand, each
// address asked for the first time since figures changed, and the same address again and again with
// thirty kilobytes from memory.
func (b *bench) progress(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	hand, err := s.handServer()
	if err != nil {
		return err
	}
	defer hand.end()
	product, byHand, err := s.places(ctx, hand)
	if err != nil {
		return err
	}
	var failed error
	fmt.Printf("# uncached: %d addresses in turn (the province by city, each city by county; every quarter; every batch and each), "+
		"the number of figures raised before each pass\n", len(product))
	one := product[0]
	tag, err := s.tag(one)
	if err != nil {
		return err
	}
	unchanged := s.header.Clone()
	unchanged.Set("If-None-Match", tag)
	seen, err := b.inTurn(
		b.asking("progress by hand", around(byHand, nil)), b.asking("progress, uncached", passes(product, s.header, s.anew(ctx, &failed))),
		b.asking("30 KB from memory", same(hand.address+"/memory", nil)), b.asking("progress, repeated", same(one, s.header)),
		b.asking("progress, If-None-Match", same(one, unchanged)))
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	atLeast("progress_vs_hand", seen[1].rate/seen[0].rate, 0.6)
	atLeast("progress_repeated_vs_memory", seen[3].rate/seen[2].rate, 0.5)
	fmt.Printf("# progress_304_vs_memory %.2f, entity tag %q\n", seen[4].rate/seen[2].rate, tag)
	return nil
}

// places gives the addresses that are asked of the product and of the handlers by hand.
func (s *site) places(ctx context.Context, hand *server) (product, byHand []string, err error) {
	rows, err := s.pool.Query(ctx, `SELECT v.code, d.level, p.period, b.batch FROM divisions d
		JOIN division_versions v ON v.division_id = d.id AND v.valid_to IS NULL AND NOT v.statistics_only,
		(SELECT DISTINCT period FROM periods WHERE form = 'progress') p, (SELECT DISTINCT batch FROM designations WHERE type = 'community' UNION SELECT '') b
		WHERE d.level <= 2 AND EXISTS (SELECT 1 FROM rollups r WHERE r.division_id = d.id) ORDER BY b.batch, p.period DESC, v.code`)
	if err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		var code, quarter, batch string
		var level int
		if err := rows.Scan(&code, &level, &quarter, &batch); err != nil {
			return nil, nil, err
		}
		asked := url.Values{"scope": {code}, "period": {quarter}, "by": {"city"}}
		if level == 2 {
			asked.Set("by", "county")
		}
		if batch != "" {
			asked.Set("batch", batch)
		}
		product, byHand = append(product, s.at("/api/v1/progress?"+asked.Encode())), append(byHand, hand.address+"/progress?"+asked.Encode())
	}
	return product, byHand, rows.Err()
}

// tag gives the entity tag of an answer, empty when it has none.
func (s *site) tag(address string) (string, error) {
	request, err := (&vegeta.Target{Method: http.MethodGet, URL: address, Header: s.header}).Request()
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", address, answer.Status)
	}
	return answer.Header.Get("ETag"), nil
}
