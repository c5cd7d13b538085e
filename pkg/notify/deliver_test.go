package notify_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/notify"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// What people do to a report by the services, and who is told of it.
func TestActsOnAReport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ref := reportingtest.Ref("community-01", "2019Q3")
		until := period.MustParseDate("2019-11-20")
		steps := []struct {
			name string
			do   func() error
			want string
		}{
			{"urged", func() error {
				_, err := w.Reports.Urge(t.Context(), w.Actor(t, "reviewer-340100"), []reporting.Ref{ref})
				return err
			}, "clerk-community-01 report.urged now"},
			{"submitted", func() error { w.Submit(t, "community-01", "2019Q3", reportingtest.Community); return nil },
				"reviewer-340100 report.submitted later\nreviewer-340104 report.submitted later"},
			{"withdrawn", func() error { w.Withdraw(t, "community-01", "2019Q3"); return nil }, ""},
			{"saved", func() error { w.Save(t, "community-01", "2019Q3", reportingtest.Values{"m1_2": "41"}); return nil }, ""},
			{"submitted again", func() error { w.Submit(t, "community-01", "2019Q3", nil); return nil },
				"reviewer-340100 report.submitted later\nreviewer-340104 report.submitted later"},
			{"returned", func() error { w.Return(t, "community-01", "2019Q3"); return nil }, "clerk-community-01 report.returned now"},
			{"submitted corrected", func() error { w.Submit(t, "community-01", "2019Q3", nil); return nil },
				"reviewer-340100 report.submitted later\nreviewer-340104 report.submitted later"},
			{"accepted", func() error { w.Accept(t, "community-01", "2019Q3"); return nil }, "clerk-community-01 report.accepted later"},
			{"reopened", func() error {
				_, err := w.Reports.Reopen(t.Context(), w.Actor(t, "reviewer-340100"), ref, 0, "补报数据", until)
				return err
			}, "clerk-community-01 report.reopened now"},
		}
		for _, step := range steps {
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			w.deliver(t)
			if step.name == "reopened" {
				n := w.inbox(t, "clerk-community-01")[0]
				text := n.Text(locale.For(locale.English))
				if !strings.Contains(text, "until 20 Nov 2019") || n.Note() != "补报数据" || n.URL != "/reports/community-01/progress/2019Q3" {
					t.Errorf("%s, %q, %s", text, n.Note(), n.URL)
				}
			}
			if got := w.told(t); got != step.want {
				t.Errorf("%s tells\n%s\nwant\n%s", step.name, got, step.want)
			}
		}
	})
}

// What other packages record, with details right and wrong.
func TestActsOfOthers(t *testing.T) {
	order := map[string]any{"title": "关于报送的督办", "level": "red", "url": "/supervision/7"}
	cases := []struct {
		act, by string
		detail  any
		want    string
	}{
		{"report.passed", "reviewer-340104", map[string]any{"next": 2}, "reviewer-340100 report.passed later"},
		{"report.passed", "reviewer-340100", map[string]any{"next": 1}, "monitor report.passed later"},
		{"report.discussed", "clerk-community-01", nil, "reviewer-340100 report.discussed later\nreviewer-340104 report.discussed later"},
		{"report.discussed", "reviewer-340100", nil, "clerk-community-01 report.discussed later"},
		{"report.discussed", "monitor", nil, "clerk-community-01 report.discussed later"},
		{"supervision.issued", "monitor", order, "clerk-community-01 supervision.issued now\nreviewer-340100 supervision.issued now"},
		{"supervision.raised", "monitor", order, "clerk-community-01 supervision.raised now\nreviewer-340100 supervision.raised now"},
		{"supervision.signed", "clerk-community-01", order, "monitor supervision.signed later"},
		{"supervision.closed", "", []int{1, 2}, "monitor supervision.closed later"},
		{"supervision.closed", "monitor", order, ""}, // nobody is told of what they did themselves
		{"supervision.issued", "", map[string]any{"title": 7, "level": true, "url": []string{"x"}}, "clerk-community-01 supervision.issued now\nreviewer-340100 supervision.issued now"},
		{"supervision.shelved", "monitor", order, ""},
	}
	each(t, func(t *testing.T, w *world) {
		for _, c := range cases {
			w.record(t, w.act(t, c.act, c.by, c.detail))
			w.deliver(t)
			if got := w.told(t); got != c.want {
				t.Errorf("%s by %q tells\n%s\nwant\n%s", c.act, c.by, got, c.want)
			}
		}
	})
}

