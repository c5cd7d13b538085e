package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Slow clients come one after the other during half of the time, and none goes.
const (
	slowClients = 200
	slowTime    = time.Minute
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
	var crowd sync.WaitGroup
	failed := make(chan error, slowClients)
	stop := s.server().samples()
	for range slowClients {
		crowd.Go(func() { failed <- s.sip(reading, "/reports/export?format=csv&form=progress", header) })
		time.Sleep(slowTime / 2 / slowClients)
	}
	beside := hammer(same(s.at("/home?period="+s.last.String()), header), 1, slowTime/4)
	crowd.Wait()
	seen := stop()
	said("home page beside slow clients", beside)
	served := slowClients
	for range slowClients {
		if wrong := <-failed; wrong != nil {
			served, err = served-1, wrong
		}
	}
	if served < slowClients/2 {
		return fmt.Errorf("%d of %d slow clients were served: %w", served, slowClients, err)
	}
	n := len(seen)
	early, late := slices.Max(seen[n/2:n*3/4]), slices.Max(seen[n*3/4:])
	fmt.Printf("# %d clients read all reports of the province at 1 KB/s for up to %s: %d MB resident before, at most %d MB once all were there, %d MB in the end\n",
		served, slowTime, before/megabyte, early/megabyte, late/megabyte)
	atMost("slow_clients_mb", float64(slices.Max(seen)-before)/megabyte, 200)
	atMost("slow_clients_growth", float64(late)/float64(early), 1.1)
	return nil
}

// sip asks for an address and reads a kilobyte of the answer a second, with little room for more on the
// way, until ctx ends.
func (s *site) sip(ctx context.Context, path string, header http.Header) error {
	address := strings.TrimPrefix(s.server().address, "http://")
	narrow := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10) })
	}}
	conn, err := narrow.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
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
