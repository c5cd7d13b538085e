package notify_test

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/notify"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

// world is the small province with everybody around community-01 in 合肥市 蜀山区, and some others.
type world struct {
	*reportingtest.Province
	notices *notify.Service
}

var everybody = []string{
	"clerk-community-01", "reviewer-340100", "reviewer-340104", "monitor", "viewer", "admin",
	"clerk-community-02", "reviewer-340181", "reviewer-340700", "clerk-community-03",
}

func newWorld(t *testing.T, db *database.DB) *world {
	t.Helper()
	p := reportingtest.New(t, db, notify.Feed())
	for _, name := range everybody {
		p.Actor(t, name)
	}
	return &world{Province: p, notices: notify.New(db, p.Plans, p.Forms, p.Reports, p.Clock.Now)}
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { fn(t, newWorld(t, db)) })
}

// sending turns ways out on.
func (w *world) sending(options notify.Options) {
	options.BaseURL = "https://pilots.example.org"
	w.notices = w.notices.Sending(options)
}

// record writes acts that other packages record.
func (w *world) record(t *testing.T, entries ...ledger.Entry) {
	t.Helper()
	if err := w.DB.Write(t.Context(), func(tx *gorm.DB) error { return w.Ledger.Record(tx, entries...) }); err != nil {
		t.Fatal(err)
	}
}

// act is an act by somebody on 2019Q3 of community-01.
func (w *world) act(t *testing.T, act, by string, detail any) ledger.Entry {
	t.Helper()
	e := ledger.Entry{
		At: w.Clock.Now(), Act: act, Unit: w.Unit(t, "community-01").ID, Form: reportingtest.Form,
		Period: period.MustParse("2019Q3"), Detail: detail,
	}
	if by != "" {
		e.ActorID, e.ActorName = w.Actor(t, by).UserID, by
	}
	return e
}

func (w *world) deliver(t *testing.T) {
	t.Helper()
	if err := w.notices.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// inbox gives somebody's notices, the oldest first.
func (w *world) inbox(t *testing.T, name string) []notify.Notice {
	t.Helper()
	list, next, err := w.notices.Inbox(context.Background(), w.Actor(t, name), "", 0)
	if err != nil || next != "" {
		t.Fatalf("inbox of %s: next %q, %v", name, next, err)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

// told gives what everybody has in their inboxes, as `name kind urgency`, and empties them.
func (w *world) told(t *testing.T) string {
	t.Helper()
	var lines []string
	for _, name := range everybody {
		for _, n := range w.inbox(t, name) {
			urgency := "later"
			if n.Urgent {
				urgency = "now"
			}
			lines = append(lines, fmt.Sprintf("%s %s %s", name, n.Kind, urgency))
		}
	}
	w.exec(t, "DELETE FROM notices")
	return strings.Join(lines, "\n")
}

func (w *world) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if err := w.DB.Write(t.Context(), func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }); err != nil {
		t.Fatal(err)
	}
}

// mail gives somebody an address, in a language.
func (w *world) mail(t *testing.T, name, address, language string) {
	t.Helper()
	if err := w.Accounts.ChangeOwn(t.Context(), w.Actor(t, name), address, language); err != nil {
		t.Fatal(err)
	}
}

// at moves the clock to a time of day in Asia/Shanghai.
func (w *world) at(t *testing.T, day, clock string) {
	t.Helper()
	w.Clock.Set(day)
	var hour, minute int
	if _, err := fmt.Sscanf(clock, "%d:%d", &hour, &minute); err != nil {
		t.Fatal(err)
	}
	w.Clock.Go(hour*60 + minute - 9*60)
}

// message is a row of the outbox.
type message struct {
	Channel, Recipient, Subject, Body, LastError string
	Attempts                                     int
	Sent                                         bool
}

func (w *world) outbox(t *testing.T) []message {
	t.Helper()
	var list []message
	err := w.DB.Read(t.Context()).Raw(`SELECT channel, recipient, subject, body, last_error, attempts, sent_at IS NOT NULL AS sent
		FROM outbox ORDER BY recipient, id`).Scan(&list).Error
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var system = accounts.System("test")
