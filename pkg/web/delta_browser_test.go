package web

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// hand counts what a person does beside typing figures.
type hand struct {
	*window
	acts int
}

func (h *hand) click(selector string) {
	h.t.Helper()
	h.acts++
	h.Click(selector)
}

func (h *hand) press(key string) {
	h.t.Helper()
	h.acts++
	h.Keys(key)
}

// TestThreeFiguresInABrowser files a report in which three figures moved, from the list of tasks on, and
// counts the clicks and keys beside the figures themselves.
func TestThreeFiguresInABrowser(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.Past(t, "community-01", "2019Q1", reportingtest.Community)
		s.Past(t, "community-01", "2019Q2", reportingtest.Community)
		s.Actor(t, "clerk-community-01")
		h := &hand{window: &window{browsertest.Open(t, s.url), t}}
		h.LogIn("clerk-community-01", reportingtest.Password)

		h.click(`.task .btn-primary[href="` + ourReport + `"]`)
		h.See(".filing")
		h.Becomes("document.querySelector('[data-to-confirm]').textContent", chinese("filing.to_confirm", 3))
		h.click("#section-W1 .section-cells > summary")
		h.focused("m1_1")
		h.press(kb.ArrowDown)
		h.focused("m1_2")
		h.Keys("52")
		h.press(kb.Enter)
		h.focused("m1_3")
		h.Keys("14.5")
		h.click("#section-W2 .section-cells > summary")
		h.focused("m2_1")
		h.Keys("60")
		h.press(kb.Enter)
		h.state("m2_1", "saved", "已保存 *")
		h.Becomes("document.querySelector('#same-W2').hidden", "true")

		h.click(`[data-submit]`) // a block still waits
		h.Becomes("document.querySelector('.filing-news').textContent", chinese("filing.blocked")+chinese("filing.confirm_of", chinese("form.section.narrative")))
		h.click("#same-narrative .section-confirm")
		h.Becomes("document.querySelector('[data-to-confirm]').hidden", "true")
		h.Becomes("document.activeElement === document.querySelector('[data-submit]')", "true")
		h.press(kb.Enter)
		h.See(".state-submitted")
		h.acts += len(h.Asked())

		r := s.Report(t, "community-01", "2019Q3")
		if v := r.Values; r.Status != reporting.Submitted || v["m1_2"].Number != 520 || v["m1_3"].Number != 145 || v["m2_1"].Number != 60 || v["practices"].Text != reportingtest.Community["practices"] {
			t.Errorf("the report is %s with %+v", r.Status, r.Values)
		}
		t.Logf("three figures were filed with %d clicks and keys beside the figures", h.acts)
		if h.acts >= 30 {
			t.Errorf("%d clicks and keys are too many", h.acts)
		}
		h.Quiet()
	})
}
