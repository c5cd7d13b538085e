package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// filing opens the form of community-01 as its clerk.
func filing(t *testing.T, s *site) *window {
	t.Helper()
	s.Actor(t, "clerk-community-01")
	w := &window{browsertest.Open(t, s.url), t}
	w.LogIn("clerk-community-01", reportingtest.Password)
	w.Go(ourReport)
	w.Unfold()
	return w
}

// focused is the cell that the person is in.
func (w *window) focused(item string) {
	w.t.Helper()
	w.Becomes("(document.activeElement.closest('.cell') || document.body).dataset.item", item)
}

// shows is what the field of a cell shows.
func (w *window) shows(item, value string) {
	w.t.Helper()
	w.Becomes("(cell => (cell.querySelector('input:checked') || cell.querySelector('[id^=in-]')).value)(document.querySelector('#cell-"+item+"'))", value)
}

// TestKeysInABrowser goes through the form as through a spreadsheet.
func TestKeysInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Past(t, "community-01", "2019Q2", reportingtest.Community)
	w := filing(t, s)

	w.Focus("#in-m1_1")
	for _, step := range []struct {
		keys string
		with []chromedp.Modifier
		to   string
	}{
		{kb.ArrowDown, nil, "m1_2"}, {kb.ArrowDown, nil, "m1_3"}, {kb.Enter, nil, "m2_1"},
		{kb.ArrowUp, nil, "m1_3"}, {kb.Enter, []chromedp.Modifier{chromedp.ModifierShift}, "m1_2"},
		{kb.ArrowLeft, nil, "m1_2"}, {kb.ArrowLeft, nil, "m1_1"}, // the first one takes the selection away
		{kb.ArrowUp, nil, "m1_1"}, {kb.ArrowDown, nil, "m1_2"},
	} {
		w.Keys(step.keys, step.with...)
		w.focused(step.to)
	}
	w.shows("m1_1", "true") // going over a choice with the arrows chooses nothing

	w.Focus("#in-m1_3")
	w.Keys("d", chromedp.ModifierCtrl)
	w.shows("m1_3", "40")
	w.state("m1_3", "saved", "已保存 *")
	w.Keys("99")
	w.shows("m1_3", "4099")
	w.Keys(kb.Escape)
	w.shows("m1_3", "40")
	w.Focus("#in-m1_1")
	w.Keys(" ")
	w.Keys(kb.ArrowRight)
	w.shows("m1_1", "false")
	w.Focus("#in-practices")
	w.Keys(kb.ArrowUp) // not from the end of the words
	w.focused("practices")

	if r := s.Report(t, "community-01", "2019Q3"); r.Status != reporting.Open || r.Values["m1_3"].Number != 400 {
		t.Errorf("the report is %s with %+v", r.Status, r.Values)
	}
	if asked := w.Asked(); len(asked) > 0 {
		t.Errorf("a key asked %q", asked)
	}
	w.Quiet()
}
