package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
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
		v, err := s.serve(ctx)
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

const (
	slowClients = 200
	slowTime    = 20 * time.Second
)

// slow has many clients ask for all reports of the province as CSV and read a kilobyte a second, while
// somebody reads the home page.
func (b *bench) slow(ctx context.Context) error {
	s, err := b.province(ctx)
	if err != nil {
		return err
	}
	cookies, err := s.signIn(ctx)
	if err != nil {
		return err
	}
	header := http.Header{"Cookie": {cookies}}
	before, err := s.server().memory("VmRSS")
	if err != nil {
		return err
	}
	reading, cancel := context.WithTimeout(ctx, slowTime)
	defer cancel()
	var clients sync.WaitGroup
	refused := make(chan error, slowClients)
	stop := s.server().samples()
	for range slowClients {
		clients.Go(func() {
			if err := s.sip(reading, "/reports/export?format=csv&form=progress", header); err != nil {
				refused <- err
			}
		})
	}
	time.Sleep(slowTime / 4)
	beside := hammer(same(s.at("/home?period="+s.last.String()), header), 1, slowTime/2)
	clients.Wait()
	seen := stop()
	said("home page beside slow clients", beside)
	if len(refused) > 0 {
		return fmt.Errorf("%d slow clients got no answer: %w", len(refused), <-refused)
	}
	early, late := slices.Max(seen[:len(seen)/2]), slices.Max(seen[len(seen)/2:])
	fmt.Printf("# %d clients read all reports of the province at 1 KB/s for %s: at most %d MB resident in the first half, %d MB in the second, %d MB before\n",
		slowClients, slowTime, early/megabyte, late/megabyte, before/megabyte)
	atMost("slow_clients_mb", float64(max(early, late)-before)/megabyte, 200)
	atMost("slow_clients_growth", float64(late)/float64(early), 1.1)
	return nil
}

// sip asks for an address and reads a kilobyte of the answer a second, with little room for more on the
// way, until ctx ends.
func (s *site) sip(ctx context.Context, path string, header http.Header) error {
	address := strings.TrimPrefix(s.server().address, "http://")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", path, address, header.Get("Cookie")); err != nil {
		return err
	}
	read := 0
	for buffer := make([]byte, 1<<10); ctx.Err() == nil; {
		if err := conn.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
			return err
		}
		n, err := conn.Read(buffer)
		if read == 0 && n > 0 && !strings.HasPrefix(string(buffer[:n]), "HTTP/1.1 200") {
			return errors.New(strings.SplitN(string(buffer[:n]), "\r", 2)[0])
		}
		if read += n; err != nil && !os.IsTimeout(err) {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	if read == 0 {
		return errors.New("nothing came")
	}
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
		v, err := s.serve(ctx)
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
