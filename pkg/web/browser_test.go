package web

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// window is a browser window with a clerk before it.
type window struct {
	*browsertest.Window
	t *testing.T
}

// state is how a cell says it stands.
func (w *window) state(item, state, words string) {
	w.t.Helper()
	at := fmt.Sprintf("document.querySelector('#cell-%s')", item)
	w.Becomes(at+".dataset.state", state)
	w.Becomes(at+".querySelector('.cell-state').textContent", words)
}

func (w *window) typeIn(item, text string) {
	w.t.Helper()
	w.Type("#in-"+item, text)
}

// TestFilingInABrowser fills in a form as a clerk does, with a second person about and a login that
// ends.
func TestFilingInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Past(t, "community-01", "2019Q2", reportingtest.Community)
	s.Actor(t, "clerk-community-01")
	w := &window{browsertest.Open(t, s.url), t}
	w.LogIn("clerk-community-01", reportingtest.Password)
	w.Go(ourReport)
	w.Unfold()
	holds := func(item string) forms.Value { return s.Report(t, "community-01", "2019Q3").Values[item] }

	w.typeIn("m1_2", "52.5%")
	w.state("m1_2", "saved", "已保存 *")
	w.typeIn("m2_1", "120.5")
	w.state("m2_1", "invalid", chinese("cell.not_whole"))
	w.Becomes("document.querySelector('.save-state').textContent", chinese("filing.some_wrong", 1))
	w.typeIn("m2_1", "66")
	w.state("m2_1", "saved", "已保存 *")
	w.Click(`[name="na.m2_2"]`)
	w.state("m2_2", "saved", "已保存 *")
	w.Click(`[name="cell.m1_1"][value="false"]`)
	w.state("m1_1", "saved", "已保存 *")
	w.Becomes("document.querySelector('.save-state').textContent", chinese("filing.all_saved"))
	if holds("m1_2").Number != 525 || holds("m2_1").Number != 66 || holds("m2_2").State != forms.NotApplicable || holds("m1_1").Number != 0 {
		t.Errorf("the report holds %+v", s.Report(t, "community-01", "2019Q3").Values)
	}

	w.clash(s, holds)
	w.loginEnds(s, holds)

	w.Go(ourReport)
	w.Unfold()
	w.Becomes("document.querySelector('#in-m1_2').value", "56")
	w.typeIn("practices", "赶在离开前写的") // not saved yet when the form goes off
	w.Click(`button[formaction$="/submit"]`)
	w.See(".state-submitted")
	if r := s.Report(t, "community-01", "2019Q3"); r.Status != reporting.Submitted || r.Values["practices"].Text != "赶在离开前写的" {
		t.Errorf("the report is %s with %+v", r.Status, r.Values)
	}
	if asked := w.Asked(); len(asked) != 1 || asked[0] != chinese("filing.submit_sure") {
		t.Errorf("the person was asked %q", asked)
	}
	w.Quiet()
}

// clash lets somebody else change a cell that is open here, twice: once the person keeps their own
// content, once they take the other's.
func (w *window) clash(s *site, holds func(string) forms.Value) {
	w.t.Helper()
	s.Save(w.t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "53"})
	w.typeIn("m1_2", "54")
	w.state("m1_2", "unsaved", chinese("filing.clash", "用户 clerk-community-01"))
	w.Click("#cell-m1_2 .cell-choice button:first-child")
	w.state("m1_2", "saved", "已保存 *")
	if got := holds("m1_2").Number; got != 540 {
		w.t.Errorf("after keeping mine the cell holds %d", got)
	}
	s.Save(w.t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "55"})
	w.typeIn("m1_2", "57")
	w.state("m1_2", "unsaved", chinese("filing.clash", "用户 clerk-community-01"))
	w.Click("#cell-m1_2 .cell-choice button:last-child")
	w.Becomes("document.querySelector('#in-m1_2').value", "55")
	w.Becomes("document.querySelector('.save-state').textContent.includes('"+chinese("filing.others")+"')", "true")
}

// loginEnds lets the login end while the person types, and begin again.
func (w *window) loginEnds(s *site, holds func(string) forms.Value) {
	w.t.Helper()
	ctx := context.Background()
	if err := s.Accounts.SetPassword(ctx, accounts.System("test"), "clerk-community-01", "another password"); err != nil {
		w.t.Fatal(err)
	}
	w.typeIn("m1_2", "56")
	w.state("m1_2", "unsaved", chinese("filing.login")+"*")
	w.Becomes("document.querySelector('#in-m1_2').value", "56")

	w.Another().LogIn("clerk-community-01", "another password")
	w.Do(chromedp.Evaluate[chromedp.Void]("dispatchEvent(new Event('focus'))")) // back in this window
	w.state("m1_2", "saved", "已保存 *")
	if got := holds("m1_2").Number; got != 560 {
		w.t.Errorf("after logging in again the cell holds %d", got)
	}
}
