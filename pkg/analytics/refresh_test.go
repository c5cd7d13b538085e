package analytics_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestRebuildReproducesEveryFigure(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		for range 2 {
			differences, err := b.figures.Rebuild(t.Context())
			if err != nil || differences.Total > 0 {
				t.Fatalf("differences %v, %v", differences, err)
			}
		}
		if err := b.DB.Read(t.Context()).Exec("UPDATE rollups SET earned = earned + 1 WHERE reported > 0").Error; err != nil {
			t.Fatal(err)
		}
		differences, err := b.figures.Rebuild(t.Context())
		if err != nil || differences.Total == 0 {
			t.Fatalf("a changed roll-up was not found: %v, %v", differences, err)
		}
		if differences.First[0].Table != "rollups" {
			t.Errorf("found in %s", differences.First[0].Table)
		}
		if differences, err = b.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
			t.Errorf("not mended: %v, %v", differences, err)
		}
	})
}

func TestFreshnessRisesOnlyWhenSomethingHappened(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		version := func() int64 {
			f, err := b.figures.Freshness(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return f.Version
		}
		b.refresh(t)
		before := version()
		b.refresh(t)
		if version() != before {
			t.Error("rose without cause")
		}
		b.Save(t, "community-01", "2019Q3", reportingtest.Community)
		b.refresh(t)
		if version() != before {
			t.Error("a draft is no figure")
		}
		b.Submit(t, "community-01", "2019Q3", nil)
		b.refresh(t)
		if version() == before {
			t.Error("a submission counts")
		}
	})
}

// A correction becomes the figure only when it is accepted; the revision before it stays in the facts.
func TestCorrectionReplacesTheFigureWhenAccepted(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.Past(t, "community-01", "2019Q2", reportingtest.Community)
		monitor := b.Actor(t, "monitor")
		earned := func() float64 {
			b.refresh(t)
			q := analytics.Query{By: analytics.ByUnit, Unit: "community-01", Period: period.MustParse("2019Q2")}
			return row(t, b.progress(t, monitor, q).Rows, "community-01").Earned.PercentFloat2()
		}
		if got := earned(); got != 50 {
			t.Fatalf("earned %v", got)
		}
		ref := reportingtest.Ref("community-01", "2019Q2")
		if _, err := b.Reports.Reopen(t.Context(), monitor, ref, 0, "数据更正", period.MustParseDate("2019-10-20")); err != nil {
			t.Fatal(err)
		}
		b.Submit(t, "community-01", "2019Q2", reportingtest.Values{"m2_1": "40"})
		if got := earned(); got != 50 {
			t.Errorf("before acceptance %v", got)
		}
		b.Accept(t, "community-01", "2019Q2")
		if got := earned(); got != 62.5 {
			t.Errorf("after acceptance %v", got)
		}
		if differences, err := b.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
			t.Errorf("rebuild: %v, %v", differences, err)
		}
	})
}

// A new plan version changes what is planned for everybody, without any report.
func TestNewPlanVersionIsFollowed(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		changed := strings.Replace(string(reportingtest.PlanFile()), `due: {"2018": 2018Q4, "2019": 2019Q4}`, `due: {"2018": 2020Q4, "2019": 2020Q4}`, 1)
		_, err := b.Plans.Import(t.Context(), accounts.System("test"), "plan.yaml", []byte(changed), "推迟报备期限", false)
		if err != nil {
			t.Fatal(err)
		}
		b.refresh(t)
		answer := b.progress(t, b.Actor(t, "monitor"), analytics.Query{By: analytics.ByUnit, Unit: "community-01", Period: q3})
		if got := answer.Rows[0].Planned.PercentFloat2(); got != 49.5 {
			t.Errorf("planned %v", got)
		}
		if differences, err := b.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
			t.Errorf("rebuild: %v, %v", differences, err)
		}
	})
}

func TestConcurrentRefreshesAgree(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.Past(t, "community-01", "2019Q2", reportingtest.Community)
		b.Past(t, "community-02", "2019Q2", reportingtest.Community)
		var wait sync.WaitGroup
		failures := make(chan error, 8)
		for range 8 {
			wait.Go(func() {
				_, err := b.figures.Refresh(t.Context())
				failures <- err
			})
		}
		wait.Wait()
		close(failures)
		for err := range failures {
			if err != nil {
				t.Fatal(err)
			}
		}
		if differences, err := b.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
			t.Errorf("rebuild: %v, %v", differences, err)
		}
	})
}