// Where no city is known, monitors review.
func TestMonitorsReviewWhereNoCityIsKnown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.exec(t, "UPDATE units SET city_id = 0, county_id = 0 WHERE key = 'community-01'")
		w.record(t, w.act(t, "report.submitted", "clerk-community-01", nil))
		w.deliver(t)
		if got := w.told(t); got != "monitor report.submitted later" {
			t.Errorf("told: %s", got)
		}
	})
}

func TestTheTextOfANotice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		long := strings.Repeat("长", 300)
		cases := []struct {
			detail     any
			text, note string
			url        string
		}{
			{map[string]any{"title": "督办", "level": "red", "url": "/supervision/7"}, "收到红色督办单", "督办", "/supervision/7"},
			{map[string]any{"level": "violet", "url": "//elsewhere.example"}, "收到督办单", "", "/reports/community-01/progress/2019Q3"},
			{map[string]any{"url": "javascript:alert(1)"}, "收到督办单", "", "/reports/community-01/progress/2019Q3"},
			{map[string]any{"note": long}, "收到督办单", long[:199*len("长")] + "…", "/reports/community-01/progress/2019Q3"},
			{"not an object", "收到督办单", "", "/reports/community-01/progress/2019Q3"},
		}
		for _, c := range cases {
			w.record(t, w.act(t, "supervision.issued", "monitor", c.detail))
		}
		ofUnit := w.act(t, "supervision.issued", "monitor", nil)
		ofUnit.Form, ofUnit.Period = "", 0
		w.record(t, ofUnit)
		w.deliver(t)
		list := w.inbox(t, "clerk-community-01")
		if len(list) != len(cases)+1 || list[len(cases)].URL != "/units/community-01" {
			t.Fatalf("%d notices, the last is %+v", len(list), list[len(list)-1])
		}
		for i, c := range cases {
			n := list[i]
			if text := n.Text(locale.For(locale.Chinese)); !strings.Contains(text, c.text) || n.Note() != c.note || n.URL != c.url {
				t.Errorf("%v is %q, %q, %s", c.detail, text, n.Note(), n.URL)
			}
		}
	})
}

// Notices about reports of a demonstration say so, in inboxes and in mail.
func TestNoticesOfADemonstrationAreMarked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.sending(notify.Options{Mail: newMailServer(t).mail(t)})
		w.mail(t, "clerk-community-01", "c@example.org", locale.Chinese)
		mails := func(marked bool) {
			t.Helper()
			w.record(t, w.act(t, "report.urged", "monitor", nil))
			w.deliver(t)
			list, sent := w.inbox(t, "clerk-community-01"), w.outbox(t)
			if last := list[len(list)-1]; last.Sample() != marked {
				t.Errorf("the notice is marked: %t", last.Sample())
			}
			if last := sent[len(sent)-1]; strings.Contains(last.Subject, "【示例数据】") != marked || strings.Contains(last.Body, "【示例数据】") != marked {
				t.Errorf("the mail is %+v", last)
			}
		}
		mails(false)
		w.exec(t, "UPDATE reports SET sample = TRUE")
		mails(true)
	})
}

func TestDisabledUsersAreNotTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		second, err := w.Accounts.Add(t.Context(), system, accounts.NewUser{
			Name: "second", Role: accounts.Clerk, Unit: w.Unit(t, "community-01").ID, Password: reportingtest.Password})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.Disable(t.Context(), system, "clerk-community-01"); err != nil {
			t.Fatal(err)
		}
		w.record(t, w.act(t, "report.urged", "monitor", nil))
		w.deliver(t)
		if list, _, err := w.notices.Inbox(t.Context(), second.Actor(), "", 0); err != nil || len(list) != 1 {
			t.Errorf("the other clerk has %d notices, %v", len(list), err)
		}
		if got := w.told(t); got != "" {
			t.Errorf("told: %s", got)
		}
	})
}

