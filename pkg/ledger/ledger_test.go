package ledger_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
)

var at = time.Date(2019, 10, 12, 1, 0, 0, 123456000, time.UTC)

// fixture is a ledger with two consumers: one wants acceptances alone, one wants plans as well.
type fixture struct {
	*ledger.Ledger
	db *database.DB
}

func each(t *testing.T, fn func(t *testing.T, f fixture)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		fn(t, fixture{db: db, Ledger: ledger.New(
			ledger.Consumer{Name: "figures", Acts: []string{"report.accepted", "plan.imported"}},
			ledger.Consumer{Name: "letters", Acts: []string{"report.accepted"}},
		)})
	})
}

func (f fixture) record(t *testing.T, entries ...ledger.Entry) {
	t.Helper()
	if err := f.db.Write(t.Context(), func(tx *gorm.DB) error { return f.Record(tx, entries...) }); err != nil {
		t.Fatal(err)
	}
}

// take gives the feed of consumer as `act unit`, and the rows themselves.
func (f fixture) take(t *testing.T, consumer string, most int) ([]string, []ledger.Touched) {
	t.Helper()
	rows, err := ledger.Take(f.db.Read(t.Context()), consumer, most)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{}
	for _, r := range rows {
		texts = append(texts, fmt.Sprintf("%s %d", r.Act, r.UnitID))
	}
	return texts, rows
}

func (f fixture) done(t *testing.T, consumer string, rows []ledger.Touched) {
	t.Helper()
	if err := f.db.Write(t.Context(), func(tx *gorm.DB) error { return ledger.Done(tx, consumer, rows) }); err != nil {
		t.Fatal(err)
	}
}

func (f fixture) count(t *testing.T, table string) int {
	t.Helper()
	var n int
	if err := f.db.Read(t.Context()).Raw("SELECT COUNT(*) FROM " + table).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOnlyWantedActsReachAConsumer(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.record(t,
			ledger.Entry{At: at, Act: "report.saved", Unit: 7},
			ledger.Entry{At: at, Act: "report.accepted", Unit: 7},
			ledger.Entry{At: at, Act: "plan.imported"}, // touches no single unit
			ledger.Entry{At: at, Act: "report.acceptedx", Unit: 7},
		)
		if n := f.count(t, "ledger"); n != 4 {
			t.Errorf("%d entries", n)
		}
		cases := []struct {
			consumer string
			want     []string
		}{
			{"figures", []string{"report.accepted 7", "plan.imported 0"}},
			{"letters", []string{"report.accepted 7"}},
			{"nobody", []string{}},
		}
		for _, c := range cases {
			got, _ := f.take(t, c.consumer, 10)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s:\n%s", c.consumer, diff)
			}
		}
	})
}

func TestConsumersAreIndependent(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.record(t, ledger.Entry{At: at, Act: "report.accepted", Unit: 1}, ledger.Entry{At: at, Act: "report.accepted", Unit: 2})
		_, rows := f.take(t, "figures", 1)
		f.done(t, "figures", rows)
		if got, _ := f.take(t, "figures", 10); !cmp.Equal(got, []string{"report.accepted 2"}) {
			t.Errorf("figures still has %v", got)
		}
		if got, _ := f.take(t, "letters", 10); !cmp.Equal(got, []string{"report.accepted 1", "report.accepted 2"}) {
			t.Errorf("letters still has %v", got)
		}
		f.done(t, "figures", rows) // again, as after a crash between two commits
		if n := f.count(t, "ledger_feed"); n != 3 {
			t.Errorf("%d rows in the feed", n)
		}
	})
}

// TestFeedComesOldestFirst: in the order of recording, whatever the units, over several pages.
func TestFeedComesOldestFirst(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		const entries = 1203 // more than two of the chunks that Record and Done cut into
		batch := make([]ledger.Entry, entries)
		var want, got []string
		for i := range batch {
			batch[i] = ledger.Entry{At: at, Act: "report.accepted", Unit: int64(i * 7919 % 101)}
			want = append(want, fmt.Sprintf("report.accepted %d", batch[i].Unit))
		}
		f.record(t, batch[:1]...)
		f.record(t, batch[1:]...)
		for _, most := range []int{1, 602, 1000} {
			texts, rows := f.take(t, "figures", most)
			f.done(t, "figures", rows)
			got = append(got, texts...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if n := f.count(t, "ledger_feed"); n != entries {
			t.Fatalf("%d rows are left, want those of letters", n)
		}
	})
}

