// Package browsertest lets tests use the pages as people do: windows of a real Chromium, each with
// cookies of its own, that keep whatever a page complains of. It is imported by tests only.
package browsertest

import (
	"context"
	"fmt"
	"iter"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"pilotboard/pkg/database/databasetest"
)

// patience is how long a window waits for what must come; nothing is measured by it.
const patience = 30 * time.Second

// Window is a browser window with a person before it who answers every question with yes.
type Window struct {
	offline bool   // the network is cut
	URL     string // of the server

	t          *testing.T
	ctx        context.Context
	mu         sync.Mutex
	complaints []string
	asked      []string
}

// Open starts a Chromium and opens a window for the server at url. Without Chromium the test is
// skipped, or fails where nothing may be missing.
func Open(t *testing.T, url string) *Window {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil && program == "" {
			program = found
		}
	}
	if program == "" {
		databasetest.Missing(t, "Chromium, install the package chromium")
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU}
	for _, flag := range []string{"disable-dev-shm-usage", "disable-quic", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	return newWindow(t, ctx, url)
}

// Another opens a further window of the same browser, with the same cookies.
func (w *Window) Another() *Window {
	w.t.Helper()
	return newWindow(w.t, w.ctx, w.URL)
}

func newWindow(t *testing.T, parent context.Context, url string) *Window {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // without a time limit, which would end the browser
		t.Fatal(err)
	}
	w := &Window{URL: url, t: t, ctx: ctx}
	go w.listen(chromedp.Console(ctx))
	go w.sayYes(chromedp.Events(ctx, page.JavascriptDialogOpening))
	return w
}

// listen keeps what the page complains of. That a server refuses, or cannot be reached, is no
// complaint: tests make it do so.
func (w *Window) listen(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range messages {
		if err != nil {
			return
		}
		if m.Source != "network" && (m.IsException() || m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning) {
			w.mu.Lock()
			w.complaints = append(w.complaints, m.String())
			w.mu.Unlock()
		}
	}
}

func (w *Window) sayYes(questions iter.Seq2[page.EventJavascriptDialogOpening, error]) {
	for question, err := range questions {
		if err != nil {
			return
		}
		w.mu.Lock()
		w.asked = append(w.asked, question.Message)
		w.mu.Unlock()
		_, _ = chromedp.Call(w.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}) // a failure shows in what follows
	}
}

// Asked gives the questions that were answered with yes.
func (w *Window) Asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

// Quiet fails the test when a script threw, a page logged an error, or the policy refused something.
func (w *Window) Quiet() {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.complaints) > 0 {
		w.t.Errorf("the page complains: %q", w.complaints)
	}
}

// Do runs steps, in time, or fails the test.
func (w *Window) Do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.t.Fatalf("%v; the page complains: %q; it says:\n%s", err, w.complaints, w.words())
	}
}

// words is what can be read on the page, for the message of a failure.
func (w *Window) words() string {
	words, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText.slice(0, 1500)"))
	if err != nil {
		return err.Error()
	}
	return words
}

// Go opens a page of the server.
func (w *Window) Go(path string) {
	w.t.Helper()
	w.Do(chromedp.Navigate(w.URL + path))
}

// See waits until something is visible.
func (w *Window) See(selector string) {
	w.t.Helper()
	w.Do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Click clicks on something once it is visible.
func (w *Window) Click(selector string) {
	w.t.Helper()
	w.Do(chromedp.WaitVisible(chromedp.CSS(selector)))
	w.still(selector)
	w.Do(chromedp.Click(chromedp.CSS(selector)))
}

// still brings an element into the middle of the window and waits until it stays there: what appears
// above it moves it, and the mouse would miss.
func (w *Window) still(selector string) {
	w.t.Helper()
	place := fmt.Sprintf(`(box => [box.left, box.top, box.width].map(Math.round).join())(
		(element => { element.scrollIntoView({ block: 'center', behavior: 'instant' }); return element; })(document.querySelector(%q)).getBoundingClientRect())`, selector)
	before := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		at, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](place))
		if err != nil {
			w.t.Fatal(err)
		}
		if at == before {
			return
		}
		before = at
	}
	w.t.Fatalf("%s does not stay in one place", selector)
}

// Type selects what a field holds, types text over it by keys and leaves the field.
func (w *Window) Type(selector, text string) {
	w.t.Helper()
	w.See(selector)
	w.Becomes(fmt.Sprintf("(field => { field.focus(); field.select(); return document.activeElement === field; })(document.querySelector(%q))", selector), "true")
	w.Do(chromedp.KeyEvent(text), chromedp.Blur(chromedp.CSS(selector)))
}

// LogIn signs somebody in.
func (w *Window) LogIn(name, password string) {
	w.t.Helper()
	w.Go("/login")
	w.Do(chromedp.SetValue(chromedp.CSS("#name"), name), chromedp.SetValue(chromedp.CSS("#password"), password),
		chromedp.Submit(chromedp.CSS("#password")), chromedp.WaitVisible(chromedp.CSS(".topbar")))
}

// Becomes waits until a script gives what is wanted; a * at the end of want stands for anything.
func (w *Window) Becomes(script, want string) {
	w.t.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var err error
		if got, err = chromedp.Run(w.ctx, chromedp.Evaluate[string]("String("+script+")")); err != nil {
			w.t.Fatal(err)
		}
		if got == want || (strings.HasSuffix(want, "*") && strings.HasPrefix(got, strings.TrimSuffix(want, "*"))) {
			return
		}
	}
	w.t.Fatalf("%s is %q, want %q; the page complains: %q; it says:\n%s", script, got, want, w.complaints, w.words())
}

// Cell waits until a cell of the filing form says how it stands.
func (w *Window) Cell(item, state string) {
	w.t.Helper()
	w.Becomes(fmt.Sprintf("document.querySelector('#cell-%s').dataset.state", item), state)
}
