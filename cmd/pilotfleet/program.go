package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"pilotboard/pkg/database/databasetest"
)

// program is a process of the fleet.
type program struct{ command *exec.Cmd }

// launch starts one whose output goes to a file.
func launch(log string, environment []string, name string, args ...string) (*program, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) // #nosec G304: in a folder of our own
	if err != nil {
		return nil, err
	}
	defer out.Close()
	command := exec.Command(name, args...) // #nosec G204: what is tried out
	command.Env, command.Stdout, command.Stderr = append(os.Environ(), environment...), out, out
	return &program{command}, command.Start()
}

// end kills it and waits until it has ended.
func (p *program) end() {
	_ = p.command.Process.Kill() // it may have ended
	_ = p.command.Wait()
}

// instance is one pilotboard.
type instance struct {
	*program
	port int
}

func (i *instance) address() string { return fmt.Sprintf("127.0.0.1:%d", i.port) }

// start serves, for the first time or again, and waits for the first page.
func (i *instance) start(f *fleet) error {
	var err error
	i.program, err = launch(filepath.Join(f.dir, fmt.Sprintf("instance-%d.log", i.port)), []string{
		"PILOTBOARD_DATABASE_URL=" + f.pooler.URL("postgres"), "PILOTBOARD_REPLICA_URLS=" + f.replica.URL("postgres"),
		"PILOTBOARD_DATA_DIR=" + f.dir, "PILOTBOARD_TODAY=" + servingDay,
	}, f.binary, "serve", "--addr", i.address())
	if err != nil {
		return err
	}
	return answers("http://" + i.address() + "/healthz")
}

// kill ends it as kill -9 does.
func (i *instance) kill() error {
	i.end()
	return nil
}

// answers waits until an address answers 200.
func answers(url string) error {
	for range 400 {
		response, err := http.Get(url) // #nosec G107: of our own
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	return errors.New(url + " does not answer")
}

// startInstances starts two.
func (f *fleet) startInstances(context.Context) error {
	for range 2 {
		port, err := databasetest.FreePort()
		if err != nil {
			return err
		}
		i := &instance{port: port}
		if err := i.start(f); err != nil {
			return err
		}
		f.instances = append(f.instances, i)
	}
	return nil
}

// balancerFile has HAProxy ask every instance five times a second whether it can answer, and give to
// another what one did not take. What one may have taken is never sent twice.
const balancerFile = `global
  maxconn 1000
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout check 2s
  option redispatch 1
  retries 3
  retry-on conn-failure
listen pilotboard
  bind 127.0.0.1:%d
  balance roundrobin
  option httpchk GET /healthz
  default-server check inter 200ms fall 2 rise 1
`

func (f *fleet) startBalancer(context.Context) error {
	name, err := exec.LookPath("haproxy")
	if err != nil {
		if name, err = exec.LookPath("/usr/sbin/haproxy"); err != nil {
			return errors.New("haproxy not found, install the package haproxy")
		}
	}
	port, err := databasetest.FreePort()
	if err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, balancerFile, port)
	for n, i := range f.instances {
		fmt.Fprintf(&text, "  server instance%d %s\n", n, i.address())
	}
	file := filepath.Join(f.dir, "haproxy.cfg")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		return err
	}
	if f.balancer, err = launch(filepath.Join(f.dir, "haproxy.log"), nil, name, "-db", "-f", file); err != nil {
		return err
	}
	f.address = fmt.Sprintf("http://127.0.0.1:%d", port)
	return answers(f.address + "/healthz")
}
