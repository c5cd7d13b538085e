package web

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// kept is how many cells the browser keeps.
func (w *window) kept(want int) {
	w.t.Helper()
	w.Becomes("Object.keys(localStorage).filter(key => key.startsWith('pilotboard-draft/')).length", fmt.Sprint(want))
}

// TestADeadNetworkInABrowser cuts the network while a form is filled in: with the page left open, and
// with the tab closed and opened again.
func TestADeadNetworkInABrowser(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		second := filing(t, s)
		first := &window{second.Another(), t}
		first.Go(ourReport)
		first.Unfold()
		holds := func(item string) forms.Value { return s.Report(t, "community-01", "2019Q3").Values[item] }

		first.Network(false)
		first.typeIn("m1_2", "52")
		first.state("m1_2", "unsaved", chinese("filing.retry"))
		first.kept(1)
		first.Click(`.form-actions button[formaction$="/submit"]`)
		first.Becomes("document.querySelector('.filing-news').textContent", chinese("filing.stuck", "综合服务设施达标"))
		first.Network(true)
		first.state("m1_2", "saved", "已保存 *")
		first.kept(0)
		if got := holds("m1_2").Number; got != 520 {
			t.Errorf("after the network came back the cell holds %d", got)
		}

		first.Network(false)
		first.typeIn("m1_2", "53")
		first.typeIn("m1_3", "13")
		first.typeIn("practices", "断网时写的")
		first.state("m1_2", "unsaved", chinese("filing.retry"))
		first.kept(3)
		first.Close()
		s.Save(t, "community-01", "2019Q3", reportingtest.Values{"m1_3": "14"}) // somebody else, meanwhile

		second.Go(ourReport)
		second.state("m1_2", "saved", "已保存 *")
		second.state("practices", "saved", "已保存 *")
		second.Becomes("document.querySelector('.filing-news').textContent", chinese("filing.restored", 2))
		second.Becomes("document.querySelector('#cell-m1_3 .cell-choice').textContent", chinese("conflict.keep_mine")+" 13"+chinese("conflict.keep_theirs")+" 14")
		if holds("m1_2").Number != 530 || holds("practices").Text != "断网时写的" || holds("m1_3").Number != 140 {
			t.Errorf("after opening the form again the report holds %+v", s.Report(t, "community-01", "2019Q3").Values)
		}
		second.kept(1)
		second.Click("#cell-m1_3 .cell-choice button:first-child")
		second.state("m1_3", "saved", "已保存 *")
		second.kept(0)
		if got := holds("m1_3").Number; got != 130 {
			t.Errorf("after keeping mine the cell holds %d", got)
		}
		second.Quiet()
	})
}

// TestAnEndedLoginInABrowser ends the login and makes the page's token worthless while somebody types;
// then another person logs in on the same machine, and at last the first one again.
func TestAnEndedLoginInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Actor(t, "clerk-street-01")
	w := filing(t, s)
	err := s.DB.Write(t.Context(), func(tx *gorm.DB) error { return tx.Exec("DELETE FROM sessions").Error })
	if err != nil {
		t.Fatal(err)
	}
	w.typeIn("m1_2", "56")
	w.state("m1_2", "unsaved", chinese("filing.login")+"*")
	w.Becomes("document.querySelector('#cell-m1_2 .cell-state a').getAttribute('href')", "/login?next=%2Freports%2Fcommunity-01%2Fprogress%2F2019Q3")

	other := w.Another()
	other.ForgetCookies()
	other.LogIn("clerk-street-01", reportingtest.Password)
	w.lookAgain()
	w.state("m1_2", "unsaved", chinese("filing.other_user")+"*")
	other.Go(reportPathOf("street-01", "2019Q3"))
	other.See(".filing")
	other.Becomes("document.querySelector('#cell-m1_1_covered').dataset.state || ''", "") // nobody else's drafts
	other.Click(`form[action="/logout"] button`)
	other.See("#name")
	other.LogIn("clerk-community-01", reportingtest.Password)
	w.lookAgain()
	w.state("m1_2", "saved", "已保存 *")
	w.kept(0)
	if got := s.Report(t, "community-01", "2019Q3").Values["m1_2"].Number; got != 560 {
		t.Errorf("after logging in again the cell holds %d", got)
	}
	w.Click(`.form-actions button[formaction$="/submit"]`) // with the new token
	w.See(".state-submitted")
	w.Quiet()
}

// lookAgain is the person coming back to this window.
func (w *window) lookAgain() {
	w.t.Helper()
	w.Do(chromedp.Evaluate[chromedp.Void]("dispatchEvent(new Event('focus'))"))
}

// TestNobodyElseGetsADraftInABrowser: two clerks of one unit share a browser.
func TestNobodyElseGetsADraftInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	_, err := s.Accounts.Add(t.Context(), accounts.System("test"), accounts.NewUser{
		Name: "second", Display: "第二人", Password: reportingtest.Password, Role: accounts.Clerk, Unit: s.Unit(t, "community-01").ID})
	if err != nil {
		t.Fatal(err)
	}
	other := filing(t, s)
	w := &window{other.Another(), t}
	other.Go("/") // a form that stays open takes up what another tab of its user has kept
	w.Go(ourReport)
	w.Network(false)
	w.typeIn("m1_2", "61")
	w.state("m1_2", "unsaved", chinese("filing.retry"))
	w.Close()
	other.ForgetCookies()
	other.LogIn("second", reportingtest.Password)
	other.Go(ourReport)
	other.See(".filing")
	other.Becomes("document.querySelector('.filing-news').hidden", "true")
	other.shows("m1_2", "")
	if got := s.Report(t, "community-01", "2019Q3").Values; len(got) > 0 {
		t.Errorf("the report holds %+v", got)
	}
	other.Quiet()
}

// TestTwoClerksInABrowser: two people edit one report at once; each cell goes to whom it belongs, and
// the one they both changed is asked about.
func TestTwoClerksInABrowser(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		first := filing(t, s)
		second := &window{browsertest.Open(t, s.url), t}
		second.LogIn("clerk-community-01", reportingtest.Password)
		second.Go(ourReport)
		second.See(".filing")
		first.typeIn("m1_2", "30")
		first.state("m1_2", "saved", "已保存 *")
		second.typeIn("m2_1", "60")
		second.state("m2_1", "saved", "已保存 *")
		second.typeIn("m1_2", "31")
		second.state("m1_2", "unsaved", chinese("filing.clash", "用户 clerk-community-01"))
		second.Click(`.form-actions button[formaction$="/submit"]`)
		second.Becomes("document.querySelector('.filing-news').textContent", chinese("filing.stuck", "综合服务设施达标"))
		second.Click("#cell-m1_2 .cell-choice button:last-child")
		second.shows("m1_2", "30")
		v := s.Report(t, "community-01", "2019Q3").Values
		if v["m1_2"].Number != 300 || v["m2_1"].Number != 60 {
			t.Errorf("the report holds %+v", v)
		}
		first.Quiet()
		second.Quiet()
	})
}
