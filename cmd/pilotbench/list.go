package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// list compares a page of 50 reports by city, quarter and status, with their exact number, with one
// written by hand; and page 10 000 of all reports with the first.
func (b *bench) list(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	hand, err := s.handServer()
	if err != nil {
		return err
	}
	defer hand.end()
	product, byHand, err := s.lists(ctx, hand)
	if err != nil {
		return err
	}
	fmt.Printf("# %d addresses in turn: every city that has units, every quarter, status accepted, 50 rows and the count\n", len(product))
	rows, page, last, err := s.deep(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("# deep: page %d of %d rows each, the whole province and every quarter\n", page, rows)
	seen, err := b.inTurn(
		b.asking("list by hand", around(byHand, nil)), b.asking("list", around(product, s.header)),
		b.asking("first page", same(s.listed(rows, ""), s.header)), b.asking("deep page", same(s.listed(rows, last), s.header)))
	if err != nil {
		return err
	}
	atLeast("list_vs_hand", seen[1].rate/seen[0].rate, 0.7)
	wrong, err := s.counts(ctx, product, byHand)
	if err != nil {
		return err
	}
	atMost("list_counts_wrong", float64(wrong), 0)
	atLeast("list_deep_vs_first", seen[3].rate/seen[2].rate, 0.8)
	return nil
}

// lists gives the addresses that are asked of the product and of the handler by hand.
func (s *site) lists(ctx context.Context, hand *server) (product, byHand []string, err error) {
	rows, err := s.pool.Query(ctx, `SELECT DISTINCT v.code, r.period FROM rollups r JOIN division_versions v ON v.division_id = r.division_id
		AND v.valid_to IS NULL WHERE r.level = 2 AND r.form = 'progress' AND r.accepted > 0 ORDER BY 2, 1`)
	if err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		var code, quarter string
		if err := rows.Scan(&code, &quarter); err != nil {
			return nil, nil, err
		}
		asked := url.Values{"scope": {code}, "form": {"progress"}, "period": {quarter}, "status": {"accepted"}, "limit": {"50"}}
		product, byHand = append(product, s.at("/api/v1/reports?"+asked.Encode())), append(byHand, hand.address+"/list?"+asked.Encode())
	}
	return product, byHand, rows.Err()
}

// counts gives at how many addresses the product says another number of reports than the handler by hand.
func (s *site) counts(ctx context.Context, product, byHand []string) (wrong int, err error) {
	for i := range product {
		var said, counted struct{ Count *int }
		if err := s.ask(ctx, http.MethodGet, product[i], &said); err != nil {
			return 0, err
		}
		if err := s.ask(ctx, http.MethodGet, byHand[i], &counted); err != nil {
			return 0, err
		}
		if said.Count == nil || *said.Count != *counted.Count {
			wrong++
		}
	}
	return wrong, nil
}

// listed gives the address of so many rows of the list of all reports after a cursor.
func (s *site) listed(rows int, cursor string) string {
	return s.at(fmt.Sprintf("/api/v1/reports?scope=340000&form=progress&limit=%d&cursor=%s", rows, url.QueryEscape(cursor)))
}

// deep walks to page 10 000 of the list of all reports and gives the cursor that it begins at. Where there
// are few reports a page has few rows and, where there are fewer than ten thousand, they are the pages.
func (s *site) deep(ctx context.Context) (rows, page int, cursor string, err error) {
	var all int
	if err := s.pool.QueryRow(ctx, "SELECT count(*) FROM reports WHERE form = 'progress' AND expected").Scan(&all); err != nil {
		return 0, 0, "", err
	}
	page = min(10_000, all)
	rows = min(50, all/page)
	for left := (page - 1) * rows; left > 0; {
		var found struct {
			Rows []struct{}
			Next string
		}
		if err := s.ask(ctx, http.MethodGet, s.listed(min(200, left), cursor), &found); err != nil {
			return 0, 0, "", err
		}
		if found.Next == "" {
			return 0, 0, "", fmt.Errorf("the list ends %d rows early", left)
		}
		left, cursor = left-len(found.Rows), found.Next
	}
	return rows, page, cursor, nil
}

// clock measures one answer.
func clock(client *http.Client, address string, header http.Header) (time.Duration, error) {
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	request.Header = header
	began := time.Now()
	_, err = read(client, request)
	return time.Since(began), err
}
