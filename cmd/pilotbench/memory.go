package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync"
	"time"
)

const megabyte = 1 << 20

// memory reads a number of bytes from what the kernel says about a process: VmRSS, resident now, or VmHWM,
// at the most since forgetPeak.
func (v *server) memory(name string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.program.Process.Pid))
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(name + `:\s+([0-9]+) kB`).FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("the kernel says no %s", name)
	}
	n, err := strconv.ParseInt(string(found[1]), 10, 64)
	return n << 10, err
}

// forgetPeak has VmHWM begin anew.
func (v *server) forgetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", v.program.Process.Pid), []byte("5"), 0o600)
}

// samples reads the resident memory five times a second until stop is called, which gives what was read.
func (v *server) samples() (stop func() []int64) {
	var list []int64
	var running sync.WaitGroup
	ended := make(chan struct{})
	running.Go(func() {
		for ticker := time.NewTicker(200 * time.Millisecond); ; {
			select {
			case <-ended:
				ticker.Stop()
				return
			case <-ticker.C:
				if n, err := v.memory("VmRSS"); err == nil {
					list = append(list, n)
				}
			}
		}
	})
	return func() []int64 {
		close(ended)
		running.Wait()
		return list
	}
}
