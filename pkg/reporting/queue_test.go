package reporting_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

// TestTheQueueIsReadWhole: every row of it is a report with its reasons, page by page.
func TestTheQueueIsReadWhole(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.On("2019-10-08", func() { p.Submit(t, "community-02", "2019Q3", reportingtest.Community) })
		p.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		p.Return(t, "community-01", "2019Q3")
		p.Submit(t, "community-01", "2019Q3", typed{"m1_2": "50"})
		monitor := p.Actor(t, "monitor")
		var got []string
		filter := reporting.Filter{Limit: 1}
		for range 3 {
			list, next, err := p.Reports.Queue(t.Context(), monitor, filter)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range list {
				if w.Form != reportingtest.Form || w.Period != period.MustParse("2019Q3") || w.Status != reporting.Submitted || w.SubmittedAt.IsZero() {
					t.Errorf("%+v", w)
				}
				text := w.Unit.Key
				for _, risk := range w.Risks {
					text += " " + risk.Key
				}
				got = append(got, text)
			}
			if filter.After = next; next == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"community-01 risk.returned", "community-02"}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if all, usual, err := p.Reports.CountQueue(t.Context(), monitor, reporting.Filter{}); err != nil || all != 2 || usual != 1 {
			t.Errorf("%d wait, %d usual, %v", all, usual, err)
		}
		if _, _, err := p.Reports.Queue(t.Context(), p.Actor(t, "clerk-community-01"), reporting.Filter{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a clerk: %v", err)
		}
		if list, _, err := p.Reports.Queue(t.Context(), p.Actor(t, "reviewer-340181"), reporting.Filter{}); err != nil || len(list) != 0 {
			t.Errorf("another county: %v, %v", list, err)
		}
	})
}
