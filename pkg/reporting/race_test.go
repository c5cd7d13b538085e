package reporting_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// together calls fn n times at the same moment and gives the errors in order. On Postgres nobody may
// write a report before all of them wait for something, so that they do meet.
func (p province) together(t *testing.T, n int, fn func(i int) error) []error {
	t.Helper()
	errs := make([]error, n)
	var wait sync.WaitGroup
	err := p.DB.Write(t.Context(), func(tx *gorm.DB) error {
		if p.DB.Dialect() == database.Postgres {
			if err := tx.Exec("LOCK TABLE reports IN SHARE MODE").Error; err != nil {
				return err
			}
		}
		for i := range n {
			wait.Go(func() { errs[i] = fn(i) })
		}
		if p.DB.Dialect() == database.Postgres {
			return p.allWait(t, n)
		}
		return nil
	})
	wait.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return errs
}

// allWait returns when n connections to the database wait for a lock.
func (p province) allWait(t *testing.T, n int) error {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		var waiting int
		err := p.DB.Read(ctx).Raw(`SELECT COUNT(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting).Error
		if err != nil || waiting == n {
			return err
		}
	}
}

// winner gives the index of the one that succeeded and fails unless there is exactly one.
func winner(t *testing.T, errs []error) int {
	t.Helper()
	won := -1
	for i, err := range errs {
		if err == nil && won >= 0 {
			t.Fatalf("both %d and %d succeeded", won, i)
		}
		if err == nil {
			won = i
		}
	}
	if won < 0 {
		t.Fatalf("nobody succeeded: %v", errors.Join(errs...))
	}
	return won
}

func TestConcurrentSavesHaveOneWinnerPerVersion(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		const editors, rounds = 8, 4
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		for version := int64(1); version <= rounds; version++ {
			errs := p.together(t, editors, func(i int) error {
				_, err := p.Reports.Save(t.Context(), clerk, ref, reporting.Edit{
					Version: version, Values: map[string]any{"m2_1": fmt.Sprint(100*version + int64(i))},
				})
				return err
			})
			won := winner(t, errs)
			kept := given(100*version + int64(won))
			for i, err := range errs {
				if i == won {
					continue
				}
				want := &reporting.StaleError{Version: version + 1, By: clerk.Display, Clashes: []reporting.Clash{
					{Item: "m2_1", Mine: given(100*version + int64(i)), Theirs: kept},
				}}
				if diff := cmp.Diff(want, stale(t, err)); diff != "" {
					t.Errorf("version %d, editor %d:\n%s", version, i, diff)
				}
			}
			if r := p.Report(t, "community-01", "2019Q3"); r.Version != version+1 || r.Values["m2_1"] != kept {
				t.Errorf("version %d: kept %+v", r.Version, r.Values)
			}
		}
		if n := p.count(t, "ledger WHERE act = 'report.saved'"); n != rounds {
			t.Errorf("%d saves in the ledger", n)
		}
	})
}

func TestEditorsOfDifferentCellsDoNotDisturbEachOther(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		cells := []struct {
			item, typed string
			want        forms.Value
		}{
			{"m1_1", "true", given(1)},
			{"m1_2", "40", given(400)},
			{"m1_3", "12.5", given(125)},
			{"m2_1", "70", given(70)},
			{"m2_2", "30", given(300)},
			{"practices", "甲", words("甲")},
			{"obstacles", "乙", words("乙")},
		}
		errs := p.together(t, len(cells), func(i int) error {
			_, err := p.Reports.SaveCell(t.Context(), clerk, ref, cells[i].item, cell(""), cell(cells[i].typed))
			return err
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		report, want := p.Report(t, "community-01", "2019Q3"), forms.Values{}
		for _, c := range cells {
			want[c.item] = c.want
		}
		if diff := cmp.Diff(want, report.Values); diff != "" || report.Version != int64(1+len(cells)) {
			t.Fatalf("version %d\n%s", report.Version, diff)
		}
	})
}

func TestEditorsOfOneCellClash(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ref, clerk := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "clerk-community-01")
		errs := p.together(t, 8, func(i int) error {
			_, err := p.Reports.SaveCell(t.Context(), clerk, ref, "m2_1", cell(""), cell(fmt.Sprint(i)))
			return err
		})
		won := winner(t, errs)
		for i, err := range errs {
			if i == won {
				continue
			}
			want := []reporting.Clash{{Item: "m2_1", Mine: given(int64(i)), Theirs: given(int64(won))}}
			if diff := cmp.Diff(want, stale(t, err).Clashes); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// TestAReportMovesOnce: whoever comes second to an act is told the new state, not a broken constraint.
func TestAReportMovesOnce(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Save(t, "community-01", "2019Q3", reportingtest.Community)
		ref := reportingtest.Ref("community-01", "2019Q3")
		clerk, monitor, reviewer := p.Actor(t, "clerk-community-01"), p.Actor(t, "monitor"), p.Actor(t, "reviewer-340100")
		check := func(errs []error, status reporting.Status) {
			t.Helper()
			won := winner(t, errs)
			for i, err := range errs {
				if i != won {
					wantFault(t, err, fault.Conflict, "report.wrong_status")
				}
			}
			if r := p.Report(t, "community-01", "2019Q3"); r.Status != status {
				t.Fatalf("it is %s", r.Status)
			}
		}
		check(p.together(t, 8, func(int) error {
			_, err := p.Reports.Submit(t.Context(), clerk, ref, 0)
			return err
		}), reporting.Submitted)
		check(p.together(t, 6, func(i int) error {
			actor := monitor
			if i%2 == 1 {
				actor = reviewer
			}
			_, err := p.Reports.Accept(t.Context(), actor, ref, 0)
			return err
		}), reporting.Accepted)
		if n, m := p.count(t, "revisions"), p.count(t, "acceptances"); n != 1 || m != 1 {
			t.Fatalf("%d revisions, %d acceptances", n, m)
		}
	})
}

func TestWithdrawingAndReviewingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		acts := []reporting.Act{reporting.ActWithdraw, reporting.ActReturn, reporting.ActAccept}
		for _, quarter := range []string{"2018Q4", "2019Q1", "2019Q2"} {
			ref := reportingtest.Ref("community-01", quarter)
			p.On(ref.Period.Last().AddDays(5).String(), func() {
				p.Submit(t, "community-01", quarter, reportingtest.Community)
				before := p.count(t, "ledger")
				clerk, monitor := p.Actor(t, "clerk-community-01"), p.Actor(t, "monitor")
				won := winner(t, p.together(t, len(acts), func(i int) error {
					actor := monitor
					if i == 0 {
						actor = clerk
					}
					_, err := p.do(t, acts[i], actor, ref)
					return err
				}))
				want := []reporting.Status{reporting.Open, reporting.Returned, reporting.Accepted}[won]
				report, accepted := p.Report(t, "community-01", quarter), int64(0)
				if acts[won] == reporting.ActAccept {
					accepted = 1
				}
				if report.Status != want || report.AcceptedRevision != accepted || p.count(t, "ledger") != before+1 ||
					p.count(t, "acceptances WHERE period = ?", quarter) != accepted {
					t.Errorf("%s won, but the report is %s with revision %d accepted", acts[won], report.Status, report.AcceptedRevision)
				}
			})
		}
	})
}
