package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// urge lets a reviewer urge a unit for 2019Q3 and tells its clerks, who are made before.
func (s *site) urge(t *testing.T, reviewer, unit string) {
	t.Helper()
	s.Actor(t, "clerk-"+unit)
	if _, err := s.Reports.Urge(context.Background(), s.Actor(t, reviewer), []reporting.Ref{reportingtest.Ref(unit, "2019Q3")}); err != nil {
		t.Fatal(err)
	}
	s.deliver(t)
}

func (s *site) deliver(t *testing.T) {
	t.Helper()
	if err := s.notices.Deliver(context.Background()); err != nil {
		t.Fatal(err)
	}
}

var noticePattern = regexp.MustCompile(`href="(/inbox/[0-9a-f-]{36})"`)

// TestUrgingFromTheLateList presses the buttons of the late list, and follows what the clerks get.
func TestUrgingFromTheLateList(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.refresh(t)
		clerk := s.as(t, "clerk-community-01")
		clerk.get("/inbox").has(t, http.StatusOK, chinese("inbox.none"))
		reviewer := s.as(t, "reviewer-340100")
		if a := reviewer.get("/reports"); strings.Contains(a.body, chinese("urge.one")) {
			t.Error("a list of all reports has buttons to urge")
		}
		one := url.Values{"report": {"community-01/progress/2019Q3"}, "next": {"/reports?status=late"}}
		a := reviewer.get("/reports?status=late&period=2019Q3")
		a.has(t, http.StatusOK, `name="report" value="community-01/progress/2019Q3"`, chinese("urge.one"), chinese("urge.all", 3))
		a = reviewer.post("/urge", one)
		a.has(t, http.StatusOK, chinese("urge.done", 1))
		if a.at != "/reports?status=late" {
			t.Errorf("it goes on to %s", a.at)
		}
		reviewer.post("/urge", one).has(t, http.StatusOK, chinese("urge.today"))
		one["report"] = []string{"community-01/progress/2019Q3", "district-01/progress/2019Q3", "community-03/progress/2019Q3"}
		reviewer.post("/urge", one).has(t, http.StatusOK, chinese("urge.some", 2, 1))
		reviewer.get("/home").has(t, http.StatusOK, chinese("urge.one"))
		if a := s.as(t, "viewer").get("/reports?status=late"); strings.Contains(a.body, chinese("urge.one")) {
			t.Error("a viewer has buttons to urge")
		}
		reviewer.post("/urge", url.Values{"report": {"community-01"}}).has(t, http.StatusBadRequest)
		reviewer.post("/urge", url.Values{"report": {"community-01/progress/2019Q9"}}).has(t, http.StatusBadRequest)
		reviewer.post("/urge", url.Values{"report": {"nowhere/progress/2019Q3"}}).has(t, http.StatusNotFound)

		s.deliver(t)
		clerk.get("/").has(t, http.StatusOK, `class="unread-count" aria-label="`+chinese("inbox.unread", 1))
		a = clerk.get("/inbox")
		a.has(t, http.StatusOK, chinese("inbox.urgent"), "用户 reviewer-340100催办")
		opened := noticePattern.FindStringSubmatch(a.body)
		if opened == nil {
			t.Fatalf("no notice in %s", excerpt(a.body))
		}
		clerk.do(clerk.request(http.MethodHead, opened[1], "", ""))
		clerk.get("/").has(t, http.StatusOK, "unread-count")
		if a := clerk.get(opened[1]); a.at != ourReport {
			t.Errorf("the notice leads to %s", a.at)
		}
		if a := clerk.get("/"); strings.Contains(a.body, "unread-count") {
			t.Error("the notice is still unread")
		}
		s.as(t, "clerk-community-02").get(opened[1]).has(t, http.StatusNotFound)
	})
}

