package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// TestSecondLookInABrowser: a reviewer returns a report with two remarks, the clerk goes through the
// list, and the reviewer sees two pinned cells and one change, on a phone, with the buttons at hand.
func TestSecondLookInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Past(t, "community-01", "2019Q2", reportingtest.Community)
	s.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "60", "m2_1": "65"})
	s.Actor(t, "reviewer-340104")
	s.Actor(t, "clerk-community-01")
	reviewer, clerk := browsertest.Open(t, s.url), browsertest.Open(t, s.url)
	reviewer.Do(chromedp.EmulateViewport(390, 844))
	reviewer.LogIn("reviewer-340104", reportingtest.Password)
	reviewer.Go(ourReport)
	for item, text := range map[string]string{"m1_2": "与台账不符", "practices": "请写具体"} {
		reviewer.Click("#cell-" + item + " .remark > summary")
		reviewer.Type(`[name="remark.`+item+`"]`, text)
	}
	reviewer.Click(`button[data-confirm="` + chinese("review.return_sure") + `"]`)
	reviewer.See(".state-returned")

	clerk.LogIn("clerk-community-01", reportingtest.Password)
	clerk.Go(ourReport)
	clerk.Becomes("document.querySelectorAll('#checklist .is-open').length", "2")
	clerk.Click(`#checklist a[href="#cell-m1_2"]`)
	clerk.Type("#in-m1_2", "58")
	clerk.Cell("m1_2", "saved")
	clerk.Becomes("document.querySelectorAll('#checklist .is-done').length", "1")
	clerk.Unfold()
	clerk.Type("#in-m2_1", "64")
	clerk.Cell("m2_1", "saved")
	clerk.ConfirmBlocks()
	clerk.Click(`button[formaction$="/submit"]`)
	clerk.See(".state-submitted")

	reviewer.Go("/review")
	reviewer.Click(".queue .btn-primary")
	reviewer.See(".second")
	reviewer.Becomes("[...document.querySelectorAll('.second-cell')].map(cell => cell.id).join()", "cell-m1_2,cell-m2_1,cell-practices")
	reviewer.Becomes("document.querySelector('#cell-m1_2 .old-new').innerText.replace(/\\s+/g, ' ')", "退回时 60% 现在 58%")
	reviewer.Becomes("document.querySelectorAll('.second .is-same').length", "1") // practices, in spite of the remark
	reviewer.Becomes("document.querySelectorAll('.second .cell-remark').length", "2")
	reviewer.Becomes(`(bar => bar.top >= 0 && bar.bottom <= innerHeight)(document.querySelector('.form-actions').getBoundingClientRect())`, "true")
	reviewer.Becomes("document.documentElement.scrollWidth <= innerWidth", "true")
	reviewer.Click(`button[formaction$="/accept"]`)
	reviewer.See(".state-accepted")
	if r := s.Report(t, "community-01", "2019Q3"); r.Status != reporting.Accepted || r.AcceptedRevision != 2 {
		t.Errorf("the report is %s, revision %d accepted", r.Status, r.AcceptedRevision)
	}
	reviewer.Quiet()
	clerk.Quiet()
}

// TestSecondLook compares with the revision that was returned, whatever was filed and withdrawn since.
func TestSecondLook(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		ref := reportingtest.Ref("community-01", "2019Q3")
		s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		if _, err := s.Reports.Return(t.Context(), s.Actor(t, "reviewer-340104"), ref, 0, "", map[string]string{"m1_2": "不符", "m2_1": "请核对"}); err != nil {
			t.Fatal(err)
		}
		clerk, reviewer := s.as(t, "clerk-community-01"), s.as(t, "reviewer-340104")
		a := clerk.get(ourReport)
		a.has(t, http.StatusOK, chinese("review.checklist", 0, 2), `href="#cell-m1_2"`, "请核对")
		s.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "50"})
		s.Withdraw(t, "community-01", "2019Q3")
		clerk.get(ourReport).has(t, http.StatusOK, chinese("review.checklist", 1, 2))
		s.Submit(t, "community-01", "2019Q3", reportingtest.Values{"m1_3": "13"})

		a = reviewer.get(ourReport)
		a.has(t, http.StatusOK, chinese("review.second_about", 3, 7), "用户 reviewer-340104", "不符", "40%", "50%", "12.5", "13")
		if strings.Count(a.body, `class="second-cell`) != 3 || strings.Contains(a.body, "form-section") {
			t.Error("the second look shows more or less than three cells")
		}
		a = reviewer.get(ourReport + "?all=1")
		a.has(t, http.StatusOK, chinese("review.second_only"), "form-section")
		if strings.Contains(a.body, "second-cell") {
			t.Error("all and the second look are shown together")
		}
		reviewer.post(ourReport+"/return", formFields(t, a.body)).has(t, http.StatusUnprocessableEntity, "form-section")
		if a := clerk.get(ourReport); strings.Contains(a.body, "second-cell") || strings.Contains(a.body, "checklist") {
			t.Error("the clerk is shown the reviewer's second look, or a list without anything to do")
		}
	})
}
