package notify_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"pilotboard/pkg/notify"
)

// mailServer is a mail server that keeps what it gets. It stands for one outside.
type mailServer struct {
	listener net.Listener
	mu       sync.Mutex
	mails    []string
	refuse   int // how many are refused before one is taken
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{listener: listener}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.talk(conn)
		}
	}()
	return s
}

func (s *mailServer) mail(t *testing.T) *notify.Mail {
	t.Helper()
	m, err := notify.NewMail("smtp://"+s.listener.Addr().String(), "试点 <board@example.org>")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (s *mailServer) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.mails...)
}

func (s *mailServer) refuses(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = n
}

// talk is one session of SMTP.
func (s *mailServer) talk(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 test")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.Fields(line + " .")[0]); verb {
		case "EHLO":
			say("250-test")
			say("250 8BITMIME")
		case "DATA":
			if s.refused() {
				say("451 try later")
				continue
			}
			say("354 go on")
			s.read(in)
			say("250 kept")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *mailServer) refused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse--
	return s.refuse >= 0
}

func (s *mailServer) read(in *bufio.Reader) {
	var text strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			break
		}
		text.WriteString(line)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, text.String())
}

// parsed gives a mail's headers, decoded, and its body.
func parsed(t *testing.T, text string) (header func(string) string, body string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(decoded(m))
	if err != nil {
		t.Fatal(err)
	}
	return func(name string) string {
		value, err := words.DecodeHeader(m.Header.Get(name))
		if err != nil {
			t.Fatal(err)
		}
		return value
	}, string(raw)
}

// robot is the webhook of a group: it answers what a test lays out for it, then 0.
type robot struct {
	*httptest.Server
	mu      sync.Mutex
	answers []string
	posts   []map[string]any
}

func newRobot(t *testing.T, answers ...string) *robot {
	t.Helper()
	r := &robot{answers: answers}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		var post map[string]any
		if err := json.NewDecoder(req.Body).Decode(&post); err != nil {
			http.Error(w, "no JSON", http.StatusBadRequest)
			return
		}
		if len(r.answers) == 0 {
			r.posts = append(r.posts, post)
			fmt.Fprint(w, `{"errcode":0,"errmsg":"ok"}`)
			return
		}
		answer := r.answers[0]
		r.answers = r.answers[1:]
		switch answer {
		case "500":
			http.Error(w, "no", http.StatusInternalServerError)
		case "redirect":
			http.Redirect(w, req, "/elsewhere", http.StatusTemporaryRedirect)
		default:
			fmt.Fprint(w, answer)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *robot) webhook(t *testing.T, format string) *notify.Webhook {
	t.Helper()
	w, err := notify.NewWebhook(r.URL+"/send?key=SECRET", format)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (r *robot) got() []map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]map[string]any{}, r.posts...)
}
