package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/forms/formstest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// toldList reads the list of findings of the filing page, a line for each.
const toldList = `[...document.querySelectorAll('#findings:not([hidden]) .finding')].map(one => [one.dataset.check, one.dataset.severity,
	[...one.querySelectorAll('.finding-items a')].map(link => link.hash.replace('#cell-', '')).join(','), one.querySelector('.finding-text').textContent].join(' ')).join('\n')`

// asListed writes findings as the page lists them: errors before warnings, and the required cells that are
// blank, as one, between them.
func asListed(found []reportingtest.Told) string {
	place := func(f reportingtest.Told) int {
		return slices.Index([]bool{f.Severity == forms.Error && f.Check != requiredCheck, f.Check == requiredCheck, f.Severity == forms.Warning}, true)
	}
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b reportingtest.Told) int { return place(a) - place(b) })
	var lines []string
	for _, f := range found {
		if f.Check == requiredCheck {
			f.Message = chinese("filing.required_blank")
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s", f.Check, f.Severity, strings.Join(f.Items, ","), f.Message))
	}
	return strings.Join(lines, "\n")
}

// checkedPage opens the form of a case, before whoever files for its unit.
func (w *window) checkedPage(s *site, c reportingtest.Checked, before string) {
	w.t.Helper()
	if c.Filer != before {
		s.Actor(w.t, c.Filer)
		w.ForgetCookies()
		w.LogIn(c.Filer, reportingtest.Password)
	}
	w.Go(reportURL(c.Ref.Unit, c.Ref.Form, c.Ref.Period) + "?behalf=1")
	w.Unfold()
}

// TestVerdictsInABrowser pastes the cases into the form, each in one go, and reads what the page lists then.
func TestVerdictsInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	cases := s.Checks(t)
	slices.SortStableFunc(cases, func(a, b reportingtest.Checked) int { return strings.Compare(a.Filer, b.Filer) })
	w, filer := &window{browsertest.Open(t, s.url), t}, ""
	for _, c := range cases {
		t.Log(c.Name)
		w.checkedPage(s, c, filer)
		filer = c.Filer
		items, texts := c.Column(t)
		w.Paste("#in-"+items[0], strings.Join(texts, "\n")+"\n")
		w.Becomes("pilotboard.filing.cells.filter(cell => cell.unsettled).map(cell => cell.item + ' ' + cell.words.textContent)", "")
		w.Becomes(toldList, asListed(c.Found))
	}
	w.Quiet()
}

// TestRefusalsInABrowser types what the cells do not take, and reads what the page says at them.
func TestRefusalsInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	c := s.Checks(t)[0]
	w := &window{browsertest.Open(t, s.url), t}
	w.checkedPage(s, c, "")
	for _, r := range formstest.Refusals(t) {
		// A choice that is none is one that the page had when it was made.
		w.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(field => {
			field.value = %q;
			if (field.type === 'radio') field.checked = true;
			field.dispatchEvent(new Event('change', { bubbles: true }));
		})(document.querySelector('#in-%s'))`, r.Raw, r.Item)))
		w.state(r.Item, "invalid", locale.For(locale.Chinese).Message(r.Refused(t)))
	}
	if r, err := s.Reports.Report(t.Context(), s.Actor(t, c.Filer), c.Ref); err != nil || len(r.Values) > 0 {
		t.Errorf("the report holds %v, err %v", r.Values, err)
	}
	w.Quiet()
}
