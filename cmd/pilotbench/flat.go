package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// fewUnits is the size of the site that growth is measured against.
const fewUnits = 16

// page is an address of which the time is measured, and who asks for it.
type page struct {
	name, address string
	header        http.Header
}

// pages are those that may not become slower with the number of units, with as many rows on every site,
// but that the home page lists up to twenty units: sixteen reports are listed of the place that is given, by
// quarter and status, with their exact number.
func (s *site) pages(ctx context.Context, listed string) ([]page, error) {
	cookies, err := s.signIn(ctx)
	if err != nil {
		return nil, err
	}
	quarter := s.last.String()
	list := func(place string) string {
		return s.at(fmt.Sprintf("/api/v1/reports?scope=%s&form=progress&status=accepted&limit=%d&period=%s", place, fewUnits, quarter))
	}
	return []page{
		{"progress", s.at("/api/v1/progress?scope=340000&by=city&period=" + quarter), s.header},
		{"home", s.at("/home?period=" + quarter), http.Header{"Cookie": {cookies}}},
		{"list", list(listed), s.header},
		{wholeProvince, list("340000"), s.header},
	}, nil
}

// wholeProvince names a page that is measured without a promise: the number of its reports is counted.
const wholeProvince = "list of the province"

// flat compares the pages of all units over twelve quarters with those of sixteen units over as many.
func (b *bench) flat(ctx context.Context) error {
	large, err := b.dozen(ctx)
	if err != nil {
		return err
	}
	if err := large.shown(ctx); err != nil {
		return err
	}
	if err := b.grown(ctx, large, 12, "12_quarters", 1.3); err != nil {
		return err
	}
	return b.give(ctx, large)
}

// shown serves a site that was generated.
func (s *site) shown(ctx context.Context) error {
	if err := s.people(ctx); err != nil {
		return err
	}
	if _, err := s.serve(); err != nil {
		return err
	}
	return s.settled(ctx)
}

// grown compares the pages of a large site with those of a small one at the same point of the plan. One client
// asks both in turn, each time after the number of figures has been raised, so that nothing kept answers.
func (b *bench) grown(ctx context.Context, large *site, quarters int, name string, target float64) error {
	small, err := b.empty(ctx, "few", quarters)
	if err != nil {
		return err
	}
	if err := small.generate(ctx, fewUnits, quarters); err != nil {
		return err
	}
	if err := small.shown(ctx); err != nil {
		return err
	}
	few, err := small.pages(ctx, "340000")
	if err != nil {
		return err
	}
	many, err := large.pages(ctx, "340100")
	if err != nil {
		return err
	}
	fmt.Printf("# against %d units x %d quarters; one client, both in turn, figures changed before each page; the home page lists up to 20 units; list: of the province there, of a city here\n", fewUnits, quarters)
	for i := range few {
		var times [2][]time.Duration
		for began := time.Now(); time.Since(began) < time.Duration(b.runs)*b.length(); {
			for j, s := range []*site{small, large} {
				if err := s.raise(ctx); err != nil {
					return err
				}
				one := [][]page{few, many}[j][i]
				took, err := clock(http.DefaultClient, one.address, one.header)
				if err != nil {
					return err
				}
				times[j] = append(times[j], took)
			}
		}
		slices.Sort(times[0])
		slices.Sort(times[1])
		n := len(times[0])
		fmt.Printf("# %s: p50 %s of few, %s of many, %d times each\n", few[i].name, times[0][n/2], times[1][n/2], n)
		if few[i].name == wholeProvince {
			continue
		}
		atMost("flat_"+few[i].name+"_"+name, float64(times[1][n/2])/float64(times[0][n/2]), target)
	}
	return b.give(ctx, small)
}
