package notify_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/notify"
)

var words = new(mime.WordDecoder)

// decoded gives the body of a mail.
func decoded(m *mail.Message) io.Reader {
	switch m.Header.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		return quotedprintable.NewReader(m.Body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, m.Body)
	}
	return m.Body
}

func (w *world) digest(t *testing.T) {
	t.Helper()
	if err := w.notices.Digest(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What is urgent is mailed at once, to whoever has an address, in one mail; the rest is not.
func TestUrgentMailAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		server := newMailServer(t)
		w.sending(notify.Options{Mail: server.mail(t)})
		w.mail(t, "clerk-community-01", "clerk@example.org", locale.English)
		w.mail(t, "reviewer-340104", "reviewer@example.org", locale.Chinese)
		w.record(t, w.act(t, "report.returned", "monitor", map[string]any{"note": "请核对。\r\nBcc: x@example.org"}), w.act(t, "report.submitted", "clerk-community-01", nil))
		w.deliver(t)
		w.record(t, w.act(t, "report.urged", "monitor", nil), w.act(t, "report.reopened", "monitor", map[string]any{"until": "2019-11-20"}))
		w.deliver(t)
		if err := w.notices.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := server.got()
		if len(got) != 2 {
			t.Fatalf("%d mails", len(got))
		}
		header, body := parsed(t, got[0])
		for name, want := range map[string]string{"To": "<clerk@example.org>", "From": "试点 <board@example.org>"} {
			if strings.ReplaceAll(header(name), `"`, "") != want {
				t.Errorf("%s is %q", name, header(name))
			}
		}
		if subject := header("Subject"); !strings.Contains(subject, "was returned") || header("Bcc") != "" {
			t.Errorf("the subject is %q", subject)
		}
		for _, want := range []string{"请核对。", "https://pilots.example.org/reports/community-01/progress/2019Q3", "https://pilots.example.org/inbox"} {
			if !strings.Contains(body, want) {
				t.Errorf("there is no %q in\n%s", want, body)
			}
		}
		header, body = parsed(t, got[1])
		if !strings.Contains(header("Subject"), "2 notices") || !strings.Contains(body, "20 Nov 2019") || !strings.Contains(body, "asks you to submit") {
			t.Errorf("the second mail: %s\n%s", header("Subject"), body)
		}
	})
}

// One digest a day and person at eight, of what is undelivered and unread.
func TestTheDailyDigest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		server := newMailServer(t)
		w.sending(notify.Options{Mail: server.mail(t)})
		w.mail(t, "reviewer-340100", "a@example.org", locale.Chinese)
		w.mail(t, "monitor", "m@example.org", locale.Chinese)
		w.mail(t, "clerk-community-01", "c@example.org", locale.Chinese)
		submitted := func(n int) {
			for range n {
				w.record(t, w.act(t, "report.submitted", "clerk-community-01", nil))
			}
			w.deliver(t)
		}
		recipients := func() string {
			var list []string
			for _, m := range w.outbox(t) {
				list = append(list, m.Recipient)
			}
			w.exec(t, "DELETE FROM outbox")
			return strings.Join(list, " ")
		}
		step := func(day, clock, want string) {
			t.Helper()
			w.at(t, day, clock)
			w.digest(t)
			w.digest(t)
			if got := recipients(); got != want {
				t.Errorf("on %s at %s mail goes to %q, want %q", day, clock, got, want)
			}
		}
		w.at(t, "2019-10-11", "20:00")
		submitted(3)
		step("2019-10-12", "07:59", "")
		w.at(t, "2019-10-12", "08:00")
		w.digest(t)
		list := w.outbox(t)
		if len(list) != 1 || !strings.Contains(list[0].Subject, "3 条") || strings.Count(list[0].Body, "/reports/community-01") != 3 {
			t.Fatalf("the digest is %+v", list)
		}
		recipients()
		submitted(1) // after eight: tomorrow
		step("2019-10-12", "12:00", "")
		w.record(t, w.act(t, "report.urged", "monitor", nil)) // at once, and in no digest
		w.deliver(t)
		if got := recipients(); got != "c@example.org" {
			t.Errorf("urgent mail goes to %q", got)
		}
		step("2019-10-13", "08:05", "a@example.org")
		step("2019-10-14", "08:05", "")

		w.at(t, "2019-10-14", "21:00")
		submitted(25)
		for _, n := range w.inbox(t, "reviewer-340100")[4:6] {
			if err := w.notices.MarkRead(t.Context(), w.Actor(t, "reviewer-340100"), n.ID); err != nil {
				t.Fatal(err)
			}
		}
		w.at(t, "2019-10-15", "08:00")
		w.digest(t)
		list = w.outbox(t)
		if len(list) != 1 || !strings.Contains(list[0].Subject, "23 条") || !strings.Contains(list[0].Body, "另有 3 条") {
			t.Fatalf("the long digest is %+v", list)
		}
		step("2019-10-15", "23:00", "a@example.org")
	})
}

