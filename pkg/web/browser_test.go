package web

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

	tab "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// window is a browser window with a person before it who answers every question with yes.
type window struct {
	t   *testing.T
	ctx context.Context
	url string

	mu         sync.Mutex
	complaints []string // of the page's scripts and of the policy
	asked      []string
}

func openWindow(t *testing.T, s *site) *window {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		databasetest.Missing(t, "Chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // without a time limit, which would end the browser
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	w := &window{t: t, ctx: ctx, url: s.url}
	go w.readConsole(chromedp.Console(ctx))
	go w.sayYes(chromedp.Events(ctx, tab.JavascriptDialogOpening))
	return w
}

// readConsole keeps what the page complains of. That a server refuses, or cannot be reached, is no
// complaint: the test makes it do so.
func (w *window) readConsole(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
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

func (w *window) sayYes(questions iter.Seq2[tab.EventJavascriptDialogOpening, error]) {
	for question, err := range questions {
		if err != nil {
			return
		}
		w.mu.Lock()
		w.asked = append(w.asked, question.Message)
		w.mu.Unlock()
		_, _ = chromedp.Call(w.ctx, tab.HandleJavaScriptDialog, tab.HandleJavaScriptDialogParams{Accept: true}) // a failure shows in what follows
	}
}

func (w *window) run(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.t.Fatalf("%v; the page complains: %v", err, w.complaints)
	}
}

func (w *window) logIn(name, password string) {
	w.t.Helper()
	w.run(chromedp.Navigate(w.url+"/login"), chromedp.SendKeys(chromedp.CSS("#name"), name), chromedp.SendKeys(chromedp.CSS("#password"), password),
		chromedp.Submit(chromedp.CSS("#password")), chromedp.WaitVisible(chromedp.CSS(".topbar")))
}

// becomes waits until a script gives what is wanted.
func (w *window) becomes(script, want string) {
	w.t.Helper()
	got := ""
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var err error
		if got, err = chromedp.Run(w.ctx, chromedp.Evaluate[string]("String("+script+")")); err != nil {
			w.t.Fatal(err)
		}
		if got == want || (strings.HasSuffix(want, "*") && strings.HasPrefix(got, strings.TrimSuffix(want, "*"))) {
			return
		}
	}
	w.t.Fatalf("%s is %q, want %q; the page complains: %v", script, got, want, w.complaints)
}

// state is how a cell says it stands.
func (w *window) state(item, state, words string) {
	w.t.Helper()
	at := fmt.Sprintf("document.querySelector('#cell-%s')", item)
	w.becomes(at+".dataset.state", state)
	w.becomes(at+".querySelector('.cell-state').textContent", words)
}

func (w *window) typeIn(item, text string) {
	w.t.Helper()
	field := "#in-" + item
	w.run(chromedp.Evaluate[chromedp.Void]("document.querySelector('"+field+"').select()"), chromedp.SendKeys(chromedp.CSS(field), text))
}