// A correction leaves a report in: it was filed, whatever is being corrected now.
func TestReopeningTakesNothingBack(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		monitor := b.Actor(t, "monitor")
		b.On("2019-10-08", func() { b.Submit(t, "community-01", "2019Q3", reportingtest.Community) })
		submitted := func() int64 {
			b.refresh(t)
			return b.progress(t, monitor, analytics.Query{By: analytics.ByUnit, Period: q3}).Total.Submitted
		}
		b.Return(t, "community-01", "2019Q3")
		until := period.MustParseDate("2019-10-13")
		ref := reportingtest.Ref("community-01", "2019Q3")
		reopened, err := b.Reports.Reopen(t.Context(), monitor, ref, 0, "补正", until)
		if err != nil {
			t.Fatal(err)
		}
		if n := submitted(); n != 1 {
			t.Errorf("%d submitted after reopening", n)
		}
		if want := period.MustParseDate("2019-10-30"); reopened.Lock != want {
			t.Errorf("reopening moved the lock date from %s to %s", want, reopened.Lock)
		}
		b.Submit(t, "community-01", "2019Q3", nil)
		b.Withdraw(t, "community-01", "2019Q3")
		if n := submitted(); n != 0 {
			t.Errorf("%d submitted after withdrawal", n)
		}
	})
}

// A version can change what workstreams add up to and leave every unit's own totals as they were.
func TestNewPlanVersionReachesEveryRollUp(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		fileAll(t, b)
		renamed := strings.Replace(string(reportingtest.PlanFile()), "- key: W2\n", "- key: W3\n", 1)
		if _, err := b.Plans.Import(t.Context(), accounts.System("test"), "plan.yaml", []byte(renamed), "调整任务线代号", false); err != nil {
			t.Fatal(err)
		}
		b.refresh(t)
		if differences, err := b.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
			t.Errorf("rebuild: %d differences, %v", differences.Total, err)
		}
	})
}

// TestWaitingTellsSinceWhenFiguresLackSomething: what the figures do not show yet dates from an act, and
// nothing waits once they do.
func TestWaitingTellsSinceWhenFiguresLackSomething(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		waiting := func() time.Time {
			t.Helper()
			since, err := b.figures.Waiting(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return since
		}
		b.refresh(t)
		if since := waiting(); !since.IsZero() {
			t.Errorf("something waits since %s", since)
		}
		first := b.Clock.Now()
		b.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		b.Clock.Go(5)
		b.Submit(t, "community-03", "2019Q3", reportingtest.Values{"m1_1": "true"})
		if since := waiting(); since.Sub(first).Abs() > time.Second {
			t.Errorf("something waits since %s, want %s", since, first)
		}
		b.refresh(t)
		if since := waiting(); !since.IsZero() {
			t.Errorf("something still waits since %s", since)
		}
	})
}

// TestAcceptancesDoNotWaitBehindFilings: the prompt queue holds what is accepted and nothing that is filed,
// and in whatever order the two are taken, the figures come out the same.
func TestAcceptancesDoNotWaitBehindFilings(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		b.refresh(t)
		b.Submit(t, "community-03", "2019Q3", reportingtest.Values{"m1_1": "true"})
		b.Accept(t, "community-01", "2019Q3")
		counts := func(queue analytics.Queue, accepted, submitted int64) {
			t.Helper()
			if _, err := b.figures.RefreshSome(t.Context(), queue); err != nil {
				t.Fatal(err)
			}
			total := b.progress(t, b.Actor(t, "monitor"), analytics.Query{By: analytics.ByCity, Period: period.MustParse("2019Q3")}).Total
			if total.Accepted != accepted || total.Submitted != submitted {
				t.Errorf("%s: %d accepted and %d submitted, want %d and %d", queue, total.Accepted, total.Submitted, accepted, submitted)
			}
		}
		counts(analytics.Prompt, 1, 1)
		if since, err := b.figures.Waiting(t.Context()); err != nil || since.IsZero() {
			t.Errorf("what is filed waits since %s, err %v", since, err)
		}
		counts(analytics.Patient, 1, 2)
		if differences, err := b.figures.Rebuild(t.Context()); err != nil || differences.Total > 0 {
			t.Errorf("rebuild: %d differences, %v", differences.Total, err)
		}
	})
}

// TestActsOfOneUnitInSeveralTransactions: a later quarter's act comes before the earlier quarter's
// acceptance, and each in a transaction of its own; no roll-up may lack either.
func TestActsOfOneUnitInSeveralTransactions(t *testing.T) {
	each(t, func(t *testing.T, b board) {
		b.On("2019-07-08", func() { b.Submit(t, "community-01", "2019Q2", reportingtest.Community) })
		b.refresh(t)
		b.figures.TakeAtOnce(1)
		b.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		b.Accept(t, "community-01", "2019Q2")
		b.refresh(t)
		differences, err := b.figures.Rebuild(t.Context())
		if err != nil || differences.Total > 0 {
			t.Fatalf("differences %v, %v", differences, err)
		}
	})
}