// Who gives an address later gets what is still unread, once.
func TestAnAddressGivenLater(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.sending(notify.Options{Mail: newMailServer(t).mail(t)})
		w.at(t, "2019-10-11", "20:00")
		w.record(t, w.act(t, "report.returned", "monitor", nil))
		w.deliver(t)
		w.at(t, "2019-10-12", "09:00")
		w.digest(t)
		if n := len(w.outbox(t)); n != 0 {
			t.Fatalf("%d mails to nobody", n)
		}
		w.mail(t, "clerk-community-01", "c@example.org", locale.Chinese)
		w.digest(t)
		w.digest(t)
		if list := w.outbox(t); len(list) != 1 || !strings.Contains(list[0].Subject, "已被退回") {
			t.Errorf("%+v", list)
		}
	})
}

func TestNothingIsSentWhenNothingIsOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.mail(t, "clerk-community-01", "c@example.org", locale.Chinese)
		w.record(t, w.act(t, "report.returned", "monitor", nil))
		w.deliver(t)
		w.at(t, "2019-10-14", "09:00")
		w.digest(t)
		if err := w.notices.Send(t.Context()); err != nil || len(w.outbox(t)) != 0 {
			t.Errorf("%+v, %v", w.outbox(t), err)
		}
	})
}

// A message that fails is tried again, later and later, and given up after eight times.
func TestMailIsTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		server := newMailServer(t)
		w.sending(notify.Options{Mail: server.mail(t)})
		w.mail(t, "clerk-community-01", "c@example.org", locale.Chinese)
		w.record(t, w.act(t, "report.returned", "monitor", nil))
		w.deliver(t)
		server.refuses(8)
		waits := []int{0, 1, 3, 9, 27, 81, 243, 360} // minutes before each attempt
		for i, wait := range waits {
			if wait > 0 {
				w.Clock.Go(wait - 1)
				if err := w.notices.Send(t.Context()); err != nil {
					t.Fatalf("attempt %d came early: %v", i+1, err)
				}
				w.Clock.Go(1)
			}
			if err := w.notices.Send(t.Context()); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("attempt %d", i+1)) {
				t.Fatalf("attempt %d: %v", i+1, err)
			}
		}
		w.Clock.Go(60 * 24 * 365)
		if err := w.notices.Send(t.Context()); err != nil {
			t.Errorf("it is tried for a ninth time: %v", err)
		}
		list := w.outbox(t)
		if len(list) != 1 || list[0].Sent || list[0].Attempts != 8 || !strings.Contains(list[0].LastError, "451") {
			t.Errorf("%+v", list)
		}

		w.record(t, w.act(t, "report.returned", "monitor", nil))
		w.deliver(t)
		server.refuses(1)
		if err := w.notices.Send(t.Context()); err == nil {
			t.Error("no word of a refusal")
		}
		w.Clock.Go(1)
		if err := w.notices.Send(t.Context()); err != nil || len(server.got()) != 1 {
			t.Errorf("%d mails, %v", len(server.got()), err)
		}
	})
}

// The robots of groups: their business errors, and whatever else goes wrong, are failures that tell no
// secret; then the message arrives, once.
func TestTheGroupsRobot(t *testing.T) {
	failures := []string{"500", `{"errcode":310000,"errmsg":"keywords not in content"}`, `<html>`, `{}`, "redirect"}
	contents := map[string]func(post map[string]any) string{
		notify.WeCom: func(post map[string]any) string { return post["text"].(map[string]any)["content"].(string) },
		notify.DingTalk: func(post map[string]any) string {
			m := post["markdown"].(map[string]any)
			return m["title"].(string) + "\n" + m["text"].(string)
		},
	}
	for format, content := range contents {
		t.Run(format, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				robot := newRobot(t, failures...)
				w.sending(notify.Options{Webhook: robot.webhook(t, format)})
				w.record(t, w.act(t, "supervision.issued", "monitor", map[string]any{"title": "[点我](http://evil.example)", "level": "red"}))
				w.deliver(t)
				for range failures {
					err := w.notices.Send(t.Context())
					if err == nil || strings.Contains(err.Error(), "SECRET") {
						t.Fatalf("the failure is %v", err)
					}
					w.Clock.Go(400)
				}
				if list := w.outbox(t); len(list) != 1 || list[0].LastError == "" || strings.Contains(fmt.Sprint(list), "SECRET") {
					t.Errorf("%+v", list)
				}
				for range 2 {
					if err := w.notices.Send(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				posts := robot.got()
				if len(posts) != 1 {
					t.Fatalf("%d posts", len(posts))
				}
				text := content(posts[0])
				if !strings.Contains(text, "收到红色督办单") || !strings.Contains(text, "https://pilots.example.org/") {
					t.Error(text)
				}
				if format == notify.DingTalk && strings.Contains(text, "[点我](http") {
					t.Errorf("a title became a link: %s", text)
				}
			})
		})
	}
}