// TestFilingInABrowser fills in a form as a clerk does, with a second person about and a login that
// ends.
func TestFilingInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Past(t, "community-01", "2019Q2", reportingtest.Community)
	s.Actor(t, "clerk-community-01")
	w := openWindow(t, s)
	w.logIn("clerk-community-01", reportingtest.Password)
	w.run(chromedp.Navigate(s.url+ourReport), chromedp.WaitVisible(chromedp.CSS(".filing")))
	holds := func(item string) reporting.Value { return s.Report(t, "community-01", "2019Q3").Values[item] }

	w.typeIn("m1_2", "52.5%")
	w.state("m1_2", "saved", "已保存 *")
	w.typeIn("m2_1", "120.5")
	w.state("m2_1", "invalid", chinese("cell.not_whole"))
	w.becomes("document.querySelector('.save-state').textContent", chinese("filing.some_wrong", 1))
	w.typeIn("m2_1", "66")
	w.state("m2_1", "saved", "已保存 *")
	w.run(chromedp.Click(chromedp.CSS(`[name="na.m2_2"]`)))
	w.state("m2_2", "saved", "已保存 *")
	w.run(chromedp.Click(chromedp.CSS(`[name="cell.m1_1"][value="false"]`)))
	w.state("m1_1", "saved", "已保存 *")
	w.becomes("document.querySelector('.save-state').textContent", chinese("filing.all_saved"))
	if holds("m1_2").Number != 525 || holds("m2_1").Number != 66 || holds("m2_2").State != reporting.NotApplicable || holds("m1_1").Number != 0 {
		t.Errorf("the report holds %+v", s.Report(t, "community-01", "2019Q3").Values)
	}

	w.clash(s, holds)
	w.loginEnds(s, holds)

	w.run(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".filing")))
	w.becomes("document.querySelector('#in-m1_2').value", "56")
	w.typeIn("practices", "赶在离开前写的") // not saved yet when the form goes off
	w.run(chromedp.Click(chromedp.CSS(`button[formaction$="/submit"]`)), chromedp.WaitVisible(chromedp.CSS(".state-submitted")))
	if r := s.Report(t, "community-01", "2019Q3"); r.Status != reporting.Submitted || r.Values["practices"].Text != "赶在离开前写的" {
		t.Errorf("the report is %s with %+v", r.Status, r.Values)
	}
	if len(w.asked) != 1 || w.asked[0] != chinese("filing.submit_sure") {
		t.Errorf("the person was asked %q", w.asked)
	}
	if len(w.complaints) > 0 {
		t.Errorf("the page complains: %q", w.complaints)
	}
}

// clash lets somebody else change a cell that is open here, twice: once the person keeps their own
// content, once they take the other's.
func (w *window) clash(s *site, holds func(string) reporting.Value) {
	w.t.Helper()
	s.Save(w.t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "53"})
	w.typeIn("m1_2", "54")
	w.state("m1_2", "unsaved", chinese("filing.clash", "用户 clerk-community-01"))
	w.run(chromedp.Click(chromedp.CSS("#cell-m1_2 .cell-choice button:first-child")))
	w.state("m1_2", "saved", "已保存 *")
	if got := holds("m1_2").Number; got != 540 {
		w.t.Errorf("after keeping mine the cell holds %d", got)
	}
	s.Save(w.t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "55"})
	w.typeIn("m1_2", "57")
	w.state("m1_2", "unsaved", chinese("filing.clash", "用户 clerk-community-01"))
	w.run(chromedp.Click(chromedp.CSS("#cell-m1_2 .cell-choice button:last-child")))
	w.becomes("document.querySelector('#in-m1_2').value", "55")
	w.becomes("document.querySelector('.save-state').textContent.includes('"+chinese("filing.others")+"')", "true")
}

// loginEnds lets the login end while the person types, and begin again.
func (w *window) loginEnds(s *site, holds func(string) reporting.Value) {
	w.t.Helper()
	ctx := context.Background()
	if err := s.Accounts.SetPassword(ctx, accounts.System("test"), "clerk-community-01", "another password"); err != nil {
		w.t.Fatal(err)
	}
	w.typeIn("m1_2", "56")
	w.state("m1_2", "unsaved", chinese("filing.login")+"*")
	w.becomes("document.querySelector('#in-m1_2').value", "56")

	// the person logs in in another window of the same browser
	other, cancel := chromedp.NewContext(w.ctx)
	defer cancel()
	err := chromedp.Do(other, chromedp.Navigate(w.url+"/login"), chromedp.SendKeys(chromedp.CSS("#name"), "clerk-community-01"),
		chromedp.SendKeys(chromedp.CSS("#password"), "another password"), chromedp.Submit(chromedp.CSS("#password")), chromedp.WaitVisible(chromedp.CSS(".topbar")))
	if err != nil {
		w.t.Fatal(err)
	}
	w.run(chromedp.Evaluate[chromedp.Void]("dispatchEvent(new Event('focus'))")) // back in this window
	w.state("m1_2", "saved", "已保存 *")
	if got := holds("m1_2").Number; got != 560 {
		w.t.Errorf("after logging in again the cell holds %d", got)
	}
}
