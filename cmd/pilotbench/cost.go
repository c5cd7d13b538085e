package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"time"
)

// cost measures what one instance needs: its file, its start, and its memory when nobody asks.
func (b *bench) cost(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	file, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	atMost("binary_mb", float64(file.Size())/megabyte, 60)
	var starts []float64
	for range b.runs {
		s.halt()
		v, err := s.serve()
		if err != nil {
			return err
		}
		starts = append(starts, v.cold.Seconds())
	}
	slices.Sort(starts)
	atMost("cold_start_seconds", starts[len(starts)/2], 0.5)
	time.Sleep(20 * time.Second)
	n, err := s.server().memory("VmRSS")
	if err != nil {
		return err
	}
	fmt.Println("# resident 20 s after the start; nobody has asked for anything but the first page, the jobs run")
	atMost("idle_mb", float64(n)/megabyte, 60)
	return nil
}

// export downloads all reports of the province as the files that they can be had as.
func (b *bench) export(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	cookies, err := s.signIn(ctx)
	if err != nil {
		return err
	}
	most := int64(0)
	for _, format := range []string{"csv", "xlsx"} {
		s.halt()
		v, err := s.serve()
		if err != nil {
			return err
		}
		if err := v.forgetPeak(); err != nil {
			return err
		}
		began := time.Now()
		n, err := s.download(ctx, "/reports/export?form=progress&format="+format, http.Header{"Cookie": {cookies}})
		if err != nil {
			return err
		}
		peak, err := v.memory("VmHWM")
		if err != nil {
			return err
		}
		fmt.Printf("# all reports of the province as %s: %d MB in %.1f s, at most %d MB resident\n", format, n/megabyte, time.Since(began).Seconds(), peak/megabyte)
		most = max(most, peak)
	}
	atMost("export_mb", float64(most)/megabyte, 150)
	return nil
}

// download reads an answer to its end and gives its length.
func (s *site) download(ctx context.Context, path string, header http.Header) (int64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.at(path), nil)
	if err != nil {
		return 0, err
	}
	request.Header = header
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.Copy(io.Discard, answer.Body)
}