func TestNothingIsLeftOfATransactionThatFails(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.record(t, ledger.Entry{At: at, Act: "report.accepted", Unit: 7})
		stop := errors.New("stop")
		err := f.db.Write(t.Context(), func(tx *gorm.DB) error {
			if err := f.Record(tx, ledger.Entry{At: at, Act: "report.accepted", Unit: 8}); err != nil {
				return err
			}
			rows, err := ledger.Take(tx, "letters", 10)
			if err != nil || len(rows) != 2 {
				t.Errorf("inside are %d rows, err %v", len(rows), err)
			}
			if err := ledger.Done(tx, "letters", rows); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if got, _ := f.take(t, "letters", 10); !cmp.Equal(got, []string{"report.accepted 7"}) || f.count(t, "ledger") != 1 {
			t.Fatalf("the feed is %v, the ledger has %d entries", got, f.count(t, "ledger"))
		}
	})
}

func TestADetailThatIsNoJSONIsRefused(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		err := f.db.Write(t.Context(), func(tx *gorm.DB) error {
			return f.Record(tx, ledger.Entry{At: at, Act: "report.accepted", Unit: 7}, ledger.Entry{At: at, Act: "report.saved", Detail: func() {}})
		})
		var bad *json.UnsupportedTypeError
		if !errors.As(err, &bad) {
			t.Fatalf("got %v", err)
		}
		f.record(t) // nothing to record is no error
		if n := f.count(t, "ledger") + f.count(t, "ledger_feed"); n != 0 {
			t.Fatalf("%d rows", n)
		}
	})
}

func TestReportEntries(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		q := period.MustParse("2019Q3")
		of := func(unit int64, form string, q period.Quarter, actor int64, act string) ledger.Entry {
			return ledger.Entry{
				At: at, ActorID: actor, ActorName: fmt.Sprintf("clerk-%d", actor), Act: act, Unit: unit, Form: form, Period: q, Revision: 2,
				Detail: map[string]any{"note": "</script> 示例数据"},
			}
		}
		ours := func(actor int64, act string) ledger.Entry { return of(7, "progress", q, actor, act) }
		returned := ours(9, "report.returned")
		returned.At = at.Add(-time.Hour) // recorded later, though its clock was behind
		f.record(t, ours(3, "report.saved"), of(8, "progress", q, 3, "report.saved"))
		f.record(t, ours(3, "report.saved"), of(7, "burden", q, 3, "report.saved"), of(7, "progress", q-1, 3, "report.saved"))
		f.record(t, ours(4, "report.saved"), ours(3, "report.saved"), returned, ours(3, "report.saved"), ours(3, "report.submitted"), ours(3, "report.submitted"))

		bare := func(e ledger.Entry) ledger.Entry { e.Detail = nil; return e }
		all := []ledger.Run{
			{Entry: bare(ours(3, "report.saved")), Times: 2}, {Entry: bare(ours(4, "report.saved")), Times: 1}, {Entry: bare(ours(3, "report.saved")), Times: 1},
			{Entry: returned, Times: 1}, {Entry: bare(ours(3, "report.saved")), Times: 1},
			{Entry: bare(ours(3, "report.submitted")), Times: 1}, {Entry: bare(ours(3, "report.submitted")), Times: 1},
		}
		for most, want := range map[int][]ledger.Run{200: all, 4: all[3:]} {
			runs, err := ledger.ReportEntries(t.Context(), f.db, ledger.Report{Unit: 7, Form: "progress", Period: q},
				ledger.Wanted{Merged: "report.saved", Detailed: []string{"report.returned", "report.reopened"}, Most: most})
			if err != nil {
				t.Fatal(err)
			}
			for i := range runs {
				var detail map[string]any
				if err := json.Unmarshal(runs[i].Detail.(json.RawMessage), &detail); err != nil {
					t.Fatal(err)
				}
				if runs[i].Detail = any(detail); len(detail) == 0 {
					runs[i].Detail = nil
				}
				runs[i].At = runs[i].At.UTC()
			}
			if diff := cmp.Diff(want, runs); diff != "" {
				t.Fatalf("at most %d:\n%s", most, diff)
			}
		}
	})
}