// Nobody is told of one thing twice, though the feed gives it again, and though two instances pull it at
// the same time.
func TestNobodyIsToldTwice(t *testing.T) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			url := databasetest.URL(t, dialect)
			db := databasetest.Connect(t, url)
			if _, err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, db)
			w.mail(t, "clerk-community-01", "clerk@example.org", locale.Chinese)
			server := newMailServer(t)
			w.sending(notify.Options{Mail: server.mail(t)})
			instances := []*notify.Service{w.notices}
			for range 2 {
				other := databasetest.Connect(t, url)
				plans := plan.New(other, w.Tree, w.Ledger, w.Clock.Now)
				instances = append(instances, notify.New(other, plans, w.Forms, reporting.New(other, plans, w.Forms, w.Evidence, w.Tree, w.Ledger, w.Clock.Now), w.Clock.Now).
					Sending(notify.Options{Mail: server.mail(t)}))
			}
			const acts = 1100 // three batches
			entries := make([]ledger.Entry, acts)
			for i := range entries {
				entries[i] = w.act(t, "report.returned", "monitor", map[string]any{"note": fmt.Sprint(i)})
			}
			w.record(t, entries...)
			atOnce(t, instances, (*notify.Service).Deliver)
			count(t, w, "SELECT COUNT(*) FROM notices", acts)
			mails := len(w.outbox(t))
			if mails < 1 || mails > 3 {
				t.Errorf("%d mails for three batches", mails)
			}
			w.exec(t, "INSERT INTO ledger_feed (consumer, unit_id, entry_id) SELECT 'notify', unit_id, id FROM ledger WHERE act = 'report.returned'")
			atOnce(t, instances, (*notify.Service).Deliver)
			count(t, w, "SELECT COUNT(*) FROM notices", acts)
			count(t, w, "SELECT COUNT(*) FROM ledger_feed", 0)
			if n := len(w.outbox(t)); n != mails {
				t.Errorf("%d mails after the feed came again, want %d", n, mails)
			}
			atOnce(t, instances, (*notify.Service).Send)
			if got := len(server.got()); got != mails {
				t.Errorf("%d mails arrived, want %d", got, mails)
			}

			w.Clock.Set("2019-10-03") // a week before the due date
			atOnce(t, instances, (*notify.Service).Remind)
			count(t, w, "SELECT COUNT(*) FROM notices WHERE kind = 'remind.due'", 3) // one for each clerk who has something to file
			w.Clock.Set("2019-10-04")
			atOnce(t, instances, (*notify.Service).Digest)
			count(t, w, "SELECT COUNT(*) FROM outbox WHERE subject LIKE '%方兴%'", 1)
		})
	}
}

func atOnce(t *testing.T, instances []*notify.Service, do func(*notify.Service, context.Context) error) {
	t.Helper()
	var all sync.WaitGroup
	for _, s := range instances {
		all.Go(func() {
			if err := do(s, context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func count(t *testing.T, w *world, query string, want int) {
	t.Helper()
	var n int
	if err := w.DB.Read(t.Context()).Raw(query).Scan(&n).Error; err != nil || n != want {
		t.Errorf("%s gives %d, want %d (%v)", query, n, want, err)
	}
}

// TestABatchTakesAsManyQueriesAsOneAct counts statements.
func TestABatchTakesAsManyQueriesAsOneAct(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.BurdenForm(t)
		statements := databasetest.CountStatements(t, w.DB)
		run := func(n int) int64 {
			acts := make([]ledger.Entry, n)
			for i := range acts {
				acts[i] = w.act(t, "report.submitted", "clerk-community-01", nil)
				acts[i].Unit = w.Unit(t, []string{"community-01", "community-02", "community-03", "street-01", "340104", "340100"}[i%6]).ID
			}
			w.record(t, acts...)
			statements.Store(0)
			w.deliver(t)
			return statements.Load()
		}
		run(18) // what the columns of a table are is asked once in a program's life
		if one, many := run(6), run(180); one != many || one == 0 {
			t.Errorf("%d statements for 6 acts, %d for 180", one, many)
		}
	})
}

func TestInboxesArePrivate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.record(t, w.act(t, "report.urged", "monitor", nil))
		w.deliver(t)
		n := w.inbox(t, "clerk-community-01")[0]
		for _, name := range everybody[1:] {
			actor := w.Actor(t, name)
			if _, err := w.notices.Notice(ctx, actor, n.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s reads it: %v", name, err)
			}
			if err := w.notices.MarkRead(ctx, actor, n.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s marks it: %v", name, err)
			}
			if err := w.notices.MarkAllRead(ctx, actor, n.ID); err != nil {
				t.Error(err)
			}
		}
		for _, actor := range []accounts.Actor{{}, system, {UserID: w.Actor(t, "clerk-community-01").UserID}} {
			if _, _, err := w.notices.Inbox(ctx, actor, "", 0); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%+v has an inbox: %v", actor, err)
			}
			if err := w.notices.MarkRead(ctx, actor, n.ID); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%+v marks: %v", actor, err)
			}
			if err := w.notices.MarkAllRead(ctx, actor, n.ID); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%+v marks all: %v", actor, err)
			}
			if _, err := w.notices.Notice(ctx, actor, n.ID); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%+v reads: %v", actor, err)
			}
		}
		if unread, err := w.notices.Unread(ctx, w.Actor(t, "clerk-community-01")); err != nil || unread != 1 {
			t.Errorf("%d unread, %v", unread, err)
		}
	})
}