func TestAnUnreachableRobotTellsNoSecret(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		robot := newRobot(t)
		robot.Close()
		w.sending(notify.Options{Webhook: robot.webhook(t, notify.WeCom)})
		w.record(t, w.act(t, "report.returned", "monitor", map[string]any{"note": strings.Repeat("长", 900)}))
		w.deliver(t)
		if err := w.notices.Send(t.Context()); err == nil || strings.Contains(err.Error()+fmt.Sprint(w.outbox(t)), "SECRET") {
			t.Errorf("%v, %+v", err, w.outbox(t))
		}
	})
}

// The group has one digest a day as well, and a text that 企业微信 takes.
func TestTheGroupsDigest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		robot := newRobot(t)
		w.sending(notify.Options{Webhook: robot.webhook(t, notify.WeCom)})
		w.at(t, "2019-10-11", "20:00")
		for range 30 {
			w.record(t, w.act(t, "report.submitted", "clerk-community-01", map[string]any{"note": strings.Repeat("长", 100)}))
		}
		w.deliver(t)
		w.at(t, "2019-10-12", "08:00")
		w.digest(t)
		w.digest(t)
		if err := w.notices.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
		posts := robot.got()
		if len(posts) != 1 {
			t.Fatalf("%d posts", len(posts))
		}
		text := posts[0]["text"].(map[string]any)["content"].(string)
		if len(text) > 2048 || !strings.Contains(text, "30 条") || strings.Contains(text, "\uFFFD") {
			t.Errorf("%d bytes: %s", len(text), text)
		}
	})
}

func TestWrongOutletsTellNoSecret(t *testing.T) {
	for _, c := range [][2]string{
		{"smtp:/SECRET", "a@b.cn"}, {"http://u:SECRET@h", "a@b.cn"}, {"smtp://u:SECRET@h:99999", "a@b.cn"}, {"smtp://u:SECRET@h:x", "a@b.cn"},
		{"smtp://u:SECRET@h", "nobody"}, {"smtp://u:SECRET@h", ""},
	} {
		if m, err := notify.NewMail(c[0], c[1]); m != nil || err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v: %v", c, err)
		}
	}
	for _, c := range [][2]string{{"ftp://h/SECRET", "wecom"}, {"https://h/SECRET", "slack"}, {"https://h/SECRET", ""}, {"%SECRET", "wecom"}} {
		if w, err := notify.NewWebhook(c[0], c[1]); w != nil || err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v: %v", c, err)
		}
	}
	for _, address := range []string{"smtp://h", "smtps://u:p@h:465", "smtp://u:p@h:587"} {
		if _, err := notify.NewMail(address, "智慧社区 <a@b.cn>"); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Instances that send at the same time send each message once; what one of them has claimed is tried by
// another when the claim has ended.
func TestClaimsOfMessages(t *testing.T) {
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			url := databasetest.URL(t, dialect)
			db := databasetest.Connect(t, url)
			if _, err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			w, server := newWorld(t, db), newMailServer(t)
			w.sending(notify.Options{Mail: server.mail(t)})
			instances := []*notify.Service{w.notices}
			for range 2 {
				instances = append(instances, notify.New(databasetest.Connect(t, url), w.Plans, w.Forms, w.Reports, w.Clock.Now).Sending(notify.Options{Mail: server.mail(t)}))
			}
			w.mail(t, "clerk-community-01", "c@example.org", locale.Chinese)
			const messages = 45
			for range messages {
				w.record(t, w.act(t, "report.urged", "monitor", nil))
				w.deliver(t)
			}
			claimed := w.Clock.Now().Add(5 * time.Minute)
			w.exec(t, "UPDATE outbox SET attempts = 1, not_before = ? WHERE id = (SELECT MAX(id) FROM outbox)", claimed)
			atOnce(t, instances, (*notify.Service).Send)
			if n := len(server.got()); n != messages-1 {
				t.Errorf("%d mails, want %d", n, messages-1)
			}
			w.Clock.Go(6)
			atOnce(t, instances, (*notify.Service).Send)
			seen := map[string]bool{}
			for _, text := range server.got() {
				header, _ := parsed(t, text)
				seen[header("Message-Id")] = true
			}
			if n := len(server.got()); n != messages || len(seen) != messages {
				t.Errorf("%d mails, %d different, want %d", n, len(seen), messages)
			}
		})
	}
}