// TestNoticesOfACountysOwnReport: what its reviewers are told of opens as the form, what the city is told
// of for review.
func TestNoticesOfACountysOwnReport(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		s.BurdenForm(t)
		ctx, ref := t.Context(), reportingtest.BurdenRef("340104", "2019Q3")
		path := reportURL("340104", reportingtest.Burden, ref.Period)
		county, city, other := s.as(t, "reviewer-340104"), s.as(t, "reviewer-340100"), s.as(t, "reviewer-340700")
		open := func(who *visitor, unread int, want ...string) {
			t.Helper()
			s.deliver(t)
			a := who.get("/inbox")
			a.has(t, http.StatusOK, chinese("inbox.unread", unread))
			notice := noticePattern.FindStringSubmatch(a.body)
			if notice == nil {
				t.Fatalf("no notice in %s", excerpt(a.body))
			}
			a = who.get(notice[1])
			a.has(t, http.StatusOK, want...)
			if a.at != path {
				t.Errorf("the notice leads to %s", a.at)
			}
			other.get(notice[1]).has(t, http.StatusNotFound)
		}
		if _, err := s.Reports.Urge(ctx, s.Actor(t, "monitor"), []reporting.Ref{ref}); err != nil {
			t.Fatal(err)
		}
		open(county, 1, "data-filing", chinese("filing.submit"))
		edit := reporting.Edit{Version: 1, Values: map[string]any{"access": true, "document": "办法", "before": "20", "now": "5"}}
		if _, err := s.Reports.Save(ctx, s.Actor(t, "reviewer-340104"), ref, edit); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Reports.Submit(ctx, s.Actor(t, "reviewer-340104"), ref, 0); err != nil {
			t.Fatal(err)
		}
		open(city, 1, chinese("review.pass", chinese("level.province")))
		if _, err := s.Reports.Return(ctx, s.Actor(t, "reviewer-340100"), ref, 0, "请核对。", nil); err != nil {
			t.Fatal(err)
		}
		open(county, 1, "data-filing", "请核对。")
		other.get("/inbox").has(t, http.StatusOK, chinese("inbox.none"))
		other.get(path).has(t, http.StatusForbidden)
	})
}

func TestReadingNotices(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		clerk, other := s.as(t, "clerk-community-01"), s.as(t, "clerk-community-02")
		acts := make([]ledger.Entry, pageSize+2)
		for i := range acts {
			acts[i] = ledger.Entry{At: s.Clock.Now(), Act: "supervision.issued", Unit: s.Unit(t, "community-01").ID, Detail: map[string]any{"title": "<b>督办</b>"}}
		}
		if err := db.Write(t.Context(), func(tx *gorm.DB) error { return s.Ledger.Record(tx, acts...) }); err != nil {
			t.Fatal(err)
		}
		s.deliver(t)
		a := clerk.get("/inbox")
		a.has(t, http.StatusOK, chinese("inbox.unread", pageSize+2), chinese("pager.next"), "&lt;b&gt;督办&lt;/b&gt;")
		next := regexp.MustCompile(`href="(/inbox\?after=[0-9a-f-]{36})"`).FindStringSubmatch(a.body)
		if next == nil {
			t.Fatal("there is no next page")
		}
		second := clerk.get(next[1])
		if n := len(noticePattern.FindAllString(second.body, -1)); n != 2 {
			t.Errorf("the second page has %d notices", n)
		}
		id := noticePattern.FindStringSubmatch(second.body)[1]
		clerk.post(id+"/read", url.Values{"next": {"/inbox"}}).has(t, http.StatusOK, chinese("inbox.unread", pageSize+1))
		other.post(id+"/read", nil).has(t, http.StatusNotFound)
		other.post("/inbox/read", url.Values{"newest": {formFields(t, a.body).Get("newest")}})
		clerk.get("/inbox").has(t, http.StatusOK, chinese("inbox.unread", pageSize+1))
		clerk.post("/inbox/read", url.Values{"newest": {formFields(t, a.body).Get("newest")}}).has(t, http.StatusOK, chinese("inbox.all_read"))
		clerk.post("/inbox/read", url.Values{"newest": {"x"}}).has(t, http.StatusBadRequest)
		clerk.get("/inbox?after=x").has(t, http.StatusBadRequest)
		clerk.post("/language", url.Values{"language": {locale.English}})
		clerk.get("/inbox").has(t, http.StatusOK, "a supervision order was issued")
	})
}

func TestTheOwnAccount(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newSite(t, db)
		clerk := s.as(t, "clerk-community-01")
		clerk.get("/account").has(t, http.StatusOK, chinese("account.email"))
		wrong := url.Values{"email": {`"><script>alert(1)</script>`}, "language": {"fr"}}
		a := clerk.post("/account", wrong)
		a.has(t, http.StatusUnprocessableEntity, chinese("user.email_invalid"), `id="language-wrong"`)
		soundPage(t, a, locale.Chinese)
		clerk.post("/account", url.Values{"email": {"wang@example.org"}, "language": {"en"}}).has(t, http.StatusOK, "Saved.", `value="wang@example.org"`, `<html lang="en"`)
		user, err := s.Accounts.Own(t.Context(), s.Actor(t, "clerk-community-01"))
		if err != nil || user.Email != "wang@example.org" || user.Language != locale.English {
			t.Errorf("kept %+v, %v", user, err)
		}
		if other, err := s.Accounts.Own(t.Context(), s.Actor(t, "clerk-community-02")); err != nil || other.Email != "" {
			t.Errorf("somebody else has %+v, %v", other, err)
		}
		if _, err := s.Accounts.Own(t.Context(), accounts.System("test")); err == nil {
			t.Error("the program itself has an account")
		}
	})
}
